package filter

import "time"

// day is a day as a text names it, which may be impossible.
type day struct{ year, month, day int }

// order is how a day of three numbers is to be read where that is ambiguous.
type order uint8

const (
	anyOrder order = iota // month first between slashes, day first between others
	dayMonth
	monthDay
	yearMonth
)

const (
	// beforeMonth may stand between a day and its month: "5th of March", "1er mars", "5-го
	// марта". A comma may not: "no. 3, July 1985" is an issue of a journal.
	beforeMonth = " . - / ' ° º ª st nd rd th er e o a of de d di do da den del the го "
	// beforeYear may stand between a month and a day, or those and a year.
	beforeYear = " . , - / ' º st nd rd th er of de del do the "
)

// dayAt reads the day that begins at the ith token, and gives the place behind it.
func (t tokens) dayAt(i int, h dateHint) (d day, next int, ok bool) {
	switch first := t[i]; {
	case first.kind == word:
		return t.monthFirst(i, h)
	case first.kind != digits:
		return day{}, 0, false
	case first.count == 4:
		return t.yearFirst(i)
	case first.count == 8:
		return t.compact(i)
	case first.count > 2:
		return day{}, 0, false
	}
	if d, next, ok = t.dayFirst(i, h); ok {
		return d, next, ok
	}
	return t.numeric(i, h)
}

// yearFirst reads "2024-03-05", "2024年3月5日", "2024-W10-2", "2024-065" and "2024 March 5".
func (t tokens) yearFirst(i int) (day, int, bool) {
	year := t[i].value
	if m, ok := t.number(i+2, 1, 2); ok && t.prefixed(i+1, "年", "년") && t.prefixed(i+3, "月", "월") {
		if d, ok := t.number(i+4, 1, 2); ok && t.prefixed(i+5, "日", "号", "號", "일") {
			return day{year, m, d}, i + 6, true
		}
		return day{}, 0, false
	}
	if m, ok := t.number(i+2, 1, 2); ok && t.separated(i, 5) {
		d, ok := t.number(i+4, 1, 2)
		return day{year, m, d}, i + 5, ok
	}
	if t.is(i+1, "-") && t.is(i+2, "w") {
		w, ok := t.number(i+3, 2, 2)
		wd, ok2 := t.number(i+5, 1, 1)
		return weekDay(year, w, wd), i + 6, ok && ok2 && t.is(i+4, "-")
	}
	if n, ok := t.number(i+2, 3, 3); ok && t.is(i+1, "-") && !t.is(i+3, "-") && !t.is(i-1, "-") {
		return yearDay(year, n), i + 3, true
	}
	j := t.skip(i+1, " . - / ")
	if m := month(t.at(j).text); m > 0 {
		j = t.skip(j+1, beforeYear)
		d, ok := t.number(j, 1, 2)
		return day{year, m, d}, j + 1, ok
	}
	return day{}, 0, false
}

// separated tells whether n tokens from i on, of which every other is a separator,
// are numbers between equal separators, and are not part of more of such. Behind a
// day in a URL's path, which begins with the year, there may be a number.
func (t tokens) separated(i, n int) bool {
	separator := t.at(i + 1)
	if separator.kind != sign || !listed(" - / . ", separator.text) || !t.is(i+3, separator.text) {
		return false
	}
	more := t.is(i+n, separator.text) && t.at(i+n+1).kind == digits && !t[i+n+1].space && (t[i].count < 4 || separator.text != "/")
	less := t.is(i-1, separator.text) && t.at(i-2).kind == digits && !t[i].space
	return !more && !less
}

// weekDay is a day of an ISO 8601 week; impossible ones have day 0.
func weekDay(year, week, weekday int) day {
	if week < 1 || week > 53 || weekday < 1 || weekday > 7 {
		return day{year, 1, 0}
	}
	fourth := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC) // is in the first week
	d := fourth.AddDate(0, 0, 7*(week-1)+weekday-1-(int(fourth.Weekday())+6)%7)
	if y, w := d.ISOWeek(); y != year || w != week {
		return day{year, 1, 0}
	}
	return day{d.Year(), int(d.Month()), d.Day()}
}

// yearDay is the nth day of a year; impossible ones have day 0.
func yearDay(year, n int) day {
	d := time.Date(year, 1, n, 0, 0, 0, 0, time.UTC)
	if d.Year() != year {
		return day{year, 1, 0}
	}
	return day{year, int(d.Month()), d.Day()}
}

