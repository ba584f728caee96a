package scraper

import (
	"context"
	"strings"
	"sync/atomic"

	"scrape/results"
	"scrape/scraper/fetch"
	"scrape/scraper/order"
)

// OrderError tells that records could not be kept that wait for an earlier line.
type OrderError = order.Error

// line is where records wait for those of earlier lines. The run's lock is held by
// those who use it.
type line struct {
	*order.Line
	ctx    context.Context // of the run
	waits  atomic.Int64    // records
	oldest atomic.Int64    // line that they wait for
	moved  chan struct{}   // the oldest line may be another one
}

func newLine(ctx context.Context) *line {
	return &line{Line: order.New(order.Options{}), ctx: ctx, moved: make(chan struct{}, 1)}
}

// put takes a record in, and gives on those whose turn has come, unless the run ends in
// the meantime: so many may have waited that it takes long.
func (l *line) put(r *results.Record, e *results.Exchange, v fetch.Validators, give func(*results.Record, *results.Exchange, fetch.Validators) error) error {
	err := l.Put(r, e, v.ETag+"\n"+v.LastModified, func(r *results.Record, e *results.Exchange, note string) error {
		if l.ctx.Err() != nil {
			return context.Cause(l.ctx)
		}
		tag, modified, _ := strings.Cut(note, "\n")
		return give(r, e, fetch.Validators{ETag: tag, LastModified: modified})
	})
	l.waits.Store(l.Waiting())
	oldest, _ := l.Oldest()
	l.oldest.Store(oldest)
	select {
	case l.moved <- struct{}{}:
	default:
	}
	return err
}

// awaitWindow waits until a line is near enough to the oldest that is not done. It is
// not if the run takes no more lines.
func (r *run) awaitWindow(ctx context.Context, seq int64) bool {
	for {
		if r.line == nil || r.near(seq) {
			return true
		}
		select {
		case <-r.line.moved:
		case <-r.draining:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

func (r *run) near(seq int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	oldest, ok := r.line.Oldest()
	return !ok || seq-oldest < r.options.OrderWindow
}
