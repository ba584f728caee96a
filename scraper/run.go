// Package scraper is the whole pipeline: lists of URLs in, one record per URL
// out. It reads the lists as streams, lets each host have its turn, has pages
// fetched and read by a pool of worker processes, and gives every record to
// the sinks.
//
// A program that uses it must call pool.Main first thing in its main function.
package scraper

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"scrape/pool"
	"scrape/results"
	"scrape/scraper/fetch"
	"scrape/scraper/frontier"
	"scrape/scraper/list"
	"scrape/scraper/worker"
)

// Run reads the lists, and gives the sinks exactly one record for every line
// that is neither blank nor a comment, and not done before. The error is nil when it came
// to the end of the lists, or was drained. A list that cannot be read ends them: the lines
// before still get their records, and the error is a *ReadError. Before anything
// was read it is about the Options, or what kept the pool from being made;
// afterwards a *SinkError, an *OrderError, a *StartError, or the cause of ctx. The
// Summary is true in any case.
//
// Sinks are used by one goroutine at a time, and are the caller's to close.
// Where a run ends before its lists, a list whose reader blocks, such as a
// terminal, is still being read when Run returns: by a goroutine that ends with
// that read, and gives nothing to anyone.
func Run(ctx context.Context, o Options) (Summary, error) {
	return runWith(ctx, o, DrainGrace)
}

func runWith(ctx context.Context, o Options, grace time.Duration) (Summary, error) {
	started := time.Now()
	o, err := o.withDefaults()
	if err != nil {
		return Summary{}, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	counts := new(counts)
	p, err := pool.New(ctx, pool.Options{
		Procs:       o.Procs,
		Concurrency: o.Concurrency,
		Timeout:     o.Timeout,
		MemoryLimit: worker.MemoryLimit,
		Files:       o.files(),
		Initializer: worker.Setup(o.settings()),
		Affinity:    new(homes).of,
		Replayable:  func(task any) bool { t := task.(*worker.Task); return t.Turn.IsZero() && mayRepeat(o, t) },
		Watch:       o.workerEvents(&counts.deaths),
	})
	if err != nil {
		return Summary{}, err
	}
	defer p.Terminate()
	r := &run{
		options:  o,
		frontier: newFrontier(o),
		cancel:   cancel,
		counts:   counts,
		full:     make(chan struct{}),
		draining: make(chan struct{}),
	}
	if o.InputOrder {
		r.line = newLine(ctx)
	}
	if err := r.setFields(); err != nil {
		return Summary{}, err
	}
	if o.Monitor != nil {
		o.Monitor.watch(r, p, started)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		r.read(ctx)
	}()
	stop := make(chan struct{})
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		r.awaitEnd(stop, grace)
	}()

	for a := range worker.Scrape.Run(ctx, p, r.turns(ctx)) {
		if err := r.answer(a); err != nil {
			cancel(err)
		}
		if a.File != nil {
			a.File.Close()
		}
		if !a.Task.IsGate() {
			r.pages.Add(-1)
			r.endIfIdle()
		}
	}

	if err := r.frontier.Err(); err != nil {
		cancel(err)
	}
	close(stop)
	<-drained
	if !r.drained.Load() && ctx.Err() == nil {
		<-read // otherwise it may wait for standard input, and touches nothing any more
	}
	return r.summary(ctx, started)
}

// run is one call of Run.
type run struct {
	options  Options
	frontier *frontier.Frontier[*worker.Task]
	cancel   context.CancelCauseFunc
	counts   *counts

	drained atomic.Bool
	pages   atomic.Int64           // given to the pool and not answered
	limited atomic.Pointer[string] // the limit of Options that ended it

	full     chan struct{} // closed when MaxBytes are received
	draining chan struct{} // closed when drained is set

	line *line // nil unless records are to come in the lists' order

	mu       sync.Mutex // of what follows, and of the sinks
	started  int64      // lines to be fetched
	ended    bool       // the lists were read to their end
	lacking  int64      // pages without what was required
	fields   []FieldCount
	shaped   FieldCount
	expected []FieldCount
	over     bool // Run returns: the sinks are the caller's again

	unreadable error // why the lists were not read to their end
}

// errDrained ends a run whose requests in flight did not end in time.
var errDrained = errors.New("drained")

// StartError tells that no worker could be started.
type StartError = pool.StartError

// SinkError tells that records could not be written.
type SinkError struct{ Err error }

// Error gives the sink's error.
func (e *SinkError) Error() string { return e.Err.Error() }

// Unwrap gives the sink's error.
func (e *SinkError) Unwrap() error { return e.Err }

