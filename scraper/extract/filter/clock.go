package filter

import "strings"

// clock is a time of day as a text names it, which may be impossible.
type clock struct {
	hour, minute, second, nanosecond int
	zone                             int    // minutes east of UTC
	area                             string // a zone by its name in the IANA's database, instead of zone; "" if none
	zoned                            bool   // zone was written
	unclear                          string // zone as it was written in lower case, where that may be several, or is not known
	seconds                          bool   // second was written
}

// clockAt reads the time of day that begins at the ith token, with its zone, and
// gives the place behind it.
func (t tokens) clockAt(i int) (c clock, next int, ok bool) {
	half := t.half(i)
	if half != noHalf {
		i++
	} else if i > 0 && i <= len(t) {
		half = asianHalf(t[i-1].text) // "5日下午3:15"
	}
	i, ok = c.read(t, i)
	if !ok {
		return clock{}, 0, false
	}
	if half == noHalf {
		if half = t.half(i); half != noHalf {
			i = t.skip(i+1, " . m ")
		}
	}
	if half != noHalf {
		c.in(half)
	}
	return c, c.readZone(t, i), true
}

// read reads the hour and what is smaller.
func (c *clock) read(t tokens, i int) (next int, ok bool) {
	if t.is(i-1, "t") && !t.at(i).space { // ISO 8601, basic format
		switch n := t.at(i); {
		case n.kind == digits && n.count == 4:
			c.hour, c.minute = n.value/100, n.value%100
			return i + 1, true
		case n.kind == digits && n.count == 6:
			c.hour, c.minute, c.second, c.seconds = n.value/10000, n.value/100%100, n.value%100, true
			return i + 1, true
		}
	}
	c.hour, ok = t.number(i, 1, 2)
	if !ok {
		return 0, false
	}
	minute, two := t.number(i+2, 2, 2)
	glued := two && !t[i+1].space && !t[i+2].space
	switch {
	case glued && t.is(i+1, ":"):
		c.minute = minute
		return c.readSeconds(t, i+3), true
	case glued && t.is(i+1, ".") && (t.is(i+3, "uhr") || t.is(i-1, "kl") || t.is(i-1, "klo") || t.is(i-2, "kl")):
		c.minute = minute
		return t.skip(i+3, " uhr "), true
	case t.prefixed(i+1, "时", "時", "点", "點", "시"):
		if minute, ok := t.number(i+2, 1, 2); ok && t.prefixed(i+3, "分", "분") {
			c.minute = minute
			if second, ok := t.number(i+4, 1, 2); ok && t.prefixed(i+5, "秒", "초") {
				c.second, c.seconds = second, true
				return i + 6, true
			}
			return i + 4, true
		}
		return i + 2, true
	case t.is(i+1, "h"):
		if two {
			c.minute = minute
			return i + 3, true
		}
		return i + 2, true
	case t.is(i+1, "uhr"):
		return i + 2, true
	}
	return i + 1, t.half(i+1) != noHalf
}

// readSeconds reads what may follow the minutes.
func (c *clock) readSeconds(t tokens, i int) (next int) {
	second, ok := t.number(i+1, 2, 2)
	if !ok || !t.is(i, ":") || t[i+1].space {
		return i
	}
	c.second, c.seconds = second, true
	i += 2
	if n := t.at(i + 1); n.kind == digits && !n.space && (t.is(i, ".") || t.is(i, ",")) {
		c.nanosecond = n.value
		for range maxValue - min(n.count, maxValue) {
			c.nanosecond *= 10
		}
		i += 2
	}
	return i
}

// afterTime may stand between a time of day and its zone.
const afterTime = " uhr h hrs "

// readZone reads the zone, if one follows the time, which may be in brackets.
func (c *clock) readZone(t tokens, i int) (next int) {
	if behind := t.skip(i, afterTime); behind > i {
		if next, ok := c.readZoneName(t, behind); ok {
			return next
		}
		i = behind
		if !t.opens(i) {
			return i
		}
	}
	if t.opens(i) {
		if next, ok := c.readZoneName(t, i+1); ok {
			return t.skip(next, " ) ] ")
		}
		if offset, next, ok := t.offset(i+1, 2); ok && t.closes(next) { // "(+12 photos)" is none
			c.zone, c.zoned = offset, true
			return next + 1
		}
		return i
	}
	if next, ok := c.readZoneName(t, i); ok {
		return next
	}
	joined := !t.at(i).space && !c.seconds // "10:00-11:30" is from ten to half past eleven
	if joined && !c.inISO(t, i) {
		return i
	}
	if offset, next, ok := t.offset(i, 2); ok {
		c.zone, c.zoned = offset, true
		return next
	}
	return i
}

