package structure_test

import (
	"context"
	"reflect"
	"testing"

	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/structure"
)

func TestTables(t *testing.T) {
	for markup, want := range map[string]string{
		"<table></table><table><tr></table>":  `null`,
		"<table><tr><td>a<td>b<tr><td>c<td>d": `[{"rows":[["a","b"],["c","d"]]}]`,
		"<table><tr><th>A<th>B<tr><td>c<td>d": `[{"columns":["A","B"],"rows":[["c","d"]]}]`,
		"<table><tr><th>A<th>B":               `[{"columns":["A","B"],"rows":[]}]`,
		"<table><tr><th>A<td>b<tr><th>C<td>d": `[{"rows":[["A","b"],["C","d"]]}]`,
		"<table><caption> Of\n <b>x</b></caption><caption>no</caption><thead><tr><td>A<tbody><tr><td>b": `[{"caption":"Of x","columns":["A"],"rows":[["b"]]}]`,
		"<table><tfoot><tr><td>sum<tbody><tr><td>1<tbody><tr><td>2<thead><tr><th>H":                     `[{"columns":["H"],"rows":[["1"],["2"],["sum"]]}]`,
		// spans
		"<table><tr><td colspan=2>a<td>b<tr><td>c<td>d<td>e":                                               `[{"rows":[["a","a","b"],["c","d","e"]]}]`,
		"<table><tr><td rowspan=2>a<td>b<tr><td>c<tr><td>d<td>e":                                           `[{"rows":[["a","b"],["a","c"],["d","e"]]}]`,
		"<table><tr><td>a<td rowspan=0>b<tr><td>c<tr><td>d<tbody><tr><td>e":                                `[{"rows":[["a","b"],["c","b"],["d","b"],["e",""]]}]`,
		"<table><tr><td>a<td rowspan=9>b<tr><td>c":                                                         `[{"rows":[["a","b"],["c","b"]]}]`,
		"<table><tr><td rowspan=2 colspan=2>a<td>b<tr><td>c":                                               `[{"rows":[["a","a","b"],["a","a","c"]]}]`,
		"<table><tr><td>a<td>b<td rowspan=2>c<tr><td>d":                                                    `[{"rows":[["a","b","c"],["d","","c"]]}]`,
		"<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c<tr><td>d<td>e":                                 `[{"rows":[["a","b"],["c","c"],["d","e"]]}]`,
		"<table><tr><td colspan=0>a<td colspan=-1>b<td colspan=' 2x'>c<td rowspan=x>d<tr><td colspan=+2>e": `[{"rows":[["a","b","c","c","d"],["e","e","","",""]]}]`,
		"<table><tr><td rowspan=2>a<tr><tr><td>b":                                                          `[{"rows":[["a"],["a"],["b"]]}]`,
		// headers of several rows
		"<table><tr><th rowspan=2>A<th colspan=2>B<tr><th>C<th>D<tr><td>1<td>2<td>3":                `[{"columns":["A","B / C","B / D"],"rows":[["1","2","3"]]}]`,
		"<table><thead><tr><th colspan=2>X<tr><td>Y</thead><tr><td>1<td>2<td>3":                     `[{"columns":["X / Y","X",""],"rows":[["1","2","3"]]}]`,
		"<table><thead></thead><tr><th>A<tr><td>1":                                                  `[{"columns":["A"],"rows":[["1"]]}]`,
		"<table><tr><th>A<tr><th>B<tr><th>C":                                                        `[{"columns":["A"],"rows":[["B"],["C"]]}]`,
		"<table><tr><td>out<table><tr><td>in</table>side<tr><td><p>a<p>b<ul><li>c<li>d</ul>e<sup>2": `[{"rows":[["out side"],["a b c d e2"]]},{"rows":[["in"]]}]`,
		"<template><table><tr><td>x</table></template><svg><table><tr><td>y":                        `[{"rows":[["y"]]}]`,
		"<table>stray<tr>text<td>a</table>":                                                         `[{"rows":[["a"]]}]`,
	} {
		documenttest.Check(t, structure.Tables, markup, want)
	}
}

// What is in a cell of CSV is data, not text that a page lays out.
func TestTableOfRecords(t *testing.T) {
	for _, c := range []struct {
		contentType, body string
		want              structure.Table
	}{
		{"text/csv", "a,b c\r\n\"two\r\nlines\",\" x  \ty\n\n\"\r\nz\r\n",
			structure.Table{Columns: []string{"a", "b c"}, Rows: [][]string{{"two\nlines", "x  \ty"}, {"z", ""}}}},
		{"text/csv", "\"a\nb\";c\n\xe9  \xe9; 1\n",
			structure.Table{Columns: []string{"a\nb", "c"}, Rows: [][]string{{"é  é", "1"}}}},
		{"text/tab-separated-values", "a  a\tb\n",
			structure.Table{Columns: []string{"a  a", "b"}, Rows: [][]string{}}},
	} {
		got, err := structure.Tables(documenttest.New(t, context.Background(), c.contentType, c.body))
		if err != nil || !reflect.DeepEqual(got, []structure.Table{c.want}) {
			t.Errorf("%q: %q, %v; want %q", c.body, got, err, c.want)
		}
	}
}
