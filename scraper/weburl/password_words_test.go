package weburl_test

import (
	"strings"
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
		"list: http://u:my secret@h: broken":  "list: http://u:***@h: broken",
		"http://u:my secret@h or http://h:80": "http://u:***@h or http://h:80",
		"http://u:p@ss secret@h/":             "http://u:***@h/",
		"http://u:my\u00a0secret@h":           "http://u:***@h",
		"no start: exec /home/a@b/scrape":     "no start: exec /home/a@b/scrape",
		"mail to mailto:a@b":                  "mail to mailto:a@b",
	} {
		if got := weburl.HidePasswords(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestHideLine(t *testing.T) {
	for line, want := range map[string]string{
		"":                                  "",
		"ann@example.com":                   "ann@example.com",
		"write to mailto:ann@example.com":   "write to mailto:ann@example.com",
		"see http://h/ or ann@h":            "see http://h/ or ann@h",
		"http://u:my secret@h:99999/":       "http://u:***@h:99999/",
		"http://u:p@ss secret@h:99999/":     "http://u:***@h:99999/",
		"ftp://u:my secret@h/":              "ftp://u:***@h/",
		"ftp://u:my\u00a0secret@h/":         "ftp://u:***@h/",
		"u:my secret@h:99999":               "u:***@h:99999",
		"http://u: secret@h:99999":          "http://u:***@h:99999",
		"http://u:a http://secret@h:99999/": "http://u:***@h:99999/",
	} {
		if got := weburl.HideLine(line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// What is before a colon, or could be one, is looked at only as far as a scheme
// is long: a line is read in time that grows with its length alone. Looking at
// capitals costs memory, which can be counted.
func TestHideLineInOnePass(t *testing.T) {
	line := strings.Repeat("A%", 10_000) + "@"
	if n := testing.AllocsPerRun(10, func() { weburl.HideLine(line) }); n > 10 {
		t.Errorf("%v allocations", n)
	}
}
