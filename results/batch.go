package results

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"
)

// A record waits until this many bytes or this long have gathered.
const (
	batchSize  = 64 << 10
	batchDelay = 100 * time.Millisecond
)

var errClosed = fmt.Errorf("batch of records: %w", fs.ErrClosed)

// BatchOptions say how a Batch writes.
type BatchOptions struct {
	// Immediate writes every record at once, as for a terminal. Otherwise
	// records wait until there are 64 KiB of them, but 100 ms at most.
	Immediate bool
	// Failed, if set, is called once, with the first error in writing, before
	// the call in which it came up returns; or from a goroutine of the Batch
	// when the 100 ms were over. It must not wait for the Batch to close.
	Failed func(error)
}

// Batch gathers records for a writer. Each Write of the writer gets one or
// more whole records, so that what an interrupted run leaves behind ends with
// a whole record. It is safe for concurrent use.
//
// Any error, and any short write, is final: everything afterwards returns it.
// Errors of the file system come without operation and file name, which the
// caller knows better.
type Batch struct {
	w io.Writer
	o BatchOptions

	mu    sync.Mutex
	buf   []byte
	err   error       // the first failure, or errClosed
	timer *time.Timer // flushes buf; nil while that is empty
	tick  sync.WaitGroup
}

// NewBatch returns a Batch that writes to w, which it does not close.
func NewBatch(w io.Writer, o BatchOptions) *Batch {
	return &Batch{w: w, o: o}
}

// Append takes one whole record in its written form, newline included. It
// does not keep rec.
func (b *Batch) Append(rec []byte) error {
	return b.do(func() error {
		if len(b.buf)+len(rec) > batchSize {
			if err := b.flush(); err != nil {
				return err
			}
		}
		if b.o.Immediate || len(rec) >= batchSize {
			return b.write(rec)
		}
		b.buf = append(b.buf, rec...)
		if b.timer == nil {
			b.tick.Add(1)
			b.timer = time.AfterFunc(batchDelay, b.overdue)
		}
		return nil
	})
}

// Stream has one whole record written that is too large to be gathered: what write
// gives its writer goes out behind what was gathered, in pieces. When write fails
// half of the record is out, so that error is final like any other.
func (b *Batch) Stream(write func(io.Writer) error) error {
	return b.do(func() error {
		if err := b.flush(); err != nil {
			return err
		}
		return write(pieces{b})
	})
}

// pieces writes parts of a record. The lock is held.
type pieces struct{ b *Batch }

func (p pieces) Write(part []byte) (int, error) {
	if err := p.b.write(part); err != nil {
		return 0, err
	}
	return len(part), nil
}

// Err is what every further call would fail with, nil if the Batch is in order.
func (b *Batch) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// Flush writes what was gathered.
func (b *Batch) Flush() error { return b.do(b.flush) }

// Close flushes and ends the Batch; no goroutine of it is left. Closing again
// does nothing.
func (b *Batch) Close() error {
	err := b.do(func() error {
		if err := b.flush(); err != nil {
			return err
		}
		b.err = errClosed
		return nil
	})
	b.tick.Wait()
	if err == errClosed {
		return nil
	}
	return err
}

// do takes a step under the lock, unless the Batch has failed or is closed,
// and tells of the first failure.
func (b *Batch) do(step func() error) error {
	b.mu.Lock()
	if err := b.err; err != nil {
		b.mu.Unlock()
		return err
	}
	err := step()
	if err != nil {
		b.err = err
	}
	b.mu.Unlock()
	if err != nil && b.o.Failed != nil {
		b.o.Failed(err) // without the lock: it may well call back
	}
	return err
}

func (b *Batch) overdue() {
	defer b.tick.Done()
	b.do(b.flush) // its error is kept, and told to Failed
}

// flush writes buf. The lock is held.
func (b *Batch) flush() error {
	if b.timer != nil && b.timer.Stop() {
		b.tick.Done() // since overdue will not run
	}
	b.timer = nil
	if len(b.buf) == 0 {
		return nil
	}
	err := b.write(b.buf)
	b.buf = b.buf[:0]
	return err
}

// write gives whole records to the writer at once. The lock is held.
func (b *Batch) write(records []byte) error {
	n, err := b.w.Write(records)
	if err == nil && n < len(records) {
		err = io.ErrShortWrite
	}
	if bare, ok := errors.AsType[*fs.PathError](err); ok {
		err = bare.Err
	}
	return err
}
