package frontier

import (
	"time"

	"scrape/results"
)

// Report is what an attempt told of its host. The zero value tells nothing.
type Report struct {
	// Sent is when the attempt's last request was written; zero when none was,
	// or nobody knows.
	Sent time.Time
	// Missed tells that the task came to nobody in its turn, which counts as not
	// taken.
	Missed bool
	// Latency is the time to the first byte of the answer; 0 when none came.
	Latency time.Duration
	Health  Health
	// RetryAfter is what an overloaded host asked for; 0 when it did not.
	RetryAfter time.Duration
	// Status is the answer's, 0 without one.
	Status int
	// Cause is why the host could not be reached: "connect: connection
	// refused".
	Cause string
}

// Health is how a host did in one attempt.
type Health uint8

const (
	// Unknown is a host of which nothing was learnt: the attempt's worker was
	// lost, say.
	Unknown Health = iota
	// Fine is a host that answered, whatever it had to say.
	Fine
	// Unreachable is a host to which there is no connection: its name cannot
	// be looked up, it refuses, TLS fails, or any of it takes too long.
	Unreachable
	// Overloaded is a host that said so, with the status 429 or 503.
	Overloaded
	// Slow is a host that took the request and was too slow with the answer.
	Slow
	// Other is a host that answered in a way that says nothing of its load: it
	// broke off, say.
	Other
)

// Refusal is why a task is not run.
type Refusal struct {
	Kind      results.Kind
	Message   string
	Retryable bool
	// Attempts are those made for the answer that refuses the task, such as
	// for a robots.txt that could not be had. They are the caller's to set.
	Attempts int
}
