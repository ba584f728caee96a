package prose

import (
	"strings"
	"testing"
)

// Nothing in an article runs a script, however that is spelt; addresses of other kinds stay.
func TestArticleRunsNothing(t *testing.T) {
	text := strings.Repeat("<p>Ships, boats, and rafts came by, one after the other, in the evening. And they went on.</p>", 10)
	for piece, want := range map[string]string{ // "": nothing of the alert
		"<a href='javascript:alert(1)'>x</a>":                                                      "",
		"<a href='java\nscript:alert(1)'>x</a>":                                                    "",
		"<a href='\tJaVa\r\nScript\n:alert(1)'>x</a>":                                              "",
		"<a href='&#1;javascript:alert(1)'>x</a>":                                                  "",
		"<a href='java" + strings.Repeat("&#10;", 100) + "script:alert(1)'>x</a>":                  "",
		"<a href='vbscript:alert(1)'>x</a>":                                                        "",
		"<a href='data:text/html,alert(1)'>x</a>":                                                  "",
		"<a href=y onclick='alert(1)' onMouseOver=alert(1)>x</a>":                                  `<a href="https://harbour.example/posts/y">x</a>`,
		"<img src=y onerror='alert(1)' alt=x>":                                                     `<img src="https://harbour.example/posts/y" alt="x"`,
		"<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>":                        "",
		"<svg onload=alert(1)><text>x</text></svg>":                                                "",
		"<svg><script>alert(1)</script></svg>":                                                     "",
		"<iframe srcdoc='<script>alert(1)</script>' src=https://www.youtube.com/embed/x></iframe>": "",
		"<a href='mailto:a@b.example'>x</a>":                                                       `<a href="mailto:a@b.example">x</a>`,
		"<a href=y one=1>x</a>":                                                                    `<a href="https://harbour.example/posts/y">x</a>`,
	} {
		page := "<!DOCTYPE html><title>T</title><article>" + text + "<p>Then, at night, " + piece + " and more of them.</p>" + text + "</article>"
		a, err := Article(newDocument(t, "text/html", page))
		if err != nil || a == nil || strings.Contains(a.HTML, "alert") || !strings.Contains(a.HTML, want) {
			t.Errorf("%s: %v, want %s in %+v", piece, err, want, a)
		}
		for _, full := range []bool{false, true} {
			if text, err := Markdown(newDocument(t, "text/html", page), full); err != nil || strings.Contains(text, "alert") {
				t.Errorf("%s: %v, %s", piece, err, text)
			}
		}
	}
}
