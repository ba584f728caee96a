package rule

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/antchfx/htmlquery"
	"github.com/antchfx/xpath"
	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/filter"
	"scrape/scraper/extract/markup"
)

// xpathSelector is an XPath expression. Elements are found as such; text nodes are
// tidied as those of ::text, and blank ones left out; attributes are given as they
// are; numbers, strings and truth values as what they are, but for NaN and "", which
// count as nothing. In XML, names have the prefixes that the document has.
type xpathSelector struct {
	// Expressions change while they are evaluated, so each is used by one at a time.
	compiled *sync.Pool // of *xpath.Expr
	gives    filter.Kind
}

// errXPath is what the error wraps of a field whose XPath expression asks a page for
// what cannot be done, such as a regular expression of the page that is none.
var errXPath = errors.New("xpath")

func compileXPath(p part) (selector, error) {
	kind, err := tryXPath(p.text)
	if err != nil {
		return nil, xpathMistake(p, err)
	}
	if err := nodeTestMistake(p); err != nil {
		return nil, err
	}
	return xpathSelector{gives: kind, compiled: &sync.Pool{New: func() any {
		e, _ := xpath.Compile(p.text) // it has been compiled before
		return e
	}}}, nil
}

func (x xpathSelector) find(s Scope, k *sink) error {
	nav, err := s.navigator()
	if nav == nil || err != nil {
		return err
	}
	expr := x.compiled.Get().(*xpath.Expr)
	w := &watch{ctx: s.Doc.Context()}
	whole, err := evaluate(expr, &watchedNavigator{nav, w}, k)
	if whole {
		x.compiled.Put(expr)
	}
	return err
}

// navigator is at the root of what is looked in; nil where XPath does not apply.
func (s Scope) navigator() (xpath.NodeNavigator, error) {
	switch {
	case s.Node != nil && s.Doc.Kind() == document.XML:
		return newXMLNavigator(s.Node), nil
	case s.Node != nil:
		return newHTMLNavigator(s.Node), nil
	case s.Doc.Kind() == document.HTML:
		tree, err := s.Doc.Tree()
		if err != nil {
			return nil, err
		}
		return newHTMLNavigator(tree), nil
	case s.Doc.Kind() == document.XML:
		tree, err := s.Doc.XML()
		if err != nil {
			return nil, notRead(s.Doc, err)
		}
		return newXMLNavigator(tree), nil
	}
	return nil, nil
}

// evaluate gives to a sink what an expression finds. The library panics where an
// expression asks for the impossible, and so do our navigators when the context has
// ended: there is no other way to stop it. An expression is not whole after that, and
// what it found before would look like all that there is.
func evaluate(expr *xpath.Expr, nav *watchedNavigator, k *sink) (whole bool, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stopped:
			err = r.error
		default:
			k.values, k.counted = nil, 0
			err = fmt.Errorf("%w: %s", errXPath, xpathWords(r))
		}
	}()
	if err := nav.watch.ctx.Err(); err != nil {
		return true, err
	}
	switch v := expr.Evaluate(nav).(type) {
	case *xpath.NodeIterator:
		for !k.full() && v.MoveNext() {
			if found := valueAt(v.Current()); found != nil {
				if err := k.addNested(nav.watch, found); err != nil {
					return true, err
				}
			}
		}
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			k.add(json.Number(strconv.FormatFloat(v, 'f', -1, 64)))
		}
	case string:
		if v != "" {
			k.add(v)
		}
	case bool:
		k.add(v)
	}
	return true, nil
}

// valueAt is the node that a navigator is at, as a value; nil for blank text.
func valueAt(nav xpath.NodeNavigator) any {
	if w, ok := nav.(*watchedNavigator); ok {
		nav = w.NodeNavigator
	}
	switch {
	case nav.NodeType() == xpath.AttributeNode:
		return nav.Value()
	case nav.NodeType() == xpath.CommentNode:
		return strings.Trim(nav.Value(), spaces)
	}
	var text string
	switch nav := nav.(type) {
	case htmlNavigator:
		n := nav.Current()
		if n.Type != html.TextNode {
			return Element{node: n}
		}
		text = tidyText(n)
	case *xmlNavigator:
		n := nav.Current()
		if n.Type != html.TextNode {
			return Element{node: n, xml: true}
		}
		text = markup.Collapse(n.Data)
	}
	if text == "" {
		return nil
	}
	return text
}

// htmlNavigator is at a node of HTML, where templates have no children.
type htmlNavigator struct{ *htmlquery.NodeNavigator }

func newHTMLNavigator(n *html.Node) htmlNavigator {
	return htmlNavigator{htmlquery.CreateXPathNavigator(n)}
}

// Copy implements xpath.NodeNavigator, as all that follow.
func (n htmlNavigator) Copy() xpath.NodeNavigator {
	return htmlNavigator{n.NodeNavigator.Copy().(*htmlquery.NodeNavigator)}
}

