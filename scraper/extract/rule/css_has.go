package rule

import (
	"math"

	"golang.org/x/net/html"
)

// holding is the set of elements that :has() holds for. It is made for the whole scope
// at once, when it is first asked for, so that each element is looked at once however
// many there are around it.
func (w *walk) holding(h *has) (map[*html.Node]struct{}, error) {
	if set := w.inside[h.index]; set != nil {
		return set, nil
	}
	found := &sink{all: true, left: math.MaxInt, room: math.MaxInt}
	if err := newWalk(h.program, w.scope, w.root, []*sink{found}).run(); err != nil {
		return nil, err
	}
	set := map[*html.Node]struct{}{}
	for _, v := range found.values {
		h.mark(v.(Element).node, set)
		if err := w.step(1); err != nil {
			return nil, err
		}
	}
	w.inside[h.index] = set
	return set, nil
}

// mark adds to a set the elements that a match makes the condition hold for, as far as
// they are not there already.
func (h *has) mark(match *html.Node, set map[*html.Node]struct{}) {
	from := func(n *html.Node, next func(*html.Node) *html.Node, all bool) {
		for n = next(n); n != nil; n = next(n) {
			if n.Type != html.ElementNode {
				continue
			}
			if _, ok := set[n]; ok {
				return
			}
			set[n] = struct{}{}
			if !all {
				return
			}
		}
	}
	up := func(n *html.Node) *html.Node { return n.Parent }
	back := func(n *html.Node) *html.Node { return n.PrevSibling }
	switch h.combinator {
	case '>':
		from(match, up, false)
	case '+':
		from(match, back, false)
	case '~':
		from(match, back, true)
	default:
		from(match, up, true)
	}
}
