package cookie

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"scrape/scraper/weburl"
)

// set has servers set cookies, each given as "URL cookie".
func set(t testing.TB, j *Jar, cookies ...string) {
	t.Helper()
	for _, s := range cookies {
		from, text, _ := strings.Cut(s, " ")
		c, ok := Parse(text, mustParse(t, from), now)
		if !ok {
			t.Fatalf("%s is refused", s)
		}
		j.Set(c, now)
	}
}

func TestHeader(t *testing.T) {
	var jar Jar
	set(t, &jar,
		"http://a.example/ root=1",
		"http://a.example/x/y below=2",
		"http://a.example/ slash=3; path=/x/",
		"http://www.a.example/ wide=4; domain=a.example",
		"http://www.a.example/ narrow=5",
		"https://a.example/ safe=6; secure",
		"http://a.example/ word",
		"http://a.example/ short=7; max-age=10",
		"http://b.example/ other=8",
		"http://127.0.0.1/ v4=9",
		"http://[::1]/ v6=10; domain=[::1]",
		"http://localhost/ local=11; domain=localhost",
	)
	for url, want := range map[string]string{
		"http://a.example/":         "root=1; wide=4; word; short=7",
		"http://A.example.:8080/x?": "below=2; root=1; wide=4; word; short=7",
		"http://a.example/x/":       "slash=3; below=2; root=1; wide=4; word; short=7",
		"http://a.example/x/y/z":    "slash=3; below=2; root=1; wide=4; word; short=7",
		"http://a.example/xy":       "root=1; wide=4; word; short=7",
		"http://a.example/?/x/":     "root=1; wide=4; word; short=7",
		"https://a.example/":        "root=1; wide=4; safe=6; word; short=7",
		"http://www.a.example/":     "wide=4; narrow=5",
		"http://x.www.a.example/":   "wide=4",
		"http://b.example/":         "other=8",
		"http://c.example/":         "",
		"http://example/":           "",
		"http://127.0.0.1:8080/":    "v4=9",
		"http://127.0.0.2/":         "",
		"http://[::1]/":             "v6=10",
		"http://localhost:1/":       "local=11",
		"http://x.localhost/":       "",
	} {
		if got := jar.Header(mustParse(t, url), now); got != want {
			t.Errorf("%s gets %q, want %q", url, got, want)
		}
	}
	if got := jar.Header(mustParse(t, "http://a.example/"), now.Add(10*time.Second)); strings.Contains(got, "short") {
		t.Errorf("after its time: %q", got)
	}
}

func TestSetAgain(t *testing.T) {
	var jar Jar
	a := mustParse(t, "https://www.a.example/")
	for _, c := range []struct{ set, want string }{
		{"https://www.a.example/ a=1", "a=1"},
		{"https://www.a.example/ b=2", "a=1; b=2"},
		{"https://www.a.example/ a=3", "a=3; b=2"}, // keeps its place
		{"https://www.a.example/ a=4; domain=a.example", "a=3; b=2; a=4"},
		{"https://www.a.example/ a=5; domain=www.a.example", "a=3; b=2; a=4; a=5"},
		{"https://www.a.example/ a=; max-age=0", "b=2; a=4; a=5"},
		{"https://www.a.example/ a=; max-age=0; domain=a.example", "b=2; a=5"},
		{"https://www.a.example/ none=; max-age=0", "b=2; a=5"},
		{"https://www.a.example/ a=6; path=/x; secure", "b=2; a=5"},
		// What came over http leaves alone what is secure.
		{"https://www.a.example/ b=7; secure", "b=7; a=5"},
		{"http://www.a.example/ b=8", "b=7; a=5"},
		{"http://www.a.example/ b=8; domain=a.example", "b=7; a=5"},
		{"http://www.a.example/x/y b=8", "b=7; a=5"},
		{"http://www.a.example/ b=; max-age=0", "b=7; a=5"},
		{"http://www.a.example/ a=9; domain=www.a.example", "b=7; a=9"}, // the secure one has a longer path
		{"http://x.www.a.example/ b=10; domain=a.example", "b=7; a=9"},
		{"https://www.a.example/ b=11", "b=11; a=9"},
	} {
		set(t, &jar, c.set)
		if got := jar.Header(a, now); got != c.want {
			t.Errorf("after %s it is %q, want %q", c.set, got, c.want)
		}
	}
}

// What For hands out makes a jar that answers alike.
func TestFor(t *testing.T) {
	var jar Jar
	set(t, &jar,
		"https://www.a.example/ a=1; path=/x", "https://www.a.example/ b=2; secure", "https://a.example/ c=3",
		"https://a.example/ d=4; domain=a.example", "https://x.a.example/ e=5", "https://www.a.example/ f=6; max-age=5",
		"https://www.a.example/ a=7; path=/x",
	)
	u := mustParse(t, "http://www.a.example/")
	carried := jar.For(u, now)
	crosses(t, carried)
	var other Jar
	for _, c := range carried {
		other.Set(c, now)
	}
	if len(carried) != 4 {
		t.Errorf("%d cookies: %+v", len(carried), carried)
	}
	for _, url := range []string{"http://www.a.example/", "https://www.a.example/x"} {
		if got, want := other.Header(mustParse(t, url), now), jar.Header(mustParse(t, url), now); got != want || want == "" {
			t.Errorf("%s gets %q, want %q", url, got, want)
		}
	}
	if got := jar.For(u, now.Add(5*time.Second)); len(got) != 3 {
		t.Errorf("after a time %d cookies", len(got))
	}
}

