package rule

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/antchfx/xpath"
	"golang.org/x/net/html"

	"scrape/scraper/extract/filter"
	"scrape/scraper/extract/xhtml"
)

// tryXPath evaluates an expression on a page made for it: the library finds some
// mistakes, such as arguments of the wrong kind, only when it comes by them. What the
// expression gives is of the same kind on every page.
func tryXPath(text string) (kind filter.Kind, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil, stopped:
		case runtime.Error:
			// The place of a substring may be no number here, and one on a real page.
			if !strings.Contains(r.Error(), "slice bounds out of range") {
				err = r
			}
		default:
			err = fmt.Errorf("%v", r)
		}
	}()
	expr, err := xpath.Compile(text)
	if err != nil {
		return filter.Anything, err
	}
	nav := &watchedNavigator{newXMLNavigator(trialTree(text)), &watch{ctx: &fewLooks{context.Background(), 100}}}
	switch found := expr.Evaluate(nav).(type) {
	case *xpath.NodeIterator:
		kind = filter.TextKind
		for found.MoveNext() {
			continue
		}
	case string:
		kind = filter.TextKind
	case float64:
		kind = filter.NumberKind
	case bool:
		kind = filter.TruthKind
	}
	return kind, nil
}

// fewLooks is a context that ends when it has been asked a number of times.
type fewLooks struct {
	context.Context
	left int
}

// Err implements context.Context.
func (f *fewLooks) Err() error {
	if f.left--; f.left < 0 {
		return context.Canceled
	}
	return nil
}

// maxTrial is how many names, attributes and texts of an expression its trial tree has, of each.
const maxTrial = 8

// trialPage is what a trial tree is made of.
type trialPage struct {
	path  []string // names of elements, in the order of the expression
	attrs []html.Attribute
	texts []string
}

var (
	// xpathNameOf is a name with what stands before it, of an attribute, and what
	// follows it, where it is a function or an axis.
	xpathNameOf = lazily(`(@\s*|attribute::\s*)?([\pL_][\pL\d_.-]*(?::[\pL_][\pL\d_.-]*)?)(\s*(?:\(|::))?`)
	// xpathCompared is what may stand between an attribute and a text it is compared with.
	xpathCompared = lazily(`^\s*(?:=|,)\s*["']`)
)

// lazily compiles an expression when it is first asked for: every process of ours
// starts with what packages make, and few ever need these.
func lazily(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// trialTree is a tree of the names and the texts in an expression, so that its
// predicates are come by: its elements one inside of the other in the order of the
// expression, and in each of them all of them again.
func trialTree(text string) *html.Node {
	var t trialPage
	bare := unquoted(text)
	for _, m := range xpathNameOf().FindAllStringSubmatchIndex(bare, -1) {
		name := text[m[4]:m[5]]
		switch {
		case m[6] >= 0:
		case m[2] < 0:
			t.path = append(t.path, name)
		case !slices.ContainsFunc(t.attrs, func(a html.Attribute) bool { return attributeName(a) == name }):
			t.attrs = append(t.attrs, trialAttribute(name, text[m[5]:]))
		}
	}
	t.texts = append([]string{"1"}, literals(text)...)
	t.path = append(t.path[:min(len(t.path), maxTrial)], "p")
	t.attrs = append(t.attrs[:min(len(t.attrs), maxTrial)], html.Attribute{Key: "a", Val: "1"})
	t.texts = t.texts[:min(len(t.texts), maxTrial)]
	root := t.element("p", "1", t.attrs)
	t.fill(root, 0)
	return root
}

// fill gives to an element, depth elements down, all elements, and goes on in the next of the path.
func (t *trialPage) fill(n *html.Node, depth int) {
	for i, name := range t.path {
		if slices.Contains(t.path[:i], name) {
			continue
		}
		for _, text := range t.texts {
			n.AppendChild(t.element(name, text, t.attrs))
		}
		n.AppendChild(t.element(name, "1", nil))
	}
	if depth < len(t.path) {
		next := t.element(t.path[depth], "1", t.attrs)
		n.AppendChild(next)
		t.fill(next, depth+1)
	}
}

// element is one with a text and a comment.
func (t *trialPage) element(name, text string, attrs []html.Attribute) *html.Node {
	n := &html.Node{Type: html.ElementNode, Data: name, Attr: attrs}
	if prefix, local, ok := strings.Cut(name, ":"); ok {
		n.Namespace, n.Data = prefix+xhtml.Means, local
	}
	n.AppendChild(&html.Node{Type: html.TextNode, Data: text})
	n.AppendChild(&html.Node{Type: html.CommentNode, Data: text})
	return n
}

// trialAttribute is one with the text that it is compared with in what follows it.
func trialAttribute(name, rest string) html.Attribute {
	a := html.Attribute{Key: name, Val: "1"}
	if prefix, local, ok := strings.Cut(name, ":"); ok {
		a.Namespace, a.Key = prefix, local
	}
	if xpathCompared().MatchString(rest) {
		a.Val = literals(rest)[0]
	}
	return a
}

// attributeName is the name with its prefix.
func attributeName(a html.Attribute) string {
	if a.Namespace == "" {
		return a.Key
	}
	return a.Namespace + ":" + a.Key
}

// quotations are where the texts in the quotes of an expression begin and end, without
// the quotes.
func quotations(text string) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for i := 0; i < len(text); i++ {
			if text[i] != '"' && text[i] != '\'' {
				continue
			}
			end := closing(text, i, false)
			if end < 0 || !yield(i+1, end) {
				return
			}
			i = end
		}
	}
}

// literals are the texts in the quotes of an expression.
func literals(text string) (all []string) {
	for begin, end := range quotations(text) {
		all = append(all, text[begin:end])
	}
	return all
}

// unquoted is an expression with blanks instead of what stands in quotes, and of these.
func unquoted(text string) string {
	blank := []byte(text)
	for begin, end := range quotations(text) {
		copy(blank[begin-1:end+1], strings.Repeat(" ", end-begin+2))
	}
	return string(blank)
}