// compact reads "20240305", which has to be all of the text or have a time behind it.
func (t tokens) compact(i int) (day, int, bool) {
	n := t[i].value
	_, _, clock := t.clockAt(i + 2)
	ok := i == 0 && (len(t) == 1 || t.is(1, "t") && clock)
	return day{n / 10000, n / 100 % 100, n % 100}, i + 1, ok
}

// dayFirst reads "5 March 2024", "5. März 2024", "5 de marzo de 2024", "05-Mar-24",
// and of "5-7 March 2024" the first day.
func (t tokens) dayFirst(i int, h dateHint) (day, int, bool) {
	j := t.skip(t.pastLast(t.skip(i+1, " . ")), beforeMonth)
	m := month(t.at(j).text)
	if m == 0 {
		return day{}, 0, false
	}
	year, next, ok := t.yearAt(t.skip(j+1, beforeYear), h)
	return day{year, m, t[i].value}, next, ok
}

// monthFirst reads "March 5, 2024" and "Mar  5 10:15:00 UTC 2024" without its time.
func (t tokens) monthFirst(i int, h dateHint) (day, int, bool) {
	m := month(t[i].text)
	if m == 0 {
		return day{}, 0, false
	}
	j := t.skip(i+1, beforeYear)
	d, ok := t.number(j, 1, 2)
	if !ok {
		return day{}, 0, false
	}
	if c, after, ok := t.clockAt(j + 1); ok {
		if !c.zoned && t.at(after).kind == word { // a zone that is not known
			after++
		}
		year, ok := t.number(after, 4, 4)
		return day{year, m, d}, j + 1, ok
	}
	year, next, ok := t.yearAt(t.skip(t.pastLast(j+1), beforeYear), h)
	return day{year, m, d}, next, ok
}

// pastLast is the place behind the last of several days, of which the first stands
// before the ith token: "5-7 March 2024", "5.–7. März 2024".
func (t tokens) pastLast(i int) int {
	if n := t.at(i + 1); t.is(i, "-") && n.kind == digits && n.count <= 2 && t[i].space == n.space {
		return i + 2
	}
	return i
}

// yearAt reads the year behind a month: of four digits, or of two that can be nothing
// else, or hardly anything else where a hint was given.
func (t tokens) yearAt(i int, h dateHint) (year, next int, ok bool) {
	if year, ok = t.number(i, 4, 4); ok {
		return year, i + 1, true
	}
	year, ok = t.number(i, 2, 2)
	if !ok {
		return 0, 0, false
	}
	before := t.at(i - 1)
	joined := t.is(i-1, "'") || before.kind == sign && before.text != "." && t.is(i-3, before.text) && month(t.at(i-2).text) > 0
	_, _, clock := t.clockAt(i + 1)
	_, _, hour := t.clockAt(i) // "5 March 10:15"
	behind := t.at(i + 1).kind
	last := h.given && !hour && behind != word && behind != digits
	return century(year), i + 1, joined && !t[i].space || clock || last
}

// century is the year that two digits mean, as POSIX has it for strptime.
func century(year int) int {
	if year < 69 {
		return 2000 + year
	}
	return 1900 + year
}

// numeric reads "05.03.2024", "3/5/2024" and "05-03-24".
func (t tokens) numeric(i int, h dateHint) (day, int, bool) {
	if !t.separated(i, 5) {
		return day{}, 0, false
	}
	a, o := t[i], h.order
	b, ok := t.number(i+2, 1, 2)
	if !ok {
		return day{}, 0, false
	}
	year, ok := t.number(i+4, 4, 4)
	if !ok {
		last := t.at(i + 4)
		year, ok = t.number(i+4, 1, 2)
		full := a.count == 2 && t[i+2].count == 2 && last.count == 2 && !t[i+2].space && !last.space
		switch {
		case !ok || !full && !h.given:
			return day{}, 0, false
		case o == yearMonth:
			return day{century(a.value), b, year}, i + 5, a.count == 2
		}
		year, ok = century(year), last.count == 2
		if !ok {
			return day{}, 0, false
		}
	}
	if o == monthDay || o != dayMonth && t.is(i+1, "/") {
		if a.value > 12 {
			return day{year, b, a.value}, i + 5, true
		}
		return day{year, a.value, b}, i + 5, true
	}
	if b > 12 {
		return day{year, a.value, b}, i + 5, true
	}
	return day{year, b, a.value}, i + 5, true
}
