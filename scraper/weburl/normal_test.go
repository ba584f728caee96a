package weburl

import "testing"

// pieces are put together at random: what the fast path knows, and what it
// must leave to the parser of everything.
var pieces = []string{
	"http://", "https://", "HTTP://", "http:/", "://", "/", "//", "\\", ".", "..", "...", "/.", "/..", "/./", "/../",
	"%", "%2e", "%2E", "/%2e", "/.%2e", "%2f", "%zz", "a", "b", "Z", "example.com", "www.example.com", "ex_ample-",
	"-", "--", "xn--", "xn--bcher-kva", "1", "0", "08", "0x", "0x7f", "127.0.0.1", "1.2.3.4.", "256", "[::1]", "[", "]",
	":", ":80", ":443", ":8080", ":0", ":080", ":65535", ":65536", ":99999", "@", "u:p@", "?", "#", "'", "\"", "<", ">",
	"`", "{", "}", "|", "^", "~", "!", "$", "&", "(", ")", "*", "+", ",", ";", "=", "_", " ", "\t", "\n", "\x00", "\x7f",
	"ä", "ß", "\u200b", "。", "\xff", "&a=b", "path/to/page.html",
}

// same compares the fast path with whatwg-url, and says whether it took s.
func same(t *testing.T, s string) bool {
	t.Helper()
	fast, ok := parseNormal(s)
	if !ok {
		return false
	}
	if slow, err := parse("", s); err != nil || slow != fast {
		t.Errorf("%q: fast %#v, whatwg-url %#v, %v", s, fast, slow, err)
	}
	if full, err := parser.Parse(s); err != nil ||
		fast.Scheme()+":" != full.Protocol() || fast.Username() != full.Username() || fast.Password() != full.Password() ||
		fast.Host() != full.Host() || fast.Hostname() != full.Hostname() || fast.Port() != full.Port() ||
		fast.Path() != full.Pathname() || fast.Query() != full.Search() || fast.Fragment() != full.Hash() {
		t.Errorf("%q: fast %#v, whatwg-url %#v, %v", s, fast, full, err)
	}
	return true
}

// sameResolved compares both ways of resolving a reference.
func sameResolved(t *testing.T, base URL, ref string) {
	t.Helper()
	u, err := base.Resolve(ref)
	slow, slowErr := parse(base.href, ref)
	if (err == nil) != (slowErr == nil) || u != slow {
		t.Errorf("(%q).Resolve(%q) = %q, %v; whatwg-url %q, %v", base, ref, u, err, slow, slowErr)
	}
}

// basesOf are URLs that references are resolved against.
func basesOf(t *testing.T) []URL {
	t.Helper()
	var bases []URL
	for _, s := range []string{
		"https://example.com/a/b?c", "http://example.com", "http://u:p@example.com:8080/a/b/c/?d/e#f/g", "https://[::1]//a//b#?c",
		"http://example.com/a/..b/%2f/c.html#x",
	} {
		base, err := Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		bases = append(bases, base)
	}
	return bases
}

// Links of pages are mostly relative.
func TestRelativeTakesPlainReferences(t *testing.T) {
	base := basesOf(t)[0]
	for _, ref := range []string{
		"", "#top", "?a=b", "?a=b#c", "x", "x/y.html#z", "./x", "../x", "../../x/y?z", "./", "../", "/", "/x?y", "//other.example/x",
		"a/b:c", "http://other.example", "..x", "x/..y",
		"/caf\u00e9/\u65e5?\u672c#\u8a9e", "caf\xe9",
	} {
		if _, ok := parseNormal(encodeNonASCII(base.joined(ref))); !ok {
			t.Errorf("%q takes the slow path", ref)
		}
		sameResolved(t, base, ref)
	}
}

// The fast path is for the plain URLs of real lists; a change that loses one
// of these kinds would cost more than it seems.
func TestNormalTakesPlainURLs(t *testing.T) {
	for _, s := range []string{
		"http://example.com", "https://www.example.com/", "https://example.com:8443/a", "http://127.0.0.1:8080/page/1",
		"https://en.wikipedia.org/wiki/URL_(disambiguation)", "https://example.com/.well-known/security.txt",
		"https://example.com/a%20b/caf%C3%A9?x=1&y[]=2#top", "http://192.0.2.1", "https://a_b.r3---sn-x.example/@ann/1",
		"https://example.com/a/..b/.c./...",
	} {
		if _, ok := parseNormal(s); !ok {
			t.Errorf("%q takes the slow path", s)
		}
	}
}

func TestNormalAllocates(t *testing.T) {
	const s = "https://www.example.com/some/path?x=y"
	if n := testing.AllocsPerRun(100, func() { _, _ = Parse(s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzNormal(f *testing.F) {
	for _, s := range pieces {
		f.Add("https://example.com/"+s, s)
		f.Add("http://"+s+"/", "/"+s)
	}
	f.Fuzz(func(t *testing.T, s, ref string) {
		same(t, s)
		if base, err := Parse(s); err == nil {
			sameResolved(t, base, ref)
		}
	})
}