// read brings the lists' lines to the frontier. What is no URL, or was asked
// for before, gets its record here.
func (r *run) read(ctx context.Context) {
	defer r.frontier.Close()
	if p := r.options.Earlier; p != nil {
		if r.readEarlier(ctx, p) {
			r.end()
		}
		return
	}
	lines := list.NewReader(r.options.Lists, list.Options{Dedupe: !r.options.NoDedupe, Common: r.options.Request.common(), Keys: r.options.Done != nil || r.options.Memory != nil})
	defer lines.Close()
	for {
		item, err := lines.Next()
		if err == io.EOF {
			r.end()
			return
		}
		if err != nil {
			// What was read before it still gets its records.
			r.mu.Lock()
			r.unreadable = err
			r.mu.Unlock()
			return
		}
		done := r.options.Done != nil && r.options.Done(item.Seq, item.Key)
		if !r.awaitWindow(ctx, item.Seq) || !r.begin(ctx, item.Seq, done) {
			return
		}
		if done {
			continue
		}
		if f := unfetched(item); f != nil {
			if err := r.write(results.New(f), item.Key); err != nil {
				r.cancel(err)
				return
			}
			continue
		}
		if !r.admit() {
			return
		}
		task, err := r.task(item)
		if err != nil {
			r.cancel(err)
			return
		}
		if !r.frontier.Add(ctx, task) {
			return
		}
	}
}

// end takes note that the lists were read to their end.
func (r *run) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
}

// endIfIdle ends a run that was drained, and in which nothing is in flight that
// can still become a record: only what is to be known of hosts.
func (r *run) endIfIdle() {
	if r.drained.Load() && r.pages.Load() == 0 {
		r.cancel(errDrained)
	}
}

// begin counts a line, unless the run takes no more. done tells that an earlier run
// has given its record.
func (r *run) begin(ctx context.Context, seq int64, done bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over || r.drained.Load() || ctx.Err() != nil {
		return false
	}
	r.counts.line(done)
	if r.line != nil && !done && r.options.Earlier == nil { // of whose lines all are expected
		r.line.Expect(seq)
	}
	return true
}

// admit counts a line that is to be fetched, unless as many were as may be.
func (r *run) admit() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if most := r.options.MaxURLs; most > 0 && r.started == most {
		r.limit("max-urls")
		return false
	}
	r.started++
	return true
}

// limit takes note of the limit that ends the run.
func (r *run) limit(name string) {
	r.limited.CompareAndSwap(nil, &name)
	r.tell(Event{Kind: EventLimit, Text: name + " is reached: nothing new is started"})
}

// receive counts bytes of bodies, and ends the run when they are as many as may be.
func (r *run) receive(n int64) {
	sum := r.counts.received.Add(n)
	if most := r.options.MaxBytes; most > 0 && sum >= most && sum-n < most {
		close(r.full)
	}
}

// write gives a record to the sinks. key is that of its line.
func (r *run) write(record *results.Record, key uint64) error {
	record.Key = key
	return r.writeExchange(record, nil, fetch.Validators{})
}

// writeExchange gives the sinks a record and the exchange that it comes from, either of
// which may be nil. v are the validators of the answer that led to the record.
func (r *run) writeExchange(record *results.Record, e *results.Exchange, v fetch.Validators) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return nil
	}
	if r.line != nil && record != nil {
		return r.line.put(record, e, v, r.give)
	}
	return r.give(record, e, v)
}

// give gives the sinks what writeExchange was given, when it is its turn. The lock is
// held. What waits for its turn is not judged before: it is dropped where the run ends
// early, and then nobody has been told what has become of its page.
func (r *run) give(record *results.Record, e *results.Exchange, v fetch.Validators) (err error) {
	if record != nil && r.options.Memory != nil {
		if record, err = r.options.Memory.Judge(record, v); err != nil {
			return &SinkError{err}
		}
	}
	for _, s := range r.options.Sinks {
		if err := results.Give(s, record, e); err != nil {
			return &SinkError{err}
		}
	}
	if record == nil {
		return nil
	}
	r.counts.record(record)
	if p := r.options.Earlier; p != nil && p.Keeps(record.Seq) {
		r.keep(record)
	}
	if r.options.Observe != nil {
		r.options.Observe(record)
	}
	return nil
}

// awaitEnd waits for what ends the run before its lists, Options.Drain, MaxTime
// or MaxBytes, or for its end. What is in flight then has its time.
func (r *run) awaitEnd(stop <-chan struct{}, grace time.Duration) {
	var limit <-chan time.Time
	if r.options.MaxTime > 0 {
		t := time.NewTimer(r.options.MaxTime)
		defer t.Stop()
		limit = t.C
	}
	select {
	case <-r.options.Drain:
	case <-limit:
		r.limit("max-time")
		grace = min(grace, LimitGrace)
	case <-r.full:
		r.limit("max-bytes")
	case <-stop:
		return
	}
	r.drained.Store(true) // without the lock: a sink may be stuck under it
	close(r.draining)
	r.frontier.Drain()
	r.endIfIdle()
	alarm := time.NewTimer(grace)
	defer alarm.Stop()
	select {
	case <-alarm.C:
		r.cancel(errDrained)
	case <-stop:
	}
}
