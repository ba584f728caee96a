package extract

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"scrape/scraper/extract/markup"
)

// maxTitle is how long a title may be, in bytes.
const maxTitle = 64 << 10

// unescape replaces the character references in a title's text, and NULs as the tokenizer does.
func unescape(b []byte) string {
	s := string(b)
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	return html.UnescapeString(s)
}

// tidy strips and collapses ASCII white space and cuts what is beyond maxTitle.
func tidy(s string) (title string, cut bool) {
	s = markup.TrimSpace(s)
	if strings.ContainsAny(s, "\t\n\f\r") || strings.Contains(s, "  ") {
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < utf8.RuneSelf && markup.IsSpace(byte(r)) }), " ")
	}
	if len(s) <= maxTitle {
		return s, false
	}
	end := maxTitle
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.Clone(markup.TrimSpace(s[:end])), true
}

// shortTitle cuts a title to max bytes, and to maxTitle; whole tells that there is no more of it. A mark stands at
// the end of one that was cut, which counts to maxTitle alone.
func shortTitle(s string, whole bool, max int) (title string, cut bool) {
	if whole && len(s) <= max {
		return s, false
	}
	s = withoutCutRune(s[:min(len(s), max, maxTitle-len(mark))])
	return markup.TrimSpace(s) + mark, true
}

// withoutCutRune leaves out the character at the end of s that was cut, if one was.
func withoutCutRune(s string) string {
	for i := len(s) - 1; i >= max(0, len(s)-utf8.UTFMax); i-- {
		if utf8.RuneStart(s[i]) {
			if !utf8.FullRuneInString(s[i:]) {
				return s[:i]
			}
			break
		}
	}
	return s
}
