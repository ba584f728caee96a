package robots

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// ours is whom the tests ask for.
const ours = "scrape"

func TestGroups(t *testing.T) {
	for _, c := range []struct {
		name, file string
		allowed    string // of /a, /b and /c
	}{
		{"empty", "", "/a /b /c"},
		{"everyone", "User-agent: *\nDisallow: /a", "/b /c"},
		{"another's", "User-agent: other\nDisallow: /a", "/a /b /c"},
		{"ours", "User-agent: scrape\nDisallow: /a", "/b /c"},
		{"ours, whatever the case", "USER-AGENT: ScRaPe\ndisALLOW: /a", "/b /c"},
		{"ours with a version", "User-agent: scrape/1.0 (+https://example.com/)\nDisallow: /a", "/b /c"},
		{"ours with digits behind", "User-agent: scrape2\nDisallow: /a", "/b /c"},
		{"a longer name", "User-agent: scrape-all\nDisallow: /a", "/a /b /c"},
		{"a longer name with a low line", "User-agent: scrape_\nDisallow: /a", "/a /b /c"},
		{"a shorter name", "User-agent: scrap\nDisallow: /a", "/a /b /c"},
		{"ours not at the beginning", "User-agent: Mozilla/5.0 scrape\nDisallow: /a", "/a /b /c"},
		{"a name that Unicode folds", "User-agent: \u017fcrape\nDisallow: /a", "/a /b /c"},
		{"no name", "User-agent:\nDisallow: /a", "/a /b /c"},
		{"everyone with a remark", "User-agent: * all of you\nDisallow: /a", "/b /c"},
		{"not everyone", "User-agent: *bot\nDisallow: /a", "/a /b /c"},
		{"ours before everyone", "User-agent: *\nDisallow: /a\nUser-agent: scrape\nDisallow: /b", "/a /c"},
		{"ours before everyone, first", "User-agent: scrape\nDisallow: /b\nUser-agent: *\nDisallow: /a", "/a /c"},
		{"ours without a rule", "User-agent: *\nDisallow: /\n\nUser-agent: scrape\n", "/a /b /c"},
		{"ours with an empty rule", "User-agent: scrape\nDisallow:\n\nUser-agent: *\nDisallow: /", "/a /b /c"},
		{"shared with another", "User-agent: other\nUser-agent: scrape\nDisallow: /a", "/b /c"},
		{"shared with one after", "User-agent: scrape\nUser-agent: other\nDisallow: /a", "/b /c"},
		{"shared with everyone", "User-agent: scrape\nUser-agent: *\nDisallow: /a", "/b /c"},
		{"merged", "User-agent: scrape\nDisallow: /a\nUser-agent: other\nDisallow: /b\nUser-agent: scrape\nDisallow: /c", "/b"},
		{"merged for everyone", "User-agent: *\nDisallow: /a\nUser-agent: other\nDisallow: /b\nUser-agent: *\nDisallow: /c", "/b"},
		{"blank lines end nothing", "User-agent: scrape\n\n\nUser-agent: other\n\nDisallow: /a\n\nDisallow: /b", "/c"},
		{"comments end nothing", "User-agent: scrape\n# x\nDisallow: /a # y\n#\nDisallow: /b#z", "/c"},
		{"others' lines end nothing", "User-agent: scrape\nCrawl-delay: 1\nSitemap: http://h/\nfoo: bar\nUser-agent: other\nDisallow: /a", "/b /c"},
		{"an empty rule ends the products", "User-agent: scrape\nDisallow:\nUser-agent: other\nDisallow: /a", "/a /b /c"},
		{"an unknown rule too", "User-agent: scrape\nDisallow: x\nUser-agent: other\nDisallow: /a", "/a /b /c"},
		{"rules of nobody", "Disallow: /a\nUser-agent: scrape\nDisallow: /b", "/a /c"},
	} {
		if got := allowedOf(parse(t, c.file, ours), "/a", "/b", "/c"); got != c.allowed {
			t.Errorf("%s: allowed are %s, want %s\n%s", c.name, got, c.allowed, c.file)
		}
	}
}

func allowedOf(rules *Rules, targets ...string) string {
	return strings.Join(slices.DeleteFunc(targets, func(target string) bool {
		allowed, _ := rules.Allowed(target)
		return !allowed
	}), " ")
}

