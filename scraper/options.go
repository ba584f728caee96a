package scraper

import (
	"fmt"
	"runtime"
	"time"

	"scrape/results"
	"scrape/scraper/fetch"
	"scrape/scraper/worker"
)

// Options say what a run does. The zero value of each field means its default.
type Options struct {
	// Lists are read one after the other, as streams.
	Lists []Source

	// Procs is the number of worker processes at most; they start on demand.
	// 0: DefaultProcs(Concurrency).
	Procs int
	// Concurrency is the number of requests in flight over all workers.
	// 0: DefaultConcurrency.
	Concurrency int
	// Hosts say how each host is treated.
	Hosts Hosts
	// Network says how connections are made.
	Network Network

	// Timeout bounds one attempt, to its last byte; MaxTimeout at most.
	// 0: DefaultTimeout.
	Timeout time.Duration
	// URLTimeout bounds a URL, from its first request on, with its retries and
	// waits; MaxTimeout at most. 0: nothing does.
	URLTimeout time.Duration
	// MaxTime bounds the run: then nothing new is started, and what is in flight
	// has LimitGrace to finish. 0: nothing does.
	MaxTime time.Duration
	// MaxURLs bounds how many URLs are fetched, and MaxBytes what is received of
	// bodies: then nothing new is started. 0: nothing does.
	MaxURLs, MaxBytes int64
	// SpeedLimit is how many bytes of a body have to arrive in a second, on
	// average over SpeedTime. 0: it may be as slow as it likes.
	SpeedLimit int64
	// SpeedTime is how long a body may stay below SpeedLimit. 0: DefaultSpeedTime.
	SpeedTime time.Duration
	// Retry is how many times a failure worth it is tried again.
	// 0: DefaultRetry; NoRetry: never.
	Retry int
	// RetryAll tries again also what does more when it is asked for twice, such
	// as POST.
	RetryAll bool
	// MaxBody is the limit on the bytes of a body, as received and decoded.
	// 0: DefaultMaxBody.
	MaxBody int64
	// MaxRedirects is how many redirects are followed for one URL.
	// 0: DefaultMaxRedirects; NoRedirects: none, and one is an error.
	MaxRedirects int
	// MetaRefresh follows <meta http-equiv=refresh> and the header Refresh, too.
	MetaRefresh bool

	// Request is what is asked for, beside the URL.
	Request Request
	// Extract says what is wanted of every page; its zero value is the title.
	Extract Extract
	// NoDedupe fetches repeated URLs again.
	NoDedupe bool
	// Memory, if set, knows what earlier runs saw. Records are given to it before the
	// sinks get them.
	Memory Memory

	// Done, if set, tells whether an earlier run has given a line its record: then
	// it gets none now, but a later line can still be its duplicate. seq is the
	// line's running number over all lists, and key stands for what it asks for, as
	// Key does in the records. It is called once for each line that is read, in their
	// order. With Earlier, the key is 0.
	Done func(seq int64, key uint64) bool

	// Earlier, if set, has the failures of an earlier run asked for again: the sinks get
	// the records that stay, and then those of what is done again, with the numbers that
	// their lines had. Lists are not read but by the plan.
	Earlier *RetryPlan

	// BodySHA256 has the digest of the decoded body in every record: the key
	// body_sha256. It is there, too, where a sink needs bodies.
	BodySHA256 bool

	// Sinks get every record, in the order in which URLs finish; those that are a
	// results.ExchangeSink with what was said.
	Sinks []results.Sink
	// InputOrder has them get the records in the order of the lines: what is there
	// before its turn waits, in a temporary file when it is much. Where the run ends
	// before its lists, what waits for a line without a record is dropped, so that the
	// sinks have had the records of all lines up to some line, and of no other.
	InputOrder bool
	// OrderWindow is how many lines the lists are read beyond the oldest one that has
	// no record, with InputOrder: so many records can wait. 0: DefaultOrderWindow.
	OrderWindow int64
	// Observe, if set, is called after a record has been given to the sinks,
	// one record at a time.
	Observe func(*results.Record)
	// Drain, when closed, ends the run in order: no new URL is started, and
	// what is in flight has DrainGrace to finish.
	Drain <-chan struct{}
	// Tell, if set, hears of events behind the scenes, such as the death of a
	// worker. It may be called from several goroutines at once.
	Tell func(Event)
	// Monitor, if set, lets others look at the run while it goes on. It is for one
	// run only.
	Monitor *Monitor
}

