package links_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/links"
)

func TestLinks(t *testing.T) {
	for markup, want := range map[string]string{
		"":                        `null`,
		"<a>x</a><a name=y>z</a>": `null`,
		"<A HREF='/x?a=1&amp;b=2' rel=' nofollow\nme '>A\n <b>b</b>&nbsp;c<br>d</A>": "[{\"url\":\"http://www.example.com/x?a=1&b=2\",\"text\":\"A b\u00a0c d\",\"rel\":\"nofollow me\",\"internal\":true}]",
		"<a href=y>1</a><a href=//example.com>2</a><a href=https://EXAMPLE.com:8443/>3</a><a href=http://sub.example.com>4</a>": `[{"url":"http://www.example.com/dir/y","text":"1","internal":true},` +
			`{"url":"http://example.com/","text":"2","internal":true},{"url":"https://example.com:8443/","text":"3","internal":true},{"url":"http://sub.example.com/","text":"4","internal":false}]`,
		"<a href>1</a><a href=#x>2</a><a href='?y'>3</a>": `[{"url":"http://www.example.com/dir/page?q","text":"1","internal":true},` +
			`{"url":"http://www.example.com/dir/page?q#x","text":"2","internal":true},{"url":"http://www.example.com/dir/page?y","text":"3","internal":true}]`,
		"<a href=' mailto:a@b.example '>m</a><a href=tel:+1>t</a><a href='JavaScript:x'>j</a><a href='java\nscript:x'>j</a><a href=data:,x>d</a><a href=http://[>b</a><a href=about:blank>a</a>": `[{"url":"mailto:a@b.example","text":"m","internal":false},{"url":"tel:+1","text":"t","internal":false}]`,
		"<map><area href=a rel=r><area></map>":         `[{"url":"http://www.example.com/dir/a","rel":"r","internal":true}]`,
		"<a href=a href=b>x</a>":                       `[{"url":"http://www.example.com/dir/a","text":"x","internal":true}]`,
		"<a href=http://u:secret@other.example/>x</a>": `[{"url":"http://u:***@other.example/","text":"x","internal":false}]`,
		"<!--<a href=a>--><script>'<a href=b>'</script><template><a href=c>x</a></template><noscript><a href=d>x</a></noscript><svg><a href=e xlink:href=f>x</a></svg><textarea><a href=g></textarea><a href=h>": `[{"url":"http://www.example.com/dir/h","internal":true}]`,
		"<a href=x>a<script>b</script><style>c</style><svg><style>d</style><title>e</title></svg><noscript>f</noscript><template>g</template></a>":                                                               `[{"url":"http://www.example.com/dir/x","text":"ae","internal":true}]`,
		"<a href=x> <img alt=' a\nb '><IMG alt=c><img></a><img alt=d><a href=y><img alt=e>f</a>":                                                                                                                 `[{"url":"http://www.example.com/dir/x","text":"a b c","internal":true},{"url":"http://www.example.com/dir/y","text":"f","internal":true}]`,
		"<a href=x><noscript><img alt=a></noscript><template><img alt=b></template><svg><image alt=c /></svg></a><a href=y><image alt=d></a>":                                                                    `[{"url":"http://www.example.com/dir/x","internal":true},{"url":"http://www.example.com/dir/y","text":"d","internal":true}]`,
		"<a href=1><p><img alt=a><a href=2><img alt=b></a>": `[{"url":"http://www.example.com/dir/1","internal":true},{"url":"http://www.example.com/dir/1","text":"a","internal":true},{"url":"http://www.example.com/dir/2","text":"b","internal":true}]`,
		"<a href=x><div>a</div><div>b</div></a>":            `[{"url":"http://www.example.com/dir/x","text":"a b","internal":true}]`,
	} {
		documenttest.Check(t, links.Links, markup, want)
		same(t, markup)
	}
}

// misnested pages are those in which the tree holds other links than the tags say.
var misnested = []string{
	"<a href=1>x<a href=2>y</a>z",
	"<p><a href=1>x</p>y</a>z",
	"<a href=1><p>x</a>y</p>",
	"<p>a<a href=1><div>b</div></a>",
	"<a href=1><div>x<a href=2>y</a>z</div></a>",
	"<table><tr><td><a href=1>x</a></td><a href=2>y</a></table>",
	"<table><a href=1>x<tr><td>y</td></tr></a></table>",
	"<table><area href=1><tr><td><a href=2>",
	"<a href=1><table><tr><td>x</a>y<a href=2>z</table>",
	"<a href=1><object><a href=2>x</a>y</object>z</a>",
	"<button><a href=1>x<button>y</a>z</button>",
	"<ul><li><a href=1>x<li>y</a>z</ul>",
	"<a href=1><ul><li>x<li>y</ul>z</a>",
	"<svg><desc><a href=1>x</a></desc><a href=2>y</a><p><a href=3>z</a>",
	"<svg><title></svg><a href=1>x</a>",
	"<svg><foreignObject><a href=1>x</a></foreignObject></svg>",
	"<math><mi><a href=1>x</a></mi></math><a href=2>y</a>",
	"<a href=1><svg><g></a>x</svg>y</a>",
	"<b><a href=1>x</b>y</a>z",
	"<a href=1><b>x</a>y</b>",
	"<select><option><a href=1>x</a></select><a href=2>y</a>",
	"<frameset><a href=1>x</a></frameset><noframes><a href=2>y</a></noframes>",
	"<template><svg><template></svg></template><a href=1>x</a>",
	"<a href=1>x<template></a><a href=2>y</template>z</a>",
	"<p>x<button><p>y</button><a href=1><div>z</div></a>",
	"<p>x<object><div></div></object><a href=1><div>z</div></a>",
	"<p><table><tr><td>x</table><a href=1><div>z</div></a>",
	"<!doctype html><p><table><tr><td>x</table><a href=1><div>z</div></a>",
	"<a href=1><h1>x<h2>y</h2></a>",
	"<a href=1><dl><dt>x</dt><dd>y</dd></dl></a>",
	"<table><tr><td><table><a href=1>x</table><a href=2>y</table>",
	"<table><caption><a href=1>x<td><a href=2>y",
	"<table><thead><td>x</tbody><a href=1>y",
	"<table><td>x<button></td></button><a href=1>y",
	"<body><a href=1>x</body>y</html>z</a>w",
	"<a href=1>x</p>y</br>z</img></hr></span></a>",
	"<a href=1><textarea>\nx</textarea><title>y</title><xmp>z</xmp></a>",
	"<a href=1>a\x00b<svg>c\x00d</svg></a>",
	"<a href=1><nobr>x<nobr>y</nobr></a>",
	"<form><a href=1>x<form>y</form>z</a></form>w",
	"<a href=1><ruby>x<rt>y</ruby></a>",
	"<a href=1/>x<a/href=2>y</a>",
	"<a href=1><br><hr>x<image src=y>z</a>",
	"<plaintext><a href=1>",
	"<svg/><a href=1>x</a><svg><path/><g></g></svg><a href=2>y</a>",
	"<svg><![CDATA[<a href=1>]]></svg><![CDATA[<a href=2>]]>x",
	"<a href=1>x<svg><![CDATA[y\x00]]></svg></a>",
	"<svg><script><a href=1></script></svg><a href=2>x</a>",
	"<a href=1>x<textarea>\ny",
}

