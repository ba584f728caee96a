//go:build !race

package extract

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"scrape/scraper/extract/document"
)

// shape is a page that is built of so many of something.
type shape struct {
	name, contentType string
	units             int // the page of these is read, and that of four times as many
	page              func(units int) string
	noTree            bool // none is built of it
}

// numbered gives n pieces of markup, each with another number for %d.
func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// shapes are pages of HTML but for the last ones. Trees are no deeper than 512 elements, which bounds the units of
// those that are nested.
func shapes() []shape {
	r := strings.Repeat
	html := func(name string, units int, page func(n int) string) shape {
		return shape{name, "text/html", units, func(n int) string { return "<!DOCTYPE html><title>T</title>" + page(n) }, false}
	}
	refused := func(s shape) shape { s.noTree = true; return s }
	const row = "<h2>h</h2><table><tr><th>a<th>b<tr><td>word<td><a href=/x rel=nofollow>y</a></table><p class=x>word <a href=/%d>y</a> goes on</p>"
	return []shape{
		html("a plain page", 100, func(n int) string { return numbered(row, n) }),
		html("open elements", 100, func(n int) string { return r("<div>x", n) }),
		html("open formatting", 100, func(n int) string { return r("<b>", 100) + r("<p>x", n) }),
		html("open paragraphs in links", 300, func(n int) string { return r("<a href=/x><p>x", n) }),
		refused(html("open elements without a tree", 3000, func(n int) string { return r("<div>", n) + "<p>x<a href=/x>y</a>" })),
		html("attributes", 1000, func(n int) string { return "<p " + numbered("a%d=b ", n) + "><a href=/x>y</a><h1>x</h1>" }),
		html("attributes of one name", 3000, func(n int) string { return "<a " + r("href=/x ", n) + ">y</a>" }),
		html("one attribute", 16_000, func(n int) string { return "<a href='/" + r("x", n) + "' rel='" + r("x ", n) + "'>y</a>" }),
		html("one text", 16_000, func(n int) string { return "<p>" + r("x", n) }),
		html("one text of words", 3000, func(n int) string { return "<table><td>" + r("words ", n) + "</table><h1>" + r("words ", n) }),
		html("nested tables", 30, func(n int) string { return r("<table><tr><td>x", n) }),
		html("nested lists and quotes", 10, func(n int) string { return r(r("<ul><li>x<blockquote>", 10)+r("</blockquote></li></ul>", 10), n) }),
		html("quotes in quotes", 90, func(n int) string { return r("<blockquote>x", n) }),
		html("lists in lists", 60, func(n int) string { return r("<ul><li>x", n) }),
		html("comments", 1000, func(n int) string { return "<p>" + r("a<!-- x -->", n) }),
		html("an open comment", 4000, func(n int) string { return "<p>x<a href=/x>y</a><!--" + r("<p>-", n) }),
		html("spanning cells", 20, func(n int) string { return "<table>" + r("<tr><td colspan=9 rowspan=9>x", n) + "</table>" }),
		html("JSON-LD", 500, func(n int) string {
			return "<script type=application/ld+json>[" + r(`{"a":[1,"x"]},`, n) + "1]</script>"
		}),

		{"items of a feed", "application/rss+xml", 100, func(n int) string {
			return "<rss><channel><title>T</title>" + numbered("<item><title>x</title><link>/%d</link></item>", n) + "</channel></rss>"
		}, false},
		{"comments of a feed", "application/rss+xml", 1000, func(n int) string {
			return "<rss><channel><title>T</title><description>" + r("a<!-- x -->", n) + "</description></channel></rss>"
		}, false},
		{"open elements of a feed", "application/rss+xml", 100, func(n int) string { return "<rss><channel><title>T</title>" + r("<a>x", n) }, false},
		{"attributes of a feed", "application/rss+xml", 1000, func(n int) string {
			return "<rss><channel><title>T</title><a " + numbered("a%d='b' ", n) + "/><item><title>x</title></item></channel></rss>"
		}, false},
		{"one text of a feed", "application/rss+xml", 16_000, func(n int) string {
			return "<rss><channel><title>T</title><item><title>" + r("x", n) + "</title></item></channel></rss>"
		}, false},

		{"objects of JSON", "application/json", 500, func(n int) string { return "[" + r(`{"a":[1,"x"]},`, n) + "1]" }, false},
		{"one text of JSON", "application/json", 16_000, func(n int) string { return `{"a":"` + r("x", n) + `"}` }, false},
		{"keys of JSON", "application/json", 1000, func(n int) string { return "{" + numbered(`"a%d":1,`, n) + `"a":1}` }, false},
		{"open arrays of JSON", "application/json", 100, func(n int) string { return `{"a":` + r("[", n) + r("]", n) + "}" }, false},
	}
}

