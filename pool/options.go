package pool

import (
	"fmt"
	"runtime"
	"time"
)

// Options say how a Pool works. The zero value of each field means its
// default.
type Options struct {
	// Procs is the number of worker processes at most; each starts when there
	// is a task and no running worker is idle. 0: the number of CPUs.
	Procs int
	// Concurrency is the number of tasks at a time over all workers, shared
	// out evenly among them. 0: Procs, one for each. Procs is lowered to it.
	Concurrency int
	// Timeout is how long one task may take: then its context is done, and
	// 5 s later its worker is killed. 0: no limit.
	Timeout time.Duration
	// Initializer runs once in every worker, before its first task.
	Initializer Initializer
	// Logf, if set, hears of the life and death of workers. It may be called
	// from several goroutines at once.
	Logf func(format string, args ...any)
}

func (o Options) withDefaults() (Options, error) {
	if o.Procs < 0 || o.Concurrency < 0 || o.Timeout < 0 {
		return o, fmt.Errorf("pool: Options.Procs (%d), Concurrency (%d) and Timeout (%v) must not be negative", o.Procs, o.Concurrency, o.Timeout)
	}
	if o.Initializer.err != nil {
		return o, o.Initializer.err
	}
	if o.Procs == 0 {
		o.Procs = runtime.GOMAXPROCS(0)
	}
	if o.Concurrency == 0 {
		o.Concurrency = o.Procs
	}
	o.Procs = min(o.Procs, o.Concurrency)
	if o.Logf == nil {
		o.Logf = func(string, ...any) {}
	}
	return o, nil
}

// slots is the share of the worker at an index, from 0, in Concurrency.
func (o Options) slots(index int) int {
	n := o.Concurrency / o.Procs
	if index < o.Concurrency%o.Procs {
		n++
	}
	return n
}

// maxProcs is the GOMAXPROCS of a worker: its share of the CPUs, but two if
// there are as many. With one, every system call of some length makes threads
// hand over to each other, which costs a worker that talks to sockets a tenth.
func (o Options) maxProcs() int {
	cpus := runtime.GOMAXPROCS(0)
	share := (cpus + o.Procs - 1) / o.Procs
	return min(cpus, max(2, share))
}
