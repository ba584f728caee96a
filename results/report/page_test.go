package report

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"scrape/results"
)

func written(t *testing.T, c *Collector, run Run) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Write(&b, run); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// shape is the elements of a page with their attributes' names and what links lead
// to, and its text.
func shape(t *testing.T, page string) (elements []string, links []string, text string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		switch n.Type {
		case html.TextNode:
			if p := n.Parent.Data; p != "style" && p != "script" {
				b.WriteString(n.Data)
			}
		case html.ElementNode:
			names := []string{n.Data}
			for _, a := range n.Attr {
				names = append(names, a.Key)
				if a.Key == "href" {
					links = append(links, a.Val)
				}
			}
			elements = append(elements, strings.Join(names, " "))
		}
	}
	return elements, links, b.String()
}

// hostile is what pages and servers put into titles, messages and URLs.
var hostile = []string{
	`<script>alert(1)</script>`, `</title><script src=//evil.example></script>`, `"><img src=x onerror=alert(1)>`,
	`' onmouseover='alert(1)`, `</td></tr></table><h1>owned</h1>`, `<!--`, `]]>`, `--><b>`, `&lt;b&gt;&amp;`, "a\u2028b\u2029c", "a\x00b", "\u202egnp.exe",
	`{{.}}`, "`${alert(1)}`", `</style><style>*{display:none}</style>`, `<svg onload=alert(1)>`, `<plaintext>`, "\xff<\xfe>", `javascript:alert(1)`,
}

// attacked observes records in which every text from outside is as given.
func attacked(text, url string) *Collector {
	c := New()
	for k := results.None; k.Valid(); k++ {
		f := &results.Fields{Seq: int64(k) + 1, List: text, Line: 1, URL: url, Title: text, Outcome: results.Scraped, Timing: results.Timing{Total: time.Second}}
		if k != results.None {
			f.Outcome, f.Error = results.NotScraped, &results.Error{Kind: k, Message: text}
		}
		c.add(withChange(results.New(f), results.Change(1+int(k)%(len(results.Changes{})-1)).String()), time.Duration(k)*time.Millisecond)
	}
	return c
}

// Whatever the web says is text: elements and attributes are the same as with
// harmless texts.
func TestNothingFromTheWebIsMarkup(t *testing.T) {
	run := func(text string) Run {
		return Run{Lists: []string{text}, Problem: text, Fields: []Field{{text, 1, 2}}, Left: 3}
	}
	want, _, _ := shape(t, written(t, attacked("harmless", "https://a.example/"), run("harmless")))
	hostless, _, _ := shape(t, written(t, attacked("harmless", "http:///"), run("harmless")))
	for _, text := range hostile {
		for _, url := range []string{"https://a.example/", "https://a.example/?q=" + text, "http://" + text + "/"} {
			page := written(t, attacked(text, url), run(text))
			got, links, shown := shape(t, page)
			if !slices.Equal(got, want) && !slices.Equal(got, hostless) {
				t.Errorf("%q makes other elements", text)
			}
			if strings.ContainsAny(page, "\x00\u2028\u2029\u202e") {
				t.Errorf("%q: a character that steers is in the page", text)
			}
			if n := strings.Count(shown, clean(text)); n < 30 {
				t.Errorf("%q is there %d times only", text, n)
			}
			for _, link := range links {
				if !strings.HasPrefix(link, "#kind-") && !strings.HasPrefix(link, "http://") && !strings.HasPrefix(link, "https://") {
					t.Errorf("%q leads to %q", text, link)
				}
			}
		}
	}
}

// Only http and https lead anywhere, and without telling from where.
func TestLinks(t *testing.T) {
	for url, want := range map[string]bool{
		"https://a.example/": true, "http://a.example/?a=1&b='": true,
		"javascript:alert(1)": false, "JAVASCRIPT:alert(1)": false, "data:text/html,x": false, "//a.example/": false, "file:///etc/passwd": false, "": false, " https://a.example/": false,
		"https://a.example/" + strings.Repeat("x", mostURL): false,
	} {
		_, links, _ := shape(t, written(t, attacked("text", url), Run{}))
		if got := slices.ContainsFunc(links, func(l string) bool { return !strings.HasPrefix(l, "#") }); got != want {
			t.Errorf("%.40q is a link: %v", url, got)
		}
	}
	page := written(t, attacked("text", "https://a.example/"), Run{})
	if strings.Count(page, `<a href="https:`) != strings.Count(page, ` rel="noreferrer noopener"`) {
		t.Error("a link tells where it was")
	}
}