// Whatever is asked for, and however a page is built: what is allocated for four times the page is, but for half as
// much again for buffers that grow in steps, no more than four times as much.
func TestAllocationsAreInProportion(t *testing.T) {
	const most = 4 * 1.5
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // it would empty the pools of what is used again
	extract := func(what ...string) Spec { return Spec{Extract: what} }
	for _, c := range []struct {
		name string
		spec Spec
	}{
		{"title", extract("title")},
		{"head", extract("description,canonical,lang,author,published,feeds,alternates,opengraph,jsonld,robots,meta")},
		{"links", extract("links")},
		{"images, emails and forms", extract("images,emails,forms,microdata")},
		{"text", extract("text")},
		{"tables", extract("tables")},
		{"headings", extract("headings")},
		{"markdown", extract("markdown")},
		{"markdown of the page", extract("markdown:full")},
		{"css", extract("a[]=a::attr(href), td::text, p::text", "b[]=div > p:last-of-type", "c[]=item title, item link", "d=p:has(a)")},
		{"xpath", extract("a[]=xpath://a/@href", "b[]=xpath://td/text()", "c[]=xpath://item/title", "d=xpath:count(//*)")},
		{"schema", Spec{Schemas: []SchemaFile{{Name: "each.yaml", Text: []byte(
			`fields: {rows: {each: "tr:not(tr tr), p, item", fields: {a: "a::attr(href) | url", b: "td::text, title::text", c: "xpath:./@class"}}}`)}}}},
		{"feed", extract("feed")},
		{"json", extract("a[]=jsonpath:$..a", "b=jsonpath:$.a", "c[]=jsonpath:$[*].a[1]")},
	} {
		plan := compile(t, c.spec)
		found := false
		runtime.GC()
		for _, s := range shapes() {
			few, many := sourceOf(t, s.contentType, s.page(s.units)), sourceOf(t, s.contentType, s.page(4*s.units))
			got, _ := allocated(t, plan, many, s.noTree) // so that pools hold what they will
			found = found || got.Title != "" || len(got.Links)+len(got.Data) > len(`{"d":0}`)
			_, before := allocated(t, plan, few, s.noTree)
			_, after := allocated(t, plan, many, s.noTree)
			if floor := max(before, uint64(len(few.Body))); float64(after) > most*float64(floor) {
				t.Errorf("%s of %s: %d bytes for %d of page, %d for %d", c.name, s.name, before, len(few.Body), after, len(many.Body))
			}
		}
		if !found {
			t.Errorf("no page has %s", c.name)
		}
	}
}

// A tag, a text or a comment that is as long as the page takes a few times its length, where it is not part of a tree.
func TestLongTokensAreRead(t *testing.T) {
	const most = 10
	r, deep := strings.Repeat, strings.Repeat("<div>", 600)
	for name, page := range map[string]string{
		"attributes":           deep + "<p " + numbered("a%d ", 100_000) + ">x",
		"attributes of a name": deep + "<span " + r("style=a ", 100_000) + ">x</span>",
		"an open tag":          deep + "<p " + numbered("a%d ", 100_000),
		"an end tag":           deep + "</p " + numbered("a%d ", 100_000) + ">x",
		"a name":               deep + "<" + r("x", 1_000_000) + ">x",
		"a value":              deep + "<p style='" + r("x", 1_000_000) + "'>x",
		"a comment":            deep + "<!--" + r("x", 1_000_000) + "-->x",
		"a noscript":           "<p>x<noscript><img " + numbered("a%d ", 100_000) + "src=/x></noscript>",
		"a noscript's name":    "<p>x<noscript><img><" + r("x", 1_000_000) + "></noscript>",
	} {
		for _, what := range []string{"text", "markdown", "markdown:full", "images", "article"} {
			plan, s := compile(t, Spec{Extract: []string{what}}), sourceOf(t, "text/html", page)
			if _, bytes := allocated(t, plan, s, strings.HasPrefix(page, deep)); bytes > most*uint64(len(page)) {
				t.Errorf("%s of %s: %d bytes for %d of page", what, name, bytes, len(page))
			}
		}
	}
}

// allocated reads a page, and is also how many bytes that took.
func allocated(t *testing.T, plan *Plan, s Source, noTree bool) (Content, uint64) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := plan.Read(t.Context(), s)
	runtime.ReadMemStats(&after)
	if err != nil && !(noTree && strings.Contains(err.Error(), document.ErrNoTree.Error())) {
		t.Errorf("%.50q: %v", s.Body, err)
	}
	return got, after.TotalAlloc - before.TotalAlloc
}
