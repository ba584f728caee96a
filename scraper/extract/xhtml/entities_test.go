package xhtml

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// declaring is a page with an internal subset.
func declaring(subset, title string) string {
	return `<!DOCTYPE html [` + subset + `]>` + root + `<title>` + title + `</title></html>`
}

func TestEntities(t *testing.T) {
	ofLength := func(n int) string { return `<!ENTITY a "` + strings.Repeat("x", n) + `">` }
	chain := func(n int) string {
		s := `<!ENTITY e1 "end">`
		for i := range n - 1 {
			s += fmt.Sprintf(`<!ENTITY e%d "&e%d;">`, i+2, i+1)
		}
		return s
	}
	for _, c := range []struct{ name, page, want string }{
		{"in each other", declaring(`<!ENTITY a "ent"><!ENTITY b "&a;&a;">`, `&b;`), "entent"},
		{"declared behind", declaring(`<!ENTITY b "&a;"><!ENTITY a 'x"y'>`, `&b;`), `x"y`},
		{"the first counts", declaring(`<!ENTITY a "1"><!ENTITY a "2">`, `&a;`), "1"},
		{"empty", declaring(`<!ENTITY a "">`, `b&a;c`), "bc"},
		{"of HTML, declared", declaring(`<!ENTITY nbsp "own">`, `&nbsp;`), "own"},
		{"predefined", declaring(`<!ENTITY lt "&#38;#60;"><!ENTITY a "&lt;&amp;">`, `&lt;&a;`), "<<&"},
		{"characters", declaring(`<!ENTITY a "&#x41;&#38;#66;">`, `&a;`), "AB"},
		{"markup is text", declaring(`<!ENTITY a "<b>c</b>">`, `&a;`), "<b>c</b>"},
		{"quotes and brackets", declaring(`<!ENTITY a "]>"><!ENTITY b '">'>`, `&a;&b;`), `]>">`},
		{"lines", declaring("\r\n<!ENTITY\r\n a\r\n \"b\r\nc\"\r\n>\r\n", `&a;`), "b\nc"},
		{"other declarations", declaring(`<!-- <!ENTITY a "no"> --><!ELEMENT a (b)><!ATTLIST a b CDATA ">"><?c <!ENTITY a "no">?><!ENTITY a "d">`, `&a;`), "d"},
		{"parameters", declaring(`<!ENTITY % a "no"><!ENTITY % p SYSTEM "q"> %p; <!ENTITY a "yes">`, `&a;`), "yes"},
		{"external", declaring(`<!ENTITY x SYSTEM "file:///etc/passwd">`, `a&x;b`), "ab"},
		{"external, public", declaring(`<!ENTITY x PUBLIC "p" 'http://host.test/'>`, `a&x;b`), "ab"},
		{"external in another", declaring(`<!ENTITY x SYSTEM "x"><!ENTITY y "1&x;2">`, `a&y;b`), "a12b"},
		{"unparsed", declaring(`<!NOTATION n SYSTEM "n"><!ENTITY x SYSTEM "x" NDATA n>`, `a&x;b`), "a"},
		{"doctype with a subset and identifiers", `<!DOCTYPE html PUBLIC "[" ']' [<!ENTITY a "b">]>` + root + `<title>&a;</title></html>`, "b"},
		{"in an attribute", `<!DOCTYPE html [<!ENTITY a "b">]>` + root + `<p id="&a;&a;"/><title>T</title></html>`, "T"},
		{"not declared", declaring(`<!ENTITY a "b">`, `a&b;c`), "a"},
		{"not declared, in another", declaring(`<!ENTITY a "x&b;y">`, `a&a;c`), "a"},
		{"not declared, not used", declaring(`<!ENTITY a "x&b;y">`, `T`), "T"},
		{"before a mistake", declaring(`<!ENTITY a "ent">`, `&a;&amp;&#65; & b`), "ent&A "},
		{"in CDATA", declaring(`<!ENTITY a "b">`, `<![CDATA[&a;&#0;]]>`), "&a;&#0;"},
		{"in a comment", declaring(`<!ENTITY a "b">`, `<!--&a;&#0;-->T`), "T"},
		{"declared in the page", root + `<!DOCTYPE html [<!ENTITY a "b">]><title>c&a;</title></html>`, "c"},
		{"of itself", declaring(`<!ENTITY a "x&a;">`, `a&a;`), "a"},
		{"of each other", declaring(`<!ENTITY a "&b;"><!ENTITY b "&a;">`, `a&a;`), "a"},
		{"deep", declaring(chain(maxEntityDepth), fmt.Sprintf("a&e%d;", maxEntityDepth)), "aend"},
		{"too deep", declaring(chain(maxEntityDepth+1), fmt.Sprintf("a&e%d;", maxEntityDepth+1)), "a"},
		{"long", declaring(ofLength(maxExpansion), `&a;`), strings.Repeat("x", maxExpansion)},
		{"too long", declaring(ofLength(maxExpansion+1), `b&a;`), "b"},
		{"too long in all", declaring(ofLength(maxExpansion/2), `&a;b&a;c&a;`), strings.Repeat("x", maxExpansion/2) + "b" + strings.Repeat("x", maxExpansion/2) + "c"},
		{"too long in an attribute", `<!DOCTYPE html [` + ofLength(maxExpansion/2) + `]>` + root + `<p id="&a;&a;&a;"/><title>no</title></html>`, ""},
		{"too long, not used", declaring(ofLength(maxExpansion+1), `T`), "T"},
		{"no name", declaring(`<!ENTITY "a">`, `no`), ""},
		{"no value", declaring(`<!ENTITY a>`, `no`), ""},
		{"ampersand in a value", declaring(`<!ENTITY a "b & c; d">`, `no`), ""},
		{"no character in a value", declaring(`<!ENTITY a "&#0;">`, `no`), ""},
		{"text in the subset", declaring(`a`, `no`), ""},
	} {
		if got := Title(strings.NewReader(c.page)); got != c.want {
			t.Errorf("%s: %.200q, want %.200q", c.name, got, c.want)
		}
	}
}