// Defaults that the command's help and the documentation quote.
const (
	DefaultConcurrency  = 64
	DefaultTimeout      = 30 * time.Second
	MaxTimeout          = 24 * time.Hour
	DefaultSpeedTime    = fetch.DefaultSpeedTime
	DefaultRetry        = 2
	NoRetry             = -1
	DefaultMaxBody      = fetch.DefaultMaxBody
	DefaultMaxRedirects = 10
	NoRedirects         = -1
	DefaultUserAgent    = "scrape/0.1"
	DefaultOrderWindow  = 1_000_000

	// DrainGrace is how long requests in flight may still take after Drain.
	DrainGrace = 10 * time.Second
	// LimitGrace is how long they may still take after MaxTime.
	LimitGrace = time.Second
)

// product is what robots.txt calls us.
const product = "scrape"

// DefaultProcs is the number of workers for a concurrency when none is asked
// for: the least of the CPUs, 8 and the concurrency.
func DefaultProcs(concurrency int) int {
	return min(runtime.GOMAXPROCS(0), 8, concurrency)
}

// withDefaults fills what is zero and refuses what makes no sense.
func (o Options) withDefaults() (Options, error) {
	for _, f := range []struct {
		name  string
		value *int
		zero  int
		off   int // a negative value that means none; 0: there is no such
	}{
		{"Concurrency", &o.Concurrency, DefaultConcurrency, 0},
		{"Retry", &o.Retry, DefaultRetry, NoRetry},
		{"MaxRedirects", &o.MaxRedirects, DefaultMaxRedirects, NoRedirects},
	} {
		switch v := *f.value; {
		case v == 0:
			*f.value = f.zero
		case v < 0 && v == f.off:
			*f.value = 0
		case v < 0:
			return o, fmt.Errorf("scraper: Options.%s is %d: must not be negative", f.name, v)
		}
	}
	if o.Procs == 0 {
		o.Procs = DefaultProcs(o.Concurrency)
	}
	if o.Procs < 0 || o.MaxBody < 0 || o.SpeedLimit < 0 {
		return o, fmt.Errorf("scraper: Options.Procs, MaxBody and SpeedLimit must not be negative")
	}
	for _, f := range []struct {
		name  string
		value *time.Duration
		zero  time.Duration
	}{
		{"Timeout", &o.Timeout, DefaultTimeout},
		{"URLTimeout", &o.URLTimeout, 0},
		{"SpeedTime", &o.SpeedTime, DefaultSpeedTime},
	} {
		if *f.value == 0 {
			*f.value = f.zero
		}
		if *f.value < 0 || *f.value > MaxTimeout {
			return o, fmt.Errorf("scraper: Options.%s is %v: must be from 0 to %v", f.name, *f.value, MaxTimeout)
		}
	}
	if o.MaxTime < 0 || o.MaxURLs < 0 || o.MaxBytes < 0 {
		return o, fmt.Errorf("scraper: Options.MaxTime, MaxURLs and MaxBytes must not be negative")
	}
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.OrderWindow < 0 {
		return o, fmt.Errorf("scraper: Options.OrderWindow is %d: must not be negative", o.OrderWindow)
	}
	if o.OrderWindow == 0 {
		o.OrderWindow = DefaultOrderWindow
	}
	if err := o.Hosts.setDefaults(); err != nil {
		return o, err
	}
	if err := o.Request.setDefaults(); err != nil {
		return o, err
	}
	if o.Extract.MaxField < 0 {
		return o, fmt.Errorf("scraper: Options.Extract.MaxField is %d: must not be negative", o.Extract.MaxField)
	}
	if err := CheckExtract(o.Extract); err != nil {
		return o, fmt.Errorf("scraper: %w", err)
	}
	if _, err := fetch.New(o.settings().Fetch); err != nil { // it starts nothing
		return o, fmt.Errorf("scraper: %w", err)
	}
	return o, nil
}

// Check tells what is wrong with the options, if anything is: what Run would
// return before it begins.
func (o Options) Check() error {
	_, err := o.withDefaults()
	return err
}

// settings are what workers are told.
func (o Options) settings() worker.Settings {
	return worker.Settings{
		Fetch: fetch.Options{
			Network:       o.Network,
			UserAgent:     o.Request.UserAgent,
			Header:        o.Request.Header,
			NoCompression: o.Request.NoCompression,
			MaxBody:       o.MaxBody,
			SpeedLimit:    o.SpeedLimit,
			SpeedTime:     o.SpeedTime,
			Conns:         (o.Concurrency + o.Procs - 1) / o.Procs,
			HostConns:     o.Hosts.Concurrency,
		},
		Body:          o.Request.Body,
		Cookies:       o.Request.Cookies != nil,
		Product:       product,
		MaxRedirects:  o.MaxRedirects,
		Retry:         o.Retry,
		RetryAll:      o.RetryAll,
		MaxRetryAfter: max(0, o.Hosts.MaxRetryAfter),
		URLTimeout:    o.URLTimeout,
		Extract:       o.extract(),
		Keep:          o.keep(),
	}
}
