package rule

import (
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"scrape/scraper/extract/markup"
)

// program is the selectors of one rule or many, run in a single walk over a tree.
//
// Every compound of every selector ("table.offers", "tr" and "td" of
// "table.offers tr > td") is a bit. Of each element the walk knows by a set of bits
// which compounds match it as the end of their selector so far: the first of a
// selector where it matches by itself, any other where it matches and the one in
// front of it matches an ancestor, the parent, the sibling or an elder sibling, as
// the combinator has it. So an element costs the same however deep it stands and
// however many siblings it has; matching from the right, as is usual, takes time
// that grows with the power of the number of combinators.
type program struct {
	exact     bool // it is for XML or XHTML, whose names are as they are written
	compounds []compound
	words     int // of a set

	first                            set // compounds with nothing in front of them
	descendant, child, next, sibling set // compounds by the combinator in front of them

	anyElement         set            // compounds that any element may match
	tags, ids, classes map[string]set // the others, by what an element must have

	outputs []output
	emits   set              // compounds that are the end of an output's selector
	byBit   map[int][]output // outputs by the end of their selectors
	hasses  []*has
	ofType  bool // positions among elements of the same name are asked for
}

// output is what is taken of elements that match a compound, and for which rule.
type output struct {
	bit  int
	rule int
	take extraction
	id   int // the same for outputs that are the same but for their bits
}

// compound is the conditions on one element, all of which must be met.
type compound struct {
	combinator byte // in front of it: 0 for none, ' ', '>', '+', '~'
	simple     []cascadia.Matcher
	positions  []nth
	nested     []nested // :not, :is
	has        []*has
	scope      bool // :scope
	slow       bool // a condition looks at the whole text inside

	tag, id, class string // what an element that matches must have; the first that is not "" is indexed
}

// nested is a list of selectors inside :not() or :is(), whose last compounds are bits.
type nested struct {
	bits   []int
	negate bool
}

// has is a list of selectors inside :has(), which is run before, on all of the scope.
type has struct {
	program    *program
	combinator byte // ' ' for descendants, '>', '+', '~' where the list begins with one
	index      int  // among those of the walk
}

// set is a set of compounds.
type set []uint64

func (s set) add(bit int)      { s[bit/64] |= 1 << (bit % 64) }
func (s set) has(bit int) bool { return s[bit/64]&(1<<(bit%64)) != 0 }

func (s set) union(t set) {
	for i := range s {
		s[i] |= t[i]
	}
}

// chain appends the compounds of a selector and gives the bit of the last.
func (p *program) chain(compounds []compound) int {
	p.compounds = append(p.compounds, compounds...)
	return len(p.compounds) - 1
}

// seal makes the sets and indexes when all selectors are there.
func (p *program) seal() {
	p.words = (len(p.compounds) + 63) / 64
	p.tags, p.ids, p.classes = map[string]set{}, map[string]set{}, map[string]set{}
	for _, s := range []*set{&p.first, &p.descendant, &p.child, &p.next, &p.sibling, &p.anyElement, &p.emits} {
		*s = make(set, p.words)
	}
	for bit := range p.compounds {
		c := &p.compounds[bit]
		switch c.combinator {
		case 0:
			p.first.add(bit)
		case ' ':
			p.descendant.add(bit)
		case '>':
			p.child.add(bit)
		case '+':
			p.next.add(bit)
		case '~':
			p.sibling.add(bit)
		}
		switch {
		case c.id != "":
			p.index(p.ids, c.id, bit)
		case c.class != "":
			p.index(p.classes, c.class, bit)
		case c.tag != "":
			p.index(p.tags, c.tag, bit)
		default:
			p.anyElement.add(bit)
		}
		for _, h := range c.has {
			h.index = len(p.hasses)
			p.hasses = append(p.hasses, h)
		}
		for _, n := range c.positions {
			p.ofType = p.ofType || n.ofType
		}
	}
	type same struct {
		rule int
		take extraction
	}
	ids := map[same]int{}
	p.byBit = map[int][]output{}
	for _, o := range p.outputs {
		id, ok := ids[same{o.rule, o.take}]
		if !ok {
			id = len(ids)
			ids[same{o.rule, o.take}] = id
		}
		o.id = id
		p.emits.add(o.bit)
		p.byBit[o.bit] = append(p.byBit[o.bit], o)
	}
}

func (p *program) index(by map[string]set, key string, bit int) {
	s := by[key]
	if s == nil {
		s = make(set, p.words)
		by[key] = s
	}
	s.add(bit)
}

// candidates puts into s the compounds that an element may match by its name, id and
// classes.
func (p *program) candidates(n *html.Node, s set) {
	copy(s, p.anyElement)
	if len(p.tags) > 0 {
		if t := p.tags[n.Data]; t != nil {
			s.union(t)
		}
	}
	if len(p.ids) == 0 && len(p.classes) == 0 {
		return
	}
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "id":
			if t := p.ids[a.Val]; t != nil {
				s.union(t)
			}
		case "class":
			p.candidatesByClass(a.Val, s)
		}
	}
}

func (p *program) candidatesByClass(classes string, s set) {
	if len(p.classes) == 0 {
		return
	}
	for i := 0; i < len(classes); {
		for i < len(classes) && markup.IsSpace(classes[i]) {
			i++
		}
		begin := i
		for i < len(classes) && !markup.IsSpace(classes[i]) {
			i++
		}
		if begin < i {
			if t := p.classes[classes[begin:i]]; t != nil {
				s.union(t)
			}
		}
	}
}
