package header_test

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"scrape/scraper/header"
)

func TestParseLinks(t *testing.T) {
	type links = []header.Link
	for _, c := range []struct {
		name   string
		values []string
		want   links
	}{
		{"none", nil, nil},
		{"empty", []string{"", "  ", ",, ,"}, nil},
		// The examples of RFC 8288, section 3.5.
		{"previous", []string{`<http://example.com/TheBook/chapter2>; rel="previous"; title="previous chapter"`},
			links{{Target: "http://example.com/TheBook/chapter2", Rel: []string{"previous"}, Title: "previous chapter"}}},
		{"relation that is a URL", []string{`</>; rel="http://example.net/foo"`}, links{{Target: "/", Rel: []string{"http://example.net/foo"}}}},
		{"anchor", []string{`</terms>; rel="copyright"; anchor="#foo"`}, links{{Target: "/terms", Rel: []string{"copyright"}, Anchor: "#foo"}}},
		{"titles in German", []string{`</TheBook/chapter2>; rel="previous"; title*=UTF-8'de'letztes%20Kapitel, </TheBook/chapter4>; rel="next"; title*=UTF-8'de'n%c3%a4chstes%20Kapitel`},
			links{{Target: "/TheBook/chapter2", Rel: []string{"previous"}, Title: "letztes Kapitel"}, {Target: "/TheBook/chapter4", Rel: []string{"next"}, Title: "nächstes Kapitel"}}},
		{"relations", []string{`<http://example.org/>; rel="start http://example.net/relation/other"`},
			links{{Target: "http://example.org/", Rel: []string{"start", "http://example.net/relation/other"}}}},
		{"two at once", []string{`<https://example.org/>; rel="start", <https://example.org/index>; rel="index"`},
			links{{Target: "https://example.org/", Rel: []string{"start"}}, {Target: "https://example.org/index", Rel: []string{"index"}}}},
		// Of real answers.
		{"pages of an API", []string{`<https://api.example.com/repositories/1300192/issues?page=2>; rel="next", <https://api.example.com/repositories/1300192/issues?page=7>; rel="last"`},
			links{{Target: "https://api.example.com/repositories/1300192/issues?page=2", Rel: []string{"next"}}, {Target: "https://api.example.com/repositories/1300192/issues?page=7", Rel: []string{"last"}}}},
		{"a blog", []string{`<https://example.com/wp-json/>; rel="https://api.w.org/"`, `<https://example.com/wp-json/wp/v2/pages/2>; rel="alternate"; title="JSON"; type="application/json"`, `<https://example.com/>; rel=shortlink`},
			links{{Target: "https://example.com/wp-json/", Rel: []string{"https://api.w.org/"}}, {Target: "https://example.com/wp-json/wp/v2/pages/2", Rel: []string{"alternate"}, Title: "JSON", Type: "application/json"}, {Target: "https://example.com/", Rel: []string{"shortlink"}}}},
		{"preloads", []string{`</a.css>;rel=preload;as=style;nopush,<https://cdn.example.com>;rel="preconnect";crossorigin`},
			links{{Target: "/a.css", Rel: []string{"preload"}, Params: []header.Param{{Name: "as", Value: "style"}, {Name: "nopush"}}}, {Target: "https://cdn.example.com", Rel: []string{"preconnect"}, Params: []header.Param{{Name: "crossorigin"}}}}},
		{"languages", []string{`<https://example.com/de>; rel="alternate"; hreflang="de-at"; hreflang=de`},
			links{{Target: "https://example.com/de", Rel: []string{"alternate"}, HrefLang: []string{"de-at", "de"}}}},
		{"canonical", []string{`<https://www.example.com/white-paper.pdf>; rel="Canonical"`}, links{{Target: "https://www.example.com/white-paper.pdf", Rel: []string{"canonical"}}}},
		// Odd ones.
		{"commas and semicolons in targets and quotes", []string{`</a,b;c?d="e>; REL = "x" ; title="a, \"b\"; <c>\\"; media = "(a, b)" , <d>`},
			links{{Target: `/a,b;c?d="e`, Rel: []string{"x"}, Title: `a, "b"; <c>\`, Media: "(a, b)"}, {Target: "d"}}},
		{"first counts", []string{`<a>; rel=b; rel=c; type=d; type=e; title=f; title=g; title*=UTF-8''h; title*=UTF-8''i; title=j`}, links{{Target: "a", Rel: []string{"b"}, Type: "d", Title: "h"}}},
		{"title before", []string{`<a>; title*=iso-8859-1'en'%A3%20rates; title=b`}, links{{Target: "a", Title: "£ rates"}}},
		{"title* that is none", []string{`<a>; title*=UTF-8''%ff; title=b`, `<a>; title=b; title*=UTF-8''%4`, `<a>; title=b; title*=koi8-r''b`, `<a>; title=b; title*=c`},
			links{{Target: "a", Title: "b"}, {Target: "a", Title: "b"}, {Target: "a", Title: "b"}, {Target: "a", Title: "b"}}},
		{"no target", []string{"rel=next", "a, <b>", "<a"}, nil},
		{"empty target", []string{"<>;rel=self"}, links{{Rel: []string{"self"}}}},
		{"broken behind", []string{"<a> x; rel=b, <c>"}, links{{Target: "a"}}},
		{"quote that is not closed", []string{`<a>; title="b, <c>; rel=d`, `<a>; title="b\`}, links{{Target: "a", Title: "b, <c>; rel=d"}, {Target: "a", Title: "b"}}},
		{"parameters without names", []string{`<a>;;;=x; =;rel=b;`}, links{{Target: "a", Rel: []string{"b"}}}},
		{"no UTF-8", []string{"<\xff>; title=\"\\\xff\""}, links{{Target: "\uFFFD", Title: "\uFFFD"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := header.ParseLinks(c.values); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%q:\n%+v, want\n%+v", c.values, got, c.want)
			}
		})
	}
}

// What is as large as a header may be takes time in proportion.
func TestParseLinksHostile(t *testing.T) {
	const size = 1 << 17
	for _, c := range []struct {
		name, value string
		links       int
	}{
		{"commas", strings.Repeat(",", size), 0},
		{"links", strings.Repeat("<>,", size), size},
		{"links that are not closed", strings.Repeat("<", size), 0},
		{"parameters", "<>" + strings.Repeat(";a", size), 1},
		{"semicolons", "<>" + strings.Repeat(";", size), 1},
		{"quotes", "<>" + strings.Repeat(`;a="`, size), 1},
		{"backslashes", `<>;a="` + strings.Repeat(`\`, size), 1},
		{"white space", "<>" + strings.Repeat(" ", size) + ";a=" + strings.Repeat(" ", size), 1},
		{"titles", "<>" + strings.Repeat(";title*=UTF-8''a", size), 1},
	} {
		if n := len(header.ParseLinks([]string{c.value})); n != c.links {
			t.Errorf("%s: %d links, want %d", c.name, n, c.links)
		}
	}
}

// FuzzParseLinks checks that what was read is what it says it is, and that it is
// the same when it is written in the plainest form.
func FuzzParseLinks(f *testing.F) {
	for _, value := range []string{
		"", ",", "<", "<>", `<a>;rel="b c";title="d\"e", <f>`, "<a>; title*=UTF-8'de'n%c3%a4h; type=b;HREFLANG=c; media = d; anchor=\"#e\"; x; y=z",
		"<a>; title*=iso-8859-1''%A3; title=b", `<a>; a="b\`, "<a>;=;;a=,<b> c",
	} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		links := header.ParseLinks([]string{value})
		if n := strings.Count(value, "<"); len(links) > n {
			t.Errorf("%q has %d links", value, len(links))
		}
		written := make([]string, len(links))
		for i, l := range links {
			written[i] = write(l)
			if !utf8.ValidString(written[i]) {
				t.Errorf("%q is no UTF-8: %q", value, written[i])
			}
			for _, rel := range l.Rel {
				if rel == "" || rel != strings.ToLower(rel) || strings.ContainsAny(rel, " \t") {
					t.Errorf("%q has the relation %q", value, rel)
				}
			}
		}
		if again := header.ParseLinks([]string{strings.Join(written, ", ")}); !reflect.DeepEqual(again, links) {
			t.Errorf("%q is\n%+v, written again %q\n%+v", value, links, written, again)
		}
	})
}

// write writes a link such that it is read as the same.
func write(l header.Link) string {
	s := "<" + l.Target + ">"
	param := func(name, value string) {
		s += "; " + name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
	}
	if l.Rel != nil {
		param("rel", strings.Join(l.Rel, " "))
	}
	param("anchor", l.Anchor)
	param("type", l.Type)
	param("media", l.Media)
	param("title", l.Title)
	for _, h := range l.HrefLang {
		param("hreflang", h)
	}
	for _, p := range l.Params {
		param(p.Name, p.Value)
	}
	return s
}
