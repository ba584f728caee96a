package filter

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDigits is how many digits a number may have, before and behind the decimal
// sign and with its exponent's zeros: more than any that is meant as one.
const maxDigits = 400

// Number reads the first number in s, such as 1234.5 in "from 1.234,50 €". The
// result is in decimal, without exponent, plus sign and needless zeros: "19.90" is
// 19.9; it has all other digits of s.
//
//   - Digits are those of any script.
//   - Digits are grouped in threes, or the Indian way ("12,34,567"), by a comma, a
//     full stop, an apostrophe (' or ’), a space (also a no-break or thin one) or
//     the Arabic thousands separator. Spaces and apostrophes divide groups of three
//     only: "5 12" is 5.
//   - The decimal sign is a comma, a full stop or the Arabic decimal separator. Where
//     comma and full stop both occur, it is the last of them. What occurs twice
//     groups. What occurs once groups if one to three digits that are not just "0"
//     stand before it, and exactly three behind: "1,234" and "1.234" are 1234,
//     "1.23", "0.123", "1234.567" and "1 234.567" are decimal.
//   - hint settles what is ambiguous so, and no more: a language (a BCP 47 tag such as
//     de, en-GB or de-CH) or the decimal sign itself, "," or ".". With "en", "1.234"
//     is decimal; with "de", "1,234" is. "" is no hint; of a hint unknown, nothing is known.
//   - The sign is a hyphen or U+2212 right before the number or its currency, where no
//     word or number ends: "-5", "−$5", "EUR -5"; but not "COVID-19" or "5-7".
//   - As accountants have it, the sign may be a minus right behind a number, "12.50-", or
//     parentheses around one that has a currency with it or two decimals, "(12.50)", "($5)":
//     where that number and its currency are all there is in s. "(5)", "(1,234)" and
//     "(4.5)" are positive: in lists and shops they are counts and ratings. So is "1.299,-".
//   - An exponent is read ("1e3" is 1000), and so are k, K, M, B, bn, 万, 億 and their
//     variants right behind the number, as counters have them: "1.2k" is 1200. So are
//     the words million, billion and trillion (as English has them), Mio, Mrd, Milliarden,
//     mln and mld, also behind a space: "3 Mrd." is 3000000000. What
//     occurs once in such a number is the decimal sign.
//   - A character for a fraction belongs to the number before it: "3½" is 3.5. Where that is
//     a third or the like there is no number.
//   - What stands before and behind does not matter: currencies, units, "%", ",-".
//
// It is not ok if there is no digit, if separators make no sense ("1.2.3", a date,
// an IP address, "1_000"), and if there are more than 400 digits.
func Number(s, hint string) (json.Number, bool) {
	return readNumber(s, decimalSign(hint))
}

// readNumber is Number with the decimal sign that the hint stands for, 0 if none.
func readNumber(s string, decimal rune) (json.Number, bool) {
	start, ok := firstDigit(s)
	if !ok {
		return "", false
	}
	var n numeral
	rest := n.scan(s[start:])
	fraction, rest, fit := cutFraction(rest)
	if !fit || !n.ok || !n.divide(decimal, n.scale(rest)) {
		return "", false
	}
	if n.marks == 0 && isLeadingPoint(s[:start]) {
		n.point, start = 0, start-1
	}
	out, ok := n.number(isNegative(s[:start]) || n.isDebit(s[:start], rest))
	if fraction == "" || !ok {
		return out, ok
	}
	if n.shift != 0 || strings.Contains(string(out), ".") { // "3½ million", "3.5½"
		return "", false
	}
	return out + json.Number(fraction), true
}

// fractions are those characters for fractions that decimals can write.
var fractions = map[rune]string{
	'½': ".5", '¼': ".25", '¾': ".75", '⅕': ".2", '⅖': ".4", '⅗': ".6", '⅘': ".8", '⅛': ".125", '⅜': ".375", '⅝': ".625", '⅞': ".875", '⅒': ".1",
}

// cutFraction cuts off s, which follows a number's digits, the fraction that belongs to it,
// as in "3½". It is not ok where the number has parts that cannot be read: thirds, and
// digits behind an underscore.
func cutFraction(s string) (fraction, rest string, ok bool) {
	if behind, found := strings.CutPrefix(s, "_"); found {
		_, _, digits := digit(behind)
		return "", s, !digits
	}
	r, size := utf8.DecodeRuneInString(strings.TrimLeft(s, " \u00A0\u202F"))
	switch {
	case fractions[r] != "":
		return fractions[r], s[strings.IndexRune(s, r)+size:], true
	case strings.ContainsRune("⅓⅔⅙⅚⅐⅑", r) && size > 0:
		return "", s, false
	}
	return "", s, true
}

// isDebit tells whether a number is negative by what is before and behind it, as
// accountants write it: "12.50-", "(12.50)", "$(5)".
func (n *numeral) isDebit(before, behind string) bool {
	if r, size := utf8.DecodeRuneInString(behind); size > 0 && strings.ContainsRune(minuses, r) {
		_, ok := onlyCurrency(before)
		_, ok2 := onlyCurrency(behind[size:])
		return ok && ok2
	}
	outside, before, ok := strings.Cut(before, "(")
	behind, beyond, ok2 := strings.Cut(behind, ")")
	if !ok || !ok2 {
		return false
	}
	named := n.count-n.point == 2
	for _, part := range [...]string{outside, before, behind, beyond} {
		currency, ok := onlyCurrency(part)
		if !ok {
			return false
		}
		named = named || currency
	}
	return named
}

