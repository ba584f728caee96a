package rule

import (
	"math/bits"

	"golang.org/x/net/html"
)

// walk is one run of a program over a tree.
type walk struct {
	watch
	scope   Scope
	program *program
	root    *html.Node // a document or the element of a scope
	sinks   []*sink    // by rule
	frames  []*frame   // by depth

	inside []map[*html.Node]struct{} // what :has() holds for, by its index; nil: not known yet
	seen   []int                     // by the id of an output: the last element it took
	visits int
	open   []int // by rule: elements that were found and are being walked
}

// frame is an element while its children are walked.
type frame struct {
	node      *html.Node
	own       set // what the element matches
	inherited set // what it or an ancestor matches
	before    set // what the child in front of the next one matches
	elder     set // what any child so far matches
	ordinal   int // children so far that are elements; none: not known, of a scope's own siblings
	positions []position
	found     []int    // the rules that have found the element itself
	texts     []output // those that take the element's text nodes
}

func newWalk(p *program, s Scope, root *html.Node, sinks []*sink) *walk {
	return &walk{
		watch: watch{ctx: s.Doc.Context()}, scope: s, program: p, root: root, sinks: sinks,
		inside: make([]map[*html.Node]struct{}, len(p.hasses)), seen: make([]int, len(p.outputs)),
		open: make([]int, len(sinks)),
	}
}

// run walks the tree until its end, or until all sinks are full. Trees are no deeper
// than the parser allows (512), so that recursion is safe.
func (w *walk) run() error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	f := w.frame(0)
	if w.root.Type != html.ElementNode {
		f.node = w.root
		return w.children(0)
	}
	f.node, f.ordinal = w.root.Parent, none
	return w.element(w.root, 0)
}

// frame is that of a depth, as it is before the first child.
func (w *walk) frame(depth int) *frame {
	if depth == len(w.frames) {
		n := w.program.words
		sets := make(set, 4*n)
		w.frames = append(w.frames, &frame{own: sets[:n:n], inherited: sets[n : 2*n : 2*n], before: sets[2*n : 3*n : 3*n], elder: sets[3*n:]})
	}
	f := w.frames[depth]
	clear(f.before)
	clear(f.elder)
	f.node, f.ordinal, f.positions, f.texts = nil, 0, f.positions[:0], f.texts[:0]
	f.found = f.found[:0]
	return f
}

func (w *walk) children(depth int) error {
	f := w.frames[depth]
	if isTemplate(f.node) {
		return nil
	}
	for c := f.node.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.ElementNode:
			f.ordinal++
			if err := w.element(c, depth); err != nil {
				return err
			}
		case html.TextNode:
			for _, o := range f.texts {
				if text := tidyText(c); text != "" && !w.sinks[o.rule].full() {
					w.sinks[o.rule].add(text)
				}
			}
		}
		if w.full() {
			return nil
		}
	}
	return nil
}

// full tells whether no rule wants more.
func (w *walk) full() bool {
	for _, k := range w.sinks {
		if !k.full() {
			return false
		}
	}
	return true
}

// element walks an element whose parent is at a depth.
func (w *walk) element(n *html.Node, depth int) error {
	parent, f := w.frames[depth], w.frame(depth+1)
	f.node = n
	if err := w.match(n, parent, f.own); err != nil {
		return err
	}
	w.visits++
	for i := range f.own {
		f.inherited[i] = parent.inherited[i] | f.own[i]
		for ends := f.own[i] & w.program.emits[i]; ends != 0; ends &= ends - 1 {
			for _, o := range w.program.byBit[i*64+bits.TrailingZeros64(ends)] {
				if err := w.take(n, f, o); err != nil {
					return err
				}
			}
		}
	}
	if err := w.children(depth + 1); err != nil {
		return err
	}
	for _, rule := range f.found {
		w.open[rule]--
	}
	copy(parent.before, f.own)
	parent.elder.union(f.own)
	return nil
}

