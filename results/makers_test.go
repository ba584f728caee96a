package results_test

import (
	"scrape/results"
	"scrape/results/resultstest"
)

func init() {
	results.Make(results.Makers{
		Example:  resultstest.Example,
		Failure:  resultstest.Failure,
		Examples: resultstest.Examples,
		Huge:     resultstest.Huge,
		Random:   resultstest.Random,
	})
}
