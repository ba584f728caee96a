//go:build !race

package rule_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/rule"
)

// wide and deep are pages that make careless selectors slow.
var (
	wide = "<body>" + strings.Repeat("<p class=x>a</p>", 30_000)
	deep = "<body>" + strings.Repeat(strings.Repeat("<div><b>", 240)+strings.Repeat("</b></div>", 240), 30)
)

// TestHostileSelectors runs selectors that take for ever where time grows with a power
// of their length, or of the number of siblings.
func TestHostileSelectors(t *testing.T) {
	pages := []*document.Document{page(wide, "text/html"), page(deep, "text/html")}
	for _, p := range pages {
		t.Cleanup(p.Release)
	}
	for text, want := range map[string][2]int{
		"* * * * * *":              {0, 14_310},
		"x * * * * * * *":          {0, 0},
		"none div div div div":     {0, 0},
		"p ~ p ~ p ~ p":            {29_997, 0},
		"x ~ * ~ * ~ * ~ * ~ *":    {0, 0},
		":has(:has(:has(x)))":      {0, 0},
		":has(* * * x)":            {0, 0},
		":has(~ p):has(+ p)":       {29_999, 0},
		":not(:not(:not(x)))":      {30_003, 14_403},
		"p:nth-last-child(2n+1)":   {15_000, 0},
		"p:nth-of-type(3n)":        {10_000, 0},
		"p:last-of-type":           {1, 0},
		"p:only-of-type":           {0, 0},
		":not(:nth-last-child(7))": {30_002, 14_402},
		strings.Repeat(":not(", 100) + "p" + strings.Repeat(")", 100): {30_000, 0},
		strings.Repeat(":has(", 20) + "p" + strings.Repeat(")", 20):   {0, 0},
		strings.Repeat("*,", 100) + "p":                               {30_003, 14_403},
	} {
		r := mustParse(t, text)
		for i, d := range pages {
			nodes, err := r.Elements(rule.Scope{Doc: d})
			if err != nil || len(nodes) != want[i] {
				t.Errorf("%.30s: got %d elements, %v, want %d", text, len(nodes), err, want[i])
			}
		}
	}
}

func TestEndsWithItsContext(t *testing.T) {
	array := strings.Repeat(`{"a":[`, 1000) + "1" + strings.Repeat("]}", 1000)
	for _, c := range []struct{ kind, body, text string }{
		{"text/html", wide, "p"},
		{"text/html", wide, "p:has(b)"},
		{"text/html", deep, ":contains(y)"},
		{"text/html", wide, "xpath://p/following::*/preceding::*"},
		{"text/html", wide, "xpath://p[last()]"},
		{"text/html", wide, "xpath:count(//p[. = //p])"},
		{"text/html", deep, "xpath://*//*//*[contains(., 'y')]"},
		{"text/html", wide, "xpath://*|//p"},
		{"application/xml", "<a>" + strings.Repeat("<b/>", 50_000), "xpath://b"},
		{"application/json", array, "jsonpath:$..*..*..*..*"},
		{"text/html", `<script type="application/ld+json">1</script>` + wide, "jsonpath:$"},
		{"text/plain", wide, "re:(?:(?:x|p|x>){90}y|.{990}z|[^z]{900})(.{900}q)+"},
		{"text/plain", wide, "re:(?s:.*q|.)"},
		{"text/plain", wide, `re:\b(?s:.*q|.)`},
	} {
		ctx := &countdown{Context: context.Background(), left: 1 << 30}
		d := document.New(ctx, document.Source{ContentType: c.kind, Body: []byte(c.body)})
		if c.kind == "text/html" {
			if _, err := d.Tree(); err != nil {
				t.Fatal(err)
			}
		}
		ctx.left = 10
		_, err := mustParse(t, c.text).Value(rule.Scope{Doc: d}, true)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: got %v, want the context's error", c.text, err)
		}
		set := rule.NewSet([]rule.Field{{Many: true, Rule: mustParse(t, c.text)}})
		if _, err := set.Values(rule.Scope{Doc: d}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("set of %s: got %v, want the context's error", c.text, err)
		}
	}
}

// TestNested has values inside of values, each of which comes with all that is in it.
func TestNested(t *testing.T) {
	html := page(strings.Repeat("<div>", 400)+strings.Repeat("x", 1<<20), "text/html")
	data := page(strings.Repeat("[", 1000)+`"`+strings.Repeat("x", 1<<20)+`"`+strings.Repeat("]", 1000), "application/json")
	t.Cleanup(html.Release)
	t.Cleanup(data.Release)
	for text, d := range map[string]*document.Document{"div": html, "xpath://div": html, "jsonpath:$..*": data} {
		v, err := mustParse(t, text).Value(rule.Scope{Doc: d}, true)
		if list, _ := v.([]any); err != nil || len(list) < 60 || len(list) > 66 {
			t.Errorf("%s: got %d values, %v", text, len(list), err)
		}
	}
}