// readZoneName reads a zone that begins with a name. "est" is a word, EST a zone.
func (c *clock) readZoneName(t tokens, i int) (next int, ok bool) {
	if t.at(i).kind != word {
		return i, false
	}
	if area, next, ok := t.areaAt(i); ok {
		c.area, c.zoned = area, true
		return next, true
	}
	minutes, known := zone(t[i].text)
	switch {
	case !known && t[i].capital && likeZone(t[i].text):
		c.unclear, c.zoned = t[i].text, true
		return i + 1, true
	case !known || minutes != 0 && !t[i].capital:
		return i, false
	}
	c.zone, c.zoned = minutes, true
	if minutes == 0 && t[i].text != "z" { // GMT+2
		if offset, next, ok := t.offset(i+1, 1); ok {
			c.zone = offset
			return next, true
		}
	}
	return i + 1, true
}

func (t tokens) opens(i int) bool  { return t.is(i, "(") || t.is(i, "[") }
func (t tokens) closes(i int) bool { return t.is(i, ")") || t.is(i, "]") }

// inISO tells whether a time of hour and minute before the ith token stands behind the "T" of ISO 8601.
func (c *clock) inISO(t tokens, i int) bool { return t.is(i-4, "t") || t.is(i-2, "t") }

// offset reads "+01:00", "+0100", "+01", or "+1" if an hour may have so few digits.
func (t tokens) offset(i, least int) (minutes, next int, ok bool) {
	n := t.at(i + 1)
	if !t.is(i, "+") && !t.is(i, "-") || n.kind != digits || n.space {
		return 0, 0, false
	}
	hour, minute, next := n.value, 0, i+2
	switch {
	case n.count == 4:
		hour, minute = n.value/100, n.value%100
	case n.count < least || n.count > 2:
		return 0, 0, false
	default:
		if m, ok := t.number(i+3, 2, 2); ok && t.is(i+2, ":") {
			minute, next = m, i+4
		}
	}
	if hour > 23 || minute > 59 {
		return 0, 0, false
	}
	minutes = 60*hour + minute
	if t.is(i, "-") {
		minutes = -minutes
	}
	return minutes, next, true
}

// half is a half of the day.
type half uint8

const (
	noHalf half = iota
	morning
	afternoon
)

// half is the half of the day that the ith token names.
func (t tokens) half(i int) half {
	switch {
	case t.is(i, "am"), t.is(i, "a") && t.is(i+1, ".") && t.is(i+2, "m"):
		return morning
	case t.is(i, "pm"), t.is(i, "p") && t.is(i+1, ".") && t.is(i+2, "m"):
		return afternoon
	}
	return asianHalf(t.at(i).text)
}

// asianHalf is the half of the day that a word ends with, in Chinese, Japanese and Korean.
func asianHalf(word string) half {
	for _, h := range [...]struct {
		name string
		half half
	}{{"午前", morning}, {"上午", morning}, {"오전", morning}, {"午後", afternoon}, {"下午", afternoon}, {"오후", afternoon}} {
		if strings.HasSuffix(word, h.name) {
			return h.half
		}
	}
	return noHalf
}

// in makes an hour of twelve one of 24; "15:00 pm" is one of 24 already.
func (c *clock) in(h half) {
	switch {
	case h == morning && c.hour == 12:
		c.hour = 0
	case h == afternoon && c.hour < 12:
		c.hour += 12
	}
}

// settle finds the zone of a time, and says whether there is one that is known. Where the
// time is none, there is nothing to settle.
func (c *clock) settle(h dateHint) bool {
	switch {
	case !c.possible():
	case c.unclear == "ist" && h.ist != 0:
		c.zone, c.unclear = h.ist, ""
	case c.area != "":
		_, ok := areaLocation(c.area)
		return ok
	}
	return !c.possible() || c.unclear == ""
}

// possible tells whether there is such a time, and but one; a day may end with 24:00, and a minute with a leap second.
func (c *clock) possible() bool {
	if c.hour == 24 {
		return c.minute == 0 && c.second == 0 && c.nanosecond == 0
	}
	return c.hour < 24 && c.minute < 60 && c.second <= 60
}
