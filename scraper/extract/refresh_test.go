package extract

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

func TestParseRefresh(t *testing.T) {
	for content, want := range map[string]string{
		// The cases of web-platform-tests, html/semantics/document-metadata/the-meta-element/pragma-directives/attr-meta-http-equiv-refresh.
		"":                                 "",
		"1":                                "1s >",
		"1 ":                               "1s >",
		"1\t":                              "1s >",
		"1\r":                              "1s >",
		"1\n":                              "1s >",
		"1\f":                              "1s >",
		"1;":                               "1s >",
		"1,":                               "1s >",
		"1; url=foo":                       "1s >foo",
		"1, url=foo":                       "1s >foo",
		"1 url=foo":                        "1s >foo",
		"1;\turl=foo":                      "1s >foo",
		"1;\r\n\furl=foo":                  "1s >foo",
		"1url=foo":                         "",
		"1x;url=foo":                       "",
		"1 x;url=foo":                      "1s >x;url=foo",
		"1;;url=foo":                       "1s >;url=foo",
		"1  foo":                           "1s >foo",
		"1; foo":                           "1s >foo",
		"1; uRl=foo":                       "1s >foo",
		"1; url = foo":                     "1s >foo",
		"1; url\n=\tfoo":                   "1s >foo",
		"1; url foo":                       "1s >url foo",
		"1; urlfoo":                        "1s >urlfoo",
		"1; ur'foo'":                       "1s >ur'foo'",
		"1; u=foo":                         "1s >u=foo",
		"1; uri=foo":                       "1s >uri=foo",
		"1; url=":                          "1s >",
		"1; url='foo'bar":                  "1s >foo",
		"1; url='foo":                      "1s >foo",
		"1; url=\"foo'\"":                  "1s >foo'",
		"1; url=f'oo'":                     "1s >f'oo'",
		"1; 'foo'":                         "1s >foo",
		"1; \"url=foo\"":                   "1s >url=foo",
		"1; =foo":                          "1s >=foo",
		"1; foo ":                          "1s >foo ",
		" \n1":                             "1s >",
		"\u00a01":                          "",
		"-1; url=foo":                      "",
		"+1; url=foo":                      "",
		"foo":                              "",
		"; url=foo":                        "",
		".9; url=foo":                      "0s >foo",
		".; url=foo":                       "0s >foo",
		"0.9; url=foo":                     "0s >foo",
		"1.9.9.; url=foo":                  "1s >foo",
		"1...":                             "1s >",
		"1.x":                              "",
		"001":                              "1s >",
		"٣; url=foo":                       "",
		"0; url=http://a.example/?b=c;d,e": "0s >http://a.example/?b=c;d,e",
		"0;URL='javascript:x'":             "0s >javascript:x",
	} {
		got := ""
		if delay, url, ok := ParseRefresh(content); ok {
			got = fmt.Sprintf("%v >%s", delay, url)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", content, got, want)
		}
	}
	for _, digits := range []string{"9223372036", "9223372037", "92233720369", strings.Repeat("9", 1000)} {
		if delay, url, ok := ParseRefresh(digits + ";x"); !ok || url != "x" || delay != math.MaxInt64/time.Second*time.Second {
			t.Errorf("%.20s is %v, %q", digits, delay, url)
		}
	}
}