// TestEntitiesBounded holds that entities that stand many times in each other are read
// to the bound and no further, also where they say nothing at all.
func TestEntitiesBounded(t *testing.T) {
	for _, innermost := range []string{"lol", ""} {
		subset := `<!ENTITY e0 "` + innermost + `">`
		for i := range 30 {
			subset += fmt.Sprintf(`<!ENTITY e%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&e%d;", i), 10))
		}
		page := newReader(strings.NewReader(declaring(subset, `a&e30;`)), 0)
		var said strings.Builder
		for part := page.next(); part != end; part = page.next() {
			if part == text {
				said.WriteString(page.text)
			}
		}
		if read := page.source.entities.read; said.String() != "a" || read > maxExpansion+len("&e10;")*10 {
			t.Errorf("of %q: %.200q, %d bytes read", innermost, said.String(), read)
		}
	}
}

// TestNoInventedTitle holds that what is a mistake in XML ends a page, as in browsers.
func TestNoInventedTitle(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"attribute twice", root + `<p id="a" id="b"/><title>no</title></html>`, ""},
		{"attribute twice, in the title", root + `<title id="a" class="c" id="a">no</title></html>`, ""},
		{"attribute twice, with prefixes", root + `<p xml:lang="a" xml:lang="b"/><title>no</title></html>`, ""},
		{"attributes alike", root + `<p lang="a" xml:lang="b" Lang="c"/><title>T</title></html>`, "T"},
		{"reference to NUL", root + `<title>a &amp; b&#0;c</title></html>`, "a & b"},
		{"reference to a control", root + `<title>a&#x1F;b</title></html>`, "a"},
		{"reference to half a character", root + `<title>a&#xD800;b</title></html>`, "a"},
		{"reference beyond Unicode", root + `<title>a&#x110000;b</title></html>`, "a"},
		{"reference to nothing", root + `<title>a&#;b</title></html>`, "a"},
		{"reference to NUL in an attribute", root + `<p id="&#0;"/><title>no</title></html>`, ""},
		{"NUL", root + "<title>a &amp; b\x00c</title></html>", "a & b"},
		{"NUL before the title", root + "<p>a\x00</p><title>no</title></html>", ""},
		{"control", root + "<title>a\x1Fb</title></html>", "a"},
		{"lines and tabs", root + "<title>a\r\n\tb&#9;&#10;</title></html>", "a\n\tb\t\n"},
		{"end of CDATA", root + "<title>a &lt; b]]>c</title></html>", "a < b"},
	} {
		if got := Title(strings.NewReader(c.page)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestEntitiesInTreeAndMarkup(t *testing.T) {
	page := `<!DOCTYPE html [<!ENTITY a "1&#60;2"><!ENTITY x SYSTEM "y">]><p id="&a;">&a;&x;&a;</p>`
	const want = `<p id="1&lt;2">1&lt;21&lt;2</p>`
	tree, _, err := Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := html.Render(&b, tree); err != nil || b.String() != want {
		t.Errorf("%v, tree %s", err, b.String())
	}
	if got, _ := Markup(strings.NewReader(page)); got != want {
		t.Errorf("markup %s", got)
	}
}

// FuzzEntities holds that whatever is declared, what is read of it is bounded, and all
// text is text by XML.
func FuzzEntities(f *testing.F) {
	f.Add(`<!ENTITY a "ent"><!ENTITY b "&a;&#38;a;">`, `&b;&amp; &#65;`)
	f.Add(`<!ENTITY % p SYSTEM 'q'> %p; <!ENTITY x PUBLIC "y" "z" NDATA n><?i?><!ELEMENT a (b)>`, "&x;&#0;")
	f.Add(`<!ENTITY a "&a;">`, "\r\n]]&a;")
	f.Fuzz(func(t *testing.T, subset, title string) {
		page := newReader(strings.NewReader(strings.ToValidUTF8(declaring(subset, title), "")), 0)
		longest := len(subset) // of a value
		for part := page.next(); part != end; part = page.next() {
			if part == text && !isText(page.text) {
				t.Errorf("text %q", page.text)
			}
		}
		if page.source.entities.read > maxExpansion+longest {
			t.Errorf("%d bytes read", page.source.entities.read)
		}
	})
}
