package command

import (
	"errors"
	"fmt"
	"syscall"
	"testing"
)

func TestExitCode(t *testing.T) {
	broken := fmt.Errorf("closing the output: %w", local("out.jsonl", syscall.ENOSPC, ""))
	for _, test := range []struct {
		name string
		end  ending
		want int
	}{
		{"all scraped", ending{}, 0},
		{"some not scraped", ending{failed: true}, 1},
		{"usage", ending{err: usage("", "no")}, 2},
		{"output unwritable", ending{err: broken}, 3},
		{"output unwritable, some not scraped", ending{err: broken, failed: true}, 3},
		{"output unwritable, interrupted", ending{err: broken, signal: syscall.SIGINT}, 3},
		{"no workers", ending{err: errors.New("fork: no more processes")}, 3},
		{"no workers, terminated", ending{err: errors.New("fork: no more processes"), signal: syscall.SIGTERM}, 3},
		{"interrupted", ending{signal: syscall.SIGINT}, 130},
		{"interrupted twice", ending{err: errLeave, signal: syscall.SIGINT, failed: true}, 130},
		{"terminated, some not scraped", ending{signal: syscall.SIGTERM, failed: true}, 143},
		{"hung up", ending{signal: syscall.SIGHUP}, 129},
		{"stdout closed", ending{err: errStdoutClosed, failed: true}, 141},
	} {
		if got := test.end.code(); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}
