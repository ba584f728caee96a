package filter

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// numeral is a number as it is written: digits, and separators between them.
type numeral struct {
	digits     [maxDigits]byte // '0' to '9'
	count      int             // of digits
	separators [maxDigits / 2]mark
	marks      int // of separators
	point      int // how many digits stand before the decimal sign
	shift      int // the power of ten it is to be multiplied with
	ok         bool
}

// mark is a separator.
type mark struct {
	sign rune  // ',' and '.', and ' ' for all that only group
	at   int32 // how many digits stand before it
}

// scan reads the numeral that s begins with, and gives what is behind it.
func (n *numeral) scan(s string) string {
	n.ok = true
	for {
		for {
			d, size, ok := digit(s)
			if !ok {
				break
			}
			if n.count == maxDigits {
				n.ok = false
				return s
			}
			n.digits[n.count] = '0' + d
			n.count++
			s = s[size:]
		}
		sign, size := separator(s)
		if sign == 0 {
			return s
		}
		if _, _, ok := digit(s[size:]); !ok {
			return s
		}
		if sign == ' ' && !n.groups(s[size:]) {
			return s
		}
		if n.marks == len(n.separators) {
			n.ok = false
			return s
		}
		n.separators[n.marks] = mark{sign, int32(n.count)}
		n.marks++
		s = s[size:]
	}
}

// groups tells whether a separator behind n divides a group of three digits,
// that s begins with, from others.
func (n *numeral) groups(s string) bool {
	before, sign := n.count, rune(0)
	if n.marks > 0 {
		last := n.separators[n.marks-1]
		before, sign = n.count-int(last.at), last.sign
	}
	if before > 3 || sign != 0 && (sign != ' ' || before != 3) {
		return false
	}
	for range 3 {
		_, size, ok := digit(s)
		if !ok {
			return false
		}
		s = s[size:]
	}
	_, _, more := digit(s)
	return !more
}

// separator is the separator that s begins with, 0 if there is none.
func separator(s string) (sign rune, size int) {
	if s == "" {
		return 0, 0
	}
	switch s[0] {
	case ',', '.':
		return rune(s[0]), 1
	case ' ', '\'':
		return ' ', 1
	}
	if s[0] < utf8.RuneSelf {
		return 0, 0
	}
	r, size := utf8.DecodeRuneInString(s)
	switch r {
	case '，':
		return ',', size
	case '．':
		return '.', size
	case '٫':
		return '٫', size
	case '’', '\u00a0', '\u2007', '\u2009', '\u202f', '\u066c':
		return ' ', size
	}
	return 0, 0
}

// divide finds out which of the separators is the decimal sign; hint is the
// language's, 0 if that is not known, and scaled tells of a number that is unlikely
// to be grouped. It is not ok if the separators make no sense.
func (n *numeral) divide(hint rune, scaled bool) bool {
	n.point = n.count
	if n.marks == 0 {
		return true
	}
	marks := n.separators[:n.marks]
	last := marks[n.marks-1]
	alone := true // last is of a kind of its own
	for _, m := range marks[:n.marks-1] {
		alone = alone && m.sign != last.sign
	}
	switch {
	case last.sign == ' ' || !alone:
	case last.sign == '٫' || n.marks > 1 || n.count-int(last.at) != 3 || last.at > 3 || last.at == 1 && n.digits[0] == '0' || hint == last.sign || scaled:
		n.point = int(last.at)
		marks = marks[:n.marks-1]
	}
	return n.grouped(marks)
}

// grouped tells whether marks, all of one kind, divide the digits before the
// decimal sign into groups of three, or as in India.
func (n *numeral) grouped(marks []mark) bool {
	if len(marks) == 0 {
		return true
	}
	sizes := [2]bool{true, true} // whether groups before the last may be of two digits, of three
	from := marks[0].at
	if from > 3 {
		return false
	}
	for i, m := range marks[1:] {
		if m.sign != marks[i].sign {
			return false
		}
		sizes[0] = sizes[0] && m.at-from == 2
		sizes[1] = sizes[1] && m.at-from == 3
		from = m.at
	}
	return n.point-int(from) == 3 && (sizes[1] || sizes[0] && marks[0].at < 3)
}

// multipliers are what counters write behind a number, and the power of ten that it means.
var multipliers = [...]struct {
	sign  string
	shift int
}{{"k", 3}, {"K", 3}, {"M", 6}, {"bn", 9}, {"B", 9}, {"万", 4}, {"萬", 4}, {"만", 4}, {"億", 8}, {"亿", 8}, {"억", 8}}

// scale reads the exponent or the multiplier that rest begins with, if it does.
func (n *numeral) scale(rest string) bool {
	if rest == "" {
		return false
	}
	if rest[0] == 'e' || rest[0] == 'E' {
		e, ok := exponent(rest[1:])
		n.shift = e
		return ok
	}
	if shift := magnitude(rest); shift > 0 {
		n.shift = shift
		return true
	}
	for _, m := range multipliers {
		after, ok := strings.CutPrefix(rest, m.sign)
		if !ok {
			continue
		}
		r, _ := utf8.DecodeRuneInString(after)
		if rest[0] >= utf8.RuneSelf || after == "" || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			n.shift = m.shift
		}
		return n.shift > 0
	}
	return false
}

// magnitude is the power of ten that the word means which rest begins with, also
// behind a space; 0 if it means none.
func magnitude(rest string) int {
	rest = strings.TrimLeft(rest, " \u00a0\u202f")
	end := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(rest)
	}
	if end > len("milliarden") {
		return 0
	}
	switch strings.ToLower(rest[:end]) {
	case "million", "millions", "millionen", "mio", "mln":
		return 6
	case "billion", "billions", "milliarde", "milliarden", "mrd", "mld", "bn":
		return 9
	case "trillion", "trillions":
		return 12
	}
	return 0
}

// exponent is the exponent that s begins with.
func exponent(s string) (e int, ok bool) {
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	i := 0
	for ; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
		e = min(10*e+int(s[i]-'0'), 3*maxDigits)
	}
	if r, _ := utf8.DecodeRuneInString(s[i:]); i == 0 || unicode.IsLetter(r) {
		return 0, false
	}
	if negative {
		return -e, true
	}
	return e, true
}

// number is n as JSON has it.
func (n *numeral) number(negative bool) (json.Number, bool) {
	digits, point := n.digits[:n.count], n.point
	for len(digits) > 0 && digits[0] == '0' {
		digits, point = digits[1:], point-1
	}
	for len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	if len(digits) == 0 {
		return "0", true
	}
	point += n.shift
	if point > maxDigits || len(digits)-point >= maxDigits {
		return "", false
	}
	out := make([]byte, 0, len(digits)+max(point, 0)+max(-point, 0)+3)
	if negative {
		out = append(out, '-')
	}
	if point <= 0 {
		out = append(append(out, "0."...), zeros(-point)...)
		return json.Number(append(out, digits...)), true
	}
	whole := min(point, len(digits))
	out = append(append(out, digits[:whole]...), zeros(point-whole)...)
	if whole < len(digits) {
		out = append(append(out, '.'), digits[whole:]...)
	}
	return json.Number(out), true
}

func zeros(n int) string { return strings.Repeat("0", n) }
