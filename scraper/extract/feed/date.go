package feed

import (
	"strings"
	"time"
)

// layouts are those of RFC 822 and RFC 3339 and what feeds have instead, with a zone in digits.
var layouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05-0700",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05",
	"2006-01-02",
	"2 Jan 2006 15:04:05 -0700",
	"2 Jan 2006 15:04 -0700",
	"2 Jan 2006 15:04:05",
	"2 Jan 2006 15:04",
	"2 Jan 2006",
	"2 Jan 06 15:04:05 -0700",
	"2 Jan 06 15:04 -0700",
	"2 January 2006 15:04:05 -0700",
	"2 January 2006",
	"Jan 2 2006 15:04:05 -0700",
	"Jan 2 2006",
	"January 2 2006",
	"Jan 2 15:04:05 2006",
	"Jan 2 15:04:05 -0700 2006",
}

// zones are those that RFC 822 names (section 5.1), and a few more that feeds have.
var zones = map[string]string{
	"GMT": "+0000", "UT": "+0000", "UTC": "+0000", "Z": "+0000",
	"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500",
	"MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700",
	"CET": "+0100", "CEST": "+0200", "BST": "+0100", "JST": "+0900",
}

const maxDate = 64 // bytes

// rfc3339 is a date of a feed as RFC 3339 spells it, in the zone that it is given in, UTC where that is not said;
// a date alone where there is no time of day; "" where it cannot be read.
func rfc3339(s string) string {
	if len(s) > maxDate {
		return ""
	}
	words := strings.Fields(strings.ReplaceAll(s, ",", " "))
	if len(words) > 1 && len(words[0]) >= 3 && isWeekday(words[0]) {
		words = words[1:]
	}
	for i, w := range words {
		if offset, known := zones[strings.ToUpper(w)]; known {
			words[i] = offset
		} else if len(w) == 6 && (w[0] == '+' || w[0] == '-') && w[3] == ':' {
			words[i] = w[:3] + w[4:]
		}
	}
	s = strings.Join(words, " ")
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 0 {
			if !strings.Contains(layout, "04") {
				return t.Format(time.DateOnly)
			}
			return t.Format(time.RFC3339)
		}
	}
	return ""
}

func isWeekday(word string) bool {
	word = strings.ToLower(strings.TrimSuffix(word, "."))
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.HasPrefix(strings.ToLower(day.String()), word) {
			return true
		}
	}
	return false
}
