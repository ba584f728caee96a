package command

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// console is stderr, and the screen that it may share with stdout: what is
// written through it never meets the progress bar on one line. Safe for
// concurrent use.
type console struct {
	stderr *os.File

	mu  sync.Mutex
	bar *progress // the bar at the foot of the screen; nil: none
}

// attach puts a bar at the foot of the screen; nil takes it away.
func (c *console) attach(bar *progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bar != nil {
		c.bar.erase()
	}
	c.bar = bar
}

// tick lets the bar be drawn again if it is time to.
func (c *console) tick(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bar != nil {
		c.bar.drawIfDue(now)
	}
}

// above writes whole lines to w, a screen that has the bar at its foot.
func (c *console) above(w io.Writer, lines []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bar == nil {
		return w.Write(lines)
	}
	c.bar.erase()
	n, err := w.Write(lines)
	c.bar.drawIfDue(time.Now())
	return n, err
}

// say tells the user something, in the program's name. What stderr makes of
// it is not checked: there would be no one left to tell.
func (c *console) say(format string, args ...any) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), "\n")
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("scrape: " + printable(strings.TrimSuffix(line, "\n")) + "\n")
	}
	_, _ = c.above(c.stderr, []byte(b.String()))
}
