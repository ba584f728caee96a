package pool

import (
	"fmt"
	"io"
	"runtime"
	"time"
)

// Options say how a Pool works. The zero value of each field means its
// default.
type Options struct {
	// Procs is the number of worker processes at most; each starts when there
	// is a task and no running worker is idle. 0: this process's GOMAXPROCS, and
	// not CPUCount: whoever gives a program fewer CPUs by that, as MaxProcs does
	// to a worker with a Pool of its own, shall have fewer workers too.
	Procs int
	// Concurrency is the number of tasks at a time over all workers, shared
	// out evenly among them. 0: Procs, one for each. Procs is lowered to it.
	Concurrency int
	// Timeout is how long one task may take: then its context is done, and
	// 5 s later its worker is killed. 0: no limit.
	Timeout time.Duration
	// Affinity, if set, gives a number for a task: tasks of the same number
	// tend to go to the same worker, which is started for them, so that what
	// that has kept, such as connections, is used again. Any numbers will do,
	// also small ones in a row. When more than half of that worker's slots are
	// taken, and another is idle or can be started, that one gets the task: one
	// number for all keeps all workers busy yet. A worker that is not there, or
	// takes no tasks, is done without. As ever, a task is given to a slot that
	// is free if there is one, and is read ahead only if there is none.
	//
	// The task is of the type that the Func is for. Affinity is called once for
	// each, on the goroutine that gives or draws it, and so maybe on several at
	// once. nil: any worker will do.
	Affinity func(task any) uint64
	// Replayable, if set, tells whether a task may be begun again when its
	// worker is lost, be it by its own doing. One that may not, and that was
	// sent to a worker which died, or had to be killed, is answered with a
	// *LostError that says so: it was begun once at most. It is not read ahead,
	// so that workers wait a little between such tasks. It is called as
	// Affinity is. nil: every task may.
	Replayable func(task any) bool
	// Initializer runs once in every worker, before its first task. A worker
	// that is not ready after 30 s is killed, and another is tried.
	Initializer Initializer
	// RecycleTasks is how many tasks a worker is given before another takes
	// its place. 0: no limit.
	RecycleTasks int
	// RecycleBytes is the resident size of a worker, in bytes, above which it
	// is given no more tasks, finishes those it holds, and another takes its
	// place. It is looked at 20 times a second, once the worker has done a
	// task. Linux only. 0: no limit.
	RecycleBytes int64
	// MemoryLimit is the resident size of a worker, in bytes, above which it
	// is killed: a task that makes three workers grow so, alone, ends with a
	// *LostError. It is looked at 20 times a second, and only on Linux; from
	// three quarters of it on, the worker's garbage collector works harder
	// (GOMEMLIMIT), also elsewhere. At least 16 MiB; 0: no limit.
	MemoryLimit int64
	// Files is how many files that Job.Attach hands back may be open here at
	// once, of each Run: of answers that nobody has taken yet, and of tasks on
	// the way, each of which may bring one. So it bounds the tasks on the way,
	// too: below Concurrency and what is read ahead it slows workers down. It
	// is to be well below this process's limit on open files. Call, Go and Map
	// close what is attached. 0: none may be.
	Files int
	// IdleTimeout is how long a worker may have nothing to do before it ends.
	// The next task starts another. 0: no limit.
	IdleTimeout time.Duration
	// MaxProcs is the GOMAXPROCS of each worker. 0: an even share of this
	// process's own, rounded up, but at least 2 if there are as many.
	MaxProcs int
	// Logf, if set, hears of the life and death of workers. It may be called
	// from several goroutines at once, and must not wait for the pool.
	Logf func(format string, args ...any)
	// Watch, if set, hears of the life and death of workers as data. It is called as
	// Logf is.
	Watch func(WorkerEvent)
	// Stderr, if set, hears what workers print to standard output and standard
	// error, each line in one Write with the worker's name in front
	// ("Process-3: …"), and never two at once; a line of more than 64 KiB comes
	// in parts. nil: what they print explains their deaths, and is dropped.
	// While a Write blocks, so do workers that print, and their end: it must
	// not wait for the pool.
	Stderr io.Writer
}

func (o Options) withDefaults() (Options, error) {
	if err := o.check(); err != nil {
		return o, err
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
	return o, nil
}

// check refuses negative values.
func (o Options) check() error {
	for _, v := range []struct {
		name  string
		value int64
	}{
		{"Procs", int64(o.Procs)},
		{"Concurrency", int64(o.Concurrency)},
		{"Timeout", int64(o.Timeout)},
		{"Files", int64(o.Files)},
		{"RecycleTasks", int64(o.RecycleTasks)},
		{"RecycleBytes", o.RecycleBytes},
		{"MemoryLimit", o.MemoryLimit},
		{"IdleTimeout", int64(o.IdleTimeout)},
		{"MaxProcs", int64(o.MaxProcs)},
	} {
		if v.value < 0 {
			return fmt.Errorf("pool: Options.%s is %d: it must not be negative", v.name, v.value)
		}
	}
	if o.MemoryLimit > 0 && o.MemoryLimit < leastMemory {
		return fmt.Errorf("pool: Options.MemoryLimit is %d bytes: it must be %d at least, since a worker needs some to do nothing", o.MemoryLimit, leastMemory)
	}
	return nil
}

// leastMemory is the lowest MemoryLimit, in bytes.
const leastMemory = 16 << 20

// softMemoryLimit is where a worker's garbage collector begins to work harder.
func (o Options) softMemoryLimit() int64 { return o.MemoryLimit / 4 * 3 }

// slots is the share of the worker at an index, from 0, in Concurrency.
func (o Options) slots(index int) int {
	n := o.Concurrency / o.Procs
	if index < o.Concurrency%o.Procs {
		n++
	}
	return n
}

// maxProcs is the GOMAXPROCS of a worker. By default it is its share of the
// CPUs, but two if there are as many. With one, every system call of some length
// makes threads hand over to each other, which costs a worker that talks to
// sockets a tenth.
func (o Options) maxProcs() int {
	if o.MaxProcs > 0 {
		return o.MaxProcs
	}
	cpus := runtime.GOMAXPROCS(0)
	share := (cpus + o.Procs - 1) / o.Procs
	return min(cpus, max(2, share))
}
