package document

import (
	"context"
	"errors"
	"strings"
	"testing"

	"scrape/scraper/weburl"
)

// TestResolverHasAnAllowance holds that what a base makes long ends, against whichever base.
func TestResolverHasAnAllowance(t *testing.T) {
	base := "/" + strings.Repeat("b", 8000) + "/"
	d := newDocument(t, "text/html", "<base href="+base+">")
	other, err := weburl.Parse("https://other.example" + base)
	if err != nil {
		t.Fatal(err)
	}
	for name, resolve := range map[string]func(*Resolver) (weburl.URL, string, bool){
		"Resolve":     func(r *Resolver) (weburl.URL, string, bool) { return r.Resolve("x") },
		"ResolveFrom": func(r *Resolver) (weburl.URL, string, bool) { return r.ResolveFrom(other, "x") },
	} {
		r, made := d.NewResolver(), 0
		for range 20_000 {
			if u, text, ok := resolve(r); ok {
				made += len(text)
			} else if text != "" || !u.IsZero() {
				t.Fatalf("%s: %q, %q", name, u, text)
			}
		}
		if most := maxURLs + len(d.Body()) + MaxBase + 100; made < maxURLs || made > most || r.Err() != nil {
			t.Errorf("%s: %d bytes of URLs, %v", name, made, r.Err())
		}
	}
	made := 0
	for range 20_000 {
		if url, ok := d.Absolute("x"); ok {
			made += len(url)
		}
	}
	if made < maxURLs || made > maxURLs+2*MaxBase {
		t.Errorf("Absolute: %d bytes of URLs", made)
	}
}

func TestResolverHidesPasswords(t *testing.T) {
	r := newDocument(t, "text/html", "").NewResolver()
	u, text, ok := r.Resolve("//a:b@c.example/")
	if u.String() != "https://a:b@c.example/" || text != "https://a:***@c.example/" || !ok {
		t.Errorf("%v, %s, %v", u, text, ok)
	}
	if _, _, ok := r.Resolve("mailto:a@b"); ok || r.Err() != nil {
		t.Error("an address is a URL")
	}
}

func TestResolverEndsWithTask(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := New(ctx, Source{URL: newDocument(t, "", "").URL()}).NewResolver()
	cancel()
	for range 1024 {
		_, _, _ = r.Resolve("x")
	}
	if _, _, ok := r.Resolve("x"); ok || !errors.Is(r.Err(), context.Canceled) {
		t.Errorf("%v, %v", ok, r.Err())
	}
}
