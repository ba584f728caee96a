package links

import "strings"

// run is text that a browser shows in one line, without blocks between: an address may
// go on from one element to the next ("a<b>@</b>example.com").
type run struct {
	pieces []piece
	next   seam // stands before the next piece
	at     bool // a piece has an "@"
}

type piece struct {
	text   string
	before seam
}

// seam is what stands between two texts of a run.
type seam uint8

const (
	seamless seam = iota
	weak          // an inline element begins or ends
	strong        // one ends and another begins: style sheets may set them apart; or a link does
)

// tag takes note of the tag of an inline element.
func (r *run) tag(start, link bool) {
	switch {
	case link || start && r.next == weak:
		r.next = strong
	case r.next == seamless:
		r.next = weak
	}
}

// add adds a text.
func (r *run) add(s string) {
	if s == "" {
		return
	}
	r.pieces = append(r.pieces, piece{s, r.next})
	r.at = r.at || strings.IndexByte(s, '@') >= 0
	r.next = seamless
}

// end ends the run and gives its addresses to keep.
func (r *run) end(keep func(address string)) {
	if r.at {
		r.addresses(keep)
	}
	clear(r.pieces)
	r.pieces, r.next, r.at = r.pieces[:0], seamless, false
}

func (r *run) addresses(keep func(address string)) {
	var text strings.Builder
	around, part := parts{bounds: []int{0}}, parts{bounds: []int{0}}
	for _, p := range r.pieces {
		if p.before != seamless {
			part.bounds = append(part.bounds, text.Len())
		}
		if p.before == strong {
			around.bounds = append(around.bounds, text.Len())
		}
		text.WriteString(visible(p.text))
	}
	s := text.String()
	around.bounds, part.bounds = append(around.bounds, len(s)), append(part.bounds, len(s))
	for from := 0; ; {
		n := strings.IndexByte(s[from:], '@')
		if n < 0 {
			return
		}
		at := from + n
		from = at + 1
		outerStart, outerEnd := around.of(at)
		innerStart, innerEnd := part.of(at)
		if innerEnd-innerStart == 1 { // made against programs like this one
			outerStart, outerEnd = 0, len(s)
		}
		start, end := addressIn(s, outerStart, outerEnd, at)
		ownStart, ownEnd := addressIn(s, innerStart, innerEnd, at)
		if ownEnd > 0 && (end == 0 || !goesOn(s, ownStart, ownEnd, start, end)) {
			start, end = ownStart, ownEnd
		}
		if end > 0 {
			keep(s[start:end])
			from = max(from, end)
		}
	}
}

// addressIn is addressAt in a part of s.
func addressIn(s string, from, to, at int) (start, end int) {
	if start, end = addressAt(s[from:to], at-from); end > 0 {
		return start + from, end + from
	}
	return 0, 0
}

// goesOn tells whether an address that is whole in its own element goes on beyond that:
// words that only elements part are two, "Contact" and "a@b.example", but not where there
// is punctuation between them, as in "john.<b>doe@b.example</b>".
func goesOn(s string, ownStart, ownEnd, start, end int) bool {
	joins := func(i int) bool { return strings.IndexByte(".-_+", s[i]) >= 0 }
	before := start == ownStart || joins(ownStart-1) || joins(ownStart)
	after := end == ownEnd || joins(ownEnd-1) || joins(ownEnd)
	return before && after
}

// parts finds the part of a text that a place lies in, asked for in rising order.
type parts struct {
	bounds []int // where parts begin, and where the last ends
	i      int   // the part that was found last
}

func (p *parts) of(at int) (start, end int) {
	for p.bounds[p.i+1] <= at {
		p.i++
	}
	return p.bounds[p.i], p.bounds[p.i+1]
}

// visible is s without what is not seen and only says where a line may be broken.
func visible(s string) string {
	for i := range len(s) {
		if c := s[i]; c == '\xc2' || c == '\xe2' || c == '\xef' { // what these begin with
			return unseen.Replace(s)
		}
	}
	return s
}

var unseen = strings.NewReplacer("\u00ad", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u2060", "", "\ufeff", "")
