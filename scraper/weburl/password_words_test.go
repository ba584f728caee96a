package weburl_test

import (
	"testing"

	"scrape/scraper/weburl"
)

func TestHidePasswords(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "",
		"no URL, no sign: nothing":            "no URL, no sign: nothing",
		"mailto:someone@example.com":          "mailto:someone@example.com",
		"user@example.com":                    "user@example.com",
		`"http://u:secret@h/"`:                `"http://u:***@h/"`,
		"<http://u:secret@h/>":                "<http://u:***@h/>",
		"1,http://u:secret@h/":                "1,http://u:***@h/",
		"curl  http://u:secret@h/ -o x":       "curl  http://u:***@h/ -o x",
		"http://u:secret@h, http://v:other@h": "http://u:***@h, http://v:***@h",
		"http://http://u:secret@h":            "http://http://u:***@h",
		"http;//u:secret@h":                   "http;//u:***@h",
		"view-source:http://u:secret@h":       "view-source:http://u:***@h",
		"u:secret%40h":                        "u:***%40h",
		"u%3Asecret@h":                        "u%3A***@h",
		"http://u:sec/r@et@h/":                "http://u:***@h/",
		"u:secret\uff20h":                     "u:***\uff20h",
	} {
		if got := weburl.HidePasswords(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
