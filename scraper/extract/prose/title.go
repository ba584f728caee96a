package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
)

// maxHeadings is how many h1 elements of a page may say what its title is.
const maxHeadings = 10

// ownTitle is the title of a page without the name of its site, where the page itself
// says that its title is shorter: in og:title, or in an h1 that the title begins with.
// One that it ends with may be the site's, on top of each page.
func ownTitle(tree *html.Node, title, site string) string {
	headings := 0
	short := title
	for n := range tree.Descendants() {
		switch {
		case is(atom.Meta)(n) && attribute(n, "property") == "og:title":
			if own := line(attribute(n, "content")); own != site && (isBegun(title, own) || isEnded(title, own)) {
				return own
			}
		case is(atom.H1)(n) && short == title && headings < maxHeadings:
			headings++
			if own := line(document.ShownText(n, nil)); own != site && isBegun(title, own) {
				short = own
			}
		}
	}
	return short
}

// isBegun tells whether a title is one with the name of a site behind it.
func isBegun(title, own string) bool {
	if own == "" || len(title) <= len(own) || !strings.EqualFold(title[:len(own)], own) {
		return false
	}
	rest := title[len(own):]
	sign, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest, " "))
	return parts(sign) && (rest[0] == ' ' || !unicode.Is(unicode.Pd, sign))
}

// isEnded tells whether a title is one with the name of a site before it.
func isEnded(title, own string) bool {
	before := len(title) - len(own)
	if own == "" || before <= 0 || !strings.EqualFold(title[before:], own) {
		return false
	}
	sign, _ := utf8.DecodeLastRuneInString(strings.TrimRight(title[:before], " "))
	return parts(sign) && title[before-1] == ' '
}

// parts tells whether a sign stands between a title and the name of a site.
func parts(sign rune) bool {
	return unicode.Is(unicode.Pd, sign) || strings.ContainsRune("|·•»›«‹~⋅∙", sign)
}
