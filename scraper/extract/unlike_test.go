package extract

import (
	"strings"
	"testing"
)

// TestReadOther holds what is read of pages that are not HTML by its rules.
func TestReadOther(t *testing.T) {
	const (
		xhtml = "application/xhtml+xml"
		root  = `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml" xml:lang="de">`
	)
	for _, c := range []struct {
		name, contentType, body string
		extract                 []string
		title, links, data      string
	}{
		{name: "XHTML, elements that close themselves", contentType: xhtml, extract: []string{"description,lang,links", "p[]=p"},
			body:  root + `<head><script src="a.js"/><style/><title>T</title><meta name="description" content="a&nbsp;b"/></head><body><textarea/><a href="/x"/><p>1</p><p><![CDATA[<2>]]></p></body></html>`,
			title: "T", links: `[{"url":"https://shop.example/x","internal":true}]`, data: `{"description":"a\u00a0b","lang":"de","p":["1","<2>"]}`},
		{name: "the same as HTML", contentType: "text/html", extract: []string{"description,links", "p[]=p"},
			body: root + `<head><script src="a.js"/><style/><title>T</title></head><body><a href="/x"/></body></html>`},
		{name: "XHTML, nesting that HTML knows not", contentType: xhtml, extract: []string{"links,tables", "inner=p > div", "h=xpath://p/div/text()"},
			body:  root + `<p><div>in</div></p><a href="/a">one <a href="/b">two</a></a><noscript><a href="/no"/></noscript><table><tr><th>A</th></tr><tr><td>1</td></tr></table></html>`,
			links: `[{"url":"https://shop.example/a","text":"one two","internal":true},{"url":"https://shop.example/b","text":"two","internal":true}]`,
			data:  `{"tables":[{"columns":["A"],"rows":[["1"]]}],"inner":"in","h":"in"}`},
		{name: "XHTML, base and images", contentType: xhtml, extract: []string{"links,images,emails"},
			body:  root + `<base href="https://cdn.example/"/><a href="x">a</a><img src="i"/><script>"no@shop.example"</script>me@shop.example</html>`,
			links: `[{"url":"https://cdn.example/x","text":"a","internal":false}]`, data: `{"images":[{"url":"https://cdn.example/i"}],"emails":["me@shop.example"]}`},
		{name: "XHTML, JSON-LD in CDATA", contentType: xhtml, extract: []string{"jsonld", "n=jsonpath:$.n"},
			body: root + `<script type="application/ld+json"><![CDATA[{"n":"<a>"}]]></script></html>`, data: `{"jsonld":[{"n":"<a>"}],"n":"<a>"}`},
		{name: "XHTML, up to a mistake", contentType: xhtml, extract: []string{"text,links", "p[]=p"},
			body: root + `<title>T</title><p>one<a href="/a">a</a></p><p>two</div><p>three</p><a href="/b"/></html>`, title: "T",
			links: `[{"url":"https://shop.example/a","text":"a","internal":true}]`, data: `{"text":"onea\n\ntwo","p":["onea","two"]}`},
		{name: "XHTML as XML", contentType: "text/xml; charset=iso-8859-1", extract: []string{"p=p"},
			body: root + "<title>\xe9</title><p>\xe9</p></html>", title: "é", data: `{"p":"é"}`},
		{name: "XHTML, the declaration says the charset", contentType: xhtml, extract: []string{"p=p"},
			body:  `<?xml version="1.0" encoding="koi8-r"?><html xmlns="http://www.w3.org/1999/xhtml"><meta charset="utf-8"/><title>` + "\xf0</title><p>\xf0</p></html>",
			title: "П", data: `{"p":"П"}`},
		{name: "XHTML, too deep", contentType: xhtml, extract: []string{"lang,links,text"},
			body:  root + `<title>T</title><a href="/a">a</a>` + strings.Repeat("<div>", 600) + `b`,
			title: "T", links: `[{"url":"https://shop.example/a","text":"a","internal":true}]`, data: `{"lang":"de","text":"a\nb"}`},
		{name: "JSON-LD", contentType: "application/ld+json", extract: []string{"jsonld,author,published"},
			body: `{"@type":"Article", "author":{"name":"A. Writer"}, "datePublished":"2026-10-02"}`,
			data: `{"jsonld":[{"@type":"Article","author":{"name":"A. Writer"},"datePublished":"2026-10-02"}],"author":"A. Writer","published":"2026-10-02"}`},
		{name: "JSON-LD, broken", contentType: "application/ld+json", extract: []string{"jsonld"}, body: `{"@type"`},
		{name: "other JSON", contentType: "application/json", extract: []string{"jsonld,tables,links"}, body: `{"@type":"Article"}`},
		{name: "CSV", contentType: "text/csv", extract: []string{"tables,links"}, body: "a;b\n1; 2\n 3 \n",
			data: `{"tables":[{"columns":["a","b"],"rows":[["1","2"],["3",""]]}]}`},
		{name: "TSV", contentType: "text/tab-separated-values", extract: []string{"tables"}, body: "a\tb\n",
			data: `{"tables":[{"columns":["a","b"],"rows":[]}]}`},
		{name: "CSV without rows", contentType: "text/csv", extract: []string{"tables"}, body: "\n\n"},
		{name: "RSS", contentType: "text/xml", extract: []string{"links"},
			body:  `<rss><channel><link>/</link><item><title>One</title><link>/1</link></item><item><title>none</title></item><item><link>https://other.example/2</link></item></channel></rss>`,
			links: `[{"url":"https://shop.example/1","text":"One","internal":true},{"url":"https://other.example/2","internal":false}]`},
		{name: "Atom", contentType: "application/atom+xml", extract: []string{"links"},
			body:  `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/b/"><entry><title>One</title><link href="1"/></entry></feed>`,
			links: `[{"url":"https://shop.example/b/1","text":"One","internal":true}]`},
		{name: "JSON Feed", contentType: "application/feed+json", extract: []string{"links"},
			body:  `{"version":"https://jsonfeed.org/version/1.1","items":[{"title":"One","url":"/1"},{"url":"javascript:x"}]}`,
			links: `[{"url":"https://shop.example/1","text":"One","internal":true}]`},
		{name: "XML that is no feed", contentType: "text/xml", extract: []string{"links,tables,jsonld"}, body: `<a href="/x">x</a>`},
	} {
		got, err := compile(t, Spec{Extract: c.extract}).Read(t.Context(), sourceOf(t, c.contentType, c.body))
		want := strings.ReplaceAll(c.data, `\u00a0`, "\u00a0")
		if err != nil || got.Title != c.title || string(got.Links) != c.links || string(got.Data) != want {
			t.Errorf("%s: %v\n got %q, %s, %s\nwant %q, %s, %s", c.name, err, got.Title, got.Links, got.Data, c.title, c.links, want)
		}
	}
}

