package schema

import (
	"testing"

	"scrape/scraper/weburl"
)

// Where the port or the query is all that keeps a shape from a page, it is said.
func TestAlmost(t *testing.T) {
	s := parse(t, "match: [http://a.example/shop, '*://b.example/x?*']\nfields: {a: h1}\n---\nmatch: http://a.example/*/p\nfields: {a: h1}\n")
	const port, query = "the URL has a port: write it behind the host", "the URL has a query: end the pattern in *"
	for address, want := range map[string]string{
		"http://a.example:8080/shop":     port,
		"http://a.example/shop?q=1":      query,
		"http://a.example:8080/shop?q=1": port + "; " + query,
		"http://a.example:8080/s/p":      port,
		"http://b.example:81/x?q":        port,
		"http://b.example/x":             "",
		"https://a.example/shop":         "",
		"http://a.example/":              "",
	} {
		u, err := weburl.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Almost(u); got != want || s.For(u) != nil {
			t.Errorf("%s: %q; want %q", address, got, want)
		}
	}
}