func TestPageRefresh(t *testing.T) {
	const title = "<title>T</title>"
	for page, want := range map[string]string{
		title: "",
		title + `<meta http-equiv="refresh" content="0; url=/x?a&amp;b">`: "0s /x?a&b ",
		`<META HTTP-EQUIV=Refresh CONTENT=5>` + title:                     "5s  ",
		`<meta content="1;x" http-equiv="&#114;efresh"/>` + title:         "1s x ",
		title + `<body><p>moved<meta http-equiv=refresh content="0;é">`:   "0s é ",
		title + `<meta http-equiv=refresh content=""><meta http-equiv=refresh content="x"><meta http-equiv=refresh content="1;a"><meta http-equiv=refresh content="2;b">`: "1s a ",
		title + `<meta http-equiv=refresh><meta name=refresh content="0;x"><meta http-equiv=x content="0;x">`:                                                             "",
		title + `<meta http-equiv=x http-equiv=refresh content="0;x">`:                                                                                                    "",
		title + `<noscript><meta http-equiv=refresh content="0;x"></noscript>`:                                                                                            "",
		title + `<!--<meta http-equiv=refresh content="0;x">-->`:                                                                                                          "",
		title + `<script>"<meta http-equiv=refresh content='0;x'>"</script>`:                                                                                              "",
		title + `<template><template></template><meta http-equiv=refresh content="0;x"></template>`:                                                                       "",
		title + `</template><template></template><meta http-equiv=refresh content="0;x">`:                                                                                 "0s x ",
		title + `<textarea><meta http-equiv=refresh content="0;x"></textarea>`:                                                                                            "",
		title + `<base target=_top><base href=/b/><base href=/c/><meta http-equiv=refresh content="0;x"><base href=/d/>`:                                                  "0s x /b/",
		title + `<svg><base href=//evil.example/></svg><base href=/b/><meta http-equiv=refresh content="0;x">`:                                                            "0s x /b/",
		title + `<template><base href=/c/></template><meta http-equiv=refresh content="0;x">`:                                                                             "0s x ",
		title + `<base href><base href=/b/><meta http-equiv=refresh content="0;x">`:                                                                                       "0s x ",
		title + `<base href=/` + strings.Repeat("b", document.MaxBase) + `><base href=/b/><meta http-equiv=refresh content="0;x">`:                                        "0s x ",
		title + `<svg><meta http-equiv=refresh content="1;x"></svg>`:                                                                                                      "1s x ", // which ends the drawing
		title + `<svg><desc><meta http-equiv=refresh content="1;x"></desc></svg>`:                                                                                         "1s x ",
		title + `<math><base href=/c/><mi><base href=/b/></mi></math><meta http-equiv=refresh content="0;x">`:                                                             "0s x /b/",
		title + `<meta http-equiv=refresh content="0;x"><base href=/b/>`:                                                                                                  "0s x ",
		title + strings.Repeat("<p>", 50_000) + `<meta http-equiv=refresh content="0;x">`:                                                                                 "0s x ",
		title + strings.Repeat("<p>", 90_000) + `<meta http-equiv=refresh content="0;x">`:                                                                                 "", // too far
	} {
		utf16be := []byte("\xfe\xff")
		for _, c := range utf16.Encode([]rune(page)) {
			utf16be = append(utf16be, byte(c>>8), byte(c))
		}
		for _, c := range []struct{ name, body string }{
			{"text/html; charset=utf-8", page},
			{"text/html; charset=windows-1252", strings.ReplaceAll(page, "é", "\xe9")},
			{"text/html", string(utf16be)},
		} {
			if len(c.body) > 2*pageLimit/3 && c.name == "text/html" {
				continue // twice as long in that encoding
			}
			got, err := read(strings.NewReader(c.body), c.name, true)
			if err != nil || got.Title != "T" {
				t.Errorf("%.100q as %s: %+v, %v", page, c.name, got, err)
			}
			text := ""
			if r := got.Refresh; r != nil {
				text = fmt.Sprintf("%v %s %s", r.Delay, r.URL, r.Base)
			}
			if text != want {
				t.Errorf("%.100q as %s sends to %q, want %q", page, c.name, text, want)
			}
			plain, err := Title(strings.NewReader(c.body), c.name)
			if got.Refresh = nil; err != nil || plain != got {
				t.Errorf("%.100q as %s: Title has %+v, %v", page, c.name, plain, err)
			}
		}
	}
	if got, err := read(strings.NewReader(`<meta http-equiv=refresh content="0;x">`), "text/plain", true); err != nil || got.Refresh != nil {
		t.Errorf("text sends to %+v, %v", got.Refresh, err)
	}
}

func FuzzRefresh(f *testing.F) {
	for _, s := range []string{"0", "5; url=https://example.com/", "0;URL='/x'", "3, \"x", ".5 url", "99999999999999999999;u", "1;ur", "1;url", "1;url="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		delay, url, ok := ParseRefresh(content)
		if !ok {
			if delay != 0 || url != "" {
				t.Errorf("%q is nothing, with %v, %q", content, delay, url)
			}
			return
		}
		if delay < 0 || delay%time.Second != 0 || !strings.Contains(content, url) {
			t.Errorf("%q is %v, %q", content, delay, url)
		}
		// What was read says the same when it is written in the plainest form.
		if strings.Contains(url, "'") {
			return
		}
		if again, same, ok := ParseRefresh(fmt.Sprintf("%d;url='%s'", delay/time.Second, url)); !ok || again != delay || same != url {
			t.Errorf("%q is %v, %q; written again %v, %q", content, delay, url, again, same)
		}
	})
}

// FuzzPageRefresh compares what is found with the tree of the page, where that has no templates and tables,
// which hide and move elements.
func FuzzPageRefresh(f *testing.F) {
	f.Add([]byte(`<title>T</title><meta http-equiv=refresh content="0;x"><p>`))
	f.Add([]byte(`<noscript><meta http-equiv="refresh" content="0;x"></noscript><META content=1 http-equiv=REFRESH>`))
	f.Fuzz(func(t *testing.T, page []byte) {
		low := markup.Lower(page)
		for _, odd := range []string{"template", "frameset", "select", "svg", "math", "plaintext", "table"} {
			if strings.Contains(low, odd) {
				return
			}
		}
		if len(page) > pageLimit || exhausting(page) {
			return
		}
		got := findRefresh(string(page))
		tree, err := html.Parse(bytes.NewReader(page))
		if err != nil {
			return
		}
		var want *Refresh
		base, based := "", false
		for n := range tree.Descendants() {
			if n.Type != html.ElementNode || n.Namespace != "" || want != nil {
				continue
			}
			if href, ok := document.Attribute(n, "href"); ok && n.Data == "base" && !based {
				based = true
				if len(href) <= document.MaxBase {
					base = href
				}
			}
			if n.Data != "meta" {
				continue
			}
			values := make(map[string]string)
			for _, a := range n.Attr {
				if _, before := values[a.Key]; !before {
					values[a.Key] = a.Val
				}
			}
			if delay, url, ok := ParseRefresh(values["content"]); ok && strings.EqualFold(values["http-equiv"], "refresh") {
				want = &Refresh{Delay: delay, URL: url, Base: base}
			}
		}
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%q sends to %+v, the tree to %+v", page, got, want)
		}
	})
}
