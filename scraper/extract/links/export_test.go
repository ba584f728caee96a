package links

import "scrape/scraper/extract/document"

// IsSure tells whether the links of a page are found without its tree.
func IsSure(d *document.Document) bool {
	s := newScan(d)
	s.run()
	return !s.unsure
}

// Resolve is how links are resolved.
func Resolve(d *document.Document) func(href string) (url string, internal, ok bool) {
	r := newResolver(d)
	return r.link
}

// Guess finds links as where there is no tree.
func Guess(d *document.Document) []Link {
	s := newScan(d)
	s.guessing = true
	s.run()
	return s.links
}
