package pool

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// rounds is how often a test does its thing: few times, or as often as asked
// for by POOL_TEST_ROUNDS.
func rounds(t testing.TB, few int) int {
	t.Helper()
	text := os.Getenv("POOL_TEST_ROUNDS")
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("POOL_TEST_ROUNDS=%q", text)
	}
	return n
}

// within is a context against hangs. It outlives the test's own, which is done
// before cleanups run.
func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	t.Cleanup(cancel)
	return ctx
}

// eventually polls what no channel tells of: the more seldom the longer it takes,
// so that it leaves the processor to those it waits for.
func eventually(t testing.TB, d time.Duration, what string, is func() bool) {
	t.Helper()
	pause := time.Millisecond
	for deadline := time.Now().Add(d); !is(); time.Sleep(pause) {
		if time.Now().After(deadline) {
			t.Fatalf("after %v still not: %s", d, what)
		}
		pause = min(2*pause, 16*time.Millisecond)
	}
}

// buffer is an output of a child that can be read while it is written.
type buffer struct {
	mu     sync.Mutex
	text   bytes.Buffer
	writes []string
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.writes = append(b.writes, string(p))
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// waitFor waits until the child has written something.
func (b *buffer) waitFor(t testing.TB, text string) {
	t.Helper()
	eventually(t, patience, "output "+strconv.Quote(text), func() bool { return strings.Contains(b.String(), text) })
}

// started starts a process with outputs to be read, and sees to its end.
func started(t testing.TB, p *Process) (stdout, stderr *buffer) {
	t.Helper()
	stdout, stderr = &buffer{}, &buffer{}
	if p.Stdout == nil {
		p.Stdout = stdout
	}
	if p.Stderr == nil {
		p.Stderr = stderr
	}
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.Kill() == nil {
			<-p.Done()
		}
	})
	return stdout, stderr
}

// ran runs a process to its end.
func ran(t testing.TB, p *Process) (stdout, stderr string, err error) {
	t.Helper()
	out, errs := started(t, p)
	err = p.Join(within(t))
	if p.IsAlive() {
		t.Fatalf("%v does not end: %v", p, err)
	}
	return out.String(), errs.String(), err
}

// coordinator is this test binary, executed again to run the test that started
// it as a program of its own.
type coordinator struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	words *buffer // its standard error
}

// inCoordinator tells whether this is that program.
func inCoordinator() bool { return os.Getenv("POOL_TEST_COORDINATOR") != "" }

// startElsewhere executes a binary, this one as a rule, as a coordinator in a
// process group of its own.
func startElsewhere(t *testing.T, path string, env ...string) *coordinator {
	t.Helper()
	test, _, _ := strings.Cut(t.Name(), "/")
	c := &coordinator{cmd: exec.Command(path, "-test.run=^"+test+"$", "-test.timeout=60s"), words: &buffer{}}
	c.cmd.Env = append(append(os.Environ(), "POOL_TEST_COORDINATOR=1"), env...)
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.cmd.Stderr = c.words
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
	})
	c.lines = bufio.NewScanner(out)
	return c
}

// heard reads lines up to one that begins with a word, and answers the rest of
// that.
func (c *coordinator) heard(t *testing.T, word string) string {
	t.Helper()
	var others []string
	for c.lines.Scan() {
		if rest, ok := strings.CutPrefix(c.lines.Text(), word+" "); ok {
			return rest
		}
		others = append(others, c.lines.Text())
	}
	t.Fatalf("the coordinator never said %q, but %q and %q", word, others, c.words)
	return ""
}

// pids reads process ids from a line.
func (c *coordinator) pids(t *testing.T) (pids []int) {
	t.Helper()
	for word := range strings.FieldsSeq(c.heard(t, "pids")) {
		pid, err := strconv.Atoi(word)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

// end waits for its end, having read all that it says.
func (c *coordinator) end(t *testing.T) (said []string, state *os.ProcessState) {
	t.Helper()
	late := time.AfterFunc(patience, func() { _ = c.cmd.Process.Kill() })
	defer late.Stop()
	for c.lines.Scan() {
		said = append(said, c.lines.Text())
	}
	_ = c.cmd.Wait() // the state tells
	return said, c.cmd.ProcessState
}

// say prints a line for the test that listens.
func say(word string, values ...any) {
	fmt.Println(word, strings.TrimSpace(fmt.Sprintln(values...)))
}

// ignore ignores a signal until the test is over. What signal.Reset would leave
// is that the system ignores it, and so do children as they start.
func ignore(t *testing.T, sig syscall.Signal) {
	t.Helper()
	signal.Ignore(sig)
	t.Cleanup(func() {
		c := make(chan os.Signal, 1)
		signal.Notify(c, sig)
		signal.Stop(c)
	})
}

// gone waits until none of the processes is left.
func gone(t *testing.T, d time.Duration, pids ...int) {
	t.Helper()
	for _, pid := range pids {
		eventually(t, d, fmt.Sprintf("process %d gone", pid), func() bool { return !alive(pid) })
	}
}
