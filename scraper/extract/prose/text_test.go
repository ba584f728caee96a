package prose

import (
	"testing"
)

func TestText(t *testing.T) {
	for name, c := range map[string]struct{ page, want string }{
		"nothing":                       {"", ""},
		"tags only":                     {"<div><p><b></b></p></div>", ""},
		"white space":                   {" a \n\t b  ", "a b"},
		"inline":                        {"a<b>b</b> <i> c</i>", "ab c"},
		"blocks":                        {"a<div>b</div>c", "a\nb\nc"},
		"nested blocks":                 {"<div><div>a</div></div><div><section>b</section></div>", "a\nb"},
		"paragraphs":                    {"<p>a<p>b", "a\n\nb"},
		"heading":                       {"<h1>a</h1><p>b</p>c", "a\n\nb\n\nc"},
		"br":                            {"a<br>b<br><br>c", "a\nb\n\nc"},
		"br drops spaces":               {"a <br> b", "a\nb"},
		"br at the end of a block":      {"<div>a<br></div>b", "a\nb"},
		"br at the ends of the page":    {"<br>a<br>", "a"},
		"empty line by br":              {"<div>a</div><br><div>b</div>", "a\n\nb"},
		"pre":                           {"a<pre>\n  b\n\tc\n</pre>d", "a\n  b\n\tc\nd"},
		"pre keeps empty lines":         {"<pre>a\n\n\nb</pre>", "a\n\n\nb"},
		"code in pre":                   {"<pre><code>a  <b>b</b>\n  c</code></pre>", "a  b\n  c"},
		"white-space style":             {"<span style='white-space:pre-wrap'>a  b</span>  c", "a  b c"},
		"list":                          {"<ul><li>a<ul><li>b</ul><li>c</ul>d", "a\nb\nc\nd"},
		"definitions":                   {"<dl><dt>a<dd>b</dl>", "a\nb"},
		"table":                         {"<table><tr><th>a<th>b<tr><td>1<td>2</table>c", "a\tb\n1\t2\nc"},
		"caption":                       {"<table><caption>a</caption><tr><td>b</table>", "a\nb"},
		"cells hold blocks":             {"<table><tr><td><p>a</p></td><td><div>b</div></td></tr><tr><td><p>c<p>d</table>", "a\tb\nc\n\nd"},
		"empty cells":                   {"x<table><tr><td></td><td>a</td><td></td></tr><tr><td></td></tr><tr><td>b</table>", "x\n\ta\nb"},
		"table in a cell":               {"<table><tr><td>a<td><table><tr><td>b<td>c<tr><td>d<td>e</table><td>f</table>g", "a\tb\tc\nd\te\tf\ng"},
		"script, style, template":       {"a<script>b</script><style>c</style><template>d</template>e", "ae"},
		"noscript":                      {"a<noscript><p>b</p></noscript>c", "ac"},
		"title in the body":             {"a<title>b</title>c", "ac"},
		"head":                          {"<title>a</title><p>b", "b"},
		"comment":                       {"a<!-- b -->c", "ac"},
		"hidden":                        {"a<p hidden>b</p><p hidden=until-found>c</p>d", "ad"},
		"display none":                  {"a<span style='color:red; DISPLAY : none !important'>b</span>c", "ac"},
		"display block":                 {"a<span style='display:block'>b</span>c", "a\nb\nc"},
		"display inline":                {"a<div style='display:inline'>b</div>c", "abc"},
		"display shows what is hidden":  {"a<div hidden style='display:block'>b</div>", "a\nb"},
		"visibility":                    {"a<b style='visibility:hidden'>b<i style='visibility:visible'>c</i></b>d", "acd"},
		"aria-hidden is seen":           {"a<b aria-hidden=true>b</b>", "ab"},
		"details":                       {"a<details><summary>b</summary>c</details><details open><summary>d</summary>e</details>", "a\nb\nd\ne"},
		"dialog":                        {"a<dialog>b</dialog><dialog open>c</dialog>", "a\nc"},
		"form":                          {"a<input value=b><textarea>c</textarea><button>d</button><select><option>e<option>f</select>", "ad\ne\nf"},
		"images":                        {"a <img alt=b> c", "a c"},
		"replaced elements":             {"a<iframe>b</iframe><video>c</video><canvas>d</canvas><object>e</object>", "ae"},
		"ruby":                          {"<ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby>", "ab"},
		"svg":                           {"a<svg><title>b</title><desc>c</desc><text>d</text></svg>", "a\nd"},
		"math":                          {"<math><semantics><mi>x</mi><annotation>y</annotation></semantics></math>", "x"},
		"entities":                      {"&lt;a&gt; &amp;amp; &eacute;&#x20ac;", "<a> &amp; é€"},
		"no-break space":                {"a&nbsp;&nbsp;b &nbsp; c", "a\u00a0\u00a0b \u00a0 c"},
		"zero width":                    {"a&#8203;b&#xFEFF;c&shy;d", "a\u200bb\ufeffc\u00add"},
		"misnested":                     {"<b>a<p>b</b>c</p>d", "a\n\nbc\n\nd"},
		"no end tags":                   {"<div>a<div>b<span>c", "a\nbc"},
		"a row without a table by text": {"<div style='display:table-row'><i style='display:table-cell'>a</i><i style='display:table-cell'>b</i></div>", "a\tb"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Text(newDocument(t, "text/html", "<!DOCTYPE html>"+c.page))
			if err != nil || got != c.want {
				t.Errorf("%s\n got %q, %v\nwant %q", c.page, got, err, c.want)
			}
		})
	}
}