func TestMisnested(t *testing.T) {
	for _, markup := range misnested {
		same(t, markup)
	}
}

// The scan is for pages as they are; a change that makes one of these wait for a
// tree costs more than it seems.
func TestSure(t *testing.T) {
	for _, markup := range []string{
		"<ul><li><a href=1>x</a><li><a href=2><b>y</b> <img src=z></a></ul>",
		"<table><tr><td><a href=1>x</a><td><a href=2>y</a><tr><th><a href=3>z</a></table><a href=4>w</a>",
		"<p>x <a href=1>y</a> z<p>x<a href=2><code>y</code></a></p><div><a href=3><div><h2>z</h2><p>w</p></div></a></div>",
		"<button><a href=1>x</a></button><a href=2><button>y</button></a>",
		"<a href=1><svg viewBox='0 0 1 1'><title>x</title><path d=M0 /><g><path/></g></svg></a>",
		"<a href=1><ul><li>x</li></ul></a><template><div><a href=2>x</template><a href=3>y</a>",
		"<select><option>x<option>y</select><form><input><a href=1>x</a></form><a href=2>open",
	} {
		if !links.IsSure(documenttest.Page(t, markup)) {
			t.Errorf("%q needs a tree", markup)
		}
		same(t, markup)
	}
}

func TestLinksWithoutATree(t *testing.T) {
	deep := strings.Repeat("<div>", 1000)
	documenttest.Check(t, links.Links, deep+"<a href=x>a<p>b<a href=y>c</p>d</a>e<svg><p></svg><a href=z>f", `[{"url":"http://www.example.com/dir/x","text":"a b","internal":true},`+
		`{"url":"http://www.example.com/dir/y","text":"c d","internal":true},{"url":"http://www.example.com/dir/z","text":"f","internal":true}]`)
}

func TestOfWhatIsNotHTML(t *testing.T) {
	d := documenttest.New(t, context.Background(), "text/plain", "<a href=x>")
	if found, err := links.Links(d); found != nil || err != nil {
		t.Error(found, err)
	}
}

func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, markup := range []string{"<a href=x>", "<p><a href=x></p>"} {
		d := documenttest.New(t, ctx, "text/html", strings.Repeat(markup, 5000))
		if found, err := links.Links(d); found != nil || !errors.Is(err, context.Canceled) {
			t.Error(len(found), err)
		}
	}
}

// pieces are put together at random.
var pieces = strings.Fields("a a a a area b i nobr span font p p div div h1 h2 ul ol li dl dt dd table table tbody thead tr tr td td th " +
	"caption col button button object marquee form select option optgroup input br hr img svg svg g title desc foreignObject math mi " +
	"template textarea script style noscript pre ruby rt body html head frameset xmp iframe address center details summary image")

func randomPage(r *rand.Rand) string {
	var b strings.Builder
	if r.IntN(2) == 0 {
		b.WriteString("<!doctype html>")
	}
	for n := range 2 + r.IntN(24) {
		name := pieces[r.IntN(len(pieces))]
		switch r.IntN(8) {
		case 0, 1, 2:
			fmt.Fprintf(&b, "</%s>", name)
		case 3:
			fmt.Fprintf(&b, "%d <%s href=%d/>", n, name, n)
		default:
			fmt.Fprintf(&b, "<%s href=%d>%d", name, n, n)
		}
	}
	return b.String()
}

func TestRandomPages(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 4))
	sure := 0
	for range 10_000 {
		markup := randomPage(random)
		same(t, markup)
		if links.IsSure(documenttest.Page(t, markup)) {
			sure++
		}
		if t.Failed() {
			break
		}
	}
	if sure < 2_000 {
		t.Errorf("only %d pages were not given to the tree", sure)
	}
}

func FuzzLinks(f *testing.F) {
	for _, markup := range misnested {
		f.Add(markup)
	}
	f.Fuzz(func(t *testing.T, markup string) {
		markup = strings.ToValidUTF8(markup, "\uFFFD")
		same(t, markup)
		links.Guess(documenttest.Page(t, markup))
	})
}
