package pool

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
)

// spawner is the thread that all of this process's children are started on: on
// Linux the kernel kills a child when the thread that started it ends, and Go
// ends threads as it likes. It lives while anybody holds it.
var spawner = struct {
	sync.Mutex
	holders int
	starts  chan func()
	ended   sync.WaitGroup
}{}

// spawnFunc starts a child on the spawner.
type spawnFunc func(context.Context, childOptions) (*child, error)

// holdSpawner keeps the thread alive until release is called, which must not
// happen before the children started with spawn have been waited for.
func holdSpawner() (spawn spawnFunc, release func()) {
	s := &spawner
	s.Lock()
	defer s.Unlock()
	if s.holders++; s.holders == 1 {
		starts := make(chan func())
		s.starts = starts
		s.ended.Go(func() {
			runtime.LockOSThread() // never unlocked, so the thread ends with the goroutine
			thread := threadID()
			for start := range starts {
				watched(thread, start)
			}
		})
	}
	starts := s.starts
	spawn = func(ctx context.Context, o childOptions) (c *child, err error) {
		err = retryBusy(ctx, func() (err error) {
			done := make(chan struct{})
			starts <- func() {
				defer close(done)
				c, err = startChild(o)
			}
			<-done
			return err
		})
		return c, err
	}
	return spawn, sync.OnceFunc(func() {
		s.Lock()
		defer s.Unlock()
		if s.holders--; s.holders == 0 {
			close(s.starts)
			s.ended.Wait()
		}
	})
}

// stuckAfter is how long a start may take before somebody looks what is wrong.
const stuckAfter = 100 * time.Millisecond

// watched starts a child on this thread. Until a new process executes its
// program, it is this process in all but its number, and the thread waits for
// it in the kernel. Should a SIGSTOP meet it then, that would be for ever, and
// for the whole program as soon as the garbage collector wants all threads to
// halt. So there is no collection for that moment, and a process that stands
// still in it is killed.
func watched(thread int, start func()) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	started := make(chan struct{})
	defer close(started)
	go func() {
		t := time.NewTicker(stuckAfter)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				killStillborn(thread)
			case <-started:
				return
			}
		}
	}()
	start()
}

const (
	// busyTime is how long a binary may be busy: just written, and its
	// descriptor still held by a process that another thread is about to
	// execute (go.dev/issue/22315).
	busyTime  = time.Second
	busyPause = 10 * time.Millisecond
)

// retryBusy starts again while the binary is busy.
func retryBusy(ctx context.Context, start func() error) error {
	for began := time.Now(); ; {
		err := start()
		if !errors.Is(err, syscall.ETXTBSY) || time.Since(began) > busyTime {
			return err
		}
		select {
		case <-time.After(busyPause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