// TestNoPassword holds that a password in a page's base is in nothing that is made with it.
func TestNoPassword(t *testing.T) {
	const base = "http://me:secret@shop.example/"
	text := strings.Repeat("<p>Ships, boats, and rafts came by, one after the other, in the evening.</p>", 10)
	for contentType, body := range map[string]string{
		"text/html": "<base href=" + base + "><title>T</title><link rel=canonical href=c><link rel=alternate hreflang=de href=d>" +
			"<link rel=alternate type=application/rss+xml href=f><meta property=og:image content=i><meta name=twitter:image content=j>" +
			"<article>" + text + "<a href=a>a</a><img src=b srcset='s 2x'>" + text + "</article>" +
			"<form action=s></form><div itemscope><a itemprop=url href=u>u</a></div>",
		"application/atom+xml": "<feed xml:base='" + base + "'><link href='l'/><entry><title>One</title><link href='1'/></entry></feed>",
	} {
		got, err := compile(t, Spec{Extract: []string{
			"canonical,links,images,feeds,alternates,opengraph,twitter,microdata,article,markdown,markdown:full,forms,feed", "u=a|url", "v=a::attr(href)|url",
		}}).Read(t.Context(), sourceOf(t, contentType, body))
		all := string(got.Links) + string(got.Data)
		if err != nil || strings.Contains(all, "secret") || !strings.Contains(all, "me:***@shop.example") {
			t.Errorf("%s: %v, %s", contentType, err, all)
		}
	}
}

// TestRefreshOfXHTML holds that what sends a reader of XHTML elsewhere is found where a browser finds it.
func TestRefreshOfXHTML(t *testing.T) {
	for body, want := range map[string]string{
		`<title/><meta http-equiv="refresh" content="0; url=/x"/>`:                  "/x",
		`<![CDATA[<meta http-equiv="refresh" content="0; url=/no"/>]]>`:             "",
		`<p></div><meta http-equiv="refresh" content="0; url=/no"/>`:                "",
		`<!-- <meta http-equiv="refresh" content="0; url=/no"/> -->`:                "",
		`<noscript><meta http-equiv="refresh" content="0; url=/no"/></noscript>`:    "",
		`<base href="/b/"/><meta http-equiv="refresh" content="0; url=a?b&amp;c"/>`: "a?b&c",
	} {
		page, err := read(strings.NewReader(`<html xmlns="http://www.w3.org/1999/xhtml">`+body+`</html>`), "application/xhtml+xml", true)
		got := ""
		if page.Refresh != nil {
			got = page.Refresh.URL
		}
		if err != nil || got != want || page.Charset != "utf-8" {
			t.Errorf("%s: %q, %v, want %q", body, got, err, want)
		}
	}
}
