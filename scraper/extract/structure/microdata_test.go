package structure_test

import (
	"testing"

	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/structure"
)

func TestMicrodata(t *testing.T) {
	for markup, want := range map[string]string{
		"<p itemprop=x>y": `null`,
		"<p itemscope>":   `[{"properties":{}}]`,
		"<div itemscope itemtype='http://schema.org/Product http://x.example/'><h1 itemprop=name> A\n b </h1>" +
			"<div itemprop='offers' itemscope itemtype=http://schema.org/Offer><meta itemprop=price content=' 1'></div></div>": `[{"type":["http://schema.org/Product","http://x.example/"],"properties":{"name":["A b"],` +
			`"offers":[{"type":["http://schema.org/Offer"],"properties":{"price":[" 1"]}}]}}]`,
		"<div itemscope itemid=../x><b itemprop=z>1</b><b itemprop='a z z'>2</b>": `[{"id":"http://www.example.com/x","properties":{"z":["1","2"],"a":["2"]}}]`,
		// values
		"<p itemscope><a itemprop=a href=b>c</a><img itemprop=b src=/i><img itemprop=c><link itemprop=d href=urn:isbn:1>" +
			"<object itemprop=e data=o></object><time itemprop=f datetime=2020-01-02>x</time><time itemprop=g>noon</time>" +
			"<data itemprop=h value=7>x</data><meter itemprop=i value=.5>x</meter><video itemprop=j src=v></video><a itemprop=k href=http://:></a>": `[{"properties":{"a":["http://www.example.com/dir/b"],"b":["http://www.example.com/i"],"c":[""],"d":["urn:isbn:1"],` +
			`"e":["http://www.example.com/dir/o"],"f":["2020-01-02"],"g":["noon"],"h":["7"],"i":[".5"],"j":["http://www.example.com/dir/v"],"k":[""]}}]`,
		// itemref
		"<b id=x itemprop=a>1</b><p itemscope itemref='x no y x'><b itemprop=b>2</b></p><div id=y><b itemprop=c>3</b></div>":            `[{"properties":{"a":["1"],"b":["2"],"c":["3"]}}]`,
		"<div itemscope itemref=x></div><div id=x itemprop=a itemscope itemref=y></div><div id=y itemprop=b itemscope itemref=x></div>": `[{"properties":{"a":[{"properties":{"b":[{"properties":{"a":["ERROR"]}}]}}]}}]`,
		"<div id=x><div itemscope itemref=x><b itemprop=a>1</b></div></div>":                                                            `[{"properties":{"a":["1"]}}]`,
		"<p itemscope itemprop=a><p itemscope><b itemprop=' '>x</b><template><b itemprop=y>z</b></template>":                            `[{"properties":{}}]`,
		"<p itemscope><b itemprop='q\"&lt;'>&lt;i></b>":                                                                                 `[{"properties":{"q\"<":["<i>"]}}]`,
	} {
		documenttest.Check(t, structure.Microdata, markup, want)
	}
}

func TestProperties(t *testing.T) {
	items, err := structure.Microdata(documenttest.Page(t, "<p itemscope><b itemprop=a>1</b><b itemprop=a>2</b>"))
	if err != nil || len(items) != 1 {
		t.Fatal(items, err)
	}
	if p := items[0].Properties; len(p) != 1 || p[0].Name != "a" || len(p[0].Values) != 2 {
		t.Errorf("%v", p)
	}
}
