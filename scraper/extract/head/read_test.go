package head_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/head"
	"scrape/scraper/weburl"
)

// newDocument makes a page of https://example.com/a/b.
func newDocument(ctx context.Context, page string, h http.Header) *document.Document {
	url, err := weburl.Parse("https://example.com/a/b")
	if err != nil {
		panic(err)
	}
	return document.New(ctx, document.Source{URL: url, Header: h, ContentType: "text/html", Body: []byte(page)})
}

// read gives the head of a page as JSON.
func read(t *testing.T, page string, h http.Header) string {
	t.Helper()
	got, err := head.Read(newDocument(t.Context(), page, h))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(got); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

// fields are those of a page's head but for the list of all meta elements, which is
// tested by itself.
func fields(t *testing.T, page string, h http.Header) string {
	t.Helper()
	all := read(t, page, h)
	var v struct {
		Meta json.RawMessage `json:"meta"`
	}
	if err := json.Unmarshal([]byte(all), &v); err != nil {
		t.Fatal(err)
	}
	if v.Meta == nil {
		return all
	}
	meta := `"meta":` + string(v.Meta)
	for _, s := range []string{"," + meta, meta + ",", meta} {
		if strings.Contains(all, s) {
			return strings.Replace(all, s, "", 1)
		}
	}
	return all
}

func TestReadArticle(t *testing.T) {
	const want = `{"description":"What holds a bridge & why. In four parts.","canonical":"https://example.com/a/bridges","lang":"en-GB","author":"Ada Example",` +
		`"published":"2024-03-01T08:30:00+01:00","modified":"2024-03-05",` +
		`"feeds":[{"url":"https://example.com/feed","title":"News","type":"application/rss+xml"}],` +
		`"alternates":[{"lang":"de","url":"https://example.com/de/bruecken"},{"lang":"x-default","url":"https://example.com/bridges"}],` +
		`"opengraph":{"og:type":"article","og:title":"How bridges are built","og:image":["https://www.example.com/a.jpg","https://example.com/b.jpg"],"og:image:width":"1200","article:published_time":"2024-03-01T08:30:00+01:00"},` +
		`"twitter":{"twitter:card":"summary"},` +
		`"robots":[{"name":"index"},{"name":"follow"},{"name":"max-snippet","value":"-1"},{"name":"max-image-preview","value":"large"},{"agent":"googlebot","name":"noarchive"}],` +
		`"jsonld":[{"@context":"https://schema.org","@graph":[{"@type":"WebPage","@id":"#page","dateModified":"2024-03-05"},{"@type":"Person","@id":"#ada","name":"Ada Example"}]}]}`
	page := strings.Replace(article, `<base href="https://www.example.com/news/">`, "", 1)
	if got := fields(t, page, nil); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestRead(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"nothing", "", `{}`},
		{"text", "a < b & c", `{}`},
		{"description of Open Graph", `<meta name=description content=" "><meta property=og:description content=a><meta name=twitter:description content=b>`,
			`{"description":"a","opengraph":{"og:description":"a"},"twitter":{"twitter:description":"b"}}`},
		{"description of Twitter", `<meta name=twitter:description content=b>`, `{"description":"b","twitter":{"twitter:description":"b"}}`},
		{"first description", `<META CONTENT='a&#39;b' NAME=Description><meta name=description content=b>`, `{"description":"a'b"}`},
		{"attribute twice", `<meta name=description name=x content=a content=b>`, `{"description":"a"}`},
		{"in the body", `<p><meta name=description content=a>`, `{"description":"a"}`},
		{"not of the page", `<!-- <meta name=description content=a> --><noscript><meta name=description content=b></noscript><template><meta name=description content=c></template>` +
			`<script>"<meta name=description content=d>"</script><svg><link rel=canonical href=e></svg><textarea><meta name=description content=f></textarea>`, `{}`},
		{"page within a tag", `<meta name=description content="a`, `{}`},
		{"canonical of the first that has one", `<link rel=canonical><link rel=canonical href=" "><link rel=canonical href="mailto:a@b"><link rel="x Canonical" href="/c?a=1&amp;b=2"><link rel=canonical href=/d>`,
			`{"canonical":"https://example.com/c?a=1&b=2"}`},
		{"lang", `<html lang=""><body><html lang=" fr " xml:lang=de>`, `{"lang":"fr"}`},
		{"no lang", `<html lang="lang=" xml:lang=en_US>`, `{"lang":"en-US"}`},
		{"xml:lang", `<html xml:lang=de><meta http-equiv=content-language content=fr>`, `{"lang":"de"}`},
		{"content-language", `<meta http-equiv=Content-Language content=" fr "><html>`, `{"lang":"fr"}`},
		{"several languages", `<meta http-equiv=content-language content="fr, de">`, `{}`},
		{"authors", `<meta name=citation_author content=A><meta name=citation_author content=B><meta name=citation_author content=A>`, `{"author":"A, B"}`},
		{"author that is a URL", `<meta property=article:author content="https://example.com/ada"><meta itemprop=author content=Ada>`,
			`{"author":"Ada","opengraph":{"article:author":"https://example.com/ada"}}`},
		{"dates of best trust", `<time pubdate datetime=2001-01-01>x</time><meta name=date content=2002-02-02><time itemprop="x datePublished" datetime=2003-03-03></time><meta property=article:published_time content=yesterday>`,
			`{"published":"2003-03-03","opengraph":{"article:published_time":"yesterday"}}`},
		{"date of a meta element", `<time pubdate datetime=2001-01-01>x</time><meta name=DC.Date content=2002-02-02><meta http-equiv=last-modified content=2002-02-03>`,
			`{"published":"2002-02-02","modified":"2002-02-03"}`},
		{"date of a time element", `<time datetime=2000-01-01>x</time><time pubdate datetime=2001-01-01>x</time>`, `{"published":"2001-01-01"}`},
		{"zone of another source", `<meta property=article:published_time content="2022-05-04 05:34:58"><script type=application/ld+json>[{"datePublished":"2022-05-04T05:34:58","dateModified":"2022-05-04T05:34:58Z"},{"datePublished":"2022-05-04T05:35-03:00"},{"datePublished":"2022-05-04T05:34:58-03:00"}]</script>`,
			`{"published":"2022-05-04T05:34:58-03:00","modified":"2022-05-04T05:34:58Z","opengraph":{"article:published_time":"2022-05-04 05:34:58"},"jsonld":[[{"datePublished":"2022-05-04T05:34:58","dateModified":"2022-05-04T05:34:58Z"},{"datePublished":"2022-05-04T05:35-03:00"},{"datePublished":"2022-05-04T05:34:58-03:00"}]]}`},
		{"zone of no source", `<meta name=dc.date content="2022-05-04 05:34:58"><meta name=date content="2022-05-04"><meta name=lastmod content="2022-05-04"><meta http-equiv=last-modified content="2022-05-04T05:34Z">`,
			`{"published":"2022-05-04T05:34:58Z","modified":"2022-05-04"}`},
		{"feeds", `<link rel="ALTERNATE" type="Application/Atom+XML; charset=utf-8" href=/atom><link rel=alternate type=application/rss+xml href=/atom title=again><link rel=feed href=/f>` +
			`<link rel=alternate type=application/json href=/api><link rel=alternate type=application/feed+json href=j.json title="a  b" hreflang=de>`,
			`{"feeds":[{"url":"https://example.com/atom","type":"application/atom+xml"},{"url":"https://example.com/f"},{"url":"https://example.com/a/j.json","title":"a b","type":"application/feed+json"}]}`},
		{"alternates", `<link rel=alternate hreflang=de href=/de><link hreflang=de href=/de rel=alternate><link rel="alternate stylesheet" hreflang=de href=/a.css><link rel=alternate media=print href=/print>`,
			`{"alternates":[{"lang":"de","url":"https://example.com/de"}]}`},
		{"properties", `<meta property="og:title twitter:title" content=a><meta name=OG:title content=b><meta property=og:image content=""><meta property=product:price:amount content=1><meta name=x:y content=z>`,
			`{"opengraph":{"og:title":["a","b"],"product:price:amount":"1"},"twitter":{"twitter:title":"a"}}`},
		{"properties that are URLs", `<base href=/b/><meta property=og:image content=i.png><meta property=og:image content=HTTP://x.example><meta property=og:image:secure_url content=//cdn.example/i?u=http://y><meta property=og:url content="?p"><meta property=og:image:alt content=a><meta property=og:title content=b/c><meta name=twitter:image:src content=/t><meta name=twitter:image content=data:,x><meta name=twitter:site content=@x>`,
			`{"opengraph":{"og:image":["https://example.com/b/i.png","HTTP://x.example"],"og:image:secure_url":"https://cdn.example/i?u=http://y","og:url":"https://example.com/b/?p","og:image:alt":"a","og:title":"b/c"},"twitter":{"twitter:image:src":"https://example.com/t","twitter:image":"data:,x","twitter:site":"@x"}}`},
		{"dates in the page's order", `<html lang=en-GB><meta name=date content=05/03/2024><meta name=lastmod content=04/03/24>`, `{"lang":"en-GB","published":"2024-03-05","modified":"2024-03-04"}`},
		{"robots", `<meta name=" Robots " content="NOINDEX,, nofollow , unavailable_after: Sat, 25 Jun 2030 15:00:00 PST,max-snippet:0"><meta name=bingbot content="none noarchive"><meta name=robots><meta name=robots content=":a, : ,b:">`,
			`{"robots":[{"name":"noindex"},{"name":"nofollow"},{"name":"unavailable_after","value":"Sat, 25 Jun 2030 15:00:00 PST"},{"name":"max-snippet","value":"0"},{"agent":"bingbot","name":"none"},{"agent":"bingbot","name":"noarchive"},{"name":"b"}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := fields(t, c.page, nil); got != c.want {
				t.Errorf("%s:\n%s, want\n%s", c.page, got, c.want)
			}
		})
	}
}

func TestReadHeader(t *testing.T) {
	h := http.Header{
		"Link": {
			`</c>; rel=canonical, <feed.xml>; rel=alternate; type="application/rss+xml"; title="News", </fr>; rel=alternate; hreflang=fr; hreflang=fr-CA`,
			`</other>; rel=canonical; anchor="#x"`,
		},
		"Content-Language": {"fr"},
		"X-Robots-Tag":     {"noindex, max-snippet: 5", "Googlebot: NoFollow, otherbot: none, unavailable_after: 25 Jun 2030 15:00:00 PST"},
	}
	const robots = `"robots":[{"name":"noindex"},{"name":"max-snippet","value":"5"},{"agent":"googlebot","name":"nofollow"},{"agent":"otherbot","name":"none"},{"agent":"otherbot","name":"unavailable_after","value":"25 Jun 2030 15:00:00 PST"}`
	const feed = `{"url":"https://example.com/a/feed.xml","title":"News","type":"application/rss+xml"}`
	const alternates = `"alternates":[{"lang":"fr","url":"https://example.com/fr"},{"lang":"fr-CA","url":"https://example.com/fr"}]`
	for _, c := range []struct{ page, want string }{
		{"", `{"canonical":"https://example.com/c","lang":"fr","feeds":[` + feed + `],` + alternates + `,` + robots + `]}`},
		{`<html lang=de><link rel=canonical href=/d><link rel=feed href=/e><meta name=robots content=noarchive>`,
			`{"canonical":"https://example.com/d","lang":"de","feeds":[{"url":"https://example.com/e"},` + feed + `],` + alternates + `,` + robots + `,{"name":"noarchive"}]}`},
	} {
		if got := fields(t, c.page, h); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.page, got, c.want)
		}
	}
}

func TestReadAuthor(t *testing.T) {
	ld := func(s string) string { return "<script type=application/ld+json>" + s + "</script>" }
	const meta = "<meta name=author content=Paper>"
	for _, c := range []struct{ name, page, want string }{
		{"person", meta + ld(`{"@type":"NewsArticle","author":[{"@type":"Person","name":"Redacci&oacute;n"},{"@type":"Organization","name":"O"},{"@type":["Thing","Person"],"name":"B"}]}`), "Redacción, B"},
		{"person elsewhere", meta + ld(`[{"@type":"Article","author":{"@id":"#b"}},{"@id":"#b","@type":"https://schema.org/Person","name":"B"}]`), "B"},
		{"organization", meta + ld(`{"@type":"Article","author":{"@type":"Organization","name":"O"}}`), "Paper"},
		{"of no article", meta + ld(`{"@type":"Review","author":{"@type":"Person","name":"B"}}`), "Paper"},
		{"text", meta + ld(`{"@type":"Article","author":"B"}`), "Paper"},
		{"publisher as person", meta + ld(`{"@type":"Article","author":{"@type":"Person","name":"the paper"},"publisher":{"name":"The Paper"}}`), "Paper"},
		{"publisher alone", ld(`{"@type":"Article","author":{"@type":"Person","name":"The Paper"},"publisher":{"name":"The Paper"}}`), "The Paper"},
		{"publisher and body", ld(`{"@type":"Article","author":{"name":"P"},"publisher":{"name":"P"}}`) + "<a rel=author href=/j>Jane</a>", "Jane"},
		{"link", `<a rel="x author" href=/j> Jane <b>Doe</b>,</a>`, "Jane Doe"},
		{"behind meta", meta + "<a rel=author href=/j>Jane</a>", "Paper"},
		{"item", `<p itemprop="x author" itemscope>By <img><span itemprop=name>Jane <i>D</i></span> of us</p>`, "Jane D"},
		{"item with content", `<p itemprop=author itemscope>x<meta itemprop=name content="Jane"><a rel=author>more of hers</a></p>`, "Jane"},
		{"several", "<span itemprop=author>A</span> and <span itemprop=author><script>x</script>B</span><p><p><p><p><p><p><p><a rel=author>C</a>", "A, B"},
		{"no name", "<a rel=author>View all posts by Jane</a><a rel=author>a@b.example</a><a rel=author>Unknown</a><a rel=author>" + strings.Repeat("Jane", 50) + "</a><a rel=author>7</a>", ""},
		{"not closed", "<p itemprop=author>Jane" + strings.Repeat("<p>", 2000), ""},
		{"comment", "<body class=comment-x><ol class='a comment-list'><li><ol><li></ol><a rel=author>A</a></ol><div id=comments><a rel=author>B</a></div><a rel=author>C</a>", "C"},
		{"navigation", "<nav><a rel=author>A</a></nav><footer><a rel=author>B</a></footer><article><footer><a rel=author>C</a></footer></article>", "C"},
		{"list", "<article><a rel=author>A</a></article><article><a rel=author>A</a></article>", ""},
		{"article and others", "<meta property=og:type content=article><article><a rel=author>A</a></article><article>" + strings.Repeat("<p>", 9) + "<a rel=author>B</a></article>", "A"},
	} {
		if h, err := head.Read(newDocument(t.Context(), c.page, nil)); err != nil || h.Author != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, h.Author, err, c.want)
		}
	}
}

func TestReadPublishedInBody(t *testing.T) {
	const article = "<meta property=og:type content=article>"
	for _, c := range []struct{ name, page, want string }{
		{"class", "<time datetime=2001-01-01></time><article><time class='entry-date published' datetime=2016-04-15T08:12:12+02:00></time><time class=updated datetime=2017-03-04></time></article>", "2016-04-15T08:12:12+02:00"},
		{"in articles first", "<time class=published datetime=2001-01-01></time><article><time class=published datetime=2002-02-02></time></article>", "2002-02-02"},
		{"list", "<article><time class=published datetime=2001-01-01></time></article><article><time class=published datetime=2002-02-02></time></article>", ""},
		{"article and others", article + "<article><time class=published datetime=2001-01-01></time></article><article><time class=published datetime=2002-02-02></time></article>", "2001-01-01"},
		{"hAtom", "<abbr class=published title=2016-05-08T00:55:00-07:00>12:55</abbr>", "2016-05-08T00:55:00-07:00"},
		{"item", "<span itemprop=datePublished content=2016-05-08>x</span>", "2016-05-08"},
		{"only one", "<time datetime=PT5M></time><time datetime=2022-01-26></time><time datetime=2022-01-26></time><div id=comments><time datetime=2023-01-26></time></div><footer><time datetime=2024-01-26></time></footer>", "2022-01-26"},
		{"of a product", "<meta property=og:type content=product><time datetime=2022-01-26></time>", ""},
		{"two", article + "<time datetime=2022-01-26></time><time datetime=2022-01-27></time>", ""},
		{"head first", "<meta name=date content=2000-01-01><time class=published datetime=2022-01-26></time>", "2000-01-01"},
	} {
		if h, err := head.Read(newDocument(t.Context(), c.page, nil)); err != nil || h.Published != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, h.Published, err, c.want)
		}
	}
}

// Of what is no HTML, the header tells.
func TestReadNoHTML(t *testing.T) {
	url, _ := weburl.Parse("https://example.com/a.pdf")
	d := document.New(t.Context(), document.Source{URL: url, ContentType: "text/plain", Body: []byte("<meta name=description content=a>"),
		Header: http.Header{"Link": {`</a>; rel="canonical"`}}})
	got, err := head.Read(d)
	if err != nil || got.Canonical != "https://example.com/a" || got.Description != "" || got.Meta != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestReadMeta(t *testing.T) {
	const page = `<meta charset=utf-8><META NAME=a CONTENT=" b  c "><meta http-equiv=refresh content="0; url=x"><meta itemprop=d property=e content><meta><p><meta name=f content="&lt;">`
	const want = `{"meta":[{"charset":"utf-8"},{"name":"a","content":" b  c "},{"http_equiv":"refresh","content":"0; url=x"},{"property":"e","itemprop":"d"},{},{"name":"f","content":"<"}]}`
	if got := read(t, page, nil); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestReadStopsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	page := strings.Repeat("<p>", 5000)
	if _, err := head.Read(newDocument(ctx, page, nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// Pages built to exhaust their reader take time in proportion.
func TestReadHostile(t *testing.T) {
	const large = 1 << 20
	repeat := func(s string) string { return strings.Repeat(s, large/len(s)) }
	for name, page := range map[string]string{
		"attributes":   "<meta" + repeat(" a=b") + " name=description content=a>",
		"same":         "<meta" + repeat(" content=b") + ">",
		"metas":        repeat("<meta name=description property=og:a content=b>"),
		"spaces":       repeat("<meta name='" + strings.Repeat(" a", 1000) + "' content=b>"),
		"properties":   "<meta property='" + repeat("og:a ") + "' content=b>",
		"robots":       "<meta name=robots content='" + repeat("a,") + "'>",
		"links":        repeat("<link rel='alternate feed canonical' hreflang=a href=b>"),
		"rel":          "<link href=a rel='" + repeat("alternate ") + "'>",
		"langs":        repeat("<html lang=''>"),
		"times":        repeat("<time pubdate datetime=a>"),
		"authors":      repeat("<meta name=author content=a>"),
		"not closed":   repeat("<div><svg><template><a "),
		"scripts":      repeat("<script type=application/ld+json>{}</script>"),
		"script":       "<script type=application/ld+json>" + repeat("<!--//"),
		"comments":     "<script type=application/ld+json>" + repeat("/**/ "),
		"lines":        "<script type=application/ld+json>" + repeat("//\n"),
		"commas":       "<script type=application/ld+json>[" + repeat(",  ") + "]",
		"backslashes":  `<script type=application/ld+json>["` + repeat(`\`) + `"]`,
		"brackets":     "<script type=application/ld+json>" + repeat("["),
		"objects":      "<script type=application/ld+json>" + repeat(`{"@graph":`),
		"nodes":        "<script type=application/ld+json>[" + strings.TrimSuffix(repeat(`{"@id":"a","author":{"@id":"b"}},`), ",") + "]",
		"many authors": `<script type=application/ld+json>{"author":[` + strings.TrimSuffix(repeat(`"a",`), ",") + "]}",
		"body":         repeat("<p itemprop=author><time datetime=2001-01-01 class=published>"),
		"body classes": "<p class='" + repeat("comment_ ") + "'><time>",
		"head":         "<head>" + repeat("<style>a</style><script>b</script><title>c</title><!-- d -->"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := head.Read(newDocument(t.Context(), page, nil)); err != nil {
				t.Error(err)
			}
		})
	}
}

// FuzzRead checks that every page has a head, that it can be written as JSON, and
// that it is UTF-8.
func FuzzRead(f *testing.F) {
	f.Add(article, "</a>; rel=canonical", "noindex, bot: nofollow")
	f.Add(`<script type=application/ld+json><!-- {"a":"b`+"\n"+`",} --></script><time pubdate datetime=2001-01-01>`, "<a>;rel=feed", "max-snippet:1")
	f.Add(`<script type=application/ld+json>[{"author":[{"name":["a"]},{"@id":"b"}],"datePublished":{"@value":"2001-01-01"}},{"@id":"b","name":"c"}]</script>`, "", "unavailable_after: Sat, 1")
	f.Fuzz(func(t *testing.T, page, link, robots string) {
		d := newDocument(t.Context(), strings.ToValidUTF8(page, "\uFFFD"), http.Header{"Link": {link}, "X-Robots-Tag": {robots}})
		h, err := head.Read(d)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(h)
		if err != nil || !utf8.Valid(b) {
			t.Fatalf("%q: %v", b, err)
		}
		for _, s := range h.JSONLD {
			if !json.Valid(s) || s[0] != '{' && s[0] != '[' {
				t.Errorf("%q", s)
			}
		}
		for _, s := range []string{h.Description, h.Lang, h.Author, h.Published, h.Modified} {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\t\n\f\r") || strings.Contains(s, "  ") {
				t.Errorf("%q", s)
			}
		}
	})
}
