package extract

import (
	"context"
	"strings"
	"testing"

	"scrape/scraper/weburl"
)

// A password in a page's URL, which relative ones take over, is in nothing that is
// extracted.
func TestPasswordsAreNotExtracted(t *testing.T) {
	u, err := weburl.Parse("http://me:sekret@www.example.com/dir/page")
	if err != nil {
		t.Fatal(err)
	}
	var fields []string
	for _, f := range readyMades {
		fields = append(fields, f.name)
	}
	spec := Spec{Extract: []string{strings.Join(fields, ","), "a=a | url", "b[]=img::attr(src) | url", "c=xpath://a/@href | url"}}
	const prose = "<p>A sentence that is long enough to be a part of an article, with commas, and more of them, and <a href=inner>a link</a>, <img src=i.png>.</p>"
	for contentType, body := range map[string]string{
		"text/html": `<title>T</title><link rel=canonical href=c><link rel=alternate hreflang=de href=de><link rel=alternate type=application/rss+xml href=feed>
			<meta property=og:image content=/i.png><meta property=og:url content=/u><meta name=twitter:image content=/t.png><link rel=icon href=/icon.png>
			<body><article><h1>T</h1>` + strings.Repeat(prose, 9) + `<img srcset="a.png 1x, b.png 2x"><blockquote cite=q>q</blockquote></article>
			<form action=f><input name=n></form><div itemscope itemtype=http://schema.org/Thing><a itemprop=url href=m>m</a></div>
			<table><tr><th>a<td><a href=t>t</a></table><a href=mailto:a@b.example>x</a>`,
		"application/xhtml+xml": `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title><link rel="canonical" href="c"/></head><body><p><a href="x">x</a><img src="i.png"/></p></body></html>`,
		"application/rss+xml":   `<rss><channel><title>T</title><link>/site</link><item><title>I</title><link>/item</link><enclosure url="/e.mp3"/></item></channel></rss>`,
		"application/atom+xml":  `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><link href="/site"/><entry><title>I</title><link href="item"/></entry></feed>`,
		"application/feed+json": `{"version":"https://jsonfeed.org/version/1.1","title":"T","home_page_url":"/h","items":[{"id":"1","url":"/item","image":"/i.png"}]}`,
	} {
		plan, err := Compile(spec)
		if err != nil {
			t.Fatal(err)
		}
		content, err := plan.Read(context.Background(), Source{URL: u, ContentType: contentType, Body: []byte(body)})
		if err != nil {
			t.Errorf("%s: %v", contentType, err)
		}
		data := string(content.Data)
		if i := strings.Index(data, "sekret"); i >= 0 || !strings.Contains(data, "www.example.com") {
			t.Errorf("%s: %s", contentType, data[max(0, i-100):])
		}
	}
}

// What a page says itself is the page's own: its texts stay as they are, and only the URLs that are made of its
// references, which a relative one makes of the page's own URL, show no password.
func TestPasswordsOfThePage(t *testing.T) {
	const page = `<!DOCTYPE html><title>T</title><base href="/dir/"><meta property=og:url content="https://u:theirs@h.example/">
		<meta property=og:image content=i.png><meta name=twitter:site content="https://u:theirs@h.example/">
		<link rel=canonical href="//u:theirs@h.example/"><script type=application/ld+json>{"url":"https://u:theirs@h.example/"}</script>
		<p itemscope><b itemprop=name>https://u:theirs@h.example/</b><a itemprop=url href="https://u:theirs@h.example/">a@b.example</a><a href=x>x</a>`
	u, err := weburl.Parse("http://me:sekret@www.example.com/page")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ what, want string }{
		{"text", `"https://u:theirs@h.example/a@b.examplex"`},
		{"meta", `[{"property":"og:url","content":"https://u:theirs@h.example/"},`},
		{"twitter", `{"twitter:site":"https://u:theirs@h.example/"}`},
		{"opengraph", `{"og:url":"https://u:theirs@h.example/","og:image":"http://me:***@www.example.com/dir/i.png"}`},
		{"jsonld", `[{"url":"https://u:theirs@h.example/"}]`},
		{"microdata", `[{"properties":{"name":["https://u:theirs@h.example/"],"url":["https://u:***@h.example/"]}}]`},
		{"canonical", `"http://u:***@h.example/"`},
		{"a[]=a::attr(href)", `["https://u:theirs@h.example/","x"]`},
		{"a[]=a | url", `["https://u:***@h.example/","http://me:***@www.example.com/dir/x"]`},
		{"emails", `["a@b.example"]`},
	} {
		content, err := compile(t, Spec{Extract: []string{c.what}}).Read(t.Context(), Source{URL: u, ContentType: "text/html", Body: []byte(page)})
		_, got, _ := strings.Cut(string(content.Data), ":")
		if err != nil || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, %v, want %s", c.what, got, err, c.want)
		}
	}
}
