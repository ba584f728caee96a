package schema

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/head"
	"scrape/scraper/extract/rule"
)

// How much is tried for a miss.
const (
	maxCuts         = 40 // shorter selectors, the longest first
	maxAlternatives = 20 // of those with commas between them
)

// miss says why nothing is found.
func (t *tracer) miss(found *Finding, scope rule.Scope) error {
	if found.Selector == "" {
		return nil
	}
	if err := t.trace(found, scope); err != nil || found.Unreachable {
		return err
	}
	if m := t.doc.Mistake(); m != nil && isLast(scope.Node) && selectorOf(found.Selector).Language != rule.Regexp {
		found.Stop = strings.TrimPrefix(found.Stop+": "+m.Error(), ": ")
	}
	return nil
}

// isLast tells what ends with the document, so that what is not read would lie in it.
func isLast(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.NextSibling != nil {
			return false
		}
	}
	return true
}

// trace follows a selector as far as it gets.
func (t *tracer) trace(found *Finding, scope rule.Scope) error {
	s := selectorOf(found.Selector)
	if scope.Node == nil {
		if found.Stop = cmp.Or(unfit(t.doc, s), broken(t.doc, s)); found.Stop != "" {
			found.Unreachable = true
			return nil
		}
	}
	if s.filters != "" {
		if done, err := t.filtered(found, s, scope); done || err != nil {
			return err
		}
	}
	switch s.Language {
	case rule.Regexp:
		found.Stop = "no match in the text"
		return nil
	case rule.JSONPath:
		reach, err := t.cut(found, s.text, pathCuts(s), scope)
		if reach == 0 {
			found.Stop = "no JSON, and no JSON-LD"
		}
		if broken := head.BrokenJSONLD(t.doc); broken != "" && scope.Node == nil {
			found.Stop += ": " + broken
		}
		if err == nil && found.Hint == "" {
			found.Hint, err = t.inList(s, scope)
		}
		return err
	case rule.XPath:
		_, err := t.cut(found, s.text, pathCuts(s), scope)
		return err
	}
	return t.css(found, s.text, scope)
}

// filtered looks whether it is a filter that leaves nothing of what is found.
func (t *tracer) filtered(found *Finding, s selector, scope rule.Scope) (done bool, err error) {
	text, last := s.text, any(nil)
	for _, filter := range append([]string{""}, split(s.filters[1:], '|')...) {
		if filter = strings.TrimSpace(filter); filter != "" {
			text += " | " + filter
		}
		r, err := rule.Parse(text)
		if err != nil {
			return false, nil // a prefix need not be a rule
		}
		v, err := r.Value(scope, true)
		if err != nil {
			return false, err
		}
		if isNothing(v) {
			if last != nil {
				found.Stop = fmt.Sprintf("%s finds %s, of which %s leaves nothing", s.text, brief(last), filter)
				err = t.pointAtSource(found, s, scope)
			}
			return last != nil, err
		}
		last = v
	}
	return false, nil
}

// pointAtSource names the element that the value comes from which a filter could not
// read: the first that a selector finds, for one of texts the one they lie in.
func (t *tracer) pointAtSource(found *Finding, s selector, scope rule.Scope) error {
	elements := s.text
	if at, ok := s.Pseudo(); ok {
		elements = s.text[:at] // "" of jsonpath: and re:
	}
	_, first, err := t.count(elements, scope)
	t.point(found, first)
	return err
}

// point names an element, and where it is written. Of XML there is none.
func (t *tracer) point(found *Finding, n *html.Node) {
	if n == nil {
		return
	}
	found.Element = path(n)
	if t.places == nil {
		tree, err := t.doc.Tree()
		if err != nil {
			return
		}
		t.places = newPlaces(t.doc.Text(), tree)
	}
	found.Line, found.Column = t.places.of(n)
}

// isNothing tells what a filter has left nothing of.
func isNothing(v any) bool {
	list, ok := v.([]any)
	if !ok {
		return v == nil
	}
	for _, one := range list {
		if one != nil {
			return false
		}
	}
	return true
}

// brief is the first of what was found, on one short line.
func brief(v any) string {
	more := ""
	if list, ok := v.([]any); ok && len(list) > 0 {
		if v = list[0]; len(list) > 1 {
			more = fmt.Sprintf(" and %d more", len(list)-1)
		}
	}
	text, err := asText(v)
	if err != nil {
		return "something"
	}
	const most = 40
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most]) + "…"
	}
	return text + more
}