// TestNestedElements has a tree in every element of which most of it lies. Who asks for the
// elements alone pays for none of that, and who asks for values can be stopped in each.
func TestNestedElements(t *testing.T) {
	body := strings.Repeat("<div>", 500) + strings.Repeat("<br>", 5000)
	ctx := &countdown{Context: context.Background()}
	d := document.New(ctx, document.Source{ContentType: "text/html", Body: []byte(body)})
	t.Cleanup(d.Release)
	ctx.left = 1 << 30
	if _, err := d.Tree(); err != nil {
		t.Fatal(err)
	}
	const before = 1 << 20
	for _, text := range []string{"div", "xpath://div"} {
		r := mustParse(t, text)
		ctx.left = before
		nodes, err := r.Elements(rule.Scope{Doc: d})
		if asked := before - ctx.left; err != nil || len(nodes) != 500 || asked > 100 {
			t.Errorf("%s: %d elements, %v, and the context was asked %d times", text, len(nodes), err, asked)
		}
		ctx.left = before
		_, err = r.Value(rule.Scope{Doc: d}, true)
		if asked := before - ctx.left; err != nil || asked < 1000 {
			t.Errorf("%s: %v, and the context was asked %d times", text, err, asked)
		}
	}
}

// What count is given first is counted, all of it, whatever size it has.
func TestCountsNested(t *testing.T) {
	html := page(strings.Repeat("<div a='"+strings.Repeat("x", 1000)+"'>", 400)+strings.Repeat("x", 1<<20), "text/html")
	data := page(strings.Repeat("[", 1000)+`"`+strings.Repeat("x", 1<<20)+`",null`+strings.Repeat("]", 1000), "application/json")
	many := page(strings.Repeat("[", 1500)+"1"+strings.Repeat("]", 1500), "application/json")
	for _, d := range []*document.Document{html, data, many} {
		t.Cleanup(d.Release)
	}
	for _, c := range []struct {
		d          *document.Document
		text, want string
	}{
		{html, "div | count", "400"},
		{html, "xpath://div | count", "400"},
		{html, "div::attr(a) | count", "400"},
		{html, "xpath:count(//b) | count", "1"},
		{html, "xpath://none | count", "0"},
		{data, "jsonpath:$..* | count", "1000"},
		{data, "jsonpath:$ | count", "1"},
		{many, "jsonpath:$..*..* | count", "1048576"},
	} {
		v, err := mustParse(t, c.text).Value(rule.Scope{Doc: c.d}, false)
		if n, _ := v.(json.Number); err != nil || n.String() != c.want {
			t.Errorf("%s: got %v, %v, want %s", c.text, v, err, c.want)
		}
	}
}

func TestNoTree(t *testing.T) {
	d := page(strings.Repeat("<div>", 1000)+`<script type="application/ld+json">{"a":1}</script>`, "text/html")
	set := rule.NewSet([]rule.Field{{Rule: mustParse(t, "p")}, {Rule: mustParse(t, "jsonpath:$.a")}, {Rule: mustParse(t, "xpath://p")}, {Rule: mustParse(t, "re:ld.json")}})
	v, err := set.Values(rule.Scope{Doc: d})
	if !errors.Is(err, document.ErrNoTree) || len(v) != 4 || v[0] != nil || v[1] == nil || v[2] != nil || v[3] != "ld+json" {
		t.Errorf("got %v, %v", v, err)
	}
	xml := page(strings.Repeat("<a>", 1_000_000), "text/xml")
	if _, err := mustParse(t, "xpath://a").Value(rule.Scope{Doc: xml}, true); !errors.Is(err, document.ErrNoTree) {
		t.Errorf("XML: got %v", err)
	}
}

// What an expression cannot do on a page is its field's error, and no other's.
func TestXPathThatFails(t *testing.T) {
	d := page("<p re='('>a</p><h1>T</h1>", "text/html")
	t.Cleanup(d.Release)
	for text, want := range map[string]string{
		"xpath:replace(//p, string(//p/@re), '')":         "xpath: replace() function second argument is not a valid regexp pattern",
		"xpath://p[position()>0][replace(., @re, '')]":    "xpath: replace() function second argument is not a valid regexp pattern",
		"xpath:substring(//p, number(//h2)) | default(x)": "xpath: a function cannot work with what it is given",
	} {
		set := rule.NewSet([]rule.Field{{Rule: mustParse(t, "h1")}, {Rule: mustParse(t, text)}, {Rule: mustParse(t, "xpath://h1")}})
		v, err := set.Values(rule.Scope{Doc: d})
		if !rule.OfField(err) || errors.Is(err, document.ErrNoTree) || !strings.HasPrefix(err.Error(), want) || len(v) != 3 || v[0] != "T" || v[1] != nil || v[2] != "T" {
			t.Errorf("%s: got %v, %v, want the error %s", text, v, err, want)
		}
	}
}

// A long base URL is in every URL that is resolved against it.
func TestLongBase(t *testing.T) {
	d := page("<base href='https://a.example/"+strings.Repeat("b", 8000)+"/'>"+strings.Repeat("<a href=x>y</a>", 20_000), "text/html")
	defer d.Release()
	v, err := mustParse(t, "a::attr(href) | url").Value(rule.Scope{Doc: d}, true)
	if list, _ := v.([]any); err != nil || len(list) == 0 || len(list) > 5_000 {
		t.Errorf("%d URLs, %v", len(list), err)
	}
}