// check fails where the jar's accounts are wrong, or over the limits.
func check(t testing.TB, j *Jar) {
	t.Helper()
	bytes := 0
	for key, s := range j.sites {
		sum := 0
		for _, k := range s.cookies {
			sum += k.Size()
		}
		if s.key != key || s.bytes != sum || len(s.cookies) == 0 || len(s.cookies) > maxSiteCookies || sum > maxSiteBytes {
			t.Fatalf("site %s has %d cookies, %d bytes, counted as %d", key, len(s.cookies), sum, s.bytes)
		}
		if s.place != nil {
			bytes += sum
		}
	}
	if j.bytes != bytes || bytes > maxBytes || j.recent.Len() > maxSites {
		t.Fatalf("%d sites may leave, with %d bytes, counted as %d", j.recent.Len(), bytes, j.bytes)
	}
}

func TestLimits(t *testing.T) {
	var jar Jar
	a := mustParse(t, "http://a.example/")
	set(t, &jar, "http://a.example/ first=1")
	for i := range 2 * maxSiteCookies {
		set(t, &jar, fmt.Sprintf("http://%d.a.example/ c=1; domain=a.example; path=/%d", i, i))
		if i%100 == 0 && !strings.Contains(jar.Header(a, now), "first=1") {
			t.Fatal("a cookie that is used has left")
		}
		check(t, &jar)
	}
	big := strings.Repeat("x", maxPair-10)
	for i := range 40 {
		set(t, &jar, fmt.Sprintf("http://a.example/ %d=%s", i, big))
		check(t, &jar)
	}
	if got := jar.Header(a, now); len(got) > maxSiteBytes || !strings.Contains(got, "39=") {
		t.Errorf("%d bytes are sent", len(got))
	}

	if err := jar.ReadNetscape(strings.NewReader("mine.example\tTRUE\t/\tFALSE\t0\tmine\t1\n"), now); err != nil {
		t.Fatal(err)
	}
	for i := range 2 * maxSites {
		set(t, &jar, fmt.Sprintf("http://a%d.example/ a=b", i))
		if i%1000 == 0 {
			jar.Header(a, now)
		}
	}
	check(t, &jar)
	for i := range maxBytes / 3 / len(big) {
		for n := range 4 {
			set(t, &jar, fmt.Sprintf("http://b%d.example/ %d=%s", i, n, big))
		}
	}
	check(t, &jar)
	if jar.Header(mustParse(t, "http://mine.example/"), now) != "mine=1" {
		t.Error("the user's cookie has left")
	}
	if jar.Header(mustParse(t, "http://a0.example/"), now) != "" {
		t.Error("the least recently used site is still there")
	}
	jar.Set(Cookie{Name: "a", Domain: "mine.example", Path: "/x"}, now)
	set(t, &jar, "http://mine.example/ mine=; max-age=0; domain=mine.example")
	check(t, &jar)
}

func TestConcurrently(t *testing.T) {
	var jar Jar
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			u := mustParse(t, fmt.Sprintf("http://%d.a.example/", i%3))
			for n := range 200 {
				c, _ := Parse(fmt.Sprintf("c%d=%d; domain=a.example", i, n), u, now)
				jar.Set(c, now)
				if jar.Header(u, now) == "" || len(jar.For(u, now)) == 0 {
					t.Error("no cookies")
				}
			}
			if err := jar.WriteNetscape(&strings.Builder{}, now); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	check(t, &jar)
}

// A cookie of one port is not for another, unless its server wants it to be.
func TestPort(t *testing.T) {
	parse := func(s string) weburl.URL {
		u, err := weburl.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	for _, test := range []struct{ set, from, to, want string }{
		{"a=b", "http://a.example:8080/", "http://a.example:8080/x", "a=b"},
		{"a=b", "http://a.example:8080/", "http://a.example:8081/", ""},
		{"a=b", "http://127.0.0.1:8080/", "https://127.0.0.1:8443/", ""},
		{"a=b; Domain=a.example", "http://a.example:8080/", "http://a.example:8081/", "a=b"},
		{"a=b", "http://a.example/", "https://a.example/", "a=b"},
	} {
		c, ok := Parse(test.set, parse(test.from), time.Now())
		if !ok {
			t.Fatalf("%s is no cookie", test.set)
		}
		var jar Jar
		jar.Set(c, time.Now())
		if got := jar.Header(parse(test.to), time.Now()); got != test.want {
			t.Errorf("%s of %s at %s: %q, want %q", test.set, test.from, test.to, got, test.want)
		}
	}
}
