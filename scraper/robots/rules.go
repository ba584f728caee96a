// Package robots reads robots.txt files (RFC 9309) and answers whether a path
// may be asked for.
//
// A file is foreign bytes, so that it is parsed in a worker; what it says to us
// is asked for each URL, so that the rules travel to the coordinator in a form
// that answers quickly. Between the two stands AppendBinary and UnmarshalBinary.
//
// Where the RFC leaves room, or Google's parser (github.com/google/robotstxt)
// reads on where the RFC has no rule, this package does what that parser does,
// as it is what people test their files with.
package robots

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unsafe"
)

// Rules is what a robots.txt file says to one product: the rules of its own
// groups, merged, or those of the groups for "*". Nil and the zero value allow
// everything. Rules are not changed after Parse or UnmarshalBinary, and then
// safe for concurrent use.
type Rules struct {
	// CrawlDelay is the wait between two requests that the group asks for, at
	// most MaxCrawlDelay; 0 when it asks for none. Of several the longest holds.
	CrawlDelay time.Duration
	// Sitemaps are the http and https URLs of the file's Sitemap lines as
	// written, each once. They hold for every product.
	Sitemaps []string

	rules []rule // in the order of compare
	stems []stem // of rules, in order
}

// Rule is one line of a robots.txt file, as a message shows it. The zero Rule
// is no rule.
type Rule struct {
	Line int    // from 1
	Text string // "Disallow: /private", printable ASCII but for the "…" of what was too long
}

// String is the rule and where it stands: "robots.txt, line 12: Disallow: /private".
func (r Rule) String() string { return fmt.Sprintf("robots.txt, line %d: %s", r.Line, r.Text) }

// maxText is how many bytes of a rule's pattern are shown.
const maxText = 200

// rule is one pattern in normal form (see normal): "*" is a wildcard wherever
// it stands, "$" ends the pattern and is the end of the target.
type rule struct {
	pattern string
	line    int32
	octets  int32 // how specific the rule is
	stem    int32 // how many bytes of pattern stand before its first wildcard
	allow   bool
}

func newRule(pattern string, line int, allow bool) rule {
	stem := strings.IndexByte(pattern, '*')
	if stem < 0 {
		stem = len(pattern)
	}
	return rule{pattern: pattern, line: int32(line), octets: int32(octets(pattern)), stem: int32(stem), allow: allow}
}

// shown is the rule for messages.
func (r *rule) shown() Rule {
	text := r.pattern
	if len(text) > maxText {
		text = text[:maxText] + "…"
	}
	verb := "Disallow: "
	if r.allow {
		verb = "Allow: "
	}
	return Rule{Line: int(r.line), Text: verb + text}
}

// precedence is negative when a decides before b does, of two rules that both
// match: the longer one, and of equally long ones the one that allows (RFC 9309
// section 2.2.2).
func precedence(a, b *rule) int {
	switch {
	case a.octets != b.octets:
		return cmp.Compare(b.octets, a.octets)
	case a.allow != b.allow:
		if a.allow {
			return -1
		}
		return 1
	}
	return cmp.Compare(a.line, b.line)
}

// compare is the order in which rules are kept: by stem, so that the rules that
// can match a target are found by searching; under one stem by precedence, so
// that the first that matches decides.
func compare(a, b *rule) int {
	return cmp.Or(
		strings.Compare(a.pattern[:a.stem], b.pattern[:b.stem]),
		precedence(a, b),
		strings.Compare(a.pattern, b.pattern),
	)
}

// stem stands for the rules that begin with the same literal.
type stem struct {
	first int32 // of rules
	up    int32 // the longest other stem that this one begins with; -1: none
}

// setRules takes rules, each pattern of which occurs once, in the order of
// compare.
func (r *Rules) setRules(rules []rule) {
	r.rules = slices.Clip(rules)
	count := 0
	for i := range r.rules {
		if i == 0 || r.literal(i) != r.literal(i-1) {
			count++
		}
	}
	if count == 0 {
		return
	}
	r.stems = make([]stem, 0, count)
	for i := range r.rules {
		literal := r.literal(i)
		up := int32(len(r.stems)) - 1
		if up >= 0 && literal == r.literal(i-1) {
			continue
		}
		// What no longer is a stem of this literal is none of a later one.
		for up >= 0 && !strings.HasPrefix(literal, r.literal(int(r.stems[up].first))) {
			up = r.stems[up].up
		}
		r.stems = append(r.stems, stem{first: int32(i), up: up})
	}
}

// literal is what stands in rule i before the first wildcard.
func (r *Rules) literal(i int) string { return r.rules[i].pattern[:r.rules[i].stem] }

// Size is roughly how many bytes of memory the rules take.
func (r *Rules) Size() int {
	if r == nil {
		return 0
	}
	size := int(unsafe.Sizeof(*r)) + len(r.rules)*int(unsafe.Sizeof(rule{})) + len(r.stems)*int(unsafe.Sizeof(stem{}))
	for i := range r.rules {
		size += len(r.rules[i].pattern)
	}
	for _, s := range r.Sitemaps {
		size += int(unsafe.Sizeof(s)) + len(s)
	}
	return size
}
