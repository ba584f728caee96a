package prose

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
)

func TestArticle(t *testing.T) {
	a, err := Article(article(t))
	if err != nil || a == nil {
		t.Fatal(a, err)
	}
	for _, c := range []struct{ name, got, want string }{
		{"title", a.Title, "How a lighthouse lens bends light"},
		{"byline", a.Byline, "Ida Brandt"},
		{"site name", a.SiteName, "Harbour Notes"},
		{"language", a.Lang, "en-GB"},
		{"published", a.Published, "2024-03-05T08:30:00+01:00"},
		{"modified", a.Modified, "2024-04-01T10:00:00Z"},
		{"image", a.Image, "https://harbour.example/img/lens.jpg"},
		{"excerpt", a.Excerpt, "Why a ring of thin prisms shines as far as a solid lens."},
	} {
		if c.got != c.want {
			t.Errorf("%s %q, want %q", c.name, c.got, c.want)
		}
	}
	for _, part := range []string{
		"For a long time, the lamps", "Rings instead of a block", "The rings of a small lens",
		"It is the cheapest way", "Order\tFocal length\nFirst\t920 mm", "a fourth order lens",
		"range = f(height, power)\n    # in nautical miles", "for more than a hundred years.",
	} {
		if !strings.Contains(a.Text, part) {
			t.Errorf("text lacks %q", part)
		}
	}
	for _, part := range []string{"Tide tables", "Fog horns", "First!", "Imprint", "do not read me"} {
		if strings.Contains(a.Text, part) || strings.Contains(a.HTML, part) {
			t.Errorf("article holds %q", part)
		}
	}
	for _, part := range []string{
		`href="https://harbour.example/glossary#prism"`, `src="https://harbour.example/posts/img/rings.png"`,
	} {
		if !strings.Contains(a.HTML, part) {
			t.Errorf("HTML lacks %s", part)
		}
	}
	if a.Length != utf8.RuneCountInString(a.Text) {
		t.Errorf("length %d of %d characters", a.Length, utf8.RuneCountInString(a.Text))
	}
	if _, err := json.Marshal(a); err != nil {
		t.Error(err)
	}
}

// What a script would load is among the article's images.
func TestArticleOfLazyImages(t *testing.T) {
	text := strings.Repeat("<p>Ships, boats, and rafts came by, one after the other, in the evening. And they went on.</p>", 10)
	for image, want := range map[string]string{
		"<img data-src=a.png src='data:image/gif;base64,R0' alt=x>":                            "https://harbour.example/posts/a.png",
		"<img data-original=a.png alt=x>":                                                      "https://harbour.example/posts/a.png",
		"<img src='data:image/gif;base64,R0' alt=x><noscript><img src=n.png alt=x></noscript>": "https://harbour.example/posts/n.png",
		"<img srcset='s.png 640w, t.png 800w' alt=x>":                                          "https://harbour.example/posts/s.png",
	} {
		a, err := Article(newDocument(t, "text/html", "<!DOCTYPE html><title>T</title><article>"+text+"<p>"+image+"</p>"+text+"</article>"))
		if err != nil || a == nil || !strings.Contains(a.HTML, `src="`+want+`"`) {
			t.Errorf("%s: %v, want %s in %+v", image, err, want, a)
		}
	}
}

