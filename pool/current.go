package pool

import (
	"os"
	"strconv"
	"sync/atomic"
)

// ProcessInfo describes this process or its parent.
type ProcessInfo struct {
	Name   string // MainProcess in a program that no Pool or Process started
	Pid    int
	Daemon bool

	done <-chan struct{}
}

// Done is closed when the process has ended, as far as its child can see: when
// the connection to it has. It is nil for the process itself, which never sees
// that.
func (i ProcessInfo) Done() <-chan struct{} { return i.done }

// here is what a process knows of itself. Main sets it in a child, before
// anything registered runs.
var here = struct {
	self, parent ProcessInfo
	hasParent    bool
	serial       string // 2:1 for the first child of the second child; empty in the first process
	children     atomic.Int64
}{
	self: ProcessInfo{Name: "MainProcess", Pid: os.Getpid()},
}

// Current describes this process. It is safe for concurrent use.
func Current() ProcessInfo { return here.self }

// Parent describes the process that started this one as a Process or as a
// worker of its Pool; ok is false in a program started in another way. It is
// safe for concurrent use.
func Parent() (parent ProcessInfo, ok bool) { return here.parent, here.hasParent }

// leadsGroup tells whether a child of this process leads a process group. Only
// one of the first process does: all below it are in its group, also what they
// start of other programs, so that nothing of that is left when it is killed and
// none of them has time to see to it.
func leadsGroup() bool { return !here.hasParent }

// introduce takes over what the hello says.
func introduce(h hello, gone <-chan struct{}) {
	here.self, here.parent, here.serial = h.self, h.parent, h.serial
	here.parent.done = gone
	here.hasParent = true
}

// nextSerial numbers the children of this process, workers too, and nameOf
// names them by that.
func nextSerial() string {
	n := strconv.FormatInt(here.children.Add(1), 10)
	if here.serial == "" {
		return n
	}
	return here.serial + ":" + n
}

func nameOf(serial string) string { return "Process-" + serial }
