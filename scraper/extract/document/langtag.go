package document

import (
	"strings"

	"scrape/scraper/extract/markup"
)

// maxLangTag is longer than any language tag that is in use.
const maxLangTag = 100

// LangTag is the language tag that s is, with hyphens where it has underscores; "" where
// it is none by its shape: subtags of one to eight letters and digits, the first of at
// least two letters, or x or i (RFC 5646, section 2.1, loosely).
func LangTag(s string) string {
	s = strings.ReplaceAll(markup.TrimSpace(s), "_", "-")
	if len(s) > maxLangTag {
		return ""
	}
	for i, subtag := range strings.Split(s, "-") {
		if len(subtag) == 0 || len(subtag) > 8 {
			return ""
		}
		for j := range len(subtag) {
			if c := subtag[j]; !markup.IsLetter(c) && (i == 0 || c < '0' || '9' < c) {
				return ""
			}
		}
		if lone := len(subtag) == 1; i == 0 && lone && (!strings.Contains("xXiI", subtag) || len(s) == 1) {
			return ""
		}
	}
	return s
}
