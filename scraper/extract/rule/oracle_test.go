package rule_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/rule"
)

// randomCompound writes the conditions on one element, as cascadia understands them too.
func randomCompound(r *rand.Rand, depth int) string {
	parts := []string{
		"*", "p", "b", "i", "div", ".x", ".y", ".z", "#n1", "#n2", "b.x", "div.y.x", "[k]", "[k=v]", "[class~=x]", ":first-child", ":last-child",
		":nth-child(2n+1)", ":nth-last-child(2)", "b:nth-of-type(2)", ":last-of-type", ":only-child", ":only-of-type", ":empty", ":nth-child(-n+2)",
		"b:contains(a)", ":root", ":nth-last-of-type(odd)", `.\x`,
	}
	if depth > 0 {
		inner := randomSelector(r, depth-1)
		parts = append(parts, ":not("+inner+")", ":not("+inner+")", ":has("+inner+")", ":haschild("+inner+")", "p:not("+inner+", b)")
	}
	return parts[r.IntN(len(parts))]
}

func randomSelector(r *rand.Rand, depth int) string {
	s := randomCompound(r, depth)
	for range r.IntN(4) {
		s += []string{" ", ">", " + ", "~"}[r.IntN(4)] + randomCompound(r, depth)
	}
	if r.IntN(5) == 0 {
		s += ", " + randomCompound(r, depth)
	}
	return s
}

// randomPage writes elements, nested as they may be.
func randomPage(r *rand.Rand) string {
	var b strings.Builder
	var write func(depth int)
	write = func(depth int) {
		for range r.IntN(5) {
			tag := []string{"div", "b", "i", "span"}[r.IntN(4)]
			fmt.Fprintf(&b, "<%s class='%s' %s %s>", tag, []string{"", "x", "x y", " z\n x", "yx"}[r.IntN(5)],
				[]string{"", "id=n1", "id=n2"}[r.IntN(3)], []string{"", "k", "k=v"}[r.IntN(3)])
			b.WriteString([]string{"", "a", " ", "<!-- -->"}[r.IntN(4)])
			if depth > 0 {
				write(depth - 1)
			}
			b.WriteString("</" + tag + ">")
		}
	}
	write(5)
	return b.String()
}

func TestAgreesWithCascadia(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var fields []rule.Field
	var wanted [][]*html.Node
	var d *document.Document
	for range 300 {
		if d != nil {
			d.Release() // the memory for trees is not for all of them
		}
		d = page(randomPage(r), "text/html")
		tree, err := d.Tree()
		if err != nil {
			t.Fatal(err)
		}
		fields, wanted = fields[:0], wanted[:0]
		for range 20 {
			text := randomSelector(r, 2)
			group, err := cascadia.ParseGroup(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			want := cascadia.QueryAll(tree, group)
			compiled := mustParse(t, text)
			got, err := compiled.Elements(rule.Scope{Doc: d})
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("%s: got %d elements, %v, want %d of\n%s", text, len(got), err, len(want), d.Text())
			}
			fields = append(fields, rule.Field{Many: true, Rule: compiled}, rule.Field{Rule: compiled})
			wanted = append(wanted, want)
		}
		checkSet(t, rule.Scope{Doc: d}, fields, wanted)
		d.Release()
	}
}

// checkSet checks that a set finds what its rules do.
func checkSet(t *testing.T, s rule.Scope, fields []rule.Field, wanted [][]*html.Node) {
	t.Helper()
	values, err := rule.NewSet(fields).Values(s)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range wanted {
		list, _ := values[2*i].([]any)
		if len(list) != len(want) || (values[2*i+1] != nil) != (len(want) > 0) {
			t.Fatalf("set: got %d values and %v, want %d", len(list), values[2*i+1], len(want))
		}
	}
}
