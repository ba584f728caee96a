package prose

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
)

// Bounds of what multiplies in the search for an article, beside those of maxArticle.
const (
	// maxCompared is how many bytes of titles are compared with headings: the page's
	// title with each h1 and h2.
	maxCompared = 2 << 20
	// maxAttributes is how many attributes an element may have: for each of a figure
	// that looks like an image the figure is searched for one. Markdown has them looked
	// through again and again, too.
	maxAttributes = 64
	// maxProperty is how long the name of a meta element may be: for each property
	// named there its content is gone through.
	maxProperty = 1 << 10
	// maxFallback is what the tree of a noscript may take of memory. What is in one
	// is parsed, and a few bytes may come to a large tree. Only a single image
	// counts there.
	maxFallback = 8 << 10
)

// articleCopy is a copy of a page for the search of its article, without what that
// would leave out first, or is there only to make it long.
func articleCopy(ctx context.Context, tree *html.Node) (*html.Node, error) {
	if comparedTitles(tree) > maxCompared {
		return nil, errTooLarge
	}
	c := copier{ctx: ctx, limit: maxArticle, keep: mayMatter, attributes: articleAttributes}
	own, err := c.copy(tree)
	if err == nil {
		mendImages(own)
	}
	return own, err
}

func mayMatter(n *html.Node) bool {
	switch {
	case n.Data == "style", n.Data == "template":
		return false
	case is(atom.Meta)(n):
		return len(attribute(n, "property"))+len(attribute(n, "name")) <= maxProperty
	case is(atom.Noscript)(n):
		cost, err := document.Cost([]byte(content(n)))
		return err == nil && cost <= maxFallback
	case is(atom.Object)(n): // of an object in an object, each is searched for videos
		for outer := n.Parent; outer != nil; outer = outer.Parent {
			if is(atom.Object)(outer) {
				return false
			}
		}
	}
	return true
}

// inherited are the attributes of a div or section that are copied. One that holds
// nothing but another gives it all of its own, so that of many such elements the
// innermost would have those of all.
var inherited = []string{
	"aria-hidden", "aria-modal", "class", "dir", "hidden", "id", "itemid", "itemprop", "itemscope", "itemtype", "lang", "rel", "role",
	"style", "title",
}

func articleAttributes(n *html.Node) []html.Attribute {
	if n.Data != "div" && n.Data != "section" {
		return firstAttributes(n)
	}
	var all []html.Attribute
	for _, a := range n.Attr {
		if slices.Contains(inherited, a.Key) {
			all = append(all, a)
		}
	}
	return all
}

// firstAttributes are as many as an element may have.
func firstAttributes(n *html.Node) []html.Attribute { return n.Attr[:min(len(n.Attr), maxAttributes)] }

// comparedTitles is how many bytes of titles are compared with headings at most.
func comparedTitles(tree *html.Node) int {
	headings, longest := 0, 0
	var scripts []string
	for n := range tree.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case is(atom.H1)(n), is(atom.H2)(n):
			headings++
		case n.Data == "title":
			longest = max(longest, len(content(n)))
		case n.Data == "meta":
			longest = max(longest, len(attribute(n, "content")))
		case n.Data == "script" && attribute(n, "type") == "application/ld+json":
			scripts = append(scripts, content(n))
		}
	}
	for _, script := range scripts {
		var value any
		if headings*len(script) > maxCompared && json.Unmarshal([]byte(script), &value) == nil {
			longest = max(longest, longestName(value))
		}
	}
	return headings * longest
}

// longestName is the length of the longest name or headline in JSON-LD.
func longestName(value any) (longest int) {
	switch value := value.(type) {
	case []any:
		for _, v := range value {
			longest = max(longest, longestName(v))
		}
	case map[string]any:
		for key, v := range value {
			if s, ok := v.(string); ok && (key == "name" || key == "headline") {
				longest = max(longest, len(s))
			}
			longest = max(longest, longestName(v))
		}
	}
	return longest
}

// content is the text that n holds itself.
func content(n *html.Node) string {
	if c := n.FirstChild; c != nil && c == n.LastChild && c.Type == html.TextNode {
		return c.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}
