package pool

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// TestStopBetweenForkAndExec stops children before they have executed their
// program, when the kernel has the thread that started them wait.
func TestStopBetweenForkAndExec(t *testing.T) {
	own, err := os.ReadFile("/proc/self/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var struck atomic.Int64
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			lists, _ := filepath.Glob("/proc/self/task/*/children")
			for _, list := range lists {
				children, _ := os.ReadFile(list) // the thread may have ended
				for word := range bytes.FieldsSeq(children) {
					its, err := os.ReadFile("/proc/" + string(word) + "/cmdline")
					if pid, _ := strconv.Atoi(string(word)); err == nil && bytes.Equal(its, own) && syscall.Kill(pid, syscall.SIGSTOP) == nil {
						struck.Add(1)
					}
				}
			}
		}
	})
	ran := 0
	for range 100 {
		p := nothing.Process("")
		if err := p.Start(within(t)); err != nil {
			t.Error(err)
			continue
		}
		if stopped(p.Pid()) { // struck after all, when it had executed its program
			_ = p.Kill()
		}
		<-p.Done()
		if code, _ := p.ExitCode(); code == 0 {
			ran++
		}
		if struck.Load() > 0 && ran > 0 {
			break
		}
	}
	close(stop)
	wg.Wait()
	t.Logf("%d signals met a child before it had executed its program; %d children ran", struck.Load(), ran)
	if struck.Load() == 0 {
		t.Skip("none could be stopped in time")
	}
}
