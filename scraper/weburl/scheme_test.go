package weburl

import (
	"strings"
	"testing"
)

func TestSchemeOf(t *testing.T) {
	for ref, want := range map[string]string{
		"": "", "x": "", ":": "", ":x": "", "/a:b": "", "?a:b": "", "#a:b": "", "1a:b": "", "a b:c": "", "//a:1": "", "é:": "", "a\x01b:": "",
		"http:": "http", "HTTPS://x": "https", "mailto:a@b": "mailto", "a1+-.:b": "a1+-.", "localhost:80": "localhost",
		"java\nscript:x": "javascript", "\x01 javascript:x": "javascript", "\x00\x1f\tJava\r\n\tScript\t:x": "javascript",
		"java" + strings.Repeat("\n", 100) + "script:x": "javascript",
	} {
		if got := SchemeOf(ref); got != want {
			t.Errorf("%q: %q, want %q", ref, got, want)
		}
		if _, err := Parse(ref); err == nil && want != "http" && want != "https" {
			t.Errorf("%q has been parsed", ref)
		}
	}
}

func TestTrim(t *testing.T) {
	if got := Trim("\x00\x1f \n\u00a0a b\u0085\t "); got != "\u00a0a b\u0085" {
		t.Errorf("%q", got)
	}
}
