package scraper

import (
	"scrape/results"
	"scrape/scraper/fetch"
)

// Memory knows what earlier runs saw of what the lists ask for. Its methods are safe
// for concurrent use. After an error the run ends, with it in a *SinkError.
type Memory interface {
	// Validators are sent with a request, so that the server need not send again what
	// is known: 304 counts as scraped. key is that of the line (results.Record.Key).
	Validators(key uint64) (fetch.Validators, error)
	// Judge takes a finished record, with what its answer told of its version, and
	// returns the one that the sinks get in its place: with what has become of its URL
	// since, and of a 304 with what was known. It is called once for each record, one
	// at a time.
	Judge(r *results.Record, v fetch.Validators) (*results.Record, error)
}
