package pool

import (
	"runtime"
	"sync"
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

// holdSpawner keeps the thread alive until release is called, which must not
// happen before the children started with run have been waited for.
func holdSpawner() (run func(start func()), release func()) {
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
	run = func(start func()) {
		done := make(chan struct{})
		starts <- func() { defer close(done); start() }
		<-done
	}
	return run, sync.OnceFunc(func() {
		s.Lock()
		defer s.Unlock()
		if s.holders--; s.holders == 0 {
			close(s.starts)
			s.ended.Wait()
		}
	})
}
