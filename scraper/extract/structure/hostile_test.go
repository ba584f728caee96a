//go:build !race

package structure_test

import (
	"errors"
	"strings"
	"testing"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/document/documenttest"
)

// hostile pages take time and room in proportion to their size.
func TestHostile(t *testing.T) {
	for name, markup := range map[string]string{
		"span bomb":          "<table>" + strings.Repeat("<tr>"+strings.Repeat("<td colspan=1000 rowspan=65534>", 50), 200),
		"text times span":    "<table><tr><td colspan=1000>" + strings.Repeat("x", 1<<20),
		"rows below a span":  "<table><tr>" + strings.Repeat("<td rowspan=0>", 1000) + strings.Repeat("<tr>", 100_000),
		"rows to be filled":  "<table><tr>" + strings.Repeat("<td>", 1000) + strings.Repeat("<tr><td>", 50_000),
		"gap before a span":  "<table><tr><td colspan=1000><td rowspan=0>" + strings.Repeat("<tr>", 100_000),
		"overlapping":        "<table>" + strings.Repeat("<tr><td rowspan=9>a<td colspan=999>b<td rowspan=0>c", 10_000),
		"nested headings":    strings.Repeat("<h1><div>", 250) + strings.Repeat("x", 1<<20),
		"nested properties":  strings.Repeat("<p1 itemprop=x itemscope>", 500) + strings.Repeat("x", 1<<20),
		"nested values":      "<div itemscope>" + strings.Repeat("<b1 itemprop=x>", 400) + strings.Repeat("x", 1<<20),
		"names":              "<div itemscope><p itemprop='" + strings.Repeat("a b c d e f ", 50_000) + "'>" + strings.Repeat("x", 1<<16),
		"distinct names":     "<div itemscope><p itemprop='" + distinct(50_000) + "'>" + strings.Repeat("x", 1<<16),
		"itemref doubling":   doubling(60),
		"itemref of all":     strings.Repeat("<div itemscope itemref=all>", 200) + "<div id=all>" + strings.Repeat("<b itemprop=x>y</b>", 10_000),
		"million fields":     "<form>" + strings.Repeat("<input>", 100_000),
		"forms":              strings.Repeat("<form></form>", 50_000),
		"owners":             "<form id=f></form>" + strings.Repeat("<input form=f>", 50_000),
		"tables in tables":   strings.Repeat("<table><tr><td>", 120) + strings.Repeat("x", 1<<20),
		"one long attribute": "<form action='" + strings.Repeat("x", 10<<20) + "'><p itemscope itemid='" + strings.Repeat(":", 10<<20) + "'>",
		"options":            "<form><select>" + strings.Repeat("<option selected>", 50_000),
	} {
		d := documenttest.Page(t, markup)
		for field, find := range all {
			b, err := find(d)
			if err != nil && !errors.Is(err, document.ErrNoTree) {
				t.Errorf("%s of %s: %v", field, name, err)
			}
			if len(b) > 80<<20 {
				t.Errorf("%s of %s: %d bytes of JSON from %d", field, name, len(b), len(markup))
			}
		}
	}
}
