package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"scrape/scraper/extract/filter"
)

// byline is what was found for one, if that may be one: the label of a field, such as
// "Name *", and a date are none, and what a date follows ends before it.
func byline(s string) string {
	if strings.HasSuffix(s, "*") || strings.HasSuffix(s, ":") {
		return ""
	}
	date, _, ok := filter.DateOn(s, "")
	if !ok {
		return s
	}
	words := strings.Fields(s)
	begin := 0 // the last word that the date can begin with
	for i := range words {
		if d, _, ok := filter.DateOn(strings.Join(words[i:], " "), ""); !ok || d != date {
			break
		}
		begin = i
	}
	capitals := 0
	for _, word := range words[:begin] {
		if first, _ := utf8.DecodeRuneInString(word); unicode.IsUpper(first) {
			capitals++
		}
	}
	const name = 2 // words: "Posted on", "Tuesday," and the like are none
	if capitals < name {
		return ""
	}
	return byline(strings.TrimRight(strings.Join(words[:begin], " "), " ,;|·-–"))
}