// Of the classes those of code stay that say what language it is in.
func TestLanguageOfCode(t *testing.T) {
	text := strings.Repeat("<p class=lead>Ships, boats, and rafts came by, one after the other, in the evening. And they went on.</p>", 10)
	for code, want := range map[string][2]string{
		"<pre><code class='hljs language-go'>x := 1\n</code></pre>": {`<pre><code class="language-go">`, "```go\nx := 1\n```"},
		"<pre class='lang-c wide'>int x;\n</pre>":                   {`<pre class="lang-c">`, "```c\nint x;\n```"},
		"<pre class=wide><code class=hljs>x</code></pre>":           {`<pre><code>`, "```\nx\n```"},
		"<div class=language-go><pre>x</pre></div>":                 {`<pre>`, "```\nx\n```"},
	} {
		page := "<!DOCTYPE html><title>T</title><article class=post>" + text + code + text + "</article>"
		a, err := Article(newDocument(t, "text/html", page))
		if err != nil || a == nil || !strings.Contains(a.HTML, want[0]) || strings.Count(a.HTML, "class=") != strings.Count(want[0], "class=")+1 {
			t.Errorf("%s: %v, want %s in %+v", code, err, want[0], a)
		}
		for _, full := range []bool{false, true} {
			text, err := Markdown(newDocument(t, "text/html", page), full)
			if err != nil || !strings.Contains(text, "\n"+want[1]+"\n") {
				t.Errorf("%s, full %v: %v, want %q in %q", code, full, err, want[1], text)
			}
		}
	}
}

func TestSrcsetOfArticle(t *testing.T) {
	text := strings.Repeat("<p>Ships, boats, and rafts came by, one after the other, in the evening. And they went on.</p>", 10)
	for srcset, want := range map[string]string{
		"a.png 1x, b.png 2x":                 "https://harbour.example/posts/a.png 1x, https://harbour.example/posts/b.png 2x",
		"w_1,h_2/a.png 1x,w_2,h_4/a.png\n2x": "https://harbour.example/posts/w_1,h_2/a.png 1x, https://harbour.example/posts/w_2,h_4/a.png 2x",
		"a.png, b.png 640w 480h":             "https://harbour.example/posts/a.png, https://harbour.example/posts/b.png 640w 480h",
		"data:image/gif;base64,R0 1x, b 2x":  "data:image/gif;base64,R0 1x, https://harbour.example/posts/b 2x",
		"javascript:x 1x, b 2x":              "https://harbour.example/posts/b 2x",
	} {
		a, err := Article(newDocument(t, "text/html", "<!DOCTYPE html><title>T</title><article>"+text+"<p><img src=c srcset='"+srcset+"'></p>"+text+"</article>"))
		if err != nil || a == nil || !strings.Contains(a.HTML, `srcset="`+want+`"`) {
			t.Errorf("%s: %v, want %s in %+v", srcset, err, want, a)
		}
	}
}

func TestNoArticle(t *testing.T) {
	sentence := "Ships, boats, and rafts came by, one after the other, in the evening. "
	for name, c := range map[string]struct {
		contentType, body string
		err               error
	}{
		"nothing":    {"text/html", "", nil},
		"short":      {"text/html", "<p>" + sentence, nil},
		"menu":       {"text/html", strings.Repeat("<p><a href=x>"+sentence+"</a></p>", 20), nil},
		"plain text": {"text/plain", strings.Repeat(sentence, 20), nil},
		"JSON":       {"application/json", "{}", nil},
		"very large": {"text/html", strings.Repeat("<p>"+sentence, maxArticle.nodes), errTooLarge},
		"very deep":  {"text/html", strings.Repeat("<div>", 400) + strings.Repeat("<p>"+sentence, maxArticle.depth/400), errTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			if a, err := Article(newDocument(t, c.contentType, c.body)); a != nil || !errors.Is(err, c.err) {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}

// The tree is shared, and stays as it was.
func TestTreeUnchanged(t *testing.T) {
	d := article(t)
	tree, err := d.Tree()
	if err != nil {
		t.Fatal(err)
	}
	before := render(t, tree)
	if _, err := Text(d); err != nil {
		t.Fatal(err)
	}
	if _, err := Article(d); err != nil {
		t.Fatal(err)
	}
	for _, full := range []bool{false, true} {
		if _, err := Markdown(d, full); err != nil {
			t.Fatal(err)
		}
	}
	if render(t, tree) != before {
		t.Error("the tree has changed")
	}
}

func render(t *testing.T, tree *html.Node) string {
	t.Helper()
	var b strings.Builder
	if err := html.Render(&b, tree); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
