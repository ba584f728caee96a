package cookie

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"scrape/scraper/weburl"
)

var now = time.Date(2026, 3, 4, 5, 6, 7, 890, time.UTC)

func mustParse(t testing.TB, s string) weburl.URL {
	t.Helper()
	u, err := weburl.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// brief is a cookie in one line.
func brief(c Cookie) string {
	s := fmt.Sprintf("%s=%s %s%s", c.Name, c.Value, c.Domain, c.Path)
	for _, f := range []struct {
		set  bool
		name string
	}{{!c.HostOnly, "below"}, {c.Secure, "secure"}, {c.HTTPOnly, "httponly"}} {
		if f.set {
			s += " " + f.name
		}
	}
	if !c.Expires.IsZero() {
		s += " until " + c.Expires.Format("2006-01-02T15:04:05")
	}
	return s
}

func TestParse(t *testing.T) {
	long := strings.Repeat("x", maxPair)
	for _, c := range []struct{ from, set, want string }{
		{"http://a.example/", "a=b", "a=b a.example/"},
		{"http://a.example/", "a=b; HttpOnly; samesite=none; Partitioned; Version=1", "a=b a.example/ httponly"},
		{"http://a.example/", " a\t = b = \"c d\" ;;", "a=b = \"c d\" a.example/"},
		{"http://a.example/", "a=b\tc", "a=b\tc a.example/"},
		{"http://a.example/", "a={\"b\":[1,2]}, c=é\xff", "a={\"b\":[1,2]}, c=é\xff a.example/"},
		{"http://a.example/", "word", "=word a.example/"},
		{"http://a.example/", "=word", "=word a.example/"},
		{"http://a.example/", "a=", "a= a.example/"},
		{"http://a.example/", "", ""},
		{"http://a.example/", "=", ""},
		{"http://a.example/", ";a=b", ""},
		{"http://a.example/", "a=b\x01", ""},
		{"http://a.example/", "a=b; path=/\x7f", ""},
		{"http://a.example/", "a\tb=c", ""},
		{"http://a.example/", "a=" + long[1:], "a=" + long[1:] + " a.example/"},
		{"http://a.example/", "a=" + long, ""},
		// Paths.
		{"http://a.example/x/y/z?q=/u/", "a=b", "a=b a.example/x/y"},
		{"http://a.example/x", "a=b", "a=b a.example/"},
		{"http://a.example/x/y", "a=b; Path=/p/", "a=b a.example/p/"},
		{"http://a.example/x/y", "a=b; path=p", "a=b a.example/x"},
		{"http://a.example/x/y", "a=b; path=/p; PATH=", "a=b a.example/x"},
		{"http://a.example/x/y", "a=b; path=/" + long, "a=b a.example/x"},
		{"http://a.example/", "a=b; path=/p\tq", ""},
		// Domains.
		{"http://www.a.example/", "a=b; Domain=a.example", "a=b a.example/ below"},
		{"http://www.a.example/", "a=b; domain=.A.Example", "a=b a.example/ below"},
		{"http://www.a.example/", "a=b; domain=www.a.example", "a=b www.a.example/ below"},
		{"http://www.a.example./", "a=b; domain=a.example", "a=b a.example/ below"},
		{"http://www.a.example/", "a=b; domain=", "a=b www.a.example/"},
		{"http://www.a.example/", "a=b; domain", "a=b www.a.example/"},
		{"http://www.a.example/", "a=b; domain=x; domain=a.example", "a=b a.example/ below"},
		{"http://www.a.example/", "a=b; domain=x.a.example", ""},
		{"http://www.a.example/", "a=b; domain=x.www.a.example", ""},
		{"http://www.a.example/", "a=b; domain=b.example", ""},
		{"http://wwwa.example/", "a=b; domain=a.example", ""},
		{"http://www.a.example/", "a=b; domain=..a.example", ""},
		{"http://www.a.example/", "a=b; domain=a.example.", ""},
		{"http://www.a.example/", "a=b; domain=example", ""},
		{"http://www.a.co.uk/", "a=b; domain=co.uk", ""},
		{"http://www.a.co.uk/", "a=b; domain=a.co.uk", "a=b a.co.uk/ below"},
		{"http://x.github.io/", "a=b; domain=github.io", ""},
		{"http://github.io/", "a=b; domain=github.io", "a=b github.io/"},
		{"http://.example/", "a=b", ""},
		{"http://.a.example/", "a=b; domain=a.example", ""},
		{"http://w..a.example/", "a=b; domain=a.example", ""},
		{"http://a.x.kawasaki.jp/", "a=b; domain=x.kawasaki.jp", ""},
		{"http://a.x.kawasaki.jp/", "a=b; domain=kawasaki.jp", ""},
		{"http://a.city.kawasaki.jp/", "a=b; domain=city.kawasaki.jp", "a=b city.kawasaki.jp/ below"},
		{"http://localhost:8080/", "a=b; domain=localhost", "a=b localhost/"},
		{"http://x.localhost/", "a=b; domain=localhost", ""},
		{"http://xn--bcher-kva.example/", "a=b; domain=bücher.example", ""},
		{"http://127.0.0.1/", "a=b; domain=127.0.0.1", "a=b 127.0.0.1/"},
		{"http://127.0.0.1/", "a=b; domain=0.0.1", ""},
		{"http://127.0.0.1/", "a=b; domain=.1", ""},
		{"http://[::1]:80/", "a=b; domain=[::1]", "a=b [::1]/"},
		{"http://[::1]:80/", "a=b", "a=b [::1]/"},
		// Secure, and prefixes that promise it.
		{"https://a.example/", "a=b; SECURE", "a=b a.example/ secure"},
		{"http://a.example/", "a=b; secure", ""},
		{"https://a.example/", "__Secure-a=b; secure", "__Secure-a=b a.example/ secure"},
		{"https://a.example/", "__secure-a=b", ""},
		{"https://a.example/", "__Host-a=b; secure; path=/", "__Host-a=b a.example/ secure"},
		{"https://a.example/x/y", "__Host-a=b; secure; path=/x", ""},
		{"https://a.example/", "__host-a=b; secure", ""},
		{"https://w.a.example/", "__Host-a=b; secure; path=/; domain=w.a.example", ""},
		{"https://a.example/", "=__Host-a=b; secure; path=/", ""},
		{"https://a.example/", "__Secure-a; secure", ""},
		// Times.
		{"http://a.example/", "a=b; Max-Age=60", "a=b a.example/ until 2026-03-04T05:07:07"},
		{"http://a.example/", "a=b; max-age=0", "a=b a.example/ until 1970-01-01T00:00:00"},
		{"http://a.example/", "a=b; max-age=-1", "a=b a.example/ until 1970-01-01T00:00:00"},
		{"http://a.example/", "a=b; max-age=-", "a=b a.example/"},
		{"http://a.example/", "a=b; max-age=+5", "a=b a.example/"},
		{"http://a.example/", "a=b; max-age=1; max-age=x", "a=b a.example/ until 2026-03-04T05:06:08"},
		{"http://a.example/", "a=b; max-age=99999999999999999999999", "a=b a.example/ until 2027-04-08T05:06:07"},
		{"http://a.example/", "a=b; max-age=99999999", "a=b a.example/ until 2027-04-08T05:06:07"},
		{"http://a.example/", "a=b; max-age=60; expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=b a.example/ until 2026-03-04T05:07:07"},
		{"http://a.example/", "a=b; expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=b a.example/ until 1970-01-01T00:00:00"},
		{"http://a.example/", "a=b; expires=Sat, 07-Mar-2026 00:00:00 GMT; Expires=0", "a=b a.example/ until 2026-03-07T00:00:00"},
		{"http://a.example/", "a=b; expires=Fri, 31 Dec 9999 23:59:59 GMT", "a=b a.example/ until 2027-04-08T05:06:07"},
	} {
		got := ""
		if c, ok := Parse(c.set, mustParse(t, c.from), now); ok {
			got = brief(c)
		}
		if got != c.want {
			t.Errorf("%s sets %q\n got %q\nwant %q", c.from, c.set, got, c.want)
		}
	}
}

func TestParseDate(t *testing.T) {
	for s, want := range map[string]string{
		"Wed, 09 Jun 2027 10:18:14 GMT":        "2027-06-09T10:18:14",
		"Wednesday, 09-Jun-27 10:18:14 GMT":    "2027-06-09T10:18:14",
		"Wed Jun  9 10:18:14 2027":             "2027-06-09T10:18:14",
		"2027 june 9 1:2:3":                    "2027-06-09T01:02:03",
		"09 Jun 69 10:18:14":                   "2069-06-09T10:18:14",
		"09 Jun 70 10:18:14":                   "1970-06-09T10:18:14",
		"10:18:14x 9th Junx 2027-":             "2027-06-09T10:18:14",
		"29 Feb 2028 00:00:00":                 "2028-02-29T00:00:00",
		"29 Feb 2027 00:00:00":                 "",
		"32 Jan 2027 00:00:00":                 "",
		"0 Jan 2027 00:00:00":                  "",
		"1 Jan 1600 00:00:00":                  "",
		"1 Jan 1601 00:00:00":                  "1601-01-01T00:00:00",
		"1 Jan 2027 24:00:00":                  "",
		"1 Jan 2027 00:60:00":                  "",
		"1 Jan 2027 00:00:60":                  "",
		"1 Jan 2027 00:00":                     "",
		"1 Jan 2027 001:00:00":                 "",
		"1 Jan 20270 00:00:00":                 "",
		"Jan 2027 00:00:00":                    "",
		"1 2027 00:00:00":                      "",
		"":                                     "",
		"Sun, 06 Nov 1994 08:49:37 +0200":      "1994-11-06T08:49:37",
		"Thu, 01-Jan-1970 00:00:01 GMT; extra": "1970-01-01T00:00:01",
	} {
		got := ""
		if d, ok := parseDate(s); ok {
			got = d.Format("2006-01-02T15:04:05")
		}
		if got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
}

// FuzzSetCookie checks that what is accepted is a cookie of that host which
// breaks no header and no file, and survives both ways out of the process.
func FuzzSetCookie(f *testing.F) {
	for _, s := range []string{
		"SID=31d4d96e407aad42; Path=/; Secure; HttpOnly",
		"lang=en-US; Path=/; Domain=example.com",
		"lang=; Expires=Sun, 06 Nov 1994 08:49:37 GMT",
		"1P_JAR=2026-01-24-09; expires=Mon, 23-Feb-2027 09:12:44 GMT; path=/; domain=.example.com; Secure; SameSite=none",
		"__Host-GAPS=1:abc; Path=/; Expires=Fri, 24-Jan-2028 09:12:44 GMT; Secure; HttpOnly; Priority=HIGH",
		"PHPSESSID=a2r3; path=/; HttpOnly", "JSESSIONID=\"9.x\"; Version=1; Path=\"/\"",
		"__cf_bm=x.y-1.0-AbC+/=; Max-Age=1800; path=/; domain=.example.com; HttpOnly; Secure; SameSite=None; Partitioned",
		"a=b; max-age=-99999999999999999999", "=;=;=", "\x00", "a", "a\t=b\t; path=/\t",
	} {
		f.Add(s, "https://www.example.com/a/b")
	}
	f.Add("a=b; domain=github.io", "http://x.github.io/")
	f.Add("a=b; domain=[::1]; path=/x", "http://[::1]:8080/")
	f.Add("a=b", "http://a;\u0130/")
	f.Fuzz(func(t *testing.T, set, from string) {
		u, err := weburl.Parse(from)
		if err != nil {
			return
		}
		c, ok := Parse(set, u, now)
		if !ok {
			return
		}
		if !c.valid() || !c.isFor(hostOf(u)) || c.Secure && u.Scheme() != "https" || !c.HostOnly && isPublicSuffix(c.Domain) {
			t.Fatalf("%q from %s became %+v", set, u, c)
		}
		crosses(t, []Cookie{c})
		var jar Jar
		jar.Set(c, now)
		if got := jar.For(u, now); c.expired(now) != (len(got) == 0) || len(got) > 0 && got[0] != c {
			t.Fatalf("%+v became %+v", c, got)
		}
		header := jar.Header(u, now)
		if strings.ContainsAny(header, "\r\n\x00;") {
			t.Fatalf("%+v is sent as %q", c, header)
		}
		c.Port = "" // which files do not hold
		var file Jar
		file.Set(c, now)
		keeps(t, &file)
	})
}
