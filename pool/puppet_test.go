package pool

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// things are what a puppet can be given.
type things struct {
	Strings *PipeEnd[pull]
	Lock    *Lock
	RLock   *RLock
	Sem     *Semaphore
	Event   *Event
	Cond    *Condition
	Barrier *Barrier
	Queue   *Queue[string]
	Jobs    *JoinableQueue[int]
	Pipe    *PipeEnd[[]byte]
	Value   *Value[int64]
	Array   *Array[int32]
}

// pull is one string of a puppet: what it shall do, and what came of it.
type pull struct {
	Do   string
	Text string
	N    int
	In   time.Duration // 0: without a limit
	Err  string
	OK   bool
}

// puppet does in a child what a test tells it, step by step.
var puppet = Register("puppet", func(ctx context.Context, j Job[things]) (struct{}, error) {
	for {
		p, err := j.Task.Strings.Recv(ctx)
		if err != nil {
			return struct{}{}, nil
		}
		p.move(ctx, j.Task)
		if err := j.Task.Strings.Send(ctx, p); err != nil {
			return struct{}{}, err
		}
	}
})

func (p *pull) move(ctx context.Context, t things) {
	if p.In > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.In)
		defer cancel()
	}
	var err error
	switch p.Do {
	case "lock":
		if err = t.Lock.Lock(ctx); err == nil {
			err = t.Lock.Abandoned()
		}
	case "trylock":
		p.OK, err = t.Lock.TryLock()
	case "unlock":
		err = t.Lock.Unlock()
	case "rlock":
		if err = t.RLock.Lock(ctx); err == nil {
			err = t.RLock.Abandoned()
		}
	case "runlock":
		err = t.RLock.Unlock()
	case "acquire":
		err = t.Sem.Acquire(ctx)
	case "tryacquire":
		p.OK, err = t.Sem.TryAcquire()
	case "release":
		err = t.Sem.Release()
	case "set":
		err = t.Event.Set()
	case "await":
		err = t.Event.Wait(ctx)
	case "set on signal": // and wait for it
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGUSR1)
		go func() { <-c; _ = t.Event.Set() }()
		err = t.Event.Wait(ctx)
	case "cond lock":
		err = t.Cond.L.Lock(ctx)
	case "cond unlock":
		err = t.Cond.L.Unlock()
	case "cond wait": // the lock is held before and after
		if err = t.Cond.L.Lock(context.Background()); err == nil {
			err = t.Cond.Wait(ctx)
			err = errors.Join(err, t.Cond.L.Unlock())
		}
	case "cond wait without lock":
		err = t.Cond.Wait(ctx)
	case "meet":
		p.N, err = t.Barrier.Wait(ctx)
	case "put":
		err = t.Queue.Put(ctx, p.Text)
	case "put many":
		for i := 0; i < p.N && err == nil; i++ {
			err = t.Queue.Put(ctx, p.Text)
		}
	case "get":
		p.Text, err = t.Queue.Get(ctx)
	case "tryget":
		p.Text, p.OK, err = t.Queue.TryGet()
	case "get many":
		for i := 0; i < p.N && err == nil; i++ {
			p.Text, err = t.Queue.Get(ctx)
		}
	case "len":
		p.N, err = t.Queue.Len()
	case "job":
		p.N, err = t.Jobs.Get(ctx)
	case "done":
		err = t.Jobs.TaskDone()
	case "join":
		err = t.Jobs.Join(ctx)
	case "send":
		err = t.Pipe.Send(ctx, []byte(p.Text))
	case "send big":
		err = t.Pipe.Send(ctx, make([]byte, p.N))
	case "recv":
		var b []byte
		b, err = t.Pipe.Recv(ctx)
		p.Text, p.N = string(b[:min(len(b), 100)]), len(b)
	case "close pipe":
		err = t.Pipe.Close()
	case "count": // under the value's lock
		for range p.N {
			if err = t.Value.Update(ctx, func(v *int64) { *v++ }); err != nil {
				break
			}
		}
	case "count with lock": // *Pointer under Lock
		for range p.N {
			if err = t.Lock.Lock(ctx); err == nil {
				*t.Value.Pointer()++
				err = t.Lock.Unlock()
			}
			if err != nil {
				break
			}
		}
	case "fill":
		for i := range t.Array.Len() {
			err = errors.Join(err, t.Array.Set(ctx, i, int32(p.N)))
		}
	default:
		err = errors.New("a puppet cannot " + p.Do)
	}
	if err != nil {
		p.Err = err.Error()
	}
}

// hand is a test's end of a puppet.
type hand struct {
	t       *testing.T
	process *Process
	strings *PipeEnd[pull]
}

// newPuppet starts a child with what it is given.
func newPuppet(t *testing.T, g things) *hand {
	t.Helper()
	mine, its, err := NewPipe[pull]()
	if err != nil {
		t.Fatal(err)
	}
	g.Strings = its
	p := puppet.Process(g)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := &hand{t, p, mine}
	t.Cleanup(func() {
		mine.Close()
		_ = p.Kill()
		_ = p.Join(context.Background())
	})
	return h
}

// begin has the puppet begin something, and end returns what came of it.
func (h *hand) begin(p pull) {
	h.t.Helper()
	if err := h.strings.Send(h.t.Context(), p); err != nil {
		h.t.Fatalf("%s: %v", p.Do, err)
	}
}

func (h *hand) end() pull {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	p, err := h.strings.Recv(ctx)
	if err != nil {
		h.t.Fatalf("no answer from %v: %v", h.process, err)
	}
	return p
}

// do has the puppet do something, which must go well.
func (h *hand) do(p pull) pull {
	h.t.Helper()
	p = h.try(p)
	if p.Err != "" {
		h.t.Fatalf("%s: %s", p.Do, p.Err)
	}
	return p
}

func (h *hand) try(p pull) pull {
	h.t.Helper()
	h.begin(p)
	return h.end()
}

// refused has the puppet do something, which must fail for the named reason.
func (h *hand) refused(p pull, want string) {
	h.t.Helper()
	if got := h.try(p); !strings.Contains(got.Err, want) {
		h.t.Errorf("%s: error %q, want %q", p.Do, got.Err, want)
	}
}

// kill ends the puppet, and returns when it has.
func (h *hand) kill() {
	h.t.Helper()
	if err := h.process.Kill(); err != nil {
		h.t.Fatal(err)
	}
	<-h.process.Done()
}

// waiting tells how many requests wait for a primitive of this process.
func waiting(r *ref) int {
	h := ownHub()
	h.mu.Lock()
	defer h.mu.Unlock()
	switch s := h.shared[r.id].resource.(type) {
	case *permits:
		return len(s.waiting)
	case *tenure:
		return len(s.waiting)
	case *flag:
		return len(s.waiting)
	case *condition:
		return len(s.waiting)
	case *barrier:
		return len(s.waiting)
	case *stock:
		return len(s.getting) + len(s.putting) + len(s.joining)
	}
	return 0
}

// awaitWaiting waits until n requests wait for a primitive.
func awaitWaiting(t *testing.T, r *ref, n int) {
	t.Helper()
	eventually(t, patience, "requests wait", func() bool { return waiting(r) == n })
}
