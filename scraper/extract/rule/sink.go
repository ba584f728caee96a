package rule

import (
	"math"

	"golang.org/x/net/html"
)

// maxNested is how many bytes the values of a field may have, as far as they may be
// parts of others, or texts of a regular expression, of which each takes textCost
// besides.
const (
	maxNested = 64 << 20
	textCost  = 32
)

// sink takes what is found.
type sink struct {
	all    bool
	left   int // of maxNested; less than 0: it is used up, and nothing more is taken
	room   int // for texts in the list that is written, likewise
	values []any

	unlimited bool // nothing is written of what is found, so that its size does not count

	counts  bool // values are only counted
	counted int
}

// newSink makes the sink of a rule.
func newSink(s Scope, r *Rule, many bool) *sink {
	k := &sink{all: many || r.filters.TakesList(), left: maxNested, room: math.MaxInt, counts: r.filters.Counts()}
	if r.filters.IsEmpty() { // they may make less of it
		k.room = s.Doc.MaxField()
	}
	return k
}

// add takes a value and tells whether more are wanted.
func (k *sink) add(v any) bool {
	if k.counts {
		if v != nil {
			k.counted++
		}
		return true
	}
	k.values = append(k.values, v)
	return k.all
}

// addText is add for a text of which a page may have as many as it has bytes.
func (k *sink) addText(s string) bool {
	if k.counts {
		return k.add(s)
	}
	k.left -= len(s) + textCost
	k.room -= len(s) + len(`"",`)
	return k.add(s) && !k.full()
}

// addNested is add for a value that may be a part of others that were found. The error is
// that of the watch, since its size is that of all that is in it.
func (k *sink) addNested(w *watch, v any) error {
	if !k.unlimited && !k.counts {
		n, err := size(w, v, k.left)
		if err != nil {
			return err
		}
		if k.left -= n; k.left < 0 {
			return nil
		}
	}
	k.add(v)
	return nil
}

// full tells whether no more is wanted.
func (k *sink) full() bool { return k.left < 0 || k.room < 0 || !k.all && len(k.values) > 0 }

// seen is how many values there are so far, be they kept or counted.
func (k *sink) seen() int { return len(k.values) + k.counted }

// size is about how many bytes a value has in a record; more than limit where it is
// larger than that.
func size(w *watch, v any, limit int) (int, error) {
	if err := w.step(1); err != nil {
		return 0, err
	}
	n := 2
	switch v := v.(type) {
	case string:
		return n + len(v), nil
	case Element:
		inside, err := sizeOfTree(w, v.node, limit)
		return n + inside, err
	case []any:
		for _, child := range v {
			inside, err := size(w, child, limit-n)
			if n += inside; n > limit || err != nil {
				return n, err
			}
		}
		return n, nil
	case map[string]any:
		for name, child := range v {
			inside, err := size(w, child, limit-n)
			if n += len(name) + inside; n > limit || err != nil {
				return n, err
			}
		}
		return n, nil
	}
	return n + 8, nil
}

// sizeOfTree is that of an element.
func sizeOfTree(w *watch, n *html.Node, limit int) (int, error) {
	sum := 0
	for c := range n.Descendants() {
		if err := w.step(1 + len(c.Attr)); err != nil {
			return sum, err
		}
		sum += len(c.Data)
		for i := range c.Attr {
			sum += len(c.Attr[i].Key) + len(c.Attr[i].Val)
		}
		if sum > limit {
			break
		}
	}
	return sum, nil
}