// onlyCurrency tells whether there is nothing in s but a currency, and whether that is there.
func onlyCurrency(s string) (currency, ok bool) {
	s = trim(s)
	return s != "" && isCurrency(s), s == "" || isCurrency(s)
}

// isCurrency tells whether s is a symbol or a code of a currency.
func isCurrency(s string) bool {
	return cutCurrency(s) == "" && s != "" && (len(s) == codeLength || s[0] < 'A' || 'Z' < s[0])
}

// readWhole is readNumber for whole ones.
func readWhole(s string, decimal rune) (json.Number, bool) {
	n, ok := readNumber(s, decimal)
	return n, ok && !strings.Contains(string(n), ".")
}

// numberStep makes the filters number and int.
func numberStep(read func(s string, decimal rune) (json.Number, bool)) func([]argument) (step, *Error) {
	return func(a []argument) (step, *Error) {
		hint := rune(0)
		if len(a) > 0 {
			if hint = decimalSign(a[0].value); hint == 0 {
				return step{}, &Error{a[0].at, "this is no language whose numbers are known", `write a language such as number(de) or number(en-GB), or the decimal sign: number(",")`}
			}
		}
		return step{each: func(_ *run, v any) any {
			decimal := hint
			switch v.(type) {
			case json.Number:
				decimal = '.' // as JSON has it
			case bool:
				return nil
			}
			if n, ok := read(text(v), decimal); ok {
				return n
			}
			return nil
		}}, nil
	}
}

// firstDigit is where the first digit of s stands.
func firstDigit(s string) (int, bool) {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if '0' <= c && c <= '9' {
				return i, true
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsDigit(r) {
			return i, true
		}
		i += size
	}
	return 0, false
}

// digit is the digit that s begins with. Digits of all scripts stand in runs of
// ten in Unicode, from 0 to 9, of which some follow each other directly.
func digit(s string) (d byte, size int, ok bool) {
	if s == "" {
		return 0, 0, false
	}
	if c := s[0]; c < utf8.RuneSelf {
		return c - '0', 1, '0' <= c && c <= '9'
	}
	r, size := utf8.DecodeRuneInString(s)
	if !unicode.IsDigit(r) {
		return 0, 0, false
	}
	for _, run := range unicode.Nd.R16 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return byte((r - rune(run.Lo)) % 10), size, true
		}
	}
	for _, run := range unicode.Nd.R32 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return byte((r - rune(run.Lo)) % 10), size, true
		}
	}
	return 0, 0, false
}

// isLeadingPoint tells whether before, what stands before the first digit, ends
// in a full stop or comma that is a decimal sign, as in ".99", ",99" and "$.99", not
// in "Rs.99" or "...99".
func isLeadingPoint(before string) bool {
	before, ok := strings.CutSuffix(before, ".")
	if !ok {
		before, ok = strings.CutSuffix(before, ",")
	}
	if !ok || before == "" {
		return ok
	}
	r, _ := utf8.DecodeLastRuneInString(before)
	return unicode.IsSpace(r) || unicode.Is(unicode.Sc, r) || strings.ContainsRune("-+(−", r)
}

// isNegative tells whether before, what stands before a number, ends in a minus.
func isNegative(before string) bool {
	rest := strings.TrimRightFunc(before, unicode.IsSpace)
	minus, ok := cutMinus(rest)
	if !ok {
		rest = strings.TrimRightFunc(cutCurrency(rest), unicode.IsSpace)
		minus, ok = cutMinus(rest)
		return ok && endsWord(minus)
	}
	if len(rest) < len(before) { // a dash between words, unless there are none before
		return strings.TrimSpace(minus) == ""
	}
	return endsWord(minus)
}

// codeLength is how many letters the code of a currency has (ISO 4217).
const codeLength = 3

// cutCurrency is s without the currency that it ends in: a symbol or a code.
func cutCurrency(s string) string {
	r, size := utf8.DecodeLastRuneInString(s)
	if unicode.Is(unicode.Sc, r) {
		return s[:len(s)-size]
	}
	for i := 0; i < codeLength && s != ""; i++ {
		if c := s[len(s)-1]; c < 'A' || 'Z' < c {
			break
		}
		s = s[:len(s)-1]
	}
	return s
}

// minuses are a hyphen, U+2212, and their full-width form.
const minuses = "-−－"

// cutMinus is s without the minus that it ends in.
func cutMinus(s string) (string, bool) {
	r, size := utf8.DecodeLastRuneInString(s)
	if size == 0 || !strings.ContainsRune(minuses, r) {
		return s, false
	}
	return s[:len(s)-size], true
}

// endsWord tells whether a minus behind s is one: no word, number or other dash comes before it.
func endsWord(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return s == "" || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '−' && r != ')'
}
