package prose

import (
	"strings"
	"testing"
)

func TestTitleWithoutSite(t *testing.T) {
	body := "<article>" + strings.Repeat("<p>Ships, boats, and rafts came by, one after the other, in the evening. And they went on.</p>", 10) + "</article>"
	for _, c := range []struct{ name, page, want string }{
		{"h1", "<title>How we glaze – The Small Shop</title><h1>How we <i>glaze</i></h1>", "How we glaze"},
		{"h1, dot", "<title>How we glaze · The Small Shop</title><h1>How we glaze</h1>", "How we glaze"},
		{"no h1", "<title>How we glaze – The Small Shop</title>", "How we glaze – The Small Shop"},
		{"another h1", "<title>How we glaze – The Small Shop</title><h1>The kiln</h1>", "How we glaze – The Small Shop"},
		{"h1 of the site at the end", "<title>How we glaze – The Small Shop</title><h1>The Small Shop</h1>", "How we glaze – The Small Shop"},
		{"h1 of the site before", "<meta property=og:site_name content='The Small Shop'><title>The Small Shop – How we glaze</title><h1>The Small Shop</h1>", "The Small Shop – How we glaze"},
		{"second h1", "<title>How we glaze – The Small Shop</title><h1>The Small Shop</h1><h1>How we glaze</h1>", "How we glaze"},
		{"og:title", "<title>How we glaze – The Small Shop</title><meta property=og:title content='How we glaze'>", "How we glaze"},
		{"a word in h1", "<title>How we glaze – The Small Shop</title><h1>How</h1>", "How we glaze – The Small Shop"},
		{"a hyphen in a word", "<title>Glaze-free pots</title><h1>Glaze</h1>", "Glaze-free pots"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDocument(t, "text/html", "<!DOCTYPE html>"+c.page+body)
			a, err := Article(d)
			if err != nil || a == nil || a.Title != c.want {
				t.Errorf("%+v, %v, want title %q", a, err, c.want)
			}
			text, err := Markdown(d, false)
			if err != nil || !strings.HasPrefix(text, "# "+c.want+"\n") {
				t.Errorf("%.60q, %v, want heading %q", text, err, c.want)
			}
		})
	}
}
