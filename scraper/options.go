package scraper

import (
	"fmt"
	"net/http"
	"runtime"
	"time"

	"scrape/results"
	"scrape/scraper/frontier"
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
	// HostConcurrency is the number of requests in flight to one host.
	// 0: DefaultHostConcurrency.
	HostConcurrency int

	// Timeout bounds one attempt, to its last byte; MaxTimeout at most.
	// 0: DefaultTimeout.
	Timeout time.Duration
	// Retry is how many times a failure worth it is tried again.
	// 0: DefaultRetry; NoRetry: never.
	Retry int
	// MaxBody is the limit on decoded bytes of a body. 0: DefaultMaxBody.
	MaxBody int64
	// UserAgent is sent with every request; CheckUserAgent says what it can
	// be. "": DefaultUserAgent.
	UserAgent string
	// Header is added to every request, and goes before Accept,
	// Accept-Encoding and UserAgent. CheckHeader says what it can hold:
	// Connection, Content-Length, Transfer-Encoding, Trailer and Upgrade are
	// refused. Host replaces the URL's host in what is asked for, not in where
	// it is asked. Once a redirect has led to another origin, Authorization,
	// Cookie, Proxy-Authorization and Host are left out.
	Header http.Header

	// NoTitle leaves pages unparsed.
	NoTitle bool
	// NoDedupe fetches repeated URLs again.
	NoDedupe bool

	// Sinks get every record, in the order in which URLs finish.
	Sinks []results.Sink
	// Observe, if set, is called after a record has been given to the sinks,
	// one record at a time.
	Observe func(*results.Record)
	// Drain, when closed, ends the run in order: no new URL is started, and
	// what is in flight has DrainGrace to finish.
	Drain <-chan struct{}
	// Logf, if set, hears of events behind the scenes, such as the death of a
	// worker. It may be called from several goroutines at once.
	Logf func(format string, args ...any)
}

// Defaults that the command's help and the documentation quote.
const (
	DefaultConcurrency     = 64
	DefaultHostConcurrency = frontier.DefaultHostConcurrency
	DefaultTimeout         = 30 * time.Second
	MaxTimeout             = 24 * time.Hour
	DefaultRetry           = 2
	NoRetry                = -1
	DefaultMaxBody         = worker.DefaultMaxBody
	DefaultUserAgent       = "scrape/0.1"

	// DrainGrace is how long requests in flight may still take after Drain.
	DrainGrace = 10 * time.Second
)

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
	}{
		{"Concurrency", &o.Concurrency, DefaultConcurrency},
		{"HostConcurrency", &o.HostConcurrency, DefaultHostConcurrency},
		{"Retry", &o.Retry, DefaultRetry},
	} {
		if *f.value == 0 {
			*f.value = f.zero
		}
		if *f.value < 0 && !(f.name == "Retry" && *f.value == NoRetry) {
			return o, fmt.Errorf("scraper: Options.%s is %d: must not be negative", f.name, *f.value)
		}
	}
	if o.Retry == NoRetry {
		o.Retry = 0
	}
	if o.Procs == 0 {
		o.Procs = DefaultProcs(o.Concurrency)
	}
	if o.Procs < 0 || o.Timeout < 0 || o.MaxBody < 0 {
		return o, fmt.Errorf("scraper: Options.Procs, Timeout and MaxBody must not be negative")
	}
	if o.Timeout > MaxTimeout {
		return o, fmt.Errorf("scraper: Options.Timeout is %v: must be at most %v", o.Timeout, MaxTimeout)
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.UserAgent == "" {
		o.UserAgent = DefaultUserAgent
	}
	if err := CheckUserAgent(o.UserAgent); err != nil {
		return o, fmt.Errorf("scraper: Options.UserAgent %w", err)
	}
	for name, values := range o.Header {
		for _, value := range values {
			if err := CheckHeader(name, value); err != nil {
				return o, fmt.Errorf("scraper: Options.Header %q: %w", name, err)
			}
		}
	}
	return o, nil
}

// settings are what workers are told.
func (o Options) settings() worker.Settings {
	return worker.Settings{
		UserAgent: o.UserAgent,
		Header:    o.Header,
		MaxBody:   o.MaxBody,
		Retry:     o.Retry,
		NoTitle:   o.NoTitle,
		Conns:     (o.Concurrency + o.Procs - 1) / o.Procs,
	}
}
