package scraper

import (
	"fmt"
	"time"

	"scrape/scraper/frontier"
)

// Hosts say how each host is treated, by all workers together. The zero value of
// each field means its default.
type Hosts struct {
	// Concurrency is the number of requests in flight to one host.
	// 0: DefaultHostConcurrency.
	Concurrency int
	// Delay is the time from one request's start to that of the next to the same
	// host, at least.
	Delay time.Duration
	// Jitter makes each delay longer by a random part, at most this fraction of
	// it.
	Jitter float64
	// Rate is how many requests are started in a second, to all hosts together.
	// 0: as many as can be.
	Rate float64
	// PerIP makes hosts that share an address share Concurrency and Delay, too.
	PerIP bool
	// Adaptive slows down where a host slows down, or fails.
	Adaptive bool
	// MaxRetryAfter is how long a host may ask to be left alone (Retry-After). One
	// that asks for more is left alone for the rest of the run.
	// 0: DefaultMaxRetryAfter; NoRetryAfter: it may not ask at all.
	MaxRetryAfter time.Duration
	// GiveUp is after how many failed connections in a row a host is given up.
	// 0: DefaultGiveUp; NeverGiveUp: it never is.
	GiveUp int
	// NoRobots asks without regard to robots.txt.
	NoRobots bool
	// MaxCrawlDelay is how much of a robots.txt's Crawl-delay is heeded.
	// 0: DefaultMaxCrawlDelay.
	MaxCrawlDelay time.Duration
}

// Defaults of Hosts.
const (
	DefaultHostConcurrency = frontier.DefaultHostConcurrency
	DefaultMaxRetryAfter   = frontier.DefaultMaxRetryAfter
	NoRetryAfter           = -1
	DefaultGiveUp          = frontier.DefaultGiveUp
	NeverGiveUp            = -1
	DefaultMaxCrawlDelay   = frontier.DefaultMaxCrawlDelay
)

func (h *Hosts) setDefaults() error {
	if h.Concurrency == 0 {
		h.Concurrency = DefaultHostConcurrency
	}
	if h.MaxRetryAfter == 0 {
		h.MaxRetryAfter = DefaultMaxRetryAfter
	}
	if h.GiveUp == 0 {
		h.GiveUp = DefaultGiveUp
	}
	if h.MaxCrawlDelay == 0 {
		h.MaxCrawlDelay = DefaultMaxCrawlDelay
	}
	for _, f := range []struct {
		name  string
		value float64
		least float64
	}{
		{"Concurrency", float64(h.Concurrency), 0},
		{"Delay", float64(h.Delay), 0},
		{"Jitter", h.Jitter, 0},
		{"Rate", h.Rate, 0},
		{"MaxRetryAfter", float64(h.MaxRetryAfter), NoRetryAfter},
		{"GiveUp", float64(h.GiveUp), NeverGiveUp},
		{"MaxCrawlDelay", float64(h.MaxCrawlDelay), 0},
	} {
		if !(f.value >= f.least) { // NaN neither
			return fmt.Errorf("scraper: Options.Hosts.%s is %v: must be at least %v", f.name, f.value, f.least)
		}
	}
	return nil
}
