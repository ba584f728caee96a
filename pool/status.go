package pool

import (
	"fmt"
	"strings"
	"syscall"
)

// stage is how far a Process has come.
type stage int

const (
	stageInitial stage = iota
	stageStarting
	stageStarted
	stageStopped
	stageClosed
)

// status is how a process has ended.
type status struct {
	code   int
	known  bool
	signal syscall.Signal
	cause  string // empty when it ended well
	err    error  // what Join answers
}

// String shows name and state: <Process(Process-1, initial)>, then started, then
// stopped, stopped[8] after exit code 8 or stopped[SIGTERM]; of a daemon
// <Process(Process-1, started daemon)>.
func (p *Process) String() string {
	i := p.info()
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "<Process(%s, %s", i.Name, p.stateWords())
	if i.Daemon {
		b.WriteString(" daemon")
	}
	b.WriteString(")>")
	return b.String()
}

func (p *Process) stateWords() string {
	switch p.stage {
	case stageInitial, stageStarting:
		return "initial"
	case stageStarted:
		return "started"
	case stageClosed:
		return "closed"
	}
	switch s := p.status; {
	case !s.known:
		return "stopped[unknown]"
	case s.signal != 0:
		return "stopped[" + signalName(s.signal) + "]"
	case s.code != 0:
		return fmt.Sprintf("stopped[%d]", s.code)
	}
	return "stopped"
}
