package weburl_test

import (
	"strings"
	"testing"

	"scrape/scraper/weburl"
)

// crosses sends a URL through its binary form.
func crosses(t *testing.T, u weburl.URL) {
	t.Helper()
	b, err := u.AppendBinary([]byte("before"))
	if err != nil || !strings.HasPrefix(string(b), "before") {
		t.Fatalf("%q: %q, %v", u, b, err)
	}
	var got weburl.URL
	if err := got.UnmarshalBinary(b[len("before"):]); err != nil || got != u {
		t.Errorf("%#v came back as %#v, %v", u, got, err)
	}
}

func TestBinary(t *testing.T) {
	crosses(t, weburl.URL{})
	base := mustParse(t, "https://h/"+strings.Repeat("a/", 400))
	for _, ref := range []string{
		"http://example.com/", "https://u:p@h:8443/a?b", "http://u@h/", "http://:p@[::1]:8080/?", "http://h/a?b#c",
		"http://[::ffff:1.2.3.4]/", "http://xn--bcher-kva.example/?/" + strings.Repeat("/", 500), "x", "?a:b@c",
		"http://" + strings.Repeat("u", 4000) + "@h/", "/" + strings.Repeat("ä", 30_000),
	} {
		u, err := base.Resolve(ref)
		if err != nil {
			t.Errorf("%.100q: %v", ref, err)
			continue
		}
		crosses(t, u)
		crosses(t, u.WithoutFragment())
	}
}

func TestBinaryRefuses(t *testing.T) {
	for _, b := range []string{
		"h", "http", "http://", "https://", "http:///", "http://h", "http://@/", "http://:80/", "http://u:p@/", "ftp://h/",
		"HTTP://h/", "https:/h/", "http://h/ ", "http://h/\x00", "http://h/\x7f", "http://h/ä", "http://h/\n",
		"http://h?/", "http://h#/", `http://h\x/`,
		"http://h/" + strings.Repeat("a", weburl.MaxLength),
	} {
		u := mustParse(t, "http://before/")
		if err := u.UnmarshalBinary([]byte(b)); err == nil || u.String() != "http://before/" {
			t.Errorf("%.100q became %.100q, %v", b, u, err)
		}
	}
}

// A URL is not parsed again where it arrives: parsing this one allocates.
func TestBinaryIsNotParsed(t *testing.T) {
	b, err := mustParse(t, "http://bücher.example/").AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	n := testing.AllocsPerRun(100, func() {
		var u weburl.URL
		if err := u.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
	})
	if n > 1 {
		t.Errorf("%v allocations, want one, for the string", n)
	}
}

// FuzzBinary checks that no bytes make a URL that is unsafe to use, and that
// what is parsed crosses.
func FuzzBinary(f *testing.F) {
	for _, s := range []string{"", "http://u:p@h:1/a?b#c", "https://[::1]:80/", "http://a@b@c:d:e/f?g?h#i#j", "http://]/", "http://:@[:]:/"} {
		f.Add(s)
	}
	base := mustParse(f, "https://example.com/a/b?c")
	f.Fuzz(func(t *testing.T, s string) {
		if u, err := weburl.Parse(s); err == nil {
			crosses(t, u)
		}
		var u weburl.URL
		if u.UnmarshalBinary([]byte(s)) != nil {
			return
		}
		if u.String() != s {
			t.Errorf("%q became %q", s, u)
		}
		crosses(t, u)
		whole := u.Scheme() + "://"
		if s == "" {
			whole = ""
		}
		if at := strings.IndexByte(s, '@'); at >= 0 && at < len(s)-len(u.Host()+u.RequestURI()+u.Fragment()) {
			whole = s[:at+1]
		}
		if rest := u.Host() + u.RequestURI(); !strings.HasPrefix(s, whole+rest) {
			t.Errorf("%q has the host %q and asks for %q", s, u.Host(), u.RequestURI())
		}
		if p := u.Password(); len(p) > 3 && strings.HasPrefix(u.Redacted(), whole) {
			t.Errorf("%q shows the password %q", u.Redacted(), p)
		}
		_, _, _, _, _ = u.Hostname(), u.Port(), u.Origin(), u.HostKey(), u.WithoutFragment()
		_, _ = base.Resolve(s)
		_, _ = u.Resolve("x")
	})
}
