package structure

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// Item is an item of microdata in the JSON form of the HTML standard
// (https://html.spec.whatwg.org/#converting-html-to-other-formats).
type Item struct {
	Type       []string   `json:"type,omitempty"`
	ID         string     `json:"id,omitempty"` // absolute
	Properties Properties `json:"properties"`
}

// maxItemDepth limits items that are properties of items.
const maxItemDepth = 64

// Microdata returns the items of a page that are not properties of others, in
// tree order. Values are as the standard says, URLs absolute, but for text,
// whose white space is collapsed. An item that would be part of itself, or is
// more than 64 deep in others, is the string "ERROR", as the standard has it.
// What itemref repeats is left out once it has grown to several times the page.
func Microdata(d *document.Document) ([]Item, error) {
	root, err := tree(d)
	if err != nil {
		return nil, err
	}
	r := itemReader{d: d, root: root, urls: d.NewResolver(), left: budget(16<<20 + 8*len(d.Text()))}
	var items []Item
	err = walk(d, root, func(n *html.Node) {
		if r.err == nil && has(n, "itemscope") && !has(n, "itemprop") {
			items = append(items, r.item(n))
		}
	})
	if err = cmp.Or(err, r.err, r.urls.Err()); err != nil {
		return nil, err
	}
	return items, nil
}

// itemCost is what an item takes of the budget, besides its properties: no more
// than the page's length allows it for the tag of each item.
const itemCost = 128

// itemReader reads items.
type itemReader struct {
	d     *document.Document
	root  *html.Node
	urls  *document.Resolver
	left  budget        // of what may still be read
	steps int           // elements looked at
	err   error         // of the context
	open  []*html.Node  // items being read
	index *elementIndex // made when the first itemref is met
}

func (r *itemReader) item(n *html.Node) Item {
	it := Item{Type: slices.Collect(tokens(value(n, "itemtype"))), Properties: Properties{}}
	if id, ok := document.Attribute(n, "itemid"); ok {
		it.ID = absolute(r.urls, id)
	}
	r.open = append(r.open, n)
	at := map[string]int{}
	for _, p := range r.properties(n) {
		for name := range tokens(value(p, "itemprop")) {
			if !r.left.take(1, name) {
				break
			}
			i, ok := at[name]
			if !ok {
				i = len(it.Properties)
				at[name] = i
				it.Properties = append(it.Properties, Property{Name: name})
			}
			it.Properties[i].Values = append(it.Properties[i].Values, r.value(p))
		}
	}
	r.open = r.open[:len(r.open)-1]
	return it
}

// tokens are the parts of an attribute that is a set, each once.
func tokens(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if s != "" && !strings.ContainsAny(s, markup.WhiteSpace) {
			yield(s)
			return
		}
		seen := map[string]bool{}
		for token := range strings.FieldsFuncSeq(s, func(r rune) bool { return r <= ' ' && markup.IsSpace(byte(r)) }) {
			if !seen[token] && !yield(token) {
				return
			}
			seen[token] = true
		}
	}
}

// properties are the elements that are properties of the item n, in tree order
// (https://html.spec.whatwg.org/#the-properties-of-an-item).
func (r *itemReader) properties(n *html.Node) []*html.Node {
	var found []*html.Node
	found = r.collect(found, n, n)
	refs, ok := document.Attribute(n, "itemref")
	if !ok {
		return found
	}
	if r.index == nil {
		r.index = newElementIndex(r.root)
	}
	for id := range tokens(refs) {
		if ref := r.index.byID[id]; ref != nil && ref != n {
			found = r.collect(found, ref, n)
		}
	}
	slices.SortFunc(found, func(a, b *html.Node) int { return r.index.order[a] - r.index.order[b] })
	return slices.Compact(found)
}

// collect adds the properties of the item that n, if it is not the item itself,
// and the elements below it are.
func (r *itemReader) collect(found []*html.Node, n, item *html.Node) []*html.Node {
	if !r.step() {
		return found
	}
	if n != item {
		if markup.TrimSpace(value(n, "itemprop")) != "" {
			found = append(found, n)
		}
		if has(n, "itemscope") {
			return found
		}
	}
	if document.IsHTML(n, atom.Template) {
		return found
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			found = r.collect(found, c, item)
		}
	}
	return found
}

// step says whether another element may be read.
func (r *itemReader) step() bool {
	if r.steps++; r.steps%1024 == 0 && r.err == nil {
		r.err = r.d.Context().Err()
	}
	return r.err == nil && r.left.take(1, "")
}

// value is an Item or a string (https://html.spec.whatwg.org/#concept-property-value).
func (r *itemReader) value(n *html.Node) any {
	if has(n, "itemscope") {
		if len(r.open) == maxItemDepth || slices.Contains(r.open, n) || !r.left.take(itemCost/16, "") {
			return "ERROR"
		}
		return r.item(n)
	}
	if !r.left.take(1, "") {
		return ""
	}
	v := r.text(n)
	if !r.left.take(1, v) {
		return ""
	}
	return v
}

func (r *itemReader) text(n *html.Node) string {
	if n.Namespace == "" {
		switch n.DataAtom {
		case atom.Meta:
			return value(n, "content")
		case atom.Audio, atom.Embed, atom.Iframe, atom.Img, atom.Source, atom.Track, atom.Video:
			return r.url(n, "src")
		case atom.A, atom.Area, atom.Link:
			return r.url(n, "href")
		case atom.Object:
			return r.url(n, "data")
		case atom.Data, atom.Meter:
			return value(n, "value")
		case atom.Time:
			if v, ok := document.Attribute(n, "datetime"); ok {
				return v
			}
		}
	}
	return document.ShownText(n, nil)
}

func (r *itemReader) url(n *html.Node, name string) string {
	ref, ok := document.Attribute(n, name)
	if !ok {
		return ""
	}
	return absolute(r.urls, ref)
}

// elementIndex finds elements by ID, and tells which of two comes first.
type elementIndex struct {
	byID  map[string]*html.Node
	order map[*html.Node]int
}

func newElementIndex(root *html.Node) *elementIndex {
	x := elementIndex{map[string]*html.Node{}, map[*html.Node]int{}}
	for n := root; n != nil; n = document.Next(n, root) {
		x.order[n] = len(x.order)
		if id := value(n, "id"); id != "" && x.byID[id] == nil {
			x.byID[id] = n
		}
	}
	return &x
}
