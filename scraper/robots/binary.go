package robots

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"
)

const (
	// maxBinary bounds what AppendBinary writes: a file's patterns, escaped and
	// those of index pages twice.
	maxBinary = 4 << 20
	// maxRules is how many rules, "allow /\n" each, a file has room for.
	maxRules = MaxBytes / len("allow /\n")
)

// AppendBinary implements encoding.BinaryAppender. Equal rules are equal bytes.
func (r *Rules) AppendBinary(b []byte) ([]byte, error) {
	b = binary.AppendUvarint(b, uint64(r.CrawlDelay))
	b = binary.AppendUvarint(b, uint64(len(r.Sitemaps)))
	for _, s := range r.Sitemaps {
		b = appendString(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(r.rules)))
	for i := range r.rules {
		head := uint64(r.rules[i].line) << 1
		if r.rules[i].allow {
			head |= 1
		}
		b = appendString(binary.AppendUvarint(b, head), r.rules[i].pattern)
	}
	return b, nil
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

var errBinary = errors.New("robots: not serialised rules")

// UnmarshalBinary implements encoding.BinaryUnmarshaler. Bytes that AppendBinary
// does not write are an error, or rules that are as safe to ask as others; it
// takes time and memory in proportion to their number, and refuses more than any
// file can bring about. On an error r stays as it was.
func (r *Rules) UnmarshalBinary(b []byte) error {
	if len(b) > maxBinary {
		return errBinary
	}
	d := decoder{text: string(b)}
	read := Rules{CrawlDelay: time.Duration(d.number(uint64(MaxCrawlDelay)))}
	if n := d.number(maxSitemaps); n > 0 {
		read.Sitemaps = make([]string, n)
		for i := range read.Sitemaps {
			read.Sitemaps[i] = d.string(maxSitemap)
			d.failed = d.failed || !isSitemap(read.Sitemaps[i])
		}
	}
	var rules []rule
	if n := d.number(min(uint64(maxRules), uint64(len(b)))); n > 0 {
		rules = make([]rule, n)
		for i := range rules {
			rules[i] = d.rule()
		}
	}
	if d.failed || d.text != "" || !slices.IsSortedFunc(rules, func(a, b rule) int { return compare(&a, &b) }) {
		return errBinary
	}
	read.setRules(rules)
	*r = read
	return nil
}

// decoder reads what AppendBinary wrote off the front of text. Once it failed
// all that it reads is zero.
type decoder struct {
	text   string
	failed bool
}

// number reads a number that is at most limit, in the shortest form.
func (d *decoder) number(limit uint64) uint64 {
	head := d.text[:min(len(d.text), binary.MaxVarintLen64)]
	n, size := binary.Uvarint([]byte(head))
	if d.failed || size <= 0 || n > limit || size > 1 && head[size-1] == 0 {
		d.failed = true
		return 0
	}
	d.text = d.text[size:]
	return n
}

func (d *decoder) string(limit uint64) string {
	n := d.number(min(limit, uint64(len(d.text))))
	if d.failed || n > uint64(len(d.text)) {
		d.failed = true
		return ""
	}
	s := d.text[:n]
	d.text = d.text[n:]
	return s
}

func (d *decoder) rule() rule {
	head := d.number((MaxBytes+1)<<1 | 1)
	pattern := d.string(maxBinary)
	if pattern == "" || pattern[0] != '/' && pattern[0] != '*' {
		d.failed = true
		return rule{}
	}
	for i := range len(pattern) {
		if c := pattern[i]; c <= ' ' || c > '~' || c == '$' && i < len(pattern)-1 {
			d.failed = true
			return rule{}
		}
	}
	return newRule(pattern, int(head>>1), head&1 == 1)
}
