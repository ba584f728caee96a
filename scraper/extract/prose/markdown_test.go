package prose

import (
	"os"
	"strings"
	"sync"
	"testing"
)

func TestMarkdownOfArticle(t *testing.T) {
	golden(t, false, "testdata/article.md")
}

func TestMarkdownOfPage(t *testing.T) {
	golden(t, true, "testdata/page.md")
}

func golden(t *testing.T, full bool, name string) {
	t.Helper()
	got, err := Markdown(article(t), full)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(name)
	if err != nil || got+"\n" != string(want) {
		t.Errorf("%s: %v; got\n%s", name, err, got)
	}
}

func TestMarkdown(t *testing.T) {
	for name, c := range map[string]struct{ page, want string }{
		"nothing":          {"", ""},
		"heading":          {"<h2>a</h2><p>b", "## a\n\nb"},
		"link":             {"<a href='b c'>a</a> <a href='mailto:a@b.example'>m</a>", "[a](https://harbour.example/posts/b%20c) [m](mailto:a@b.example)"},
		"script link":      {"<a href='javascript:x()'>a</a>", "a"},
		"fragment":         {"<a href='#b'>a</a>", "[a](https://harbour.example/posts/lens.html#b)"},
		"image":            {"<img src=a.png alt='a b'>", "![a b](https://harbour.example/posts/a.png)"},
		"emphasis":         {"<b>a</b> <i>b</i> <s>c</s>", "**a** *b* ~~c~~"},
		"italic and bold":  {"<i>it</i><b>bo</b> <b>bo</b><em>it</em><strong>bo</strong> <i>it</i><span><b>bo</b></span>", "*it***bo** **bo***it***bo** *it***bo**"},
		"one emphasis":     {"<b>a</b><strong>b</strong><span><b>c</b></span> <i>a <b>b</b></i><i>c</i> <b>a</b> <i>b</i>", "**abc** *a **b**c* **a** *b*"},
		"ends of blocks":   {"<div><b>a</b><b>b</b></div><b>c</b><p><i>d</i></p><p><b>e</b>", "**ab**\n\n**c**\n\n*d*\n\n**e**"},
		"stars":            {"<i>a*b</i> <i>***</i> <a href='?q=***,b+c&d'><b>*</b></a> <img src='/*(1).png' alt='*'>", "*a\\*b* *\\*\\*\\** [**\\***](https://harbour.example/posts/lens.html?q=***,b+c&d) ![*](https://harbour.example/*%281%29.png)"},
		"password":         {"<a href='//u:pw@harbour.example/*'>a</a> <a href='mailto:a*b@c.example?subject=a b'>m</a>", "[a](https://u:***@harbour.example/*) [m](mailto:a*b@c.example?subject=a%20b)"},
		"backslash":        {"<a href='?\\*#[a]'>a</a>", "[a](https://harbour.example/posts/lens.html?%5C*#%5Ba%5D)"},
		"escaped":          {"a*b*c [d](e) [ 1. <p># f", "a\\*b\\*c \\[d](e) \\[ 1.\n\n\\# f"},
		"table":            {"<table><tr><th>a<th>b<tr><td>1|2<td>c</table>", "| a | b |\n|---|---|\n| 1\\|2 | c |"},
		"spans":            {"<table><tr><th colspan=2>a<tr><td>1<td>2</table>", "| a |  |\n|---|---|\n| 1 | 2 |"},
		"spans too large":  {"<table><tr><th colspan=1000 rowspan=1000>a<th>b</table>", "| a | b |\n|---|---|"},
		"hidden":           {"a<p hidden>b</p><p style='display:none'>c</p><noscript>d</noscript><!--e--><script>f</script><template>g</template>", "a"},
		"closed details":   {"<details><summary>a</summary><p>b</details>", "a\n\nb"},
		"main":             {"<nav>x</nav><main><p>a</main><footer>y</footer>", "a"},
		"role":             {"<nav>x</nav><div role=main><p>a</div>", "a"},
		"one article":      {"<nav>x</nav><article><p>a</article>", "a"},
		"two articles":     {"<nav>x</nav><article><p>a</article><article><p>b</article>", "x\n\na\n\nb"},
		"summary":          {"<details><summary>a</summary>b</details>", "a\n\nb"},
		"options":          {"<select><option>a<option>b<optgroup label=x><option>c</optgroup></select>", "a\n\nb\n\nc"},
		"layout table":     {"<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>", "a\n\nb\n\nc\n\nd"},
		"nested table":     {"<table><tr><td><table><tr><th>a<th>b<tr><td>1<td>2</table><td>c</table>", "| a | b |\n|---|---|\n| 1 | 2 |\n\nc"},
		"list in a cell":   {"<table><tr><th>h<th>k<tr><td><ul><li>x<li>y</ul><td>z</table>", "| h | k |\n|---|---|\n| x  <br />y | z |"},
		"blocks in a cell": {"<table><tr><td>h<td>k<tr><td>v<h3> a </h3><br><p><b>b</b> c<blockquote><p>d</blockquote><hr><td>z</table>", "| h | k |\n|---|---|\n| v  <br />a  <br />**b** c  <br />d | z |"},
		"layout of blocks": {"<table><tr><td><ul><li>x</ul><td><h2>y</h2><tr><td>z</table>", "- x\n\n## y\n\nz"},
		"rows to the end":  {"<table><tr><td rowspan=0>x<td>1<td>2<tr><td>3<td>4</table>", "| x | 1 | 2 |\n|---|---|---|\n|  | 3 | 4 |"},
		"rows of a group":  {"<table><tbody><tr><td rowspan=9>x<td>1<tr><td>2<tbody><tr><td>3<td>4</table>", "| x | 1 |\n|---|---|\n|  | 2 |\n| 3 | 4 |"},
		"raised":           {"10<sup id=a>23</sup> H<sub>2</sub>O<sup></sup> <sup><a href=/n>1</a></sup>", "10<sup>23</sup> H<sub>2</sub>O <sup>[1](https://harbour.example/n)</sup>"},
		"pre in a cell":    {"<table><tr><th>h<th>k<tr><td><pre><b>x</b>\n  y\n</pre><td>z</table>", "| h | k |\n|---|---|\n| `x`  <br />`y` | z |"},
		"numbered lines":   {"<table><tr><td><pre>1\n2</pre><td><pre>x\n  y</pre></table>", "```\n1\n2\n```\n\n```\nx\n  y\n```"},
		"lazy image":       {"<img data-src=a.png src='data:image/gif;base64,R0' alt=x>", "![x](https://harbour.example/posts/a.png)"},
		"no src":           {"<img data-lazy-src=a.png alt=x>", "![x](https://harbour.example/posts/a.png)"},
		"srcset":           {"<img srcset=' a.png 1x, b.png 2x' alt=x>", "![x](https://harbour.example/posts/a.png)"},
		"picture":          {"<picture><source srcset='a.webp 1x'><img alt=x></picture>", "![x](https://harbour.example/posts/a.webp)"},
		"noscript image":   {"<img class=lazy src=data:,x> <noscript><img src=n.png alt='x y'></noscript>", "![x y](https://harbour.example/posts/n.png)"},
		"figure":           {"<figure><noscript><img src=n.png alt=x></noscript></figure>", "![x](https://harbour.example/posts/n.png)"},
		"image there":      {"<img src=a.png alt=x><noscript><img src=n.png alt=x></noscript>", "![x](https://harbour.example/posts/a.png)"},
		"counting pixel":   {"<p>a</p><noscript><img src=n.png></noscript><p>b", "a\n\nb"},
		"image without":    {"a<img alt=x>b", "ab"},
		"embedded image":   {"<img src=data:,x alt=x>", "![x](data:,x)"},
		"code":             {"<pre><code>a\n  *b*\n</code></pre><code>c</code>", "```\na\n  *b*\n```\n\n`c`"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Markdown(newDocument(t, "text/html", "<!DOCTYPE html>"+c.page), false)
			if err != nil || got != c.want {
				t.Errorf("%s\n got %q, %v\nwant %q", c.page, got, err, c.want)
			}
		})
	}
}

