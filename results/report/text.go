package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// clip is the beginning of a text, at most so many bytes and no part of a character,
// in memory of its own.
func clip(s string, most int) string {
	if len(s) > most {
		for most > 0 && !utf8.RuneStart(s[most]) {
			most--
		}
		s = s[:most]
	}
	return strings.Clone(s)
}

// clean is a text from outside as it is shown: on one line, and with U+FFFD for
// what is invisible or could turn the text around it.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff':
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// shown is a text from outside for a page, with an ellipsis where it was cut.
func shown(s string, cut bool) string {
	if cut {
		return clean(s) + "…"
	}
	return clean(s)
}

// grouped writes a number with commas between its thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// counted writes a number and what it counts.
func counted(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return grouped(n) + " " + noun
}

// percent is a share that is 0 % and 100 % only where it is exactly that.
func percent(part, whole int64) string {
	switch share := 100 * float64(part) / float64(whole); {
	case whole == 0:
		return "–"
	case part == 0:
		return "0 %"
	case part == whole:
		return "100 %"
	case share < 0.1:
		return "< 0.1 %"
	case share > 99.9:
		return "> 99.9 %"
	case share < 10 || share > 99:
		return fmt.Sprintf("%.1f %%", share)
	default:
		return fmt.Sprintf("%.0f %%", share)
	}
}

// span is a duration as people say it, to two or three digits.
func span(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	whole := int64(d.Round(time.Second) / time.Second)
	switch {
	case d == 0:
		return "0"
	case ms < 9.95:
		return trimmed(ms) + " ms"
	case ms < 999.5:
		return fmt.Sprintf("%.0f ms", ms)
	case ms < 9995:
		return trimmed2(ms/1000) + " s"
	case ms < 59_950:
		return trimmed(ms/1000) + " s"
	case whole < 3600:
		return twoUnits(whole, 60, "min", "s")
	case whole < 2*86400:
		return twoUnits(whole/60, 60, "h", "min")
	}
	return twoUnits(whole/3600, 24, "d", "h")
}

func trimmed(f float64) string  { return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0") }
func trimmed2(f float64) string { return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 2, 64), ".00") }

func twoUnits(n, per int64, large, small string) string {
	if n%per == 0 {
		return fmt.Sprintf("%s %s", grouped(n/per), large)
	}
	return fmt.Sprintf("%s %s %d %s", grouped(n/per), large, n%per, small)
}

// size is a number of bytes as people say it.
func size(n int64) string {
	f := float64(n)
	for _, unit := range []string{"B", "kB", "MB", "GB", "TB"} {
		if f < 999.5 || unit == "TB" {
			if unit == "B" || f >= 99.5 {
				return fmt.Sprintf("%.0f %s", f, unit)
			}
			return trimmed(f) + " " + unit
		}
		f /= 1000
	}
	panic("unreachable")
}

// perSecond is a rate as people say it.
func perSecond(n int64, d time.Duration) string {
	if d <= 0 {
		return "–"
	}
	rate := float64(n) / d.Seconds()
	if rate < 100 {
		return trimmed(rate)
	}
	return grouped(int64(rate + 0.5))
}
