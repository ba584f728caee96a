package header_test

import (
	"testing"

	"scrape/scraper/header"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"Accept", "text/html", ""},
		{"X-Empty", "", ""},
		{"x!#$%&'*+-.^_`|~1", "tab\tand é", ""},
		{"", "x", "the name of a header has letters, digits and hyphens"},
		{"a b", "x", "the name of a header has letters, digits and hyphens"},
		{"a:", "x", "the name of a header has letters, digits and hyphens"},
		{"é", "x", "the name of a header has letters, digits and hyphens"},
		{"A", "secret\r\nB: c", "A must not hold control characters"},
		{"A", "secret\x00", "A must not hold control characters"},
		{"A", "secret\xff", "A must be valid UTF-8"},
		{"connection", "close", "connection is a header that the connection itself decides"},
		{"Content-Length", "1", "Content-Length is a header that the connection itself decides"},
		{"TRANSFER-ENCODING", "chunked", "TRANSFER-ENCODING is a header that the connection itself decides"},
		{"Trailer", "x", "Trailer is a header that the connection itself decides"},
		{"Upgrade", "h2c", "Upgrade is a header that the connection itself decides"},
	} {
		got := ""
		if err := header.Check(c.name, c.value); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%q: %q is refused with %q, want %q", c.name, c.value, got, c.want)
		}
	}
}

func TestIsToken(t *testing.T) {
	for text, want := range map[string]bool{"GET": true, "M-SEARCH": true, "x!": true, "": false, "A B": false, "é": false, "A\n": false} {
		if header.IsToken(text) != want {
			t.Errorf("IsToken(%q) is %v", text, !want)
		}
	}
}

func TestCheckMethod(t *testing.T) {
	for method, ok := range map[string]bool{"GET": true, "X-OWN": true, "": false, "A B": false, "CONNECT": false} {
		if err := header.CheckMethod(method); (err == nil) != ok {
			t.Errorf("%q: %v", method, err)
		}
	}
}
