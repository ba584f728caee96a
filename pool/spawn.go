package pool

import (
	"context"
	"errors"
	"runtime"
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
			for start := range starts {
				start()
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
