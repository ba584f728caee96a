package rule

import (
	"errors"

	"scrape/scraper/extract/filter"
)

// mistake is an error in the text of a rule, offset bytes into it.
func mistake(offset int, message, hint string) error {
	return &filter.Error{Offset: offset, Message: message, Hint: hint}
}

// shifted is an error of a part of a rule that begins at an offset.
func shifted(err error, offset int) error {
	var e *filter.Error
	if !errors.As(err, &e) {
		return mistake(offset, err.Error(), "")
	}
	return mistake(e.Offset+offset, e.Message, e.Hint)
}
