package filter

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxDateText is how much of a text is searched for a date, in bytes.
const maxDateText = 1024

// DateOn reads the first date in s, such as 2024-03-05 in "Tuesday, 5 March 2024". With
// a time of day the result is as in RFC 3339 ("2024-03-05T10:15:00+01:00", with
// fractions of a second as far as they are written), without as its full-date
// ("2024-03-05").
//
// It knows:
//
//   - ISO 8601: "2024-03-05", "20240305T101500Z", the week date "2024-W10-2" and the
//     ordinal date "2024-065"; RFC 3339, RFC 1123, RFC 850, RFC 822, asctime,
//     and the log format of web servers.
//   - Days with named months, full or abbreviated: "5 March 2024", "March 5th, 2024",
//     "5. März 2024", "5 de marzo de 2024", in English, German, French, Spanish,
//     Italian, Portuguese, Dutch, Swedish, Danish, Norwegian, Polish, Russian,
//     Turkish, Czech, Finnish, Ukrainian, Hungarian, Romanian, Catalan and Hindi. Of "5-7 March
//     2024" it is the first day.
//   - "2024年3月5日" and "2024년 3월 5일".
//   - "05.03.2024" and "05-03-2024", which begin with the day, and "03/05/2024", which
//     begins with the month: unless that is impossible, or lang says otherwise. Years
//     have four digits; two where the others have two as well ("05.03.24", of 1969 to 2068),
//     and with a hint of the filter date wherever a year is expected ("5/3/24", "5 March 24").
//   - Seconds and milliseconds since 1970, where s is ten or thirteen digits and no more.
//   - A time of day behind the date, or before it: "10:15", "10:15:30.5", "3:15 pm",
//     "10.15 Uhr", "10h15", "10时15分"; its zone as "Z", "+01:00", "GMT+1", by a
//     name that means one zone, such as CET or EST, or by one such as Europe/Berlin that
//     the system has the rules of. A time without a zone is taken for UTC: RFC 3339 has
//     no time without an offset, and a page does not say where its clock hangs.
//
// It is not ok where there is no date in the first 1 KiB, for part of a date
// ("March 2024"), for one that is relative ("yesterday"), for one that is impossible
// ("2024-02-30", "25:00"). Where what follows the time is a zone that is not known or may be
// several, it is the day alone: a name such as Europe/Nowhere, or three or four capital letters
// of which the last is T, such as IST, unless lang tells whether that is
// India's, Ireland's or Israel's. Years are those from 1 to 9999. The day of the week
// is not looked at.
//
// lang is the language that the page says to be in (a BCP 47 tag, or ""): days of three
// numbers are in the order of that language and region. Of English without a region it is
// not known: many a page has it whose author is no American.
//
// It is zoned where it is a time of day that stands there with its zone, and not taken for
// UTC.
func DateOn(s, lang string) (date string, zoned, ok bool) {
	return pageHint(lang).read(s)
}

// pageHint is what a page's language says of its dates.
func pageHint(lang string) dateHint {
	language, region := tag(lang)
	h := dateHint{ist: standardTime(language, region)}
	if region != "en-" {
		h.order, _ = languageOrder(language, region)
	}
	return h
}

// dateStep makes the filter date.
func dateStep(a []argument) (step, *Error) {
	if len(a) == 0 {
		return step{each: func(r *run, v any) any {
			lang := ""
			if r.env.Lang != nil {
				lang = r.env.Lang()
			}
			return pageHint(lang).value(v)
		}}, nil
	}
	h, ok := newDateHint(a[0].value)
	if !ok {
		e := &Error{a[0].at, "this is no hint for dates", "write dmy, mdy, ymd or a language such as date(en-GB)"}
		if isLayout(a[0].value) {
			e.Message, e.Hint = "this layout does not tell year, month and day", `a layout shows how 2 January 2006, 15:04:05 would be written: date("02.01.2006")`
		}
		return step{}, e
	}
	return step{each: func(_ *run, v any) any { return h.value(v) }}, nil
}

// dateHint is what is known of how dates are written.
// The filter has it from its argument, which is one of:
//
//   - dmy, mdy or ymd, the order of ambiguous numbers ("24-03-05" needs ymd), or
//     a language's tag that stands for one: en and en-US for mdy; zh, ja, ko, hu and
//     lt for ymd; en-GB, de and others for dmy.
//   - a layout as of Go's package time, which then all of s has to follow: "02.01.2006 15:04".
type dateHint struct {
	order  order
	given  bool // by the user, who knows that there are dates: years may have two digits
	layout string
	clock  bool // layout has a time of day
	ist    int  // what the zone IST means, in minutes east of UTC; 0: not known
}

// value is what the filter makes of v.
func (h dateHint) value(v any) any {
	if _, ok := v.(bool); ok {
		return nil
	}
	if d, _, ok := h.read(text(v)); ok {
		return d
	}
	return nil
}

