package schema

import (
	"strings"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
)

// maxPlaced is how long a page may be, in bytes, for its elements to have places.
const maxPlaced = 4 << 20

// places finds where in a page's text elements are written. A tree does not know. So
// the tags of the text are counted, and the elements of the tree: where there are as
// many of a name with the same attributes, they are the same in their order. Of what
// a parser has added, moved or doubled there is no place.
type places struct {
	text    string
	starts  map[string][]int // offsets of start tags
	number  map[*html.Node]int
	counted map[string]int
}

func newPlaces(text string, tree *html.Node) *places {
	p := &places{text, make(map[string][]int), make(map[*html.Node]int), make(map[string]int)}
	if len(text) > maxPlaced {
		return p
	}
	offset := 0
	for z := html.NewTokenizer(strings.NewReader(text)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		size := len(z.Raw())
		if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
			tag := z.Token()
			k := key(tag.Data, tag.Attr)
			p.starts[k] = append(p.starts[k], offset)
		}
		offset += size
	}
	for n := range tree.Descendants() {
		if n.Type == html.ElementNode {
			k := key(n.Data, n.Attr)
			p.number[n] = p.counted[k]
			p.counted[k]++
		}
	}
	return p
}

// key is a tag in one text.
func key(name string, attrs []html.Attribute) string {
	var b strings.Builder
	b.WriteString(name)
	for _, a := range attrs {
		b.WriteString("\x00" + a.Key + "=" + a.Val)
	}
	return b.String()
}

// of is the line and column of an element's tag, from 1, columns in characters; 0
// where they are not known.
func (p *places) of(n *html.Node) (line, column int) {
	k := key(n.Data, n.Attr)
	i, ok := p.number[n]
	starts := p.starts[k]
	if !ok || len(starts) != p.counted[k] {
		return 0, 0
	}
	return document.Position(p.text, starts[i])
}
