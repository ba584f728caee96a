package command

import (
	"errors"
	"syscall"

	"scrape/scraper/output"
)

// Exit codes; exitTable explains them.
const (
	exitOK         = 0
	exitNotScraped = 1
	exitUsage      = 2
	exitLocal      = 3
	exitLimit      = 4
	exitLocked     = 5
	exitSignal     = 128 // and the signal's number
	exitPipe       = exitSignal + int(syscall.SIGPIPE)
)

// exitTable is the part of the help about exit codes, "\n" where the line breaks.
var exitTable = []struct{ codes, meaning string }{
	{"0", "every line was scraped (duplicates do not count)"},
	{"1", "some lines were not scraped: --fail-on says how many are too many"},
	{"2", "a mistake in flags, environment, configuration or arguments,\nor an output that exists"},
	{"3", "this machine failed: a list unreadable, an output unwritable"},
	{"4", "a limit was reached: --max-time, --max-urls, --max-bytes"},
	{"5", "another run holds the lock of an output or the state: --wait"},
	{"129, 130, 143", "stopped by a signal (hangup, interrupt, terminate)"},
	{"141", "stdout was closed"},
}

var errStdoutClosed = output.ErrStdoutClosed

// ending is what a run's exit code is decided from.
type ending struct {
	failed  bool           // more was not scraped than may be
	err     error          // why the run ended before its list did
	signal  syscall.Signal // the last signal that asked for the end; 0: none
	limited bool           // the run came to a limit of its own
}

// code is the one place that decides. A failure of this machine outweighs a
// signal, and a signal outweighs what the pages said.
func (e ending) code() int {
	f, told := errors.AsType[*failure](e.err)
	switch {
	case errors.Is(e.err, errStdoutClosed):
		return exitPipe
	case told:
		return f.code
	case e.err != nil && !errors.Is(e.err, errLeave):
		return exitLocal
	case e.signal != 0:
		return exitSignal + int(e.signal)
	case e.limited:
		return exitLimit
	case e.failed:
		return exitNotScraped
	}
	return exitOK
}