// Where there is no tree, tags are read instead.
func TestTagText(t *testing.T) {
	for page, want := range map[string]string{
		"<title>x</title><p>a<p>b<br>c":                                           "a\n\nb\nc",
		"a<div>b</div><span> c</span>":                                            "a\nb\nc",
		"<table><tr><td>a<td>b<tr><td>c</table>d":                                 "a\tb\nc\nd",
		"a<script><p>b</script><style>c</style>d":                                 "ad",
		"a<template>b<template>c</template>d</template>e":                         "ae",
		"a<noscript>b</noscript><select><option>c</select>":                       "a\nc",
		"<pre>a  b\n c</pre>  d":                                                  "a  b\n c\nd",
		"a<div hidden>b<div>c</div>d</div>e":                                      "ae",
		"a<span style=display:none>b</span><p hidden>c":                           "a\n\nc",
		"a<img>b<input type=hidden value=x>c<hr>d&amp;&nbsp;":                     "abc\nd&\u00a0",
		"a<dialog>b</dialog>c<dialog open>d</dialog>":                             "ac\nd",
		"a<div popover>b</div>c<i STYLE='display:none' style=x>d</i><hr hidden>e": "ac\ne",
		"</div></pre></p>a</template>b":                                           "ab",
	} {
		if got, err := tagText(t.Context(), page); err != nil || got != want {
			t.Errorf("%s\n got %q, %v\nwant %q", page, got, err, want)
		}
	}
}

func TestTextOfOthers(t *testing.T) {
	for _, c := range []struct{ contentType, body, want string }{
		{"text/plain", "a\n  b\n", "a\n  b\n"},
		{"text/markdown", "# a\n", "# a\n"},
		{"application/json", `{"a":"b"}`, ""},
		{"application/xml", `<?xml version="1.0" encoding="latin1"?><r><a>b &amp; <![CDATA[<c>]]></a><d>e</d></r>`, "b & <c>\ne"},
		{"application/xml", `<r><p>a <em>b</em> c</p><p>d</p></r>`, "a b c\nd"},
		{"application/xml", `<r>a<b>c</r>d</x></y>`, "acd"},
		{"application/xml", `<r>a<`, "a"},
		{"application/xml", `<?xml version="1.1"?><r><b>a</b></r>`, "a"},
		{"application/xml", "<r><b>a\x01b</b>\x0b<c>d</c></r>", "ab\nd"},
		{"application/xml", `<!-- --><?xml version="1.0" encoding="latin1"?><r>a</r>`, "a"},
	} {
		if got, err := Text(newDocument(t, c.contentType, c.body)); err != nil || got != c.want {
			t.Errorf("%s %s\n got %q, %v\nwant %q", c.contentType, c.body, got, err, c.want)
		}
	}
}
