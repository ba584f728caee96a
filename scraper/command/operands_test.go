package command

import (
	"errors"
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
