package robots

import (
	"sort"
	"strings"
)

const (
	// maxWork bounds what one question costs, in bytes of the target looked at
	// on behalf of wildcards: a thousand rules with wildcards and a target of a
	// thousand bytes are just about within it. It is used up in two milliseconds at
	// worst.
	maxWork = 1 << 20
	// pieceWork is what a piece between two wildcards costs by itself.
	pieceWork = 16
)

// Allowed tells whether target may be asked for, and by which rule: the zero
// Rule when none matches. Target is path and query as in a request line, which
// are ASCII. /robots.txt itself is always allowed.
//
// What a question costs is bounded, whatever the file: rules without inner
// wildcards are found by searching, and the work for those with wildcards is
// limited. Where it comes to the limit, the rules not yet looked at that
// disallow count as matching and those that allow do not, so that only a file
// made for the purpose suffers.
func (r *Rules) Allowed(target string) (bool, Rule) {
	if r == nil || len(r.rules) == 0 {
		return true, Rule{}
	}
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	decoded := normal(target, equal)
	if decoded == "/robots.txt" {
		return true, Rule{}
	}
	work := maxWork
	best := r.find(decoded, nil, &work)
	if strings.Contains(target, "%") {
		if as := normal(target, written); as != decoded {
			best = r.find(as, best, &work)
		}
	}
	if best == nil {
		return true, Rule{}
	}
	return best.allow, best.shown()
}

// find returns the rule that decides about a target in normal form, or best
// where none that matches goes before it.
func (r *Rules) find(target string, best *rule, work *int) *rule {
	// No normal form holds a "$", so that one at the end makes that of a pattern
	// a character like others.
	target += "$"
	// The stems that target begins with are stems of the last one not behind it
	// in order, if not that itself.
	at := sort.Search(len(r.stems), func(i int) bool { return r.literal(int(r.stems[i].first)) > target }) - 1
	if at < 0 {
		return best
	}
	common := commonPrefix(r.literal(int(r.stems[at].first)), target)
	for ; at >= 0; at = int(r.stems[at].up) {
		first := int(r.stems[at].first)
		if int(r.rules[first].stem) > common {
			continue
		}
		end := len(r.rules)
		if at+1 < len(r.stems) {
			end = int(r.stems[at+1].first)
		}
		for i := first; i < end; i++ {
			next := &r.rules[i]
			if best != nil && precedence(next, best) >= 0 {
				break
			}
			if next.matchesRest(target[next.stem:], work) {
				best = next
				break
			}
		}
	}
	return best
}

// matchesRest tells whether what follows the rule's stem matches what follows
// that in the target. Taking the first place for each piece is enough, since
// none is tied to a place: the end is a character.
func (r *rule) matchesRest(s string, work *int) bool {
	rest := r.pattern[r.stem:]
	for {
		rest = strings.TrimLeft(rest, "*")
		if rest == "" {
			return true
		}
		if *work <= 0 {
			return !r.allow
		}
		var piece string
		if i := strings.IndexByte(rest, '*'); i >= 0 {
			piece, rest = rest[:i], rest[i:]
		} else {
			piece, rest = rest, ""
		}
		at := strings.Index(s, piece)
		if at < 0 {
			*work -= pieceWork + len(s)
			return false
		}
		*work -= pieceWork + at + len(piece)
		s = s[at+len(piece):]
	}
}

// commonPrefix is how many bytes a and b begin with alike.
func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
