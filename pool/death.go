package pool

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// causeOfDeath says in words how a worker died: by a signal, by what the
// runtime wrote, or with an exit code. It was struck when a signal ended it,
// be it that the Go runtime caught it and wrote about it first.
func causeOfDeath(s *os.ProcessState, stderr string) (cause string, struck bool) {
	last := lastWords(stderr)
	if sig, ok := signalOf(s); ok {
		cause = "worker killed by " + signalName(sig)
		switch {
		case sig == syscall.SIGKILL:
			cause += " (out of memory, or somebody's kill)"
		case last != "":
			cause += ": " + last
		}
		return cause, true
	}
	if last != "" && s.ExitCode() != 0 {
		return "worker crashed: " + last, strings.HasPrefix(last, "SIG")
	}
	return fmt.Sprintf("worker exited with code %d", s.ExitCode()), false
}

func signalName(sig syscall.Signal) string {
	if name := unix.SignalName(sig); name != "" {
		return name
	}
	return fmt.Sprintf("signal %d", int(sig))
}

// lastWords picks the line that names the cause from what a worker wrote to
// its standard error: the runtime's, or else the last one.
func lastWords(stderr string) string {
	last := ""
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		for _, mark := range []string{"panic: ", "fatal error: ", "SIG", "pool: worker: "} {
			if strings.HasPrefix(line, mark) {
				return printable(strings.TrimPrefix(line, "pool: worker: "))
			}
		}
		if line != "" {
			last = line
		}
	}
	return printable(last)
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
