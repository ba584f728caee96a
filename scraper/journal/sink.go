package journal

import (
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"scrape/results"
)

// Output is a sink whose file can be made durable.
type Output interface {
	results.Sink
	// Position is how long the file is, in bytes, after Sync: where it would be cut
	// back to, to hold what was written so far.
	Position() int64
	// Persist makes durable what was there at its call, and that the file is there
	// at all. It may be called while another goroutine uses the other methods, but
	// for Close.
	Persist() error
}

// Persister is what has to be durable, too, before a journal says that lines are done.
type Persister interface {
	// Persist makes durable what was known at its call. It may be called while others
	// use other methods.
	Persist() error
}

// commitDelay is how long a record waits to be remembered.
const commitDelay = time.Second

var errClosed = fmt.Errorf("journal: %w", fs.ErrClosed)

// Sink writes records to the outputs of a run, and to its journal that it did. It is
// a results.ExchangeSink; its methods but Close are safe for concurrent use.
//
// A second after a record, at the latest, begins what makes it and those with it
// durable; Write does not wait for that. Any error is final: everything afterwards
// returns it.
type Sink struct {
	journal *Journal
	outputs []Output
	also    []Persister
	failed  func(error)
	delay   time.Duration

	mu    sync.Mutex // of what follows, and of the outputs but for Persist
	lines []line     // written, not remembered
	tally results.Tally
	err   error // the first failure, or errClosed

	first chan struct{} // a line is there that was not before
	stop  chan struct{} // closed by Close
	ended chan struct{} // closed by the goroutine that commits
}

// NewSink returns a Sink, which has to be closed. The outputs are those of the
// journal's head, in their order, and are closed with it. failed, if not nil, is called
// once, with the first error, before the call in which it came up returns, or from a
// goroutine of the Sink. It must not wait for the Sink to close.
//
// What is persisted also is so after the outputs. With a nil Journal nothing is
// remembered, and all else is as with one: whatever cannot be resumed at least has its
// records written before anybody takes note that they were.
func NewSink(j *Journal, outputs []Output, failed func(error), also ...Persister) *Sink {
	return newSink(j, outputs, failed, commitDelay, also...)
}

func newSink(j *Journal, outputs []Output, failed func(error), delay time.Duration, also ...Persister) *Sink {
	s := &Sink{
		journal: j, outputs: outputs, failed: failed, delay: delay, also: also,
		first: make(chan struct{}, 1), stop: make(chan struct{}), ended: make(chan struct{}),
	}
	go s.commits()
	return s
}

// Needs are those of all outputs.
func (s *Sink) Needs() (all results.Needs) {
	for _, o := range s.outputs {
		if o, ok := o.(results.ExchangeSink); ok {
			all = all.Or(o.Needs())
		}
	}
	return all
}

// Write gives a record to every output.
func (s *Sink) Write(r *results.Record) error { return s.WriteExchange(r, nil) }

// WriteExchange gives every output what it wants of a record and its exchange, either
// of which may be nil.
func (s *Sink) WriteExchange(r *results.Record, e *results.Exchange) error {
	return s.do(func() error {
		for _, o := range s.outputs {
			if err := results.Give(o, r, e); err != nil {
				return err
			}
		}
		if r == nil {
			return nil // the URL goes on
		}
		s.lines = append(s.lines, line{r.Seq, r.Key})
		s.tally.Add(r)
		if len(s.lines) == 1 {
			select {
			case s.first <- struct{}{}:
			default: // those that it told of were taken already
			}
		}
		return nil
	})
}

// Sync returns when everything written so far is with the operating system. It
// makes nothing durable.
func (s *Sink) Sync() error { return s.do(s.syncOutputs) }

// Close makes durable and remembers all that was written, and closes the outputs,
// also after a failure, when nothing more is remembered.
func (s *Sink) Close() error {
	s.mu.Lock()
	closed := s.err == errClosed
	s.mu.Unlock()
	if closed {
		return nil
	}
	select {
	case <-s.stop: // closed before, and failed
	default:
		close(s.stop)
		<-s.ended
		s.commit()
		for _, o := range s.outputs {
			// Each is closed, whatever became of the others.
			if err := o.Close(); err != nil {
				s.fail(err)
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	s.err = errClosed
	return nil
}

// do takes a step under the lock, unless the Sink has failed or is closed.
func (s *Sink) do(step func() error) error {
	s.mu.Lock()
	if err := s.err; err != nil {
		s.mu.Unlock()
		return err
	}
	err := step()
	s.mu.Unlock()
	if err != nil {
		s.fail(err)
	}
	return err
}

// fail keeps the first error, and tells of it.
func (s *Sink) fail(err error) {
	s.mu.Lock()
	first := s.err == nil
	if first {
		s.err = err
	}
	s.mu.Unlock()
	if first && s.failed != nil {
		s.failed(err) // without the lock: it may well call back
	}
}

func (s *Sink) syncOutputs() error {
	for _, o := range s.outputs {
		if err := o.Sync(); err != nil {
			return err
		}
	}
	return nil
}

// commits commits, as long as there is something to.
func (s *Sink) commits() {
	defer close(s.ended)
	timer := time.NewTimer(0)
	timer.Stop()
	for {
		select {
		case <-s.first:
		case <-s.stop:
			return
		}
		timer.Reset(s.delay)
		select {
		case <-timer.C:
			s.commit()
		case <-s.stop:
			timer.Stop()
			return
		}
	}
}

// commit makes durable what was written so far, and then that it was. One goroutine
// at a time commits; others write meanwhile.
func (s *Sink) commit() {
	e := &entry{positions: make([]int64, len(s.outputs))}
	err := s.do(func() error {
		if err := s.syncOutputs(); err != nil {
			return err
		}
		for i, o := range s.outputs {
			e.positions[i] = o.Position()
		}
		e.lines, s.lines = s.lines, nil
		e.tally, s.tally = s.tally, results.Tally{}
		return nil
	})
	if err != nil {
		return // which is known
	}
	if err := s.remember(e); err != nil {
		s.fail(err)
	}
}

// remember persists what an entry speaks of before the entry.
func (s *Sink) remember(e *entry) error {
	if s.journal == nil {
		if len(e.lines) == 0 {
			return nil
		}
		return s.persist()
	}
	// A line was in its spool before its record was written: these marks, taken
	// later, lie behind all lines of the entry.
	e.marks = slices.Clone(s.journal.marks)
	for i, p := range s.journal.spools {
		if p == nil {
			continue
		}
		m := p.now()
		if err := p.persist(m); err != nil {
			return err
		}
		e.marks[s.journal.streamNumber(i)] = m
	}
	if len(e.lines) == 0 && slices.Equal(e.marks, s.journal.marks) {
		return nil
	}
	if err := s.persist(); err != nil {
		return err
	}
	return s.journal.append(e, doneFrame)
}

// persist persists the outputs, and then what is to be also.
func (s *Sink) persist() error {
	for _, o := range s.outputs {
		if err := o.Persist(); err != nil {
			return err
		}
	}
	for _, p := range s.also {
		if err := p.Persist(); err != nil {
			return err
		}
	}
	return nil
}
