package schema

import (
	"scrape/scraper/extract/document"
	"scrape/scraper/extract/rule"
)

// languages are the selectors that find something in documents of a kind.
var languages = map[document.Kind]string{
	document.XML:  "CSS selectors, xpath: and re: apply",
	document.JSON: "jsonpath: and re: apply",
	document.CSV:  "re: applies",
	document.Text: "re: applies",
}

// unfit says why a selector can find nothing in a document, whatever stands in that; ""
// if it is of a kind that it could.
func unfit(d *document.Document, s selector) string {
	kind := d.Kind()
	fits := kind == document.HTML || kind == document.XML
	switch {
	case kind == document.Binary:
		return "the page is " + d.MediaType() + ", of which nothing is read"
	case s.Language == rule.Regexp:
		fits = true
	case s.Language == rule.JSONPath:
		fits = kind == document.HTML || kind == document.JSON
	}
	if fits {
		return ""
	}
	return "the page is " + d.MediaType() + ": " + languages[kind]
}

// broken says why nothing can be found in a document that should have been JSON or
// XML; "" where it is whole, or nothing of the kind is looked for.
func broken(d *document.Document, s selector) string {
	var err error
	switch kind := d.Kind(); {
	case kind == document.JSON && s.Language == rule.JSONPath:
		_, err = d.JSON()
	case kind == document.XML && s.Language != rule.Regexp:
		_, err = d.XML()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
