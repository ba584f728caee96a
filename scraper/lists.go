package scraper

import (
	"io"

	"scrape/scraper/list"
	"scrape/scraper/weburl"
)

// What a program needs of lists beside Run.
type (
	// Source is a list to be read.
	Source = list.Source
	// ReadError is a list that could not be read, or not to its end.
	ReadError = list.ReadError
)

// ParseLine returns the URL that a line of a list means. The error's text is
// the reason why it means none, in lower case.
func ParseLine(line string) (weburl.URL, error) { return list.ParseLine(line) }

// CountLines returns how many lines of a list get a record. The error is the
// reader's own, with what was counted before it.
func CountLines(r io.Reader) (int64, error) { return list.Count(r) }