func newDateHint(s string) (h dateHint, ok bool) {
	switch strings.ToLower(s) {
	case "":
		return dateHint{}, true
	case "dmy":
		return dateHint{order: dayMonth, given: true}, true
	case "mdy":
		return dateHint{order: monthDay, given: true}, true
	case "ymd":
		return dateHint{order: yearMonth, given: true}, true
	}
	language, region := tag(s)
	if o, ok := languageOrder(language, region); ok {
		return dateHint{order: o, given: true, ist: standardTime(language, region)}, true
	}
	if !isLayout(s) {
		return dateHint{}, false
	}
	h.layout = s
	sample := time.Date(2013, 11, 22, 21, 37, 0, 0, time.UTC)
	back, err := time.Parse(s, sample.Format(s))
	if err != nil || back.Year() != 2013 || back.YearDay() != sample.YearDay() {
		return dateHint{}, false
	}
	h.clock = back.Hour() == 21
	return h, true
}

// languageOrder is the order of numbers in a language's dates, by the language and
// that with its region.
func languageOrder(language, region string) (o order, ok bool) {
	switch {
	case listed(" en- en-us en-ph es-us es-pr es-pa fil- ", region):
		return monthDay, true
	case listed(" zh ja ko hu lt ", language), region == "en-ca", region == "fr-ca":
		return yearMonth, true
	case listed(commaLanguages, language), listed(pointLanguages, language):
		return dayMonth, true
	}
	return anyOrder, false
}

// isLayout tells whether a hint is meant as a layout.
func isLayout(hint string) bool { return strings.ContainsAny(hint, "0123456789") }

func (h dateHint) read(s string) (date string, zoned, ok bool) {
	s = trim(s)
	if h.layout != "" {
		date, ok = h.parse(s)
		return date, false, ok
	}
	if d, ok := unix(s); ok {
		return d, true, true
	}
	if len(s) > maxDateText {
		s = s[:maxDateText]
		s = s[:strings.LastIndexFunc(s, unicode.IsSpace)+1] // no part of a word or number
	}
	var room [32]token
	return appendTokens(room[:0], s).date(h)
}

// parse reads s as the layout has it.
func (h dateHint) parse(s string) (string, bool) {
	t, err := time.ParseInLocation(h.layout, s, time.UTC)
	if err != nil {
		return "", false
	}
	// Of a zone that it does not know, Parse makes one with that name at UTC, unless an
	// offset is written too.
	if name, offset := t.Zone(); offset == 0 && !strings.Contains(h.layout, "07") && !strings.HasPrefix(name, "GMT") {
		minutes, ok := zone(strings.ToLower(name))
		if !ok {
			return "", false
		}
		t = t.Add(time.Duration(-minutes) * time.Minute).In(time.FixedZone("", 60*minutes))
	}
	return format(t, h.clock)
}

// unix reads seconds or milliseconds since 1970.
func unix(s string) (string, bool) {
	if len(s) != 10 && len(s) != 13 || s[0] == '0' {
		return "", false
	}
	n := int64(0)
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || '9' < s[i] {
			return "", false
		}
		n = 10*n + int64(s[i]-'0')
	}
	if len(s) == 13 {
		return format(time.UnixMilli(n).UTC(), true)
	}
	return format(time.Unix(n, 0).UTC(), true)
}

// date is the first date of a text.
func (t tokens) date(h dateHint) (date string, zoned, ok bool) {
	var before clock // the last time of day so far
	end := -1        // the place behind it
	for i := 0; i < len(t); i++ {
		d, next, ok := t.dayAt(i, h)
		if !ok {
			if c, next, ok := t.clockAt(i); ok && t[i].kind == digits {
				before, end = c, next
				i = next - 1
			}
			continue
		}
		var of *clock
		if c, ok := t.clockAfter(next); ok {
			of = &c
		} else if end >= 0 && t.skip(end, beforeDay) >= i {
			of = &before
		}
		if of != nil && !of.settle(h) {
			of = nil
		}
		date, ok = d.format(of)
		return date, ok && of != nil && of.zoned, ok
	}
	return "", false, false
}

// beforeDay may stand between a time of day and the day.
const beforeDay = ` , . - | · on am den le el del il em `

// clockAfter reads the time of day behind a day: with a few signs and short words
// between them, such as "at", "um", "à", "kl." and a day of the week.
func (t tokens) clockAfter(i int) (clock, bool) {
	const most = 4 // words and signs between them
	for end := i + most; i <= end; i++ {
		if c, _, ok := t.clockAt(i); ok {
			return c, true
		}
		if between := t.at(i); between.kind < word || between.kind == word && utf8.RuneCountInString(between.text) > 4 {
			break
		}
	}
	return clock{}, false
}

// format is the day as RFC 3339 has it, at a time if there is one.
func (d day) format(c *clock) (string, bool) {
	day := time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
	if day.Year() != d.year || int(day.Month()) != d.month || day.Day() != d.day {
		return "", false
	}
	if c == nil {
		return format(day, false)
	}
	if !c.possible() {
		return "", false
	}
	return format(time.Date(d.year, time.Month(d.month), d.day, c.hour, c.minute, c.second, c.nanosecond, c.location()), true)
}

func format(t time.Time, clock bool) (string, bool) {
	if y := t.Year(); y < 1 || y > 9999 {
		return "", false
	}
	if !clock {
		return t.Format(time.DateOnly), true
	}
	if _, offset := t.Zone(); offset%60 != 0 { // as that of a place before there were zones
		return "", false
	}
	return t.Format(time.RFC3339Nano), true
}
