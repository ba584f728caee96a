package pool

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// causeOfDeath says in words how a child died: by a signal, by what the runtime
// wrote, or with an exit code; what it was, a worker or a process, comes first.
// It was struck when a signal ended it, be it that the Go runtime caught it and
// wrote about it first. A nil state is unknown.
func causeOfDeath(what string, s *os.ProcessState, stderr string) (cause string, struck bool) {
	last, crash := lastWords(stderr)
	if s == nil {
		return what + " ended; its exit code went to somebody else (another wait, or SIGCHLD is ignored)", false
	}
	if sig, ok := signalOf(s); ok {
		cause = what + " killed by " + signalName(sig)
		switch {
		case sig == syscall.SIGKILL:
			cause += " (out of memory, or somebody's kill)"
		case last != "":
			cause += ": " + last
		}
		return cause, true
	}
	if crash && s.ExitCode() != 0 {
		return what + " crashed: " + last, strings.HasPrefix(last, "SIG")
	}
	cause = fmt.Sprintf("%s exited with code %d", what, s.ExitCode())
	if last != "" && s.ExitCode() != 0 {
		cause += ": " + last
	}
	return cause, false
}

// lastWords picks the line that names the cause from what a child wrote to its
// standard error: the runtime's, which tells of a crash, or else our own, or the
// last one.
func lastWords(stderr string) (words string, crash bool) {
	last := ""
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		for _, mark := range []string{"panic: ", "fatal error: ", "SIG"} {
			if strings.HasPrefix(line, mark) {
				return printable(line), true
			}
		}
		if ours, ok := strings.CutPrefix(line, "pool: child: "); ok {
			return printable(ours), false
		}
		if line != "" {
			last = line
		}
	}
	return printable(last), false
}

// printable makes a line from another process harmless and short.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return s
}
