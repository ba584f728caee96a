//go:build !race

package links_test

import (
	"strings"
	"testing"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/links"
)

// all are the functions, with how many they find.
var all = map[string]func(*document.Document) (int, error){
	"Links":  counted(links.Links),
	"Images": counted(links.Images),
	"Emails": counted(links.Emails),
}

func counted[T any](find func(*document.Document) ([]T, error)) func(*document.Document) (int, error) {
	return func(d *document.Document) (int, error) {
		found, err := find(d)
		return len(found), err
	}
}

// Hostile pages take time and room in proportion to their size: all of these are
// read in a second or so.
func TestHostile(t *testing.T) {
	const n = 50_000
	for name, markup := range map[string]string{
		"a million links":    strings.Repeat("<a href=x>y</a>", 1_000_000),
		"links never closed": strings.Repeat("<a href=x>y", n),
		"nested elements":    strings.Repeat("<div>", n) + strings.Repeat("<a href=x>y</a>", n),
		"nested in a link":   "<a href=x>" + strings.Repeat("<b>", n) + strings.Repeat("</i>", n),
		"nested tables":      strings.Repeat("<table><td>", n) + strings.Repeat("<td><a href=x></a>", n),
		"nested objects":     "<table><td>" + strings.Repeat("<object>", n) + strings.Repeat("<a href=x></a></button>", n),
		"nested drawings":    strings.Repeat("<svg>", n) + strings.Repeat("</g>", n),
		"links in objects":   strings.Repeat("<object><a href=x>", 200) + strings.Repeat("x", 1<<18),
		"a long attribute":   "<a href='" + strings.Repeat("x", 10<<20) + "' rel='" + strings.Repeat(" x", 5<<20) + "'>x</a>",
		"a long reference":   "<a href='" + strings.Repeat("../", 1<<19) + "'>x</a><img srcset='" + strings.Repeat("a 1x,", 1<<18) + "'>",
		"many attributes":    "<a " + strings.Repeat("href=x rel=y ", 1<<18) + "><img " + strings.Repeat("src=x srcset=y ", 1<<18) + ">",
		"ats":                strings.Repeat("@", 1<<18),
		"almost addresses":   strings.Repeat("a", 1<<18) + "@" + strings.Repeat("a.", 1<<18),
		"dotted":             strings.Repeat("a.b@c.", 1<<18),
		"encoded":            "<b data-cfemail=" + strings.Repeat("ab", 1<<18) + ">",
		"parentheses":        "<img srcset='" + strings.Repeat("a (", 1<<18) + "'>",
		"commas":             "<img srcset='" + strings.Repeat(",", 1<<18) + "a'>",
		"other schemes":      strings.Repeat("<a href=x:y>z</a>", n) + "<a href='" + strings.Repeat("x", 1<<18) + ":'>",
		"sources":            "<picture>" + strings.Repeat("<source srcset='a,b c,d'>", n),
	} {
		for what, find := range all {
			found, err := find(documenttest.Page(t, markup))
			if err != nil {
				t.Errorf("%s of %s: %v", what, name, err)
			}
			if name == "a million links" && what == "Links" && found != 1_000_000 {
				t.Errorf("%d links", found)
			}
		}
	}
}

// A long base URL is in every URL that is resolved against it.
func TestLongBase(t *testing.T) {
	base := "<base href='http://www.example.com/" + strings.Repeat("b", 8000) + "/'>"
	for what, markup := range map[string]string{
		"Links":  strings.Repeat("<a href=x>y</a>", 20_000),
		"Images": "<img src=x srcset='" + strings.Repeat("a 1x, ", 20_000) + "'>" + strings.Repeat("<img src=x>", 20_000),
	} {
		if found, err := all[what](documenttest.Page(t, base+markup)); err != nil || found == 0 || found > 5_000 {
			t.Errorf("%s: %d, %v", what, found, err)
		}
	}
	images, err := links.Images(documenttest.Page(t, base+"<img src=x srcset='"+strings.Repeat("a 1x, ", 20_000)+"'>"))
	if err != nil || len(images) != 1 || len(images[0].Sources) > 5_000 {
		t.Errorf("%d images, %v", len(images), err)
	}
}

func FuzzImagesAndEmails(f *testing.F) {
	f.Add("<picture><source srcset='a 1x, b 2w'><img src=c data-src=d></picture> a@b.example <i data-cfemail=4203>")
	f.Add("<img srcset=',a (,) 1x,,b'> x@y.example@z..")
	f.Fuzz(func(t *testing.T, markup string) {
		for what, find := range all {
			if _, err := find(documenttest.Page(t, strings.ToValidUTF8(markup, "\uFFFD"))); err != nil {
				t.Error(what, err)
			}
		}
	})
}