// Quotes and lists that are deeper than 32 have no marks of their own.
func TestMarkdownOfDeepQuotes(t *testing.T) {
	for _, c := range []struct{ tag, mark string }{{"<blockquote>", "> "}, {"<ul><li>", "- "}, {"<ol><li>", "1. "}} {
		page := strings.Repeat(c.tag, 40) + "x"
		text, err := Markdown(newDocument(t, "text/html", page), true)
		if want := strings.Repeat(c.mark, maxNested) + "x"; err != nil || text != want {
			t.Errorf("%q, %v, want %q", text, err, want)
		}
	}
}

func TestMarkdownOfOthers(t *testing.T) {
	for _, c := range []struct{ contentType, body, want string }{
		{"text/markdown", "# a\n", "# a\n"},
		{"application/json", "{}", ""},
		{"application/xml", "<a>b</a>", ""},
	} {
		if got, err := Markdown(newDocument(t, c.contentType, c.body), true); err != nil || got != c.want {
			t.Errorf("%s: got %q, %v", c.contentType, got, err)
		}
	}
}

// Different documents may be read at the same time.
func TestConcurrency(t *testing.T) {
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			d := article(t)
			text, err := Markdown(d, false)
			if err != nil || !strings.HasPrefix(text, "# How a lighthouse lens bends light\n") {
				t.Errorf("%.60q, %v", text, err)
			}
			if _, err := Article(d); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

func TestMarkdownOfDeadLinks(t *testing.T) {
	page := "<p>a <a>b</a> <a href='javascript:x()'>c</a> <a href=/d>d</a>"
	text, err := Markdown(newDocument(t, "text/html", page), true)
	if want := "a b c [d](https://harbour.example/d)"; err != nil || strings.TrimSpace(text) != want {
		t.Errorf("%q, %v, want %q", text, err, want)
	}
}