// Value is the text inside of an element, and what other nodes are.
func (n htmlNavigator) Value() string {
	if n.NodeType() == xpath.ElementNode {
		return allText(n.Current())
	}
	return n.NodeNavigator.Value()
}

// MoveToChild moves the navigator to the first child.
func (n htmlNavigator) MoveToChild() bool {
	return !isTemplate(n.Current()) && n.NodeNavigator.MoveToChild()
}

// MoveTo moves the navigator to where another one of the same tree is.
func (n htmlNavigator) MoveTo(other xpath.NodeNavigator) bool {
	o, ok := other.(htmlNavigator)
	return ok && n.NodeNavigator.MoveTo(o.NodeNavigator)
}

// xmlNavigator is at a node of XML, where names have prefixes.
type xmlNavigator struct {
	*htmlquery.NodeNavigator
	attribute int // of the node, that it is at; none
}

func newXMLNavigator(n *html.Node) *xmlNavigator {
	return &xmlNavigator{htmlquery.CreateXPathNavigator(n), none}
}

// Prefix implements xpath.NodeNavigator, as all that follow.
func (n *xmlNavigator) Prefix() string {
	if n.NodeType() == xpath.AttributeNode {
		return n.Current().Attr[n.attribute].Namespace
	}
	return document.Prefix(n.Current())
}

// Copy copies the navigator.
func (n *xmlNavigator) Copy() xpath.NodeNavigator {
	return &xmlNavigator{n.NodeNavigator.Copy().(*htmlquery.NodeNavigator), n.attribute}
}

// MoveToNextAttribute moves the navigator to the next attribute.
func (n *xmlNavigator) MoveToNextAttribute() bool {
	ok := n.NodeNavigator.MoveToNextAttribute()
	if ok {
		n.attribute++
	}
	return ok
}

// MoveToParent moves the navigator to its parent, of an attribute its element.
func (n *xmlNavigator) MoveToParent() bool {
	n.attribute = none
	return n.NodeNavigator.MoveToParent()
}

// MoveTo moves the navigator to where another one of the same tree is.
func (n *xmlNavigator) MoveTo(other xpath.NodeNavigator) bool {
	o, ok := other.(*xmlNavigator)
	if !ok || !n.NodeNavigator.MoveTo(o.NodeNavigator) {
		return false
	}
	n.attribute = o.attribute
	return true
}

// stopped is the panic by which an evaluation ends when its context has.
type stopped struct{ error }

// watchedNavigator is a navigator that looks at the context as it moves.
type watchedNavigator struct {
	xpath.NodeNavigator
	watch *watch
}

// moved counts a move.
func (n *watchedNavigator) moved(ok bool) bool {
	n.spend(1)
	return ok
}

func (n *watchedNavigator) spend(steps int) {
	if err := n.watch.step(steps); err != nil {
		panic(stopped{err})
	}
}

// Copy implements xpath.NodeNavigator, as all that follow.
func (n *watchedNavigator) Copy() xpath.NodeNavigator {
	n.spend(1)
	return &watchedNavigator{n.NodeNavigator.Copy(), n.watch}
}

// Value looks at all that is inside of the node.
func (n *watchedNavigator) Value() string {
	v := n.NodeNavigator.Value()
	n.spend(1 + len(v)/16)
	return v
}

// MoveTo moves the navigator to where another one of the same tree is.
func (n *watchedNavigator) MoveTo(other xpath.NodeNavigator) bool {
	if o, ok := other.(*watchedNavigator); ok {
		other = o.NodeNavigator
	}
	return n.moved(n.NodeNavigator.MoveTo(other))
}

// MoveToParent moves the navigator to its parent.
func (n *watchedNavigator) MoveToParent() bool { return n.moved(n.NodeNavigator.MoveToParent()) }

// MoveToNextAttribute moves the navigator to the next attribute.
func (n *watchedNavigator) MoveToNextAttribute() bool {
	return n.moved(n.NodeNavigator.MoveToNextAttribute())
}

// MoveToChild moves the navigator to the first child.
func (n *watchedNavigator) MoveToChild() bool { return n.moved(n.NodeNavigator.MoveToChild()) }

// MoveToFirst moves the navigator to the first sibling.
func (n *watchedNavigator) MoveToFirst() bool { return n.moved(n.NodeNavigator.MoveToFirst()) }

// MoveToNext moves the navigator to the next sibling.
func (n *watchedNavigator) MoveToNext() bool { return n.moved(n.NodeNavigator.MoveToNext()) }

// MoveToPrevious moves the navigator to the sibling before.
func (n *watchedNavigator) MoveToPrevious() bool { return n.moved(n.NodeNavigator.MoveToPrevious()) }
