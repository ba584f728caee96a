package command

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"scrape/scraper"
)

// A list on stdin is called so, and not by the name it is asked for with.
func TestUnreadableStdinHasAName(t *testing.T) {
	err := verdict(&scraper.ReadError{List: "-", Err: syscall.EIO})
	if f, ok := errors.AsType[*failure](err); !ok || f.code != exitLocal || f.text != "stdin: input/output error" {
		t.Errorf("%v", err)
	}
}

// That no worker starts is told as such, and not as what the system said of a file.
func TestUnstartedWorkerHasAName(t *testing.T) {
	start := &scraper.StartError{Failures: 3, Err: &fs.PathError{Op: "fork/exec", Path: "/proc/self/exe", Err: syscall.EAGAIN}}
	if err := verdict(errors.Join(start)); !strings.HasPrefix(err.Error(), "no worker could be started (3 tries)") {
		t.Errorf("%v", err)
	}
}

// Where records wait for their turn and there is no room, the way out is one that there is.
func TestHintWhereRecordsWait(t *testing.T) {
	for earlier, window := range map[string]bool{"": true, "old.jsonl": false} {
		p := new(program)
		p.settings.retry.file = earlier
		err := p.toldOutput(&scraper.OrderError{Dir: "/tmp", Err: syscall.ENOSPC})
		f, ok := errors.AsType[*failure](err)
		if !ok || f.code != exitLocal || !strings.HasPrefix(f.hint, "make room there") || strings.Contains(f.hint, "--order-window") != window {
			t.Errorf("--retry-failed %q: %v, %+v", earlier, err, f)
		}
	}
}