// css looks at a list of CSS selectors, and tells of the one that gets furthest.
func (t *tracer) css(found *Finding, selector string, scope rule.Scope) error {
	furthest := -1
	all := split(selector, ',')
	for _, one := range all[:min(len(all), maxAlternatives)] {
		one = strings.TrimSpace(one)
		this := Finding{}
		if at, ok := selectorOf(one).Pseudo(); ok {
			n, first, err := t.count(one[:at], scope)
			if err != nil {
				return err
			}
			if n > 0 {
				found.Stop = fmt.Sprintf("%d × %s, and nothing for %s", n, one[:at], one[at:])
				t.point(found, first)
				return nil
			}
			if one = one[:at]; one == "" && scope.Node != nil { // "::text"
				found.Stop = "nothing for " + selector + " in this element"
				t.point(found, scope.Node)
				return nil
			}
		}
		reach, err := t.cut(&this, one, cssCuts(one), scope)
		if err != nil {
			return err
		}
		if reach > furthest {
			furthest, found.Stop = reach, this.Stop
			found.Element, found.Line, found.Column = this.Element, this.Line, this.Column
		}
	}
	return nil
}

// cut finds the longest part of a selector, up to one of its cuts, that finds
// something. reach is its length in bytes.
func (t *tracer) cut(found *Finding, selector string, cuts []int, scope rule.Scope) (reach int, err error) {
	where := " on the page"
	if scope.Node != nil {
		where = " in this element"
	}
	n, first, err := t.count(selector, scope)
	if err != nil {
		return 0, err
	}
	if n > 0 {
		found.Stop = fmt.Sprintf("%d × %s, and nothing in it", n, selector)
		t.point(found, first)
		return len(selector), nil
	}
	end := len(selector)
	for i := len(cuts) - 1; i >= 0 && i >= len(cuts)-maxCuts; i-- {
		prefix := strings.TrimSpace(selector[:cuts[i]])
		n, first, err := t.count(prefix, scope)
		if err != nil {
			return 0, err
		}
		if n > 0 {
			piece := selector[cuts[i]:end]
			if selectorOf(selector).Language == rule.JSONPath {
				piece = " " + piece // each segment goes into what is there
			}
			found.Stop = fmt.Sprintf("%d × %s, %s", n, prefix, lacks(piece, n))
			t.point(found, first)
			return cuts[i], nil
		}
		end = cuts[i]
	}
	found.Stop = "no " + strings.TrimSpace(selector[:end]) + where
	return 0, nil
}

// count is how many elements, or values of JSON, a selector finds; first is the
// first element.
func (t *tracer) count(selector string, scope rule.Scope) (n int, first *html.Node, err error) {
	r, err := rule.Parse(selector)
	if err != nil {
		return 0, nil, nil // a part need not be a selector
	}
	if selectorOf(selector).Language == rule.JSONPath {
		v, err := r.Value(scope, true)
		if list, ok := v.([]any); ok {
			return len(list), nil, err
		}
		return 0, nil, err
	}
	elements, err := r.Elements(scope)
	if len(elements) > 0 {
		first = elements[0]
	}
	return len(elements), first, err
}

// lacks says what n elements do not have: a next piece of their selector.
func lacks(piece string, n int) string {
	it, none := "it", "and it is not "
	if n > 1 {
		it, none = "them", "and none of them is "
	}
	trimmed := strings.TrimLeft(piece, " \t\r\n")
	name := strings.TrimSpace(strings.TrimLeft(trimmed, ">+~ "))
	switch {
	case strings.HasPrefix(trimmed, ">"):
		return "no " + name + " directly in " + it
	case strings.HasPrefix(trimmed, "+"):
		return "no " + name + " right behind " + it
	case strings.HasPrefix(trimmed, "~"):
		return "no " + name + " behind " + it
	case strings.HasPrefix(trimmed, "/"), len(trimmed) < len(piece):
		return "no " + name + " in " + it
	}
	return none + name
}

// maxPath is how many elements a path names.
const maxPath = 8

// path names an element by those that it lies in: "html > body > div.product".
func path(n *html.Node) string {
	var names []string
	for ; n != nil && n.Type == html.ElementNode; n = n.Parent {
		if len(names) == maxPath {
			names = append(names, "…")
			break
		}
		names = append(names, label(n))
	}
	for i, j := 0, len(names)-1; i < j; i, j = i+1, j-1 {
		names[i], names[j] = names[j], names[i]
	}
	return strings.Join(names, " > ")
}

// label is an element as a selector would say it: its name, with id or classes.
func label(n *html.Node) string {
	name := n.Data
	if id, _ := document.Attribute(n, "id"); id != "" && !strings.ContainsAny(id, " \t\r\n") {
		return short(name + "#" + id)
	}
	class, _ := document.Attribute(n, "class")
	for i, class := range strings.Fields(class[:min(len(class), 200)]) {
		if i < 2 {
			name += "." + class
		}
	}
	return short(strings.ToValidUTF8(name, ""))
}
