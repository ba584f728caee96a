package feed

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"scrape/scraper/extract/document"
	"scrape/scraper/weburl"
)

func read(t testing.TB, contentType, body string) (*Feed, error) {
	t.Helper()
	u, err := weburl.Parse("https://example.com/blog/feed")
	if err != nil {
		t.Fatal(err)
	}
	d := document.New(t.Context(), document.Source{URL: u, ContentType: contentType, Body: []byte(body)})
	defer d.Release()
	return Read(d)
}

func TestRead(t *testing.T) {
	for _, c := range []struct{ name, contentType, body, want string }{
		{"RSS 2.0", "application/rss+xml", `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:c="http://purl.org/rss/1.0/modules/content/">
<channel><atom:link href="/feed" rel="self"/><title> The
 Blog </title><link>/blog/</link><description>Of &amp; on</description><language>en-us</language>
<lastBuildDate>Mon, 06 Sep 2021 00:01:00 GMT</lastBuildDate><image><title>no</title><link>/no</link></image>
<item><title><![CDATA[A <b>]]></title><link>first?a=1&b=2</link><guid isPermaLink="false">id-1</guid>
<pubDate>Sun, 5 Sep 2021 10:00:00 EST</pubDate><dc:creator>Ann</dc:creator><author>Ann</author><dc:creator>Bob</dc:creator>
<description>&lt;p&gt;Sum&lt;/p&gt;</description><c:encoded><![CDATA[<p>All</p>]]></c:encoded>
<category>x</category><category>y</category><enclosure url="/a.mp3" length="12" type="audio/mpeg"/></item>
<item><guid>https://example.com/2</guid></item></channel></rss>`,
			`{"type":"rss","title":"The Blog","link":"https://example.com/blog/","description":"Of \u0026 on","language":"en-us",` +
				`"updated":"2021-09-06T00:01:00Z","items":[{"title":"A \u003cb\u003e","url":"https://example.com/blog/first?a=1\u0026b=2","id":"id-1",` +
				`"published":"2021-09-05T10:00:00-05:00","author":"Ann, Bob","summary":"\u003cp\u003eSum\u003c/p\u003e","content":"\u003cp\u003eAll\u003c/p\u003e",` +
				`"categories":["x","y"],"enclosures":[{"url":"https://example.com/a.mp3","type":"audio/mpeg","length":12}]},` +
				`{"url":"https://example.com/2","id":"https://example.com/2"}]}`},
		{"RSS 1.0", "text/xml", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>T</title><link>https://a.example/</link><dc:date>2020-01-02T03:04+01:00</dc:date></channel>
<item rdf:about="urn:1"><title>I</title><link>https://a.example/1</link><dc:subject>s</dc:subject></item></rdf:RDF>`,
			`{"type":"rss","title":"T","link":"https://a.example/","updated":"2020-01-02T03:04:00+01:00","items":[{"title":"I","url":"https://a.example/1","id":"urn:1","categories":["s"]}]}`},
		{"Atom", "application/atom+xml", `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://b.example/x/">
<title type="html">A &lt;b&gt;bold&lt;/b&gt; &amp;amp; one</title><subtitle>s</subtitle><link rel="self" href="f"/><link href="."/><updated>2021-01-01T00:00:00.5Z</updated>
<author><name>Feed</name></author>
<entry xml:base="y/"><title>E</title><id>tag:1</id><link rel="enclosure" href="v.mp4" type="video/mp4" length="x"/><link rel="alternate" href="e"/>
<published>2021-01-01T00:00:00+02:00</published><updated>2021-01-02T00:00:00Z</updated><author><name>Ann</name><email>a@b</email></author>
<category term="t" label="L"/><summary>s</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content></entry></feed>`,
			`{"type":"atom","title":"A bold \u0026 one","link":"https://b.example/x/","description":"s","language":"de","updated":"2021-01-01T00:00:00Z","author":"Feed",` +
				`"items":[{"title":"E","url":"https://b.example/x/y/e","id":"tag:1","published":"2021-01-01T00:00:00+02:00","updated":"2021-01-02T00:00:00Z",` +
				`"author":"Ann","summary":"s","content":"\u003cp\u003ex\u003c/p\u003e","categories":["t"],"enclosures":[{"url":"https://b.example/x/y/v.mp4","type":"video/mp4"}]}]}`},
		{"Atom with a prefix", "text/xml", `<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>T</a:title><a:entry><a:id>1</a:id></a:entry></a:feed>`,
			`{"type":"atom","title":"T","items":[{"id":"1"}]}`},
		{"JSON Feed", "application/feed+json", `{"version":"https://jsonfeed.org/version/1.1","title":"T","home_page_url":"/","language":"en",
"items":[{"id":1,"url":"/1","title":"I","content_text":"c","date_published":"2020-01-01T00:00:00Z","authors":[{"name":"A"}],"author":{"name":"A"},"tags":["t",1],
"attachments":[{"url":"a.mp3","mime_type":"audio/mpeg","size_in_bytes":5}]}, 7]}`,
			`{"type":"json","title":"T","link":"https://example.com/","language":"en","items":[{"title":"I","url":"https://example.com/1","id":"1",` +
				`"published":"2020-01-01T00:00:00Z","author":"A","content":"c","categories":["t"],"enclosures":[{"url":"https://example.com/blog/a.mp3","type":"audio/mpeg","length":5}]},{}]}`},
		{"author and image of RSS", "text/xml", `<rss><channel><managingEditor>ed@x.example (Ed)</managingEditor><image><title>x</title><url>/i.png</url></image><item><pubDate>2026-09-12</pubDate></item></channel></rss>`,
			`{"type":"rss","author":"ed@x.example (Ed)","image":"https://example.com/i.png","items":[{"published":"2026-09-12"}]}`},
		{"author and image of a podcast", "text/xml", `<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><managingEditor>Ed</managingEditor><itunes:author>Ann</itunes:author><itunes:image href="i.png"/></channel></rss>`,
			`{"type":"rss","author":"Ann","image":"https://example.com/blog/i.png","items":[]}`},
		{"image of RSS 1.0", "text/xml", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><image rdf:resource="x"/></channel><image><url>/i.png</url></image></rdf:RDF>`,
			`{"type":"rss","image":"https://example.com/i.png","items":[]}`},
		{"author and image of Atom", "text/xml", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id></entry><author><name>A</name></author><author><name>B</name></author><icon>/i.ico</icon><logo>/l.png</logo><entry><id>2</id><source><author><name>S</name></author></source></entry></feed>`,
			`{"type":"atom","author":"A, B","image":"https://example.com/l.png","items":[{"id":"1","author":"A, B"},{"id":"2","author":"S"}]}`},
		{"author and image of JSON Feed", "application/feed+json", `{"version":"https://jsonfeed.org/version/1.1","authors":[{"name":"A"},{"name":"B"}],"favicon":"/i.ico","items":[{"id":"1"},{"id":"2","authors":[{"name":"C"}]}]}`,
			`{"type":"json","author":"A, B","image":"https://example.com/i.ico","items":[{"id":"1","author":"A, B"},{"id":"2","author":"C"}]}`},
		{"as a page", "text/html", "<rss><channel><title>T</title></channel></rss>", `{"type":"rss","title":"T","items":[]}`},
		{"cut", "text/xml", "<rss><channel><title>T</title><item><title>I</title><link>/x</link><desc", `{"type":"rss","title":"T","items":[{"title":"I","url":"https://example.com/x"}]}`},
		{"control characters", "text/xml", "<rss><channel><title>a\x0bb\x00c</title></channel></rss>", `{"type":"rss","title":"abc","items":[]}`},
		{"entities of HTML and others", "text/xml", "<rss><channel><title>a&nbsp;&unknown; & b</title></channel></rss>", `{"type":"rss","title":"a \u0026unknown; \u0026 b","items":[]}`},
		{"unclosed elements", "text/xml", "<rss><channel><item><title>a<b></title><link>/x</link></item><item></x></channel>",
			`{"type":"rss","items":[{"title":"a","url":"https://example.com/x"},{}]}`},
		{"encoding", "text/xml", "<?xml version='1.0' encoding='iso-8859-1'?><rss><channel><title>caf\xe9</title></channel></rss>", `{"type":"rss","title":"café","items":[]}`},
		{"script as link", "text/xml", "<rss><channel><link>javascript:x</link></channel></rss>", `{"type":"rss","items":[]}`},
		{"bomb", "text/xml", `<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><title>&b;</title></channel></rss>`, `{"type":"rss","title":"\u0026b;","items":[]}`},
		{"sitemap", "text/xml", "<urlset><url/></urlset>", "null"},
		{"RDF", "text/xml", "<rdf:RDF><x/></rdf:RDF>", "null"},
		{"JSON", "application/json", `{"version":1,"items":[]}`, "null"},
		{"broken JSON", "application/json", `{"version":`, "null"},
		{"broken XML", "text/xml", "<", "null"},
		{"page", "text/html", "<title>x</title>", "null"},
		{"image", "image/png", "\x89PNG", "null"},
		{"empty", "", "", "null"},
	} {
		f, err := read(t, c.contentType, c.body)
		got, _ := json.Marshal(f)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", c.name, err, got, c.want)
		}
	}
}

