//go:build !race

package feed

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"scrape/scraper/extract/document"
)

func TestReadHostile(t *testing.T) {
	for name, body := range map[string]string{
		"comments":   "<rss><channel><title>T</title><x/>" + strings.Repeat("<!--x-->a", 300_000) + "</channel></rss>",
		"items":      "<rss><channel><title>T</title>" + strings.Repeat("<item/>", 100_000),
		"namespaces": "<rss" + many(` xmlns:a%d="x"`, 100_000) + "><channel><title>T</title>" + strings.Repeat("<b:x c:y=''/>", 100_000),
		"end tags":   "<rss><channel><title>T</title>" + strings.Repeat("<a>", 400) + strings.Repeat("</b>", 300_000),
		"attributes": "<rss><channel><title>T</title><a " + many(" a%d='x'", 300_000) + "/>",
		"long text":  "<rss><channel><title>T</title><description>" + strings.Repeat("x", 16<<20) + "</description>",
		"authors":    "<rss><channel><title>T</title><item>" + many("<author>a%d</author>", 100_000),
	} {
		f, err := read(t, "text/xml", body)
		if err != nil || f == nil || f.Title != "T" {
			t.Errorf("%s: %.100v, %v", name, f, err)
		}
	}
	deep := "<rss><channel>" + strings.Repeat("<a>", 100_000)
	if f, err := read(t, "text/xml", deep); f != nil || !errors.Is(err, document.ErrTooLarge) {
		t.Errorf("deep: %v, %v", f, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := document.New(ctx, document.Source{ContentType: "text/xml", Body: []byte("<rss><channel/></rss>")})
	if _, err := Read(d); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func many(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
