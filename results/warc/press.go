package warc

import (
	"bytes"
	"io"
	"runtime"
	"sync"

	"github.com/klauspost/compress/gzip"

	"scrape/results"
)

const (
	// sideBySide is how many groups are under way at most, however many processors
	// there are.
	sideBySide = 4
	// mostKept is how many bytes of a group's memory stay with it for the next records.
	// Those whose data is large can be larger than that.
	mostKept = 2 * inMemory
)

// press compresses groups of records side by side, since nothing else that an archive
// takes costs as much, and appends them in the order of put.
type press struct {
	w *results.Batch
	// free are the groups that nobody uses, nil for one that is not made yet: who
	// takes one waits while all are under way.
	free  chan *group
	last  chan struct{} // closed when what was put last is written
	under sync.WaitGroup
}

func newPress(w *results.Batch) *press {
	n := min(runtime.GOMAXPROCS(0), sideBySide)
	p := &press{w: w, free: make(chan *group, n), last: make(chan struct{})}
	for range n {
		p.free <- nil
	}
	close(p.last)
	return p
}

// take returns an empty group, to be put or released, or the error that the Batch has
// failed with.
func (p *press) take() (*group, error) {
	if err := p.w.Err(); err != nil {
		return nil, err
	}
	g := <-p.free
	if g == nil {
		g = &group{gzip: newGzip()}
	}
	g.plain.Reset()
	g.ends = g.ends[:0]
	return g, nil
}

func (p *press) release(g *group) {
	for _, b := range []*bytes.Buffer{&g.plain, &g.packed} {
		if b.Cap() > mostKept {
			*b = bytes.Buffer{}
		}
	}
	p.free <- g
}

// put has a group compressed and appended. The Batch knows of a failure.
func (p *press) put(g *group) {
	before, written := p.last, make(chan struct{})
	p.last = written
	p.under.Go(func() {
		g.compress()
		<-before
		_ = p.w.Append(g.packed.Bytes()) // the error is the next take's
		close(written)
		p.release(g)
	})
}

// wait returns when all that was put is appended.
func (p *press) wait() { p.under.Wait() }

// group is records that are written in one go.
type group struct {
	plain  bytes.Buffer
	ends   []int // of each record in plain
	gzip   *gzip.Writer
	packed bytes.Buffer
}

func (g *group) record(write func(io.Writer) error) error {
	err := write(&g.plain)
	g.ends = append(g.ends, g.plain.Len())
	return err
}

func (g *group) compress() {
	g.packed.Reset()
	m := members{g.gzip, &g.packed}
	from := 0
	for _, end := range g.ends {
		record := g.plain.Bytes()[from:end]
		// The buffer takes everything.
		_ = m.record(func(w io.Writer) error {
			_, err := w.Write(record)
			return err
		})
		from = end
	}
}