// The page loads nothing, and runs no script but its own.
func TestPolicy(t *testing.T) {
	page := written(t, attacked("text", "https://a.example/"), Run{})
	for _, want := range []string{"default-src &#39;none&#39;; style-src &#39;sha256-", "base-uri &#39;none&#39;"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "style" || a.Key == "src" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s has %s", n.Data, a.Key)
			}
			if a.Key == "id" {
				if ids[a.Val] {
					t.Errorf("the id %s is there twice", a.Val)
				}
				ids[a.Val] = true
			}
		}
		if n.Type == html.ElementNode && slices.Contains([]string{"link", "img", "iframe", "object", "embed", "base", "video", "audio"}, n.Data) {
			t.Errorf("there is %s", n.Data)
		}
		if n.Data == "table" && (n.FirstChild == nil || n.FirstChild.Data != "caption") {
			t.Error("a table has no caption")
		}
	}
	if strings.Contains(pageCSS, "url(") || strings.Contains(pageCSS, "@import") {
		t.Error("the style sheet loads something")
	}
}

func TestWhatIsSaid(t *testing.T) {
	c := New()
	add := func(f *results.Fields, change string) {
		r := results.New(f)
		if change != "" {
			r = withChange(r, change)
		}
		c.add(r, time.Duration(f.Seq)*time.Second)
	}
	add(&results.Fields{Seq: 1, URL: "https://a.example/", Outcome: results.Scraped, Title: "First", WireBytes: 1500, Attempts: 3, Timing: results.Timing{Total: 80 * time.Millisecond}}, "changed")
	add(&results.Fields{Seq: 2, URL: "https://a.example/", Error: &results.Error{Kind: results.Duplicate, Message: "of line 1"}}, "")
	add(&results.Fields{Seq: 3, URL: "https://b.example/", Status: 503, Error: &results.Error{Kind: results.HTTPStatus, Message: "503 Service Unavailable", Retryable: true}}, "failing")
	_, _, text := shape(t, written(t, c, Run{Lists: []string{"urls.txt"}, Wall: 2 * time.Second, Problem: "stopped by a signal (interrupt)", Left: 1, Unread: true, Skipped: 5, Fields: []Field{{"price", 1, 4}}, Program: "scrape 1.2"}))
	text = strings.Join(strings.Fields(text), " ")
	for _, want := range []string{
		"1 of 2 URLs was scraped", "scrape 1.2 · ", "urls.txt", "The run did not end well: stopped by a signal (interrupt)", "1 line and those that were not read have no record.",
		"5 lines had a record from an earlier run", "1 scraped 33 %", "1 duplicate 33 %", "further attempts2", "received1.5 kB", "1 × 503", "may work another time",
		"changed 1", "First", "http_status: 503 Service Unavailable", "b.example", "price125 %43",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}

	_, _, empty := shape(t, written(t, New(), Run{}))
	if !strings.Contains(empty, "There was nothing to scrape") {
		t.Errorf("of no record: %s", empty)
	}
}

// However many records there are, and however long their texts, the file and the
// memory are bounded, and the file says what it leaves out.
// SCRAPE_REPORT_RECORDS has it tried with more of them.
func TestBounds(t *testing.T) {
	n := 200_000
	if text := os.Getenv("SCRAPE_REPORT_RECORDS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	const mostFile, mostMemory = 5 << 20, 32 << 20
	long := strings.Repeat(`"<&é'`, 200)
	for _, test := range []struct {
		name string
		n    int
		next func(s *synthetic) (*results.Record, time.Duration)
	}{
		{"a large run", n, (*synthetic).next},
		{"long texts, and a host for each", 4000, func(s *synthetic) (*results.Record, time.Duration) {
			s.n++
			f := &results.Fields{Seq: s.n, URL: fmt.Sprintf("https://%d.example/?%s", s.n, long[:500]), Title: long,
				Error: &results.Error{Kind: results.Robots + results.Kind(s.n%14), Message: long}, Timing: results.Timing{Total: time.Duration(s.n)}}
			return withChange(results.New(f), "failing"), time.Duration(s.n) * time.Millisecond
		}},
		{"a host for each", n / 4, func(s *synthetic) (*results.Record, time.Duration) {
			s.hosts = 1 << 30
			return s.next()
		}},
	} {
		name := test.name
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		c, s := New(), newSynthetic(3000)
		for range test.n {
			c.add(test.next(s))
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		used := int64(after.HeapAlloc) - int64(before.HeapAlloc)
		var b bytes.Buffer
		if err := c.Write(&b, Run{Wall: s.at}); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d records, %d KiB in memory, %d KiB in the file", name, test.n, used>>10, b.Len()>>10)
		if used > mostMemory || b.Len() > mostFile {
			t.Errorf("%s: %d bytes in memory, %d in the file", name, used, b.Len())
		}
		if !strings.Contains(b.String(), " more are not. The records have all of them.") {
			t.Errorf("%s: it does not say what it leaves out", name)
		}
		runtime.KeepAlive(c)
	}
}

func TestWriteFails(t *testing.T) {
	if err := New().Write(closedPipe(), Run{}); err == nil {
		t.Error("nothing was written, and nobody says so")
	}
}

func closedPipe() io.Writer {
	r, w := io.Pipe()
	r.Close()
	return w
}
