package report

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"scrape/results"
)

// chromium is a browser to try a page in; the test is skipped where there is none.
func chromium(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("there is no chromium here: nobody has looked at the report (apt-get install chromium)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(time.Minute))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute) // outlives the test, which ends it
	t.Cleanup(cancel)
	ctx, cancelBrowser := chromedp.NewExecAllocator(ctx, options...)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Error(err)
		}
		cancelTab()
		cancelBrowser()
	})
	return ctx
}

// A browser shows what the report says, finds what is searched for, and runs and
// loads nothing that came from the web.
func TestInChromium(t *testing.T) {
	ctx := chromium(t)
	var asked atomic.Int64
	evil := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer evil.Close()

	c := New()
	seq := int64(0)
	add := func(f *results.Fields) {
		seq++
		f.Seq = seq
		c.add(results.New(f), time.Duration(seq)*time.Millisecond)
	}
	attacks := append(hostile, `<img src="`+evil.URL+`/i" onerror="document.title='owned'">`, `<script>document.title='owned'</script>`, `<link rel=stylesheet href=`+evil.URL+`>`)
	for _, text := range attacks {
		add(&results.Fields{URL: "https://a.example/?" + text, Title: text, Outcome: results.Scraped, Timing: results.Timing{Total: time.Second}})
		add(&results.Fields{URL: "https://a.example/", Error: &results.Error{Kind: results.Connect, Message: text}})
	}
	for range 30 {
		add(&results.Fields{URL: "https://slow.example/page", Error: &results.Error{Kind: results.Timeout, Message: "no answer within 30s"}})
	}
	add(&results.Fields{URL: "https://needle.example/hay", Error: &results.Error{Kind: results.Timeout, Message: "no answer within 31s"}})
	name := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(name, []byte(written(t, c, Run{Wall: time.Second})), 0o666); err != nil {
		t.Fatal(err)
	}

	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+name)); err != nil {
		t.Fatal(err)
	}
	type page struct {
		Title, Heading, Text, Corner string
		Scripts, Loaded              int
	}
	is := ask[page](t, ctx, `({
		Title: document.title,
		Heading: document.querySelector("h1").innerText,
		Text: document.body.textContent,
		Corner: getComputedStyle(document.querySelector("section")).borderTopLeftRadius,
		Scripts: document.scripts.length,
		Loaded: performance.getEntriesByType("resource").length,
	})`)
	heading := "22 of 75 URLs were scraped"
	if is.Title != heading || is.Heading != heading {
		t.Errorf("title %q, heading %q, want %q", is.Title, is.Heading, heading)
	}
	for _, text := range attacks {
		if !strings.Contains(is.Text, clean(text)) {
			t.Errorf("%q is not to be read", text)
		}
	}
	if is.Corner != "12px" {
		t.Errorf("the style sheet is not in force: %q", is.Corner)
	}
	if is.Scripts != 1 || is.Loaded != 0 || asked.Load() != 0 {
		t.Errorf("%d scripts, %d loaded, %d requests", is.Scripts, is.Loaded, asked.Load())
	}

	const rows = `[...document.querySelectorAll("#failures tbody tr")].filter((r) => r.checkVisibility()).length`
	const said = `document.getElementById("found").innerText`
	before := ask[int](t, ctx, rows)
	if err := chromedp.Do(ctx, chromedp.SendKeys("#words", "NEEDLE 31s")); err != nil {
		t.Fatal(err)
	}
	if n, said, other := ask[int](t, ctx, rows), ask[string](t, ctx, said), ask[bool](t, ctx, `document.getElementById("kind-connect").hidden`); n != 1 || said != "1 of 53 found" || !other {
		t.Errorf("a search shows %d rows and says %q; other kinds are hidden: %v", n, said, other)
	}
	search := func(text string) {
		ask[bool](t, ctx, `(() => { const i = document.getElementById("words"); i.value = "`+text+`"; return i.dispatchEvent(new Event("input")); })()`)
	}
	search("nowhere to be found")
	if n, said := ask[int](t, ctx, rows), ask[string](t, ctx, said); n != 0 || said != "0 of 53 found" {
		t.Errorf("a search for nothing shows %d rows and says %q", n, said)
	}
	search("")
	if n := ask[int](t, ctx, rows); n != before {
		t.Errorf("after a search there are %d rows, before it were %d", n, before)
	}
	// A link to a kind opens it.
	ask[bool](t, ctx, `(location.hash = "#kind-timeout", true)`)
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](`document.getElementById("kind-timeout").open`)); err != nil {
		t.Error(err)
	}
}

// ask evaluates an expression in the page.
func ask[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Without scripts all is there but the search.
func TestWithoutScripts(t *testing.T) {
	page := written(t, attacked("text", "https://a.example/"), Run{})
	if !strings.Contains(page, `<form id="search" role="search" hidden>`) || strings.Count(page, "<script") != 1 {
		t.Error("a search is shown that would do nothing")
	}
}
