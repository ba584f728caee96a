package demo

import (
	"fmt"

	"scrape/results"
)

// Line is one line of the site's list.
type Line struct {
	Text string
	// Want is what its record must say; nil for a comment, which gets none.
	Want *Want
}

// Want is what the record of a line must say. What is zero must be absent.
type Want struct {
	Outcome  results.Outcome
	Kind     results.Kind // of the error
	Status   int
	FinalURL string // of a page that was scraped
	Title    string
	Charset  string
}

// Check returns nil if the record says what is wanted, and otherwise an error
// that names the first thing it says instead.
func (w *Want) Check(f *results.Fields) error {
	var e results.Error
	if f.Error != nil {
		e = *f.Error
	}
	finalURL := f.FinalURL
	if w.Outcome == results.NotScraped {
		finalURL = "" // where a failure ended is in its message
	}
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"outcome", f.Outcome, w.Outcome},
		{"error", e.Kind, w.Kind},
		{"status", f.Status, w.Status},
		{"final URL", finalURL, w.FinalURL},
		{"title", f.Title, w.Title},
		{"charset", f.Charset, w.Charset},
	} {
		if c.got != c.want {
			err := fmt.Errorf("%s is %q, not %q", c.name, fmt.Sprint(c.got), fmt.Sprint(c.want))
			if e.Message != "" {
				err = fmt.Errorf("%w (%s: %s)", err, e.Kind, e.Message)
			}
			return err
		}
	}
	return nil
}

// failed is the wish for a record that tells of a failure.
func failed(kind results.Kind, status int) Want {
	return Want{Outcome: results.NotScraped, Kind: kind, Status: status}
}
