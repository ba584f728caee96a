package cookie

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

var months = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// date is a date being read; a field is there when it is set.
type date struct {
	clock            []int // hour, minute, second
	day, month, year int
	hasDay, hasYear  bool
}

// parseDate reads a date as browsers do (RFC 6265bis, section 5.1.1): its words
// may stand in any order, and weekday and zone are not looked at.
func parseDate(s string) (time.Time, bool) {
	var d date
	for token := range strings.FieldsFuncSeq(s, isDelimiter) {
		d.take(token)
	}
	if d.clock == nil || !d.hasDay || d.month == 0 || !d.hasYear {
		return time.Time{}, false
	}
	switch {
	case 70 <= d.year && d.year <= 99:
		d.year += 1900
	case d.year <= 69:
		d.year += 2000
	}
	hour, minute, second := d.clock[0], d.clock[1], d.clock[2]
	t := time.Date(d.year, time.Month(d.month), d.day, hour, minute, second, 0, time.UTC)
	exists := t.Day() == d.day && d.day > 0
	return t, exists && d.year >= 1601 && hour <= 23 && minute <= 59 && second <= 59
}

// take finds the first field that a token can be.
func (d *date) take(token string) {
	if d.clock == nil {
		if d.clock = clock(token); d.clock != nil {
			return
		}
	}
	if !d.hasDay {
		if d.day, d.hasDay = number(token, 1, 2); d.hasDay {
			return
		}
	}
	if d.month == 0 && len(token) >= 3 {
		if d.month = 1 + slices.Index(months, strings.ToLower(token[:3])); d.month > 0 {
			return
		}
	}
	if !d.hasYear {
		d.year, d.hasYear = number(token, 2, 4)
	}
}

// clock reads "1:02:03", and whatever follows; nil if it is none.
func clock(token string) []int {
	parts := strings.SplitN(token, ":", 3)
	if len(parts) < 3 {
		return nil
	}
	read := make([]int, 3)
	for i, part := range parts {
		n, ok := number(part, 1, 2)
		if !ok || i < 2 && strings.Trim(part, "0123456789") != "" {
			return nil
		}
		read[i] = n
	}
	return read
}

// number reads the digits that a token begins with, of which there must be
// from least to most.
func number(token string, least, most int) (int, bool) {
	digits := token[:len(token)-len(strings.TrimLeft(token, "0123456789"))]
	if len(digits) < least || len(digits) > most {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil
}

func isDelimiter(c rune) bool {
	return c == '\t' || ' ' <= c && c <= '/' || ';' <= c && c <= '@' || '[' <= c && c <= '`' || '{' <= c && c <= '~'
}