func TestLines(t *testing.T) {
	for _, c := range []struct{ name, file string }{
		{"LF", "user-agent: *\n\ndisallow: /a\n"},
		{"CR", "user-agent: *\r\rdisallow: /a\r"},
		{"CRLF", "user-agent: *\r\n\r\ndisallow: /a\r\n"},
		{"mixed", "user-agent: *\r\n\rdisallow: /a"},
		{"byte order mark", "\xef\xbb\xbfuser-agent: *\n\ndisallow: /a\n"},
		{"half a byte order mark", "\xef\xbbuser-agent: *\n\ndisallow: /a\n"},
		{"white space", " \tuser-agent\t : \v*\f\n  \n\t disallow\t:\t/a \t\n"},
		{"no white space", "user-agent:*\n\ndisallow:/a"},
		{"no colon", "user-agent *\n\ndisallow \t /a \n"},
		{"comments", "user-agent: * # everyone\n# disallow: /b\ndisallow: /a#b\n"},
		{"no hyphen", "useragent: *\n\ndisallow: /a"},
		{"a space for the hyphen", "user agent: *\n\ndisallow: /a"},
		{"ss", "user-agent: *\n\ndissallow: /a"},
		{"ss, l", "user-agent: *\n\ndissalow: /a"},
		{"l", "user-agent: *\n\nDisalow: /a"},
		{"as", "user-agent: *\n\nDiasllow: /a"},
		{"aw", "user-agent: *\n\nDisallaw: /a"},
		{"NUL", "user-agent: *\n\x00disallow: /b\x00\ndisallow: /a"},
		{"not UTF-8", "user-agent: *\n\xff\xfe: \xc3\xe4\ndisallow: /a\nallow: /\xff"},
	} {
		rules := parse(t, c.file, ours)
		if got := allowedOf(rules, "/a", "/ab", "/b"); got != "/b" {
			t.Errorf("%s: allowed are %s\n%q", c.name, got, c.file)
		}
		if _, rule := rules.Allowed("/a"); rule != (Rule{3, "Disallow: /a"}) {
			t.Errorf("%s: by %v\n%q", c.name, rule, c.file)
		}
	}
}

func TestLinesWithoutMeaning(t *testing.T) {
	for _, file := range []string{
		"user-agent: *\ndisallow /a /b",
		"user-agent: *\ndisallow",
		"user-agent: *\ndisallowed: /",
		"user-agent: *\nno disallow: /",
		"user-agent: *\ndisallow: a",
		"user-agent: *\ndisallow: $",
		"user-agent: *\ndisallow: http://h/",
		"user-agent: *\n\u017fitemap: http://h/",
		"user agent *\ndisallow: /",
		"x\xef\xbb\xbfuser-agent: *\ndisallow: /",
		"\xef\xbb\xbf\xef\xbb\xbfuser-agent: *\ndisallow: /",
		"\xff\xfeu\x00s\x00e\x00r\x00-\x00a\x00g\x00e\x00n\x00t\x00:\x00*\x00\n\x00d\x00i\x00s\x00a\x00l\x00l\x00o\x00w\x00:\x00/\x00",
		"<!DOCTYPE html>\n<title>Not found</title>\n<p>User-agent: *\n<p>Disallow: /",
		strings.Repeat("\x00", 1000),
		strings.Repeat(":", 1000),
		strings.Repeat("user-agent", 1000) + ": *\ndisallow: /",
	} {
		if rules := parse(t, file, ours); !reflect.DeepEqual(rules, &Rules{}) {
			t.Errorf("%q: %+v", file, rules)
		}
	}
}

func TestTooLong(t *testing.T) {
	const head = "user-agent: *\n"
	fill := func(to int) string { return head + strings.Repeat("#", to-len(head)-1) + "\n" }
	for _, c := range []struct{ name, file, allowed string }{
		{"as long as may be", fill(MaxBytes-11) + "disallow:/a", "/b"},
		{"a line end too long", fill(MaxBytes-11) + "disallow:/a\n", "/b"},
		{"CR and LF too long", fill(MaxBytes-11) + "disallow:/a\r\ndisallow:/b", "/b"},
		{"a line cut in two", fill(MaxBytes-11) + "disallow:/ab", "/a /b"},
		{"a line cut in two after another", fill(MaxBytes-22) + "disallow:/a\rdisallow:/b\n", "/b"},
		{"a line beyond", fill(MaxBytes) + "disallow:/a\n", "/a /b"},
		{"one line", head[:12] + strings.Repeat("*", MaxBytes), "/a /b"},
	} {
		if got := allowedOf(parse(t, c.file, ours), "/a", "/b"); got != c.allowed {
			t.Errorf("%s: allowed are %s, want %s", c.name, got, c.allowed)
		}
	}
}

func TestNoMoreIsRead(t *testing.T) {
	endless := strings.NewReader("user-agent: *\ndisallow: /\n" + strings.Repeat("#", 2*MaxBytes))
	if _, err := Parse(endless, ours); err != nil {
		t.Fatal(err)
	}
	if read := int(endless.Size()) - endless.Len(); read > MaxBytes+1 {
		t.Errorf("%d bytes were read", read)
	}
}