// take takes what an output wants of an element that it matches.
func (w *walk) take(n *html.Node, f *frame, o output) error {
	k := w.sinks[o.rule]
	if k.full() || w.seen[o.id] == w.visits {
		return nil
	}
	w.seen[o.id] = w.visits
	switch o.take.kind {
	case ownText:
		f.texts = append(f.texts, o)
		return nil
	case attribute:
		if v, ok := attributeOf(n, o.take.attr); ok {
			k.add(v)
		}
		return nil
	}
	nested := w.open[o.rule] > 0
	w.open[o.rule]++
	f.found = append(f.found, o.rule)
	if nested {
		return k.addNested(&w.watch, w.scope.element(n))
	}
	k.add(w.scope.element(n))
	return nil
}

// match puts into own which compounds an element matches.
func (w *walk) match(n *html.Node, parent *frame, own set) error {
	p := w.program
	p.candidates(n, own)
	steps := 1
	carry := [4]uint64{}
	for i := range own {
		// Where the one in front of a compound matches in the right place, the compound may match.
		may := p.first[i] |
			p.descendant[i]&(parent.inherited[i]<<1|carry[0]) |
			p.child[i]&(parent.own[i]<<1|carry[1]) |
			p.next[i]&(parent.before[i]<<1|carry[2]) |
			p.sibling[i]&(parent.elder[i]<<1|carry[3])
		carry = [4]uint64{parent.inherited[i] >> 63, parent.own[i] >> 63, parent.before[i] >> 63, parent.elder[i] >> 63}
		may &= own[i]
		own[i] = 0
		for ; may != 0; may &= may - 1 {
			bit := i*64 + bits.TrailingZeros64(may)
			steps++
			holds, err := w.holds(&p.compounds[bit], n, parent, own)
			if err != nil {
				return err
			}
			if holds {
				own.add(bit)
			}
		}
	}
	return w.step(steps)
}

// holds tells whether an element meets the conditions of a compound. own says so of
// the compounds before it, such as those that it is nested around.
func (w *walk) holds(c *compound, n *html.Node, parent *frame, own set) (bool, error) {
	if c.scope && !w.isScope(n) {
		return false, nil
	}
	for _, inner := range c.nested {
		if inner.matches(own) == inner.negate {
			return false, nil
		}
	}
	if len(c.positions) > 0 {
		p, ok, err := w.position(n, parent)
		if !ok || err != nil {
			return false, err
		}
		for _, condition := range c.positions {
			if !condition.holds(p) {
				return false, nil
			}
		}
	}
	if c.slow {
		if err := w.step(stepsPerLook); err != nil {
			return false, err
		}
	}
	for _, m := range c.simple {
		if !m.Match(n) {
			return false, nil
		}
	}
	for _, h := range c.has {
		inside, err := w.holding(h)
		if err != nil {
			return false, err
		}
		if _, ok := inside[n]; !ok {
			return false, nil
		}
	}
	return true, nil
}

func (n nested) matches(own set) bool {
	for _, bit := range n.bits {
		if own.has(bit) {
			return true
		}
	}
	return false
}

// isScope tells whether n is what :scope stands for: the scope's element, or that of
// the whole document.
func (w *walk) isScope(n *html.Node) bool {
	return n == w.root || n.Parent == w.root && w.root.Type == html.DocumentNode
}

// position is that of an element, whose siblings are counted when first asked for.
func (w *walk) position(n *html.Node, parent *frame) (p position, ok bool, err error) {
	if parent.node == nil {
		return p, false, nil
	}
	if len(parent.positions) == 0 {
		parent.positions, err = positions(parent.node, parent.positions, w.program.ofType, &w.watch)
	}
	if parent.ordinal == none {
		parent.ordinal = 1
		for c := n.PrevSibling; c != nil; c = c.PrevSibling {
			if c.Type == html.ElementNode {
				parent.ordinal++
			}
		}
	}
	return parent.positions[parent.ordinal-1], true, err
}