func TestRFC3339(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"2021-09-05T10:00:00Z", "2021-09-05T10:00:00Z"},
		{"2021-09-05T10:00:00.123+05:30", "2021-09-05T10:00:00+05:30"},
		{"2021-09-05T10:00:00+0530", "2021-09-05T10:00:00+05:30"},
		{"2021-09-05 10:00:00", "2021-09-05T10:00:00Z"},
		{"2021-09-05", "2021-09-05"},
		{"Sun, 05 Sep 2021 10:00:00 +0200", "2021-09-05T10:00:00+02:00"},
		{"Sun, 5 Sep 2021 10:00:00 +02:00", "2021-09-05T10:00:00+02:00"},
		{"Sunday, 5 September 2021 10:00:00 GMT", "2021-09-05T10:00:00Z"},
		{"Sun,05 Sep 21 10:00 PDT", "2021-09-05T10:00:00-07:00"},
		{"Sept 5", ""},
		{"2021-09", ""},
		{"Sun, 5 Sep 2021", "2021-09-05"},
		{"Sep 5, 2021", "2021-09-05"},
		{"", ""},
		{"yesterday", ""},
		{"0000-00-00 00:00:00", ""},
		{strings.Repeat("1", 100), ""},
	} {
		if got := rfc3339(c.in); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"<rss><channel><title>T</title><item><link>/x</link><pubDate>Sun, 5 Sep 2021 10:00:00 EST</pubDate></item></channel></rss>",
		`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="x"><entry><link href="y"/><content type="xhtml"><div>x</div></content></entry></feed>`,
		`{"version":"https://jsonfeed.org/version/1","items":[{"id":1,"author":{"name":"x"}}]}`,
		`<?xml encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><rdf:RDF><item>&b;<![CDATA[x]]></item></rdf:RDF>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, contentType := range []string{"text/xml", "application/json"} {
			feed, err := read(t, contentType, string(body))
			if err != nil && !errors.Is(err, document.ErrTooLarge) {
				t.Fatal(err)
			}
			if feed == nil {
				continue
			}
			for _, s := range []string{feed.Title, feed.Link, feed.Description, feed.Language} {
				if !utf8.ValidString(s) {
					t.Fatalf("%q", s)
				}
			}
			for _, i := range feed.Items {
				for _, s := range []string{i.Title, i.ID, i.URL, i.Author, i.Summary, i.Content} {
					if !utf8.ValidString(s) {
						t.Fatalf("%q", s)
					}
				}
			}
		}
	})
}