func TestReaderFails(t *testing.T) {
	fails := io.MultiReader(strings.NewReader("user-agent: *\ndisallow: /\n"), iotest.ErrReader(io.ErrUnexpectedEOF))
	if rules, err := Parse(fails, ours); rules != nil || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v, %v", rules, err)
	}
}

func TestCrawlDelay(t *testing.T) {
	for _, c := range []struct {
		file string
		want time.Duration
	}{
		{"user-agent: *\ncrawl-delay: 10", 10 * time.Second},
		{"user-agent: *\nCrawl-Delay:1.5 # slowly", 1500 * time.Millisecond},
		{"user-agent: *\ncrawl-delay .25", 250 * time.Millisecond},
		{"user-agent: *\ncrawldelay: 3.", 3 * time.Second},
		{"user-agent: *\ncrawl delay: 0003", 3 * time.Second},
		{"user-agent: *\ncrawl-delay: 0", 0},
		{"user-agent: *\ncrawl-delay:", 0},
		{"user-agent: *\ncrawl-delay: -1", 0},
		{"user-agent: *\ncrawl-delay: +1", 0},
		{"user-agent: *\ncrawl-delay: NaN", 0},
		{"user-agent: *\ncrawl-delay: Inf", 0},
		{"user-agent: *\ncrawl-delay: 1e3", 0},
		{"user-agent: *\ncrawl-delay: 0x10", 0},
		{"user-agent: *\ncrawl-delay: 1,5", 0},
		{"user-agent: *\ncrawl-delay: 10s", 0},
		{"user-agent: *\ncrawl-delay: 1.2.3", 0},
		{"user-agent: *\ncrawl-delay: .", 0},
		{"user-agent: *\ncrawl-delay: ١", 0},
		{"user-agent: *\ncrawl-delay: 99999999", MaxCrawlDelay},
		{"user-agent: *\ncrawl-delay: " + strings.Repeat("9", 400), MaxCrawlDelay},
		{"user-agent: *\ncrawl-delay: " + strings.Repeat("0", 400) + "1", time.Second},
		{"user-agent: *\ncrawl-delay: 2\ndisallow: /\ncrawl-delay: 3\ncrawl-delay: 1", 3 * time.Second},
		{"user-agent: *\ncrawl-delay: 2\nuser-agent: scrape\ndisallow: /", 2 * 0},
		{"user-agent: *\ncrawl-delay: 2\n\nuser-agent: scrape\ncrawl-delay: 1", time.Second},
		{"user-agent: other\ncrawl-delay: 2\nuser-agent: *\ndisallow: /", 0},
		{"user-agent: other\ndisallow: /\ncrawl-delay: 2", 0},
		{"crawl-delay: 2\nuser-agent: *\ndisallow: /", 0},
	} {
		if got := parse(t, c.file, ours).CrawlDelay; got != c.want {
			t.Errorf("%v, want %v\n%.100s", got, c.want, c.file)
		}
	}
}

func TestSitemaps(t *testing.T) {
	for _, c := range []struct {
		file string
		want []string
	}{
		{"Sitemap: https://h/Map.xml", []string{"https://h/Map.xml"}},
		{"user-agent: other\nsite-map: HTTP://h/ä?x=y:z\ndisallow: /\nsitemap: http://h/2#x", []string{"HTTP://h/ä?x=y:z", "http://h/2"}},
		{"sitemap: http://h/\nsitemap: http://h/", []string{"http://h/"}},
		{"sitemap: /map.xml\nsitemap: //h/\nsitemap: ftp://h/\nsitemap: javascript://x\nsitemap:", nil},
		{"sitemap: http://h/\x00\nsitemap: http://h/\xff\nsitemap: http://h/\u0085", nil},
		{"sitemap: http://h/" + strings.Repeat("x", maxSitemap), nil},
	} {
		if got := parse(t, c.file, ours).Sitemaps; !slices.Equal(got, c.want) {
			t.Errorf("%q, want %q\n%.100s", got, c.want, c.file)
		}
	}
}

func TestSitemapsAreBounded(t *testing.T) {
	for _, path := range []string{"", strings.Repeat("x", maxSitemap-100)} {
		var file strings.Builder
		for i := range 200 {
			fmt.Fprintf(&file, "sitemap: http://h/%d/%s\n", i, path)
		}
		got := parse(t, file.String(), ours).Sitemaps
		if size := len(strings.Join(got, "")); len(got) > maxSitemaps || size > maxSitemapBytes || len(got) < maxSitemaps && size < maxSitemapBytes/2 {
			t.Errorf("%d are kept, of %d bytes", len(got), size)
		}
	}
}
