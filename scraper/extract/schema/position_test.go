package schema

import (
	"fmt"
	"strings"
	"testing"

	"scrape/scraper/weburl"
)

// An element that a miss names has its place, where the text has as many of it as the
// tree.
func TestPositions(t *testing.T) {
	text := "<!DOCTYPE html>\n<title>é</title>\n<p>ü <b class=x>one</b> <b class=x>two</b></p>\n<!-- <b class=y> -->\n" +
		"<table><tr><td class=n>sold out</table><b class=y>a</b><script>'<i class=z>'</script>\n  <I CLASS=z>\n<p><u>u<p>v"
	for rule, want := range map[string]string{
		"b + b.x > i":                  "3:25",
		"td.n | number":                "5:12",
		"td.n::text | number":          "5:12",
		"xpath://td/text() | number":   "5:12",
		"xpath://td/@class | number":   "5:12",
		"b.y > i":                      "5:40",
		"i.z b":                        "6:3",
		"b.x | date":                   "3:6",
		"u > s":                        "0:0", // the parser makes a second one
		"tbody > p":                    "0:0", // nobody has written it
		"re:`(sold)` | number":         "0:0",
		"jsonpath:$.a":                 "0:0",
		"h1, td.n > p":                 "5:12",
		"td.n::attr(class) | number":   "5:12",
		"xpath://b[2] | number | trim": "3:25",
	} {
		all, _, err := parse(t, "fields:\n  a: \""+rule+"\"\n").For(weburl.URL{}).Find(page(t, text))
		if err != nil {
			t.Fatal(err)
		}
		f := all[0]
		if got := fmt.Sprintf("%d:%d", f.Line, f.Column); f.Stop == "" || got != want {
			t.Errorf("%s: %s (%s; %s); want %s", rule, got, f.Stop, f.Element, want)
		}
	}
	mac := strings.ReplaceAll(text, "\n", "\r")
	all, _, err := parse(t, "fields: {a: p > i}").For(weburl.URL{}).Find(page(t, mac))
	if err != nil || all[0].Line != 3 || all[0].Column != 1 {
		t.Errorf("of lines that end with CR: %+v, %v", all[0], err)
	}
	long := "<p>" + strings.Repeat("x", maxPlaced)
	all, _, err = parse(t, "fields: {a: p > b}").For(weburl.URL{}).Find(page(t, long))
	if err != nil || all[0].Element == "" || all[0].Line != 0 {
		t.Errorf("of a page that is too long: %+v, %v", all[0], err)
	}
}
