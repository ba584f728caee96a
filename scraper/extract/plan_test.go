package extract

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"scrape/scraper/extract/document"
	"scrape/scraper/weburl"
)

func compile(t testing.TB, s Spec) *Plan {
	t.Helper()
	p, err := Compile(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func sourceOf(t testing.TB, contentType, body string) Source {
	t.Helper()
	u, err := weburl.Parse("https://shop.example/pots/7")
	if err != nil {
		t.Fatal(err)
	}
	return Source{URL: u, ContentType: contentType, Body: []byte(body)}
}

const pot = `<!doctype html><html lang=en><title>Pot &amp; lid</title>
<p class=price>34.50 €<p class=tag>grey<p class=tag>blue<a href=/x>to x</a>`

func TestRead(t *testing.T) {
	shop := SchemaFile{Name: "shop.yaml", Text: []byte("match: https://shop.example/*\nfields: {cost: {select: .price, filters: [number]}, lid: {select: .lid, required: true}}")}
	other := SchemaFile{Name: "other.yaml", Text: []byte("match: https://other.example/*\nfields: {a: p}")}
	patterns := SchemaFile{Name: "patterns.yaml", Text: []byte("fields: {rows: {each: p, fields: {a: \"xpath:replace(., string(@re), '')\", b: b}}}")}
	list := SchemaFile{Name: "list.yaml", Text: []byte("fields: {offers: {each: p, fields: {price: b}}}")}
	rows := SchemaFile{Name: "rows.yaml", Text: []byte("fields: {rows: {each: p, fields: {price: td, bold: b | number}}}")}
	pots := SchemaFile{Name: "pots.yaml", Text: []byte("match: https://shop.example/pots/*\nfields: {cost: .price | number, size: .size}")}
	cups := SchemaFile{Name: "cups.yaml", Text: []byte("match: https://shop.example/cups/*\nfields: {cost: .tag, lid: {select: .lid, required: true}}")}
	wares := SchemaFile{Name: "wares.yaml", Text: []byte("match: https://shop.example/*\nfields: {first: .tag, cost: a}\n---\nmatch: https://shop.example/pots/7\nfields: {none: a}")}
	for _, c := range []struct {
		name              string
		spec              Spec
		contentType, body string
		title, data       string
		fields            []Fate
		message           string // of the FieldError
	}{
		{"ready-made and inline, in order", Spec{Extract: []string{"price=.price | number", "lang"}}, "text/html", pot, "Pot & lid", `{"price":34.5,"lang":"en"}`, []Fate{Found}, ""},
		{"all that is found", Spec{Extract: []string{"tags[]=.tag::text"}}, "text/html", pot, "Pot & lid", `{"tags":["grey","blue"]}`, []Fate{Found}, ""},
		{"missing", Spec{Extract: []string{"a=.a", "b=.b | default(0)"}}, "text/html", pot, "Pot & lid", `{"b":0}`, []Fate{Missed, Found}, ""},
		{"required and missing", Spec{Extract: []string{"a=.a | required", "lang"}}, "text/html", pot, "Pot & lid", `{"lang":"en"}`, []Fate{Missed}, "required field a not found"},
		{"a schema", Spec{Schemas: []SchemaFile{shop}}, "text/html", pot, "Pot & lid", `{"cost":34.5}`, []Fate{Found, Missed, Found}, "required field lid not found"},
		{"Markdown twice", Spec{Extract: []string{"markdown,markdown:full"}}, "text/html", "<p>x", "", `{"markdown":"x","markdown_full":"x"}`, nil, ""},
		{"no title", Spec{Extract: []string{"none", "a=.price | number"}}, "text/html", pot, "", `{"a":34.5}`, []Fate{Found}, ""},
		{"fields in a list", Spec{Schemas: []SchemaFile{rows}}, "text/html", "<p>1<p><b>2</b>", "", `{"rows":[{"bold":2}]}`, []Fate{Found, Missed, Found, Found}, ""},
		{"a list of nothing", Spec{Schemas: []SchemaFile{rows}}, "text/html", "<p>1<p>2", "", "", []Fate{Missed, Missed, Missed, Found}, ""},
		{"no list", Spec{Schemas: []SchemaFile{rows}}, "text/html", "<b>1</b>", "", "", []Fate{Missed, NotAsked, NotAsked, Found}, ""},
		{"two schemas", Spec{Schemas: []SchemaFile{list, rows}}, "text/html", "<p>1<p><b>2</b>", "", `{"offers":[{"price":"2"}],"rows":[{"bold":2}]}`, []Fate{Found, Found, Found, Missed, Found, Found}, ""},
		{"two schemas, one with no shape", Spec{Schemas: []SchemaFile{other, rows}}, "text/html", "<p>1<p><b>2</b>", "", `{"rows":[{"bold":2}]}`, []Fate{NotAsked, Found, Missed, Found, Found}, ""},
		{"a field of two schemas for different pages", Spec{Schemas: []SchemaFile{cups, pots}}, "text/html", pot, "Pot & lid", `{"cost":34.5}`, []Fate{Found, NotAsked, Missed, Found}, ""},
		{"a field of two schemas for one page", Spec{Schemas: []SchemaFile{pots, wares}}, "text/html", pot, "Pot & lid", `{"cost":34.5}`, []Fate{Found, Missed, NotAsked, NotAsked, Found}, ""},
		{"a field of two schemas for one page, the other first", Spec{Schemas: []SchemaFile{wares, pots}}, "text/html", pot, "Pot & lid", `{"first":"grey","cost":"to x"}`, []Fate{Found, Found, NotAsked, NotAsked, Found}, ""},
		{"no shape", Spec{Schemas: []SchemaFile{other}}, "text/html", pot, "Pot & lid", "", []Fate{NotAsked, Missed}, ""},
		{"JSON", Spec{Extract: []string{"n=jsonpath:$.n", "css=.n", "text"}}, "application/json", `{"n":1.50}`, "", `{"n":1.50}`, []Fate{Found, Missed}, ""},
		{"a picture", Spec{Extract: []string{"text,html,article", "a=.a"}}, "image/png", "\x89PNG\r\n\x1a\n<p class=a>", "", "", []Fate{Missed}, ""},
		{"nothing", Spec{Extract: []string{"lang"}}, "text/html", "", "", "", nil, ""},
		{"too deep for a tree", Spec{Extract: []string{"a=.a", "lang"}}, "text/html", "<html lang=en><title>T</title>" + strings.Repeat("<div>", 600), "T", `{"lang":"en"}`, []Fate{Missed}, "field a: "},
		{"no tree, filters", Spec{Extract: []string{`n=.a | count`, "lang"}}, "text/html", "<html lang=en>" + strings.Repeat("<div>", 600), "", `{"lang":"en"}`, []Fate{Missed}, "field n: no tree"},
		{"no tree, a default", Spec{Extract: []string{"x=re:zz", `a=.a | default("none")`}}, "text/html", strings.Repeat("<div>", 600), "", "", []Fate{Missed, Missed}, "field a: no tree"},
		{"a picture, filters", Spec{Extract: []string{"n=.a | count"}}, "image/png", "\x89PNG\r\n\x1a\n<p class=a>", "", "", []Fate{Missed}, ""},
		{"JSON too large", Spec{Extract: []string{"css=.n", "n=jsonpath:$.n"}}, "application/json", "[" + strings.Repeat("{},", 1<<20) + "0]", "", "", []Fate{Missed, Missed}, "field n: no tree can be built of the page: it would take"},
		{"XML too deep", Spec{Extract: []string{"n=xpath://n"}}, "application/xml", strings.Repeat("<n>", 600), "", "", []Fate{Missed}, "field n: no tree can be built of the page: its elements"},
		{"XPath that fails", Spec{Extract: []string{"a=xpath:replace(//p, string(//p/@re), '') | count", "b=b"}}, "text/html", "<p re='('>1<b>2</b>", "", `{"b":"2"}`, []Fate{Missed, Found}, "field a: xpath: replace() function second argument"},
		{"XPath that fails in a schema", Spec{Schemas: []SchemaFile{patterns}}, "text/html", "<p re='('>1<b>2</b><p re=x>3x", "", `{"rows":[{"b":"2"},{"a":"3"}]}`, []Fate{Found, Found, Found, Found}, "the schema's fields: xpath: replace() function second argument"},
		{"JSON broken", Spec{Extract: []string{"n=jsonpath:$.n"}}, "application/json", "{", "", "", []Fate{Missed}, "field n: no JSON at line 1, column 2: unexpected EOF"},
		{"JSON without anything", Spec{Extract: []string{"n=jsonpath:$.n"}}, "application/json", " \n", "", "", []Fate{Missed}, ""},
		{"required behind a mistake of XHTML", Spec{Extract: []string{"a=h2 | required", "b=h3"}}, "application/xhtml+xml", "<html xmlns='http://www.w3.org/1999/xhtml'>\n<title>T</title><p>a & b</p><h2>c</h2></html>", "T", "", []Fate{Missed, Missed},
			"required field a not found: not well-formed at line 2, column 22: invalid character entity & (no semicolon); nothing behind it is read"},
		{"required, and not looked for in the tree of XHTML", Spec{Extract: []string{"b=re:`y` | required"}}, "application/xhtml+xml", "<html xmlns='http://www.w3.org/1999/xhtml'><title>T</title></p></html>", "T", "", []Fate{Missed}, "required field b not found"},
		{"several required", Spec{Extract: []string{"a=.a | required", "b=.b | required", "c=.c"}, Schemas: []SchemaFile{shop}}, "text/html", pot, "Pot & lid", `{"cost":34.5}`, []Fate{Missed, Missed, Missed, Found, Missed, Found}, "required fields a, b and lid not found"},
		{"expected", Spec{Extract: []string{"title,description,lang,article", "a=.tag", "canonical"}}, "text/html", "<title>T</title><link rel=canonical href=/c><p class=tag>b", "T", `{"a":"b","canonical":"https://shop.example/c"}`, []Fate{Found, Found, Missed, Missed, Found}, ""},
		{"expected of a picture", Spec{Extract: []string{"title,description"}}, "image/png", "\x89PNG\r\n\x1a\n", "", "", nil, ""},
		{"other charset", Spec{Extract: []string{"a=p"}}, "text/html; charset=koi8-r", "<p>\xf0\xd2\xc9", "", `{"a":"При"}`, []Fate{Found}, ""},
	} {
		got, err := compile(t, c.spec).Read(t.Context(), sourceOf(t, c.contentType, c.body))
		message := ""
		if why, ok := errors.AsType[*FieldError](err); ok {
			message = why.Message
		} else if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got.Title != c.title || string(got.Data) != c.data || !reflect.DeepEqual(got.Fields, c.fields) || !strings.HasPrefix(message, c.message) || c.message == "" && message != "" {
			t.Errorf("%s: title %q, data %s, fields %v, error %q; want %q, %s, %v, %q", c.name, got.Title, got.Data, got.Fields, message, c.title, c.data, c.fields, c.message)
		}
	}
}

// What the ready-made fields say of the author and the dates, the article says too.
func TestArticleHasWhatTheHeadSays(t *testing.T) {
	body := strings.Repeat("<p>Ships, boats, and rafts came by, one after the other, in the evening. And they went on.</p>", 10)
	for _, c := range []struct{ head, want string }{
		{"<meta property=article:modified_time content=2026-09-20>", `"modified":"2026-09-20","excerpt"`},
		{"<html lang=en-GB><meta name=date content=05/03/2024>", `"published":"2024-03-05","excerpt"`},
		{"<meta name=author content=Ida><p class=author>Nom *</p>", `"byline":"Ida","excerpt"`},
		{`<script type=application/ld+json>{"@type":"Article","datePublished":"2024-03-05 10:15"}</script>`, `"published":"2024-03-05T10:15:00Z","excerpt"`},
	} {
		got, err := compile(t, Spec{Extract: []string{"article"}}).Read(t.Context(), sourceOf(t, "text/html", "<!DOCTYPE html>"+c.head+body))
		if err != nil || !strings.Contains(string(got.Data), c.want) {
			t.Errorf("%s: %s, %v, want %s", c.head, got.Data, err, c.want)
		}
	}
}

// JSON that is broken is no page without the field: it says so, as a page does whose tree
// cannot be built.
func TestBrokenJSON(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{`{"a":1,}`, "field a: no JSON at line 1, column 8: invalid character '}' looking for beginning of object key string"},
		{"{\n \"a\": \"é\"", "field a: no JSON at line 2, column 10: unexpected EOF"},
		{"[1]\n[2]", "field a: no JSON at line 2, column 1: something stands behind the value"},
		{`{"a":1}`, ""},
	} {
		got, err := compile(t, Spec{Extract: []string{"a=jsonpath:$.a", "b=h1", "r=re:."}}).Read(t.Context(), sourceOf(t, "application/json", c.body))
		if message := fmt.Sprint(err); message != cmp.Or(c.want, "<nil>") || !strings.Contains(string(got.Data), `"r":`) {
			t.Errorf("%s: %s, %s", c.body, message, got.Data)
		}
	}
	spec := Spec{Schemas: []SchemaFile{{Name: "s.yaml", Text: []byte("fields: {a: 'jsonpath:$.a'}")}}}
	if _, err := compile(t, spec).Read(t.Context(), sourceOf(t, "application/json", "{")); err == nil || !strings.HasPrefix(err.Error(), "the schema's fields: no JSON at line 1, column 2: ") {
		t.Error(err)
	}
	if _, err := compile(t, Spec{Extract: []string{"title,feed,text", "b=h1"}}).Read(t.Context(), sourceOf(t, "application/json", "{")); err != nil {
		t.Errorf("what does not apply: %v", err)
	}
}

// What is there, though empty, is a value of the user's own fields, alone or in a list, and
// inline or in a schema.
func TestEmptyIsThere(t *testing.T) {
	const page = `<input checked><p></p><script type=application/ld+json>{"o":{}}</script>`
	spec := Spec{
		Extract: []string{"c=input::attr(checked)", "d[]=input::attr(checked)", "e=p", "o=jsonpath:$.o", "no=input::attr(x)", "b=p | required", "text", "forms"},
		Schemas: []SchemaFile{{Name: "s.yaml", Text: []byte("fields: {s: 'input::attr(checked)'}")}},
	}
	got, err := compile(t, spec).Read(t.Context(), sourceOf(t, "text/html", page))
	if want := `{"c":"","d":[""],"e":"","o":{},"s":""}`; string(got.Data) != want || err == nil || err.Error() != "required field b not found" {
		t.Errorf("%s, %v, want %s", got.Data, err, want)
	}
}

func TestReadLinksApart(t *testing.T) {
	got, err := compile(t, Spec{Extract: []string{"links"}}).Read(t.Context(), sourceOf(t, "text/html", pot))
	if err != nil || !strings.HasPrefix(string(got.Links), `[{"url":"https://shop.example/x"`) || got.Data != nil {
		t.Errorf("links %s, data %s, %v", got.Links, got.Data, err)
	}
}

func TestReadMediaType(t *testing.T) {
	for _, c := range []struct{ contentType, body, want string }{
		{"image/png", "\x89PNG\r\n\x1a\n", ""},
		{"", "\x89PNG\r\n\x1a\n", "image/png"},
		{"text/plain", "\x89PNG\r\n\x1a\n", "image/png"},
		{"", "%PDF-1.7", "application/pdf"},
		{"Text/HTML; charset=utf-8", pot, ""},
		{"", "", ""},
	} {
		got, err := compile(t, Spec{Extract: []string{"text"}}).Read(t.Context(), sourceOf(t, c.contentType, c.body))
		if err != nil || got.MediaType != c.want {
			t.Errorf("%q %.8q: %q, %v; want %q", c.contentType, c.body, got.MediaType, err, c.want)
		}
	}
}

func TestReadEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := compile(t, Spec{Extract: []string{"text", "a=.a"}}).Read(ctx, sourceOf(t, "text/html", pot))
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrNoMemory) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
	if want := (Content{Page: Page{Title: "Pot & lid", Charset: "utf-8"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want what is known already: %+v", got, want)
	}
}

// A page whose time ends while others have the memory for trees says so.
func TestReadWaitsForMemory(t *testing.T) {
	hold := func(attributes int) { // much memory by estimate, and little in truth: all are one
		d := document.New(t.Context(), sourceOf(t, "text/html", "<p "+strings.Repeat("a ", attributes)+">"))
		t.Cleanup(d.Release)
		if _, err := d.Tree(); err != nil {
			t.Fatal(err)
		}
	}
	hold(1_080_000)
	hold(280_000)
	page := pot + "<p " + strings.Repeat("a ", 80_000) + ">"
	schema := SchemaFile{Name: "a", Text: []byte("fields: {a: p}")}
	for name, spec := range map[string]Spec{
		"ready-made": {Extract: []string{"headings"}},
		"inline":     {Extract: []string{"a=p"}},
		"a schema":   {Schemas: []SchemaFile{schema}},
	} {
		ctx, cancel := context.WithDeadline(t.Context(), time.Now())
		defer cancel()
		got, err := compile(t, spec).Read(ctx, sourceOf(t, "text/html", page))
		if !errors.Is(err, ErrNoMemory) || !errors.Is(err, context.DeadlineExceeded) || got.Title != "Pot & lid" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// A page is read as a whole only for what needs that.
func TestWhole(t *testing.T) {
	for _, c := range []struct {
		spec  Spec
		whole bool
	}{
		{Spec{}, false},
		{Spec{Extract: []string{"title"}}, false},
		{Spec{Extract: []string{"none"}}, false},
		{Spec{Extract: []string{"none"}, Refresh: true}, false},
		{Spec{Extract: []string{"title,lang"}}, true},
		{Spec{Extract: []string{"none"}, Schemas: []SchemaFile{{Name: "a", Text: []byte("fields: {a: b}")}}}, true},
	} {
		if p := compile(t, c.spec); p.Whole() != c.whole {
			t.Errorf("%+v: whole %v", c.spec, p.Whole())
		}
	}
}

func TestCompileMistakes(t *testing.T) {
	schema := []SchemaFile{{Name: "shop.yaml", Text: []byte("fields: {name: h1}")}}
	offers := SchemaFile{Name: "offers.yaml", Text: []byte("fields: {offers: {each: p, fields: {price: b}}}")}
	for _, c := range []struct {
		spec        Spec
		place, text string
	}{
		{Spec{Extract: []string{"titel"}}, "column 1", "there is no field titel"},
		{Spec{Extract: []string{"title, lnks"}}, "column 8", "there is no field lnks"},
		{Spec{Extract: []string{"title,"}}, "column 7", "a name is missing"},
		{Spec{Extract: []string{""}}, "column 1", "a name is missing"},
		{Spec{Extract: []string{"links", "lang,links"}}, "column 6", "field links is asked for twice"},
		{Spec{Extract: []string{"title", "title"}}, "column 1", "field title is asked for twice"},
		{Spec{Extract: []string{"markdown,markdown"}}, "column 10", "field markdown is asked for twice"},
		{Spec{Extract: []string{"lang", "lang=html"}}, "column 1", "field lang is asked for twice"},
		{Spec{Extract: []string{"none", "lang"}}, "", "none stands alone"},
		{Spec{Extract: []string{"lang,none"}}, "", "none stands alone"},
		{Spec{Extract: []string{"name=h1"}, Schemas: schema}, "", "field name is asked for by --extract, too"},
		{Spec{Extract: []string{"offers.price=h1"}, Schemas: []SchemaFile{offers}}, "", "field offers.price is asked for by --extract, too"},
		{Spec{Schemas: []SchemaFile{schema[0], {Name: "x.yaml", Text: []byte("match: https://a/*\nfields:\n  a: b\n  name: p")}}}, "4:3", "field name is asked for by shop.yaml:1:10, too"},
		{Spec{Schemas: []SchemaFile{{Name: "x.yaml", Text: []byte("match: https://a/*\nfields: {name: p}")}, schema[0]}}, "1:10", "field name is asked for by x.yaml:2:10, too"},
		{Spec{Schemas: []SchemaFile{{Name: "x.yaml", Text: []byte("match: [https://a/*, https://b/*]\nfields: {name: p}")}, {Name: "y.yaml", Text: []byte("match: HTTPS://B/*\nfields: {a: p, name: p}")}}}, "2:16", "field name is asked for by x.yaml:2:10, too"},
		{Spec{Schemas: []SchemaFile{offers, {Name: "x.yaml", Text: []byte("fields:\n  offers.price: b")}}}, "2:3", "field offers.price is asked for by offers.yaml:1:37, too"},
		{Spec{Schemas: []SchemaFile{{Name: "x.yaml", Text: []byte("fields:\n  a: b[\n")}}}, "2:", ""},
		{Spec{Extract: []string{"é=p["}}, "column ", ""},
	} {
		_, err := Compile(c.spec)
		e, ok := errors.AsType[*Error](err)
		if !ok || !strings.HasPrefix(e.Place, c.place) || c.place == "" && e.Place != "" || !strings.HasPrefix(e.Message, c.text) || e.Hint == "" {
			t.Errorf("%+v: %+v, want %q, %q and a hint", c.spec, e, c.place, c.text)
		}
	}
}

// The README has all ready-made fields.
func TestReadmeFields(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Extraction\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var got, want []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z:]+)` \\|").FindAllStringSubmatch(section, -1) {
		got = append(got, m[1])
	}
	for _, f := range readyMades {
		want = append(want, f.name)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("fields in the README:\n got %q\nwant %q", got, want)
	}
}

func TestTruncate(t *testing.T) {
	for _, c := range []struct {
		value string
		max   int
		want  string
		cut   bool
	}{
		{`"short"`, 7, `"short"`, false},
		{`"short"`, 5, `"short"`, false},
		{`"longer"`, 5, `"longe…"`, true},
		{`"aé世"`, 3, `"aé…"`, true},
		{`"aé世"`, 4, `"aé…"`, true},
		{`"\n\n\n\n"`, 8, `"\n\n\n\n"`, false},
		{`"\n\n\n\n"`, 5, `"\n\n…"`, true},
		{`"a\ud83d\ude00b"`, 12, `"a…"`, true},
		{`"a\ud83d\ude00b"`, 13, `"a\ud83d\ude00…"`, true},
		{`["ab","cd","ef"]`, 15, `["ab","cd"]`, true},
		{`["abcdefghij"]`, 8, `["abcd…"]`, true},
		{`[{"a":"bb"},{"a":"cccccc"}]`, 24, `[{"a":"bb"}]`, true},
		{`{"a":"bbbb","c":"dddd"}`, 20, `{"a":"bbbb","c":"d…"}`, true},
		{`[[[1,2],3],4]`, 6, `[[[]]]`, true},
		{`["","","",""]`, 7, `["",""]`, true},
		{`[12345,6]`, 3, `[]`, true},
		{`[null,true,null]`, 6, `[null]`, true},
		{`{"a":[]}`, 8, `{"a":[]}`, false},
		{`{"a":[]}`, 7, `{}`, true},
		{`12345`, 3, ``, true},
	} {
		got, cut := truncate([]byte(c.value), c.max)
		if string(got) != c.want || cut != c.cut {
			t.Errorf("%s at %d: %s, %v; want %s, %v", c.value, c.max, got, cut, c.want, c.cut)
		}
	}
}

// What is too deep for those who read records is null, and what stands behind it stays.
func TestTruncateDepth(t *testing.T) {
	nested := func(depth int, inside string) string {
		return strings.Repeat("[", depth) + inside + strings.Repeat("]", depth)
	}
	for _, c := range []struct {
		value, want string
		cut         bool
	}{
		{nested(maxDepth, ""), nested(maxDepth, ""), false},
		{nested(maxDepth, `"[[["`), nested(maxDepth, `"[[["`), false},
		{nested(maxDepth+1, ""), nested(maxDepth, "null"), true},
		{nested(9_999, "1"), nested(maxDepth, "null"), true},
		{nested(maxDepth, `{"a":"}\\\""},2,[]`), nested(maxDepth, "null,2,null"), true},
		{"[" + nested(500, "") + `,{"a":1}]`, "[" + nested(maxDepth-1, "null") + `,{"a":1}]`, true},
	} {
		got, cut := truncate([]byte(c.value), 1<<20)
		if string(got) != c.want || cut != c.cut {
			t.Errorf("%.20s of %d bytes: %s, %v", c.value, len(c.value), got, cut)
		}
	}
}

// What a page nests deeper is no trouble, wherever it is taken from.
func TestDeepValues(t *testing.T) {
	deep := strings.Repeat("[", 9_998) + strings.Repeat("]", 9_998)
	page := `<script type="application/ld+json">` + deep + "</script><p>x"
	for _, c := range []struct{ what, contentType, body string }{
		{"jsonld", "text/html", page},
		{"x=jsonpath:$", "text/html", page},
		{"x=jsonpath:$", "application/json", deep},
	} {
		got, err := compile(t, Spec{Extract: []string{c.what}}).Read(t.Context(), sourceOf(t, c.contentType, c.body))
		if err != nil || len(got.Truncated) != 1 || !json.Valid(got.Data) || bytes.Count(got.Data, []byte("[")) < maxDepth ||
			strings.Contains(string(got.Data), strings.Repeat("[", maxDepth+1)) {
			t.Errorf("%s of %s: %v, %q, %d bytes", c.what, c.contentType, err, got.Truncated, len(got.Data))
		}
	}
}

// Lists end where they are longer than a field may be, and are said to be cut; what
// filters make of them is right all the same.
func TestLongLists(t *testing.T) {
	spans := "<table>" + strings.Repeat("<tr><td colspan=1000 rowspan=65534>", 3000) + "</table>"
	for _, c := range []struct {
		what, body string
		cut        bool
		want       string // "": not looked at
	}{
		{"tables", spans, true, ""},
		{"x[]=re:a", strings.Repeat("a", 100_000), true, ""},
		{"x[]=re:a", strings.Repeat("a", 10), false, `{"x":["a","a","a","a","a","a","a","a","a","a"]}`},
		{"x=re:`a` | count", strings.Repeat("a", 100_000), false, `{"x":100000}`},
		{"x[]=re:`a` | count | default(1)", strings.Repeat("a", 100_000), false, `{"x":100000}`},
		{"x=re:`b` | count", strings.Repeat("a", 10), false, `{"x":0}`},
		{"x=re:`[ab]` | last", strings.Repeat("a", 100_000) + "b", false, `{"x":"b"}`},
	} {
		const most = 10_000
		s := sourceOf(t, "text/html", c.body)
		got, err := compile(t, Spec{Extract: []string{c.what}, MaxField: most}).Read(t.Context(), s)
		if err != nil || len(got.Truncated) > 0 != c.cut || len(got.Data) > most+100 || c.cut && len(got.Data) < most/2 ||
			c.want != "" && string(got.Data) != c.want {
			t.Errorf("%s: %v, %q, %d bytes: %.100s", c.what, err, got.Truncated, len(got.Data), got.Data)
		}
	}
}

// A title that was cut says so, like any other field.
func TestLongTitle(t *testing.T) {
	long := strings.Repeat("ab ", 1_000_000)
	for _, c := range []struct {
		name, body, contentType string
		max                     int64
		want                    string
	}{
		{"short", "<title>Title</title>", "text/html", 5, "Title"},
		{"longer", "<title>Titles</title>", "text/html", 5, "Title…"},
		{"between characters", "<title>Titlé</title>", "text/html; charset=utf-8", 5, "Titl…"},
		{"its own limit", "<title>" + long, "text/html", 0, strings.TrimSpace(long[:maxTitle-len(mark)]) + mark},
		{"XHTML", `<html xmlns="http://www.w3.org/1999/xhtml"><title>` + strings.Repeat("ab ", 50_000) + "</title></html>",
			"application/xhtml+xml", 0, strings.TrimSpace(long[:maxTitle-len(mark)]) + mark},
		{"none", "<p>x", "text/html", 5, ""},
	} {
		for _, names := range [][]string{nil, {"title,lang"}} {
			p := compile(t, Spec{Extract: names, MaxField: c.max})
			got, err := p.Stream(strings.NewReader(c.body), c.contentType)
			if p.Whole() {
				got, err = p.Read(t.Context(), sourceOf(t, c.contentType, c.body))
			}
			cut := strings.HasSuffix(c.want, mark)
			if err != nil || got.Title != c.want || cut != reflect.DeepEqual(got.Truncated, []string{"title"}) || len(got.Title) > maxTitle {
				t.Errorf("%s, %q: %v, %q, %d bytes: %.50s", c.name, names, err, got.Truncated, len(got.Title), got.Title)
			}
		}
	}
}

// FuzzTruncate holds that what is cut is JSON still, and no longer than it may be.
func FuzzTruncate(f *testing.F) {
	f.Add(`{"a":[1,"\ud83d\ude00",null,{"b":"é\n"}],"c":true}`, 20)
	f.Add(strings.Repeat("[", 200)+strings.Repeat("]", 200), 1000)
	f.Fuzz(func(t *testing.T, value string, max int) {
		var b bytes.Buffer
		if max < 1 || !utf8.ValidString(value) || json.Compact(&b, []byte(value)) != nil {
			return
		}
		got, cut := truncate(b.Bytes(), max)
		if len(got) > 0 && (!json.Valid(got) || tooDeep(got)) || !utf8.Valid(got) || len(got) > max+len(mark+`""`) {
			t.Fatalf("%q at %d: %q", value, max, got)
		}
		if !cut && string(got) != b.String() {
			t.Fatalf("%q at %d: %q, which is not said to be cut", value, max, got)
		}
	})
}
