package structure

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
)

// Heading is one h1 to h6 element.
type Heading struct {
	Level int    `json:"level"`
	Text  string `json:"text"`
	ID    string `json:"id,omitempty"`
}

// Headings returns the headings of a page in tree order, also those without
// text. A heading inside another is not part of the other's text.
func Headings(d *document.Document) ([]Heading, error) {
	root, err := tree(d)
	if err != nil {
		return nil, err
	}
	var found []Heading
	err = walk(d, root, func(n *html.Node) {
		if level := headingLevel(n); level > 0 {
			found = append(found, Heading{level, document.ShownText(n, isHeading), value(n, "id")})
		}
	})
	return found, err
}

func isHeading(n *html.Node) bool { return headingLevel(n) > 0 }

// headingLevel is 1 to 6; 0 of what is no heading.
func headingLevel(n *html.Node) int {
	if n.Namespace != "" {
		return 0
	}
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return int(n.Data[1] - '0')
	}
	return 0
}
