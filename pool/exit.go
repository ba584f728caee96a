package pool

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

const (
	// goneGrace is how long a process goes on whose parent is gone.
	goneGrace = 500 * time.Millisecond
	// stopGrace is how long a daemon has after SIGTERM.
	stopGrace = 500 * time.Millisecond
)

var ending = struct {
	sync.Mutex
	began bool
	hooks []func()
}{}

// AtExit has hook run when this process ends in the normal way: in a Process
// when its function has returned, in a worker of a Pool when that is closed, and
// anywhere by Exit. Hooks run one after the other, the last one given first.
// One that panics is reported on standard error, and makes an exit code of 0 a
// 1. A signal, os.Exit or a crash runs none. A process whose parent is gone has
// half a second for them. AtExit is safe for concurrent use.
func AtExit(hook func()) {
	ending.Lock()
	defer ending.Unlock()
	ending.hooks = append(ending.hooks, hook)
}

// Exit ends this process as a Process ends whose function has returned: the
// daemons among its active children are stopped, by SIGTERM and half a second
// later by SIGKILL; all others are awaited, and so are their children by them;
// then what AtExit was given runs, and then it is os.Exit. Goroutines are not
// awaited. A program that starts processes calls it at the end of main; if it
// just returns, its children are killed.
//
// Where Exit is under way already, in a hook or because a second signal calls
// it, it is os.Exit at once.
func Exit(code int) {
	ending.Lock()
	began := ending.began
	ending.began = true
	ending.Unlock()
	if began {
		os.Exit(code)
	}
	endChildren()
	if !runHooks() && code == 0 {
		code = 1
	}
	os.Exit(code)
}

// endSoon bounds what is left of this process's life, whose parent is gone.
func endSoon() {
	time.AfterFunc(goneGrace, func() { os.Exit(1) })
}

// endChildren returns when no child is active.
func endChildren() {
	for {
		active := ActiveChildren()
		if len(active) == 0 {
			return
		}
		daemons := slices.DeleteFunc(slices.Clone(active), func(p *Process) bool { return !p.isDaemon() })
		stop(daemons)
		for _, p := range active {
			<-p.Done()
		}
	}
}

// stop ends processes, and kills those that are asked in vain. The errors say
// that one has ended meanwhile.
func stop(processes []*Process) {
	for _, p := range processes {
		_ = p.Terminate()
	}
	late := time.NewTimer(stopGrace)
	defer late.Stop()
	for i, p := range processes {
		select {
		case <-p.Done():
		case <-late.C:
			for _, p := range processes[i:] {
				_ = p.Kill()
			}
			return
		}
	}
}

// runHooks tells whether all went well.
func runHooks() bool {
	well := true
	for {
		ending.Lock()
		last := len(ending.hooks) - 1
		if last < 0 {
			ending.Unlock()
			return well
		}
		hook := ending.hooks[last] // it may call AtExit
		ending.hooks = ending.hooks[:last]
		ending.Unlock()
		well = runHook(hook) && well
	}
}

func runHook(hook func()) (well bool) {
	defer func() {
		if v := recover(); v != nil {
			// The cause comes last, where it is looked for.
			fmt.Fprintf(os.Stderr, "%s\n%s: panic at exit: %v\n", debug.Stack(), Current().Name, v)
		}
	}()
	hook()
	return true
}
