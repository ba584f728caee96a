package rule

import (
	"regexp"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// textPattern is :matches() and :matchesOwn(): a regular expression for the text of an
// element, or for that which is not inside of its children.
type textPattern struct {
	expr *regexp.Regexp
	own  bool
}

// Match implements cascadia.Matcher.
func (m textPattern) Match(n *html.Node) bool {
	if m.own {
		return m.expr.MatchString(ownTextOf(n))
	}
	return m.expr.MatchString(allText(n))
}

// ownTextOf is the text of an element that is not inside of its children.
func ownTextOf(n *html.Node) string {
	if isTemplate(n) {
		return ""
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// pattern compiles the expression in parentheses. Quotes around the whole of it are as
// those of :contains(); \ in them is that of the expression.
func (r *cssReader) pattern(name string, begin int, argument part) (*regexp.Regexp, error) {
	if strings.Trim(argument.text, spaces) == "" {
		return nil, r.wrong(begin, ":"+name+"() needs a regular expression", `such as :matches("[0-9]+ left")`)
	}
	if t := argument.trimmed(); (t.text[0] == '"' || t.text[0] == '\'') && closing(t.text, 0, true) == len(t.text)-1 {
		argument = part{text: t.text[1 : len(t.text)-1], at: t.at + 1}
	} else { // at its end white space counts
		argument = part{text: strings.TrimLeft(argument.text, spaces), at: t.at}
	}
	expr, err := argument.regexp()
	if err != nil {
		return nil, err
	}
	return expr.Regexp, nil
}

// outsideTemplates is a condition of cascadia's on what is inside an element, which is
// to see nothing that is in a template.
type outsideTemplates struct {
	cascadia.Matcher
	deep bool // it looks at all of the text
}

// Match implements cascadia.Matcher.
func (m outsideTemplates) Match(n *html.Node) bool {
	switch {
	case isTemplate(n):
		n = &html.Node{Type: n.Type, Data: n.Data}
	case m.deep && holdsTemplate(n):
		text := &html.Node{Type: html.TextNode, Data: allText(n)}
		n = &html.Node{Type: n.Type, Data: n.Data, FirstChild: text, LastChild: text}
	}
	return m.Matcher.Match(n)
}

func holdsTemplate(n *html.Node) bool {
	for d := range n.Descendants() {
		if isTemplate(d) {
			return true
		}
	}
	return false
}
