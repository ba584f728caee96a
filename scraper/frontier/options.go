package frontier

import (
	"encoding"
	"os"
	"time"
)

// Options say how much a frontier lets through. The zero value of each field
// means its default. The functions are called while the frontier decides, so
// they must be quick, and must not call it.
type Options[T Task] struct {
	// Concurrency is how many tasks begin at once, over all hosts. The reader
	// of Turns may ask for some more, to have the next one at hand. What comes
	// at its own time is held back until one of these is free: every task
	// under a Rate, and those of a host with a delay or that was overloaded.
	// So the time at which it is given out is that of its request. 0: no bound.
	Concurrency int
	// HostConcurrency is the number of tasks in flight for one host. While there are
	// others, it gets no more than half of Concurrency. 0: DefaultHostConcurrency.
	HostConcurrency int
	// HostDelay is the time between the starts of two requests to a host.
	HostDelay time.Duration
	// Jitter makes each such delay longer, by up to this fraction of it.
	Jitter float64
	// Rate is the number of starts in a second over all hosts. 0: no bound.
	Rate float64
	// Adaptive fits each host's concurrency and delay to how it answers, within
	// the bounds above.
	Adaptive bool

	// MaxCrawlDelay is the most that a robots.txt can ask for as a delay; more
	// is taken for that. 0: DefaultMaxCrawlDelay; negative: no delay.
	MaxCrawlDelay time.Duration
	// MaxRetryAfter is the longest Retry-After that is waited for. A host that
	// asks for more is left alone for the rest of the run.
	// 0: DefaultMaxRetryAfter; negative: none is waited for.
	MaxRetryAfter time.Duration
	// GiveUp is the number of failures in a row to reach a host after which it
	// is given up. 0: DefaultGiveUp; negative: never.
	GiveUp int

	// Robots makes the task that fetches the robots.txt of t's origin. nil:
	// nobody asks for it. It is fetched once while the origin has tasks, and kept
	// longer while there is memory; but where the hosts of a run have rules of
	// more than 24 MiB, the largest are forgotten, and fetched again for the next
	// few tasks.
	Robots func(t T) T
	// Lookup makes the task that looks up the address of t's host; hosts of one
	// address then share their budget. nil: each has its own.
	Lookup func(t T) T

	// Deadline tells when the time of a task that was in flight is over, zero if it
	// never is; when it waits then, for whatever, it is refused as Late. nil: there
	// is no such time.
	Deadline func(t T) time.Time
	Late     Refusal

	// Window is the memory in bytes of the tasks that wait or are in flight.
	// 0: DefaultWindow.
	Window int
	// WindowLines is the number of tasks that wait or are in flight: how far
	// the list is read ahead in search of other hosts. What does not fit in
	// Window waits in a temporary file. 0: DefaultWindowLines.
	WindowLines int
	// New makes an empty task, to be read back from that file. nil: there is no
	// file, and the window ends where its memory does.
	New func() T
	// SpillDir is where the file is made. "": os.TempDir().
	SpillDir string
	// Tell, if set, hears what holds hosts back, and when the file cannot be made
	// or written.
	Tell func(Event)
}

const (
	// DefaultHostConcurrency is about what a browser would use.
	DefaultHostConcurrency = 8
	// DefaultWindow has room for some 20,000 URLs.
	DefaultWindow = 8 << 20
	// DefaultWindowLines is enough to meet other hosts in lists that are
	// sorted by host.
	DefaultWindowLines = 100_000
	// DefaultMaxCrawlDelay is as patient as large crawlers are.
	DefaultMaxCrawlDelay = 30 * time.Second
	// DefaultMaxRetryAfter is what is still worth waiting for.
	DefaultMaxRetryAfter = time.Minute
	// DefaultGiveUp is more than one bad page with its retries.
	DefaultGiveUp = 25
)

// Task is what a frontier needs to know of a task. None of it may change while
// the frontier has the task.
type Task interface {
	comparable
	// Host is the key under which a host's budget is kept: its name, and its
	// port where that matters.
	Host() string
	// Origin is scheme, host and port: whose robots.txt holds. An origin is of
	// one host.
	Origin() string
	// Target is the path and query that robots.txt is asked about.
	Target() string
	// Size is the task's memory in bytes, roughly.
	Size() int
	// A task waits on disk in this form where memory is short.
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

// Rules are those of one origin's robots.txt.
type Rules interface {
	// Allowed tells whether path and query may be asked for, and the rule that
	// forbids it, as the record's error shows it.
	Allowed(target string) (ok bool, because string)
	// CrawlDelay is what the host wants between two requests; 0 for none.
	CrawlDelay() time.Duration
	// Size is the rules' memory in bytes, roughly.
	Size() int
}

// withDefaults fills in what is zero.
func (o Options[T]) withDefaults() Options[T] {
	o.HostConcurrency = orDefault(o.HostConcurrency, DefaultHostConcurrency)
	o.MaxCrawlDelay = max(0, orDefault(o.MaxCrawlDelay, DefaultMaxCrawlDelay))
	o.MaxRetryAfter = max(0, orDefault(o.MaxRetryAfter, DefaultMaxRetryAfter))
	o.GiveUp = orDefault(o.GiveUp, DefaultGiveUp)
	o.Window = orDefault(o.Window, DefaultWindow)
	o.WindowLines = orDefault(o.WindowLines, DefaultWindowLines)
	if o.SpillDir == "" {
		o.SpillDir = os.TempDir()
	}
	return o
}

func orDefault[V comparable](v, otherwise V) V {
	var zero V
	if v == zero {
		return otherwise
	}
	return v
}
