package feed

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"scrape/scraper/extract/document"
)

// TestLongBase holds that neither one long base makes a small feed a large one, nor many do.
func TestLongBase(t *testing.T) {
	entries := func(format string) string {
		var b strings.Builder
		for i := range 8_000 {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	atom := func(base, entries string) string { return "<feed xml:base='" + base + "'>" + entries + "</feed>" }
	rss := func(base, items string) string {
		return "<rss xml:base='" + base + "'><channel>" + items + "</channel></rss>"
	}
	link, item := entries("<entry><link href='x%d'/></entry>"), entries("<item><link>x%d</link><guid>x</guid></item>")
	allowed := "/" + strings.Repeat("b", document.MaxBase-100) + "/"
	grows := "/" + strings.Repeat("é", document.MaxBase/3) + "/" // %C3%A9
	tooLong := "/" + strings.Repeat("b", 200_000) + "/"
	for name, c := range map[string]struct {
		body    string
		shorter bool // no base counts
	}{
		"Atom":                          {atom(allowed, link), false},
		"RSS":                           {rss(allowed, item), false},
		"Atom, a base that is too long": {atom(tooLong, link), true},
		"RSS, a base that is too long":  {rss(tooLong, item), true},
		"Atom, a base that grows":       {atom(grows, link), true},
		"entries with a base":           {atom(allowed, entries("<entry xml:base='y'><link href='x%d'/></entry>")), false},
		"links with a base":             {atom(allowed, entries("<entry><link href='x%d' xml:base='y'/></entry>")), false},
	} {
		f, err := read(t, "text/xml", c.body)
		if err != nil || len(f.Items) != 8_000 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		urls := 0
		for _, i := range f.Items {
			urls += len(i.URL)
		}
		switch {
		case c.shorter && (f.Items[0].URL != "https://example.com/blog/x0" || urls > 8_000*len("https://example.com/blog/x00000")):
			t.Errorf("%s: %.100s, %d bytes of URLs", name, f.Items[0].URL, urls)
		case !c.shorter && (urls < 1<<20 || urls > 33<<20+len(c.body)):
			t.Errorf("%s: %d bytes of URLs", name, urls)
		}
	}
}

// TestFeedEndsWithTask holds that links are not resolved when nobody waits for them any more, however few the items are.
func TestFeedEndsWithTask(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	d := document.New(ctx, document.Source{ContentType: "text/xml", Body: []byte(
		"<feed><entry>" + strings.Repeat("<link rel='enclosure' href='http://a.example/'/>", 3000) + "</entry></feed>")})
	tree, err := d.XML()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	cancel()
	r := newReader(d)
	i := r.entry(d.URL(), tree.FirstChild.FirstChild)
	if len(i.Enclosures) >= 1024 || !errors.Is(r.urls.Err(), context.Canceled) {
		t.Errorf("%d links, %v", len(i.Enclosures), r.urls.Err())
	}
}
