package weburl_test

import (
	"strings"
	"testing"

	"scrape/scraper/weburl"
)

func mustParse(t testing.TB, s string) weburl.URL {
	t.Helper()
	u, err := weburl.Parse(s)
	if err != nil {
		t.Fatalf("Parse(%q): %v", s, err)
	}
	return u
}

func TestParts(t *testing.T) {
	u := mustParse(t, "https://ann:pa%20ss@Example.COM:8443/a/../b?c=d#e")
	for name, c := range map[string]struct{ got, want string }{
		"String":          {u.String(), "https://ann:pa%20ss@example.com:8443/b?c=d#e"},
		"Redacted":        {u.Redacted(), "https://ann:***@example.com:8443/b?c=d#e"},
		"WithoutFragment": {u.WithoutFragment().String(), "https://ann:pa%20ss@example.com:8443/b?c=d"},
		"Scheme":          {u.Scheme(), "https"},
		"Username":        {u.Username(), "ann"},
		"Password":        {u.Password(), "pa%20ss"},
		"Host":            {u.Host(), "example.com:8443"},
		"Hostname":        {u.Hostname(), "example.com"},
		"Port":            {u.Port(), "8443"},
		"Path":            {u.Path(), "/b"},
		"Query":           {u.Query(), "?c=d"},
		"Fragment":        {u.Fragment(), "#e"},
		"RequestURI":      {u.RequestURI(), "/b?c=d"},
		"Origin":          {u.Origin(), "https://example.com:8443"},
		"HostKey":         {u.HostKey(), "example.com:8443"},
	} {
		if c.got != c.want {
			t.Errorf("%s = %q, want %q", name, c.got, c.want)
		}
	}
}

func TestZero(t *testing.T) {
	var u weburl.URL
	for name, got := range map[string]string{
		"String": u.String(), "Redacted": u.Redacted(), "WithoutFragment": u.WithoutFragment().String(),
		"Scheme": u.Scheme(), "Username": u.Username(),
		"Password": u.Password(), "Host": u.Host(), "Hostname": u.Hostname(), "Port": u.Port(),
		"Path": u.Path(), "Query": u.Query(), "Fragment": u.Fragment(), "RequestURI": u.RequestURI(),
		"Origin": u.Origin(), "HostKey": u.HostKey(),
	} {
		if got != "" {
			t.Errorf("%s of the zero URL is %q", name, got)
		}
	}
	if !u.IsZero() || mustParse(t, "http://a/").IsZero() {
		t.Error("IsZero must be true of the zero URL alone")
	}
	if v, err := u.Resolve("/a"); err == nil {
		t.Errorf("a path resolved against the zero URL gives %q", v)
	}
}

func TestEqual(t *testing.T) {
	a, b := mustParse(t, "HTTPS://Example.com:443/a/./b"), mustParse(t, "https://example.com/a/b#c").WithoutFragment()
	if a != b {
		t.Errorf("%#v != %#v", a, b)
	}
}

func TestEmptyParts(t *testing.T) {
	u := mustParse(t, "http://:@h/?#")
	if u.String() != "http://h/?#" || u.Query() != "" || u.Fragment() != "" || u.RequestURI() != "/?" {
		t.Errorf("got %q, query %q, fragment %q, request %q", u, u.Query(), u.Fragment(), u.RequestURI())
	}
	if u = mustParse(t, "http://:pw@h/"); u.Username() != "" || u.Password() != "pw" || u.Redacted() != "http://:***@h/" {
		t.Errorf("got user %q, password %q, redacted %q", u.Username(), u.Password(), u.Redacted())
	}
	if u = mustParse(t, "http://user@h/"); u.Username() != "user" || u.Password() != "" || u.Redacted() != "http://user@h/" {
		t.Errorf("got user %q, password %q, redacted %q", u.Username(), u.Password(), u.Redacted())
	}
}

func TestHostKey(t *testing.T) {
	for in, want := range map[string]string{
		"http://example.com/":          "example.com",
		"https://example.com/":         "example.com",
		"https://example.com:80/":      "example.com",
		"http://example.com:443/":      "example.com",
		"http://EXAMPLE.com.:8080/":    "example.com:8080",
		"http://example.com./":         "example.com",
		"http://u:p@127.0.0.1:8000/":   "127.0.0.1:8000",
		"http://[::1]/":                "[::1]",
		"http://[0:0::1]:8000/":        "[::1]:8000",
		"https://xn--nxasmq6b.example": "xn--nxasmq6b.example",
	} {
		if got := mustParse(t, in).HostKey(); got != want {
			t.Errorf("HostKey of %q = %q, want %q", in, got, want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for name, s := range map[string]string{
		"normal":   "https://www.example.com/some/path/of-usual-length.html?id=12345&lang=en",
		"bare":     "https://www.example.com",
		"address":  "http://127.0.0.1:8080/page/123456",
		"repaired": "https://www.Example.com/some/path/of-usual-length.html?id=12345&lang=en",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := weburl.Parse(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkResolve(b *testing.B) {
	base := mustParse(b, "https://www.example.com/some/path/of-usual-length.html")
	for name, ref := range map[string]string{
		"absolute": "https://www.example.org/other/page.html",
		"path":     "/other/page.html?x=y",
		"relative": "other.html",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := base.Resolve(ref); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What costs the parser of everything most, at the limits.
func BenchmarkLongest(b *testing.B) {
	for name, s := range map[string]string{
		"path":     "http://h/" + strings.Repeat(strings.Repeat("ä", 40)+"/", 990),
		"userinfo": "http://" + strings.Repeat("@", 1_300) + "h/",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := weburl.Parse(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
