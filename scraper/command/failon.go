package command

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"scrape/results"
	"scrape/scraper/nearest"
)

// failOn says which failures make a run one that failed: any of these that holds.
// The zero value is one failure, whatever it is.
type failOn struct {
	chosen   bool    // otherwise it is any
	count    int64   // so many lines not scraped, or more; 0: their number says nothing
	percent  float64 // such a share of all but duplicates, or more; 0: likewise
	kinds    [256]bool
	required bool // a required field that was not there
}

var errFailOn = errors.New("must be any, none, or one or more of: a number, a percentage, kinds of error, required")

// add takes what one --fail-on says: words with commas between them.
func (f *failOn) add(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		if err := f.addWord(strings.TrimSpace(word)); err != nil {
			return err
		}
	}
	return nil
}

func (f *failOn) addWord(word string) error {
	f.chosen = true
	if share, ok := strings.CutSuffix(word, "%"); ok {
		percent, err := strconv.ParseFloat(strings.TrimSpace(share), 64)
		if err != nil || !(percent > 0 && percent <= 100) {
			return fmt.Errorf("%s: must be more than 0%% and at most 100%%", printable(word))
		}
		f.percent = least(f.percent, percent)
		return nil
	}
	if n, err := strconv.ParseInt(word, 10, 64); err == nil {
		if n < 1 {
			return fmt.Errorf("%s: must be at least 1", word)
		}
		f.count = least(f.count, n)
		return nil
	}
	kind, err := results.ParseKind(word)
	switch {
	case word == "any":
		f.count = 1
	case word == "none":
	case word == "required":
		f.required = true
	case kind == results.Duplicate:
		return errors.New("duplicate: is no failure")
	case err == nil:
		f.kinds[kind] = true
	default:
		if best := nearest.Name(word, failWords()); best != "" {
			return fmt.Errorf("%s: did you mean %s?", printable(word), best)
		}
		return errFailOn
	}
	return nil
}

// failWords are the words that --fail-on takes beside numbers.
func failWords() []string {
	words := []string{"any", "none", "required"}
	for kind := results.InvalidURL; kind.Valid(); kind++ {
		if kind != results.Duplicate {
			words = append(words, kind.String())
		}
	}
	return words
}

// least is the smaller of two numbers of which 0 is none.
func least[N int64 | float64](a, b N) N {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// holds tells whether a run has failed whose records are counted, and in which so
// many pages lacked a required field.
func (f *failOn) holds(tally *results.Tally, lacking int64) bool {
	failed := tally.NotScraped()
	if !f.chosen {
		return failed > 0
	}
	if f.count > 0 && failed >= f.count || f.required && lacking > 0 {
		return true
	}
	if of := failed + tally.Scraped(); failed > 0 && f.percent > 0 && 100*float64(failed) >= f.percent*float64(of) {
		return true
	}
	for kind := range tally.Kinds() {
		if f.kinds[kind] {
			return true
		}
	}
	return false
}
