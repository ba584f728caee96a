package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a token is.
type kind uint8

const (
	none kind = iota // behind the last token
	digits
	word
	sign // any other character
)

// token is a part of a text that may be a date.
type token struct {
	kind    kind
	space   bool   // white space stands before it
	capital bool   // a word of capital letters from A to Z
	text    string // a word in lower case, a sign as it is
	written string // a word, or digits, as it is
	count   int    // of digits
	value   int    // of digits, of their first maxValue
}

// maxValue is how many digits a token's value has at most: nanoseconds have.
const maxValue = 9

// tokens are the parts of a text.
type tokens []token

// appendTokens takes s apart.
func appendTokens(out tokens, s string) tokens {
	space := false
	for s != "" {
		if d, size, ok := digit(s); ok {
			t, all := token{kind: digits, space: space}, s
			for ; ok; d, size, ok = digit(s) {
				if t.count++; t.count <= maxValue {
					t.value = 10*t.value + int(d)
				}
				s = s[size:]
			}
			t.written = all[:len(all)-len(s)]
			out, space = append(out, t), false
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case unicode.IsSpace(r):
			space = true
		case isWord(r):
			size = len(s)
			if i := strings.IndexFunc(s, func(r rune) bool { return !isWord(r) }); i > 0 {
				size = i
			}
			out = append(out, token{kind: word, space: space, text: strings.ToLower(s[:size]), written: s[:size], capital: isCapital(s[:size])})
			space = false
		default:
			out, space = append(out, token{kind: sign, space: space, text: plain(s[:size])}), false
		}
		s = s[size:]
	}
	return out
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.In(r, unicode.Mn, unicode.Mc) }

func isCapital(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'A' || 'Z' < s[i] {
			return false
		}
	}
	return true
}

// plain is the ASCII sign that a sign stands for.
func plain(s string) string {
	switch s {
	case "‐", "‑", "–", "−", "－":
		return "-"
	case "’":
		return "'"
	case "／":
		return "/"
	case "：":
		return ":"
	case "．":
		return "."
	case "，":
		return ","
	case "＋":
		return "+"
	}
	return s
}

// at is the ith token, of kind none if there is none.
func (t tokens) at(i int) token {
	if i < 0 || i >= len(t) {
		return token{}
	}
	return t[i]
}

// is tells whether the ith token is a sign or a word.
func (t tokens) is(i int, text string) bool {
	return t.at(i).kind >= word && t[i].text == text
}

// number is the ith token if it has from least to most digits.
func (t tokens) number(i, least, most int) (value int, ok bool) {
	n := t.at(i)
	return n.value, n.kind == digits && least <= n.count && n.count <= most
}

// prefixed tells whether the ith token is a word that begins with one of prefixes.
// Chinese and Japanese have no spaces between words.
func (t tokens) prefixed(i int, prefixes ...string) bool {
	if t.at(i).kind != word {
		return false
	}
	for _, p := range prefixes {
		if strings.HasPrefix(t[i].text, p) {
			return true
		}
	}
	return false
}

// skip is the first place from i on, at most four tokens further, whose token is
// none of the words and signs in a list with spaces around each.
func (t tokens) skip(i int, list string) int {
	for end := i + 4; i < end && t.at(i).kind >= word && listed(list, t[i].text); i++ {
	}
	return i
}
