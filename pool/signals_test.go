package pool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// begin starts processes that last, in a coordinator, and names them.
func begin(t *testing.T, all ...*Process) (pids []any) {
	t.Helper()
	for _, p := range all {
		if err := launch(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		pids = append(pids, p.Pid())
	}
	return pids
}

func TestItem4_1_CoordinatorTerminated(t *testing.T) {
	if inCoordinator() {
		term := make(chan os.Signal, 1)
		if os.Getenv("POOL_TEST_HOW") == "handled" {
			signal.Notify(term, syscall.SIGTERM)
		}
		p := newPool(t, Options{Procs: 2})
		for a := range square.Run(t.Context(), p, upTo(10)) {
			fmt.Println("result", a.Value)
		}
		d := deaf.Process("")
		d.Daemon = true
		say("pids", append(begin(t, d), any(p.pids()[0]))...)
		<-term
		p.Terminate()
		Exit(143)
	}
	for _, how := range []string{"default", "handled"} {
		t.Run(how, func(t *testing.T) {
			c := startElsewhere(t, os.Args[0], "POOL_TEST_HOW="+how)
			results := 0
			for c.lines.Scan() && strings.HasPrefix(c.lines.Text(), "result ") {
				results++
			}
			var deaf, worker int
			if _, err := fmt.Sscanf(c.lines.Text(), "pids %d %d", &deaf, &worker); err != nil {
				t.Fatal(err, c.words)
			}
			if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			_, state := c.end(t)
			sig, _ := signalOf(state)
			if handled := how == "handled"; results != 10 || handled && state.ExitCode() != 143 || !handled && sig != syscall.SIGTERM {
				t.Errorf("%d results, then %v: %s", results, state, c.words)
			}
			gone(t, time.Second, deaf, worker)
		})
	}
}

func TestItem4_2_TerminateAfterTheEnd(t *testing.T) {
	p := nothing.Process("")
	if _, _, err := ran(t, p); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Terminate(), p.Kill()); err != nil {
		t.Errorf("a finished process: %v", err)
	}

	// While it ends: the child must not be signalled once it has been waited
	// for, by us or by others.
	c := p.child
	if c != nil {
		t.Error("its child is kept")
	}
	c, release := bareChild(t)
	defer release()
	signals := 0
	c.signal(func(pid int) { signals++; killGroup(pid) })
	if _, err := syscall.Wait4(c.pid, nil, 0, nil); err != nil {
		t.Fatal(err)
	}
	c.signal(func(int) { signals++ })
	if state := c.reap(); state != nil || signals != 1 {
		t.Errorf("%d signals to a process that another has waited for: %v", signals, state)
	}
	c, release = bareChild(t)
	defer release()
	c.kill()
	if state := c.reap(); state == nil {
		t.Error("ours, and nobody knows how it ended")
	}
	c.signal(func(pid int) { t.Errorf("a signal to %d, which may be another's", pid) })
}

// bareChild is a child without anybody that attends to it.
func bareChild(t *testing.T) (c *child, release func()) {
	t.Helper()
	spawn, release := holdSpawner()
	c, err := spawn(t.Context(), childOptions{name: t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	return c, release
}

func TestItem4_3_DeafOrStoppedIsKilled(t *testing.T) {
	for _, how := range []string{"deaf", "SIGSTOP"} {
		t.Run(how, func(t *testing.T) {
			p := deaf.Process("")
			p.Daemon = true
			out, _ := started(t, p)
			out.waitFor(t, "running")
			if how == "SIGSTOP" {
				if err := syscall.Kill(p.Pid(), syscall.SIGSTOP); err != nil {
					t.Fatal(err)
				}
			}
			began := time.Now()
			stop([]*Process{p}) // as at an Exit
			<-p.Done()
			if code, _ := p.ExitCode(); code != -int(syscall.SIGKILL) || time.Since(began) > patience {
				t.Errorf("ended after %v with %d", time.Since(began), code)
			}
		})
	}
	t.Run("worker", func(t *testing.T) {
		p := newPool(t, Options{Procs: 1})
		for range pid.Run(t.Context(), p, upTo(1)) {
		}
		worker := p.pids()[0]
		p.strike(syscall.SIGSTOP)
		p.Close()
		gone(t, patience, worker)
	})
}

func TestItem4_4_InterruptToTheWholeGroup(t *testing.T) {
	if inCoordinator() {
		interrupts := make(chan os.Signal, 2)
		signal.Notify(interrupts, syscall.SIGINT)
		p, d, f := lasting.Process(""), deaf.Process(""), hearing.Process("")
		p.Daemon, d.Daemon, f.Daemon = true, true, true
		w := newPool(t, Options{Procs: 1})
		for range pid.Run(t.Context(), w, upTo(1)) {
		}
		say("pids", append(begin(t, p, d, f), any(w.pids()[0]))...)
		<-interrupts
		say("first", p.IsAlive(), d.IsAlive(), f.IsAlive(), len(ActiveChildren()))
		<-interrupts
		Exit(130)
	}
	c := startElsewhere(t, os.Args[0])
	pids := c.pids(t)
	interrupt := func() {
		if err := syscall.Kill(-c.cmd.Process.Pid, syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
	}
	interrupt()
	if first := c.heard(t, "first"); first != "true true true 3" {
		t.Errorf("after the first: %s", first)
	}
	for _, pid := range pids {
		if !alive(pid) {
			t.Errorf("process %d heard it", pid)
		}
	}
	interrupt()
	said, state := c.end(t)
	if state.ExitCode() != 130 || len(said) > 0 {
		t.Errorf("%v, and %q", state, said)
	}
	if words := c.words.String(); strings.Contains(words, "interrupt") || strings.Contains(words, "goroutine") {
		t.Errorf("not silent: %s", words)
	}
	gone(t, time.Second, pids...)
}

// ignoring tells what it ignores.
var ignoring = Register("process ignoring", func(ctx context.Context, _ Job[string]) (struct{}, error) {
	fmt.Println(signal.Ignored(syscall.SIGINT), signal.Ignored(syscall.SIGHUP), signal.Ignored(syscall.SIGTERM))
	<-ctx.Done()
	return struct{}{}, nil
})

func TestItem4_5_IgnoredSignals(t *testing.T) {
	if inCoordinator() {
		p := ignoring.Process("")
		r, err := p.output()
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(p.Terminate(), p.Join(t.Context())); err == nil {
			t.Error("not ended by SIGTERM")
		}
		say("here", signal.Ignored(syscall.SIGINT), signal.Ignored(syscall.SIGHUP))
		say("child", r)
		say("ended", p)
		return
	}
	for trap, want := range map[string]string{"INT HUP TERM": "true true", "USR1": "false false"} {
		if trap == "USR1" && (signal.Ignored(syscall.SIGINT) || signal.Ignored(syscall.SIGHUP)) {
			continue // we ignore them ourselves
		}
		cmd := exec.Command("sh", "-c", `trap "" `+trap+`; exec "$0" "$@"`, os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), "POOL_TEST_COORDINATOR=1")
		out, err := cmd.CombinedOutput()
		if want := "here " + want + "\nchild " + want + " false\nended "; err != nil || !strings.HasPrefix(string(out), want) || !strings.Contains(string(out), "stopped[SIGTERM]") {
			t.Errorf("started with %s ignored: %v %s", trap, err, out)
		}
	}
	// Ignored by the program itself: its children do not, not even for the
	// moment in which they start.
	ignore(t, syscall.SIGTERM)
	for range rounds(t, 10) {
		p := lasting.Process("")
		started(t, p)
		if err := p.Terminate(); err != nil {
			t.Error(err)
		}
		_ = p.Join(within(t))
		if code, _ := p.ExitCode(); code != -int(syscall.SIGTERM) {
			t.Errorf("exit code %d", code)
		}
	}
}

// output starts a process and answers its first line.
func (p *Process) output() (string, error) {
	var b buffer
	p.Stdout = &b
	if err := p.Start(context.Background()); err != nil {
		return "", err
	}
	for !strings.Contains(b.String(), "\n") {
		select {
		case <-p.Done():
			return "", p.Join(context.Background())
		case <-time.After(time.Millisecond):
		}
	}
	return strings.TrimSpace(b.String()), nil
}

// rooting starts a process of ours and one of the system's, and so does its
// child.
var rooting Func[int, struct{}]

func init() {
	rooting = Register("process rooting", func(ctx context.Context, j Job[int]) (struct{}, error) {
		sleep := exec.Command("/bin/sleep", "1000") // there is no PATH
		if err := sleep.Start(); err != nil {
			return struct{}{}, err
		}
		fmt.Println("pid", sleep.Process.Pid)
		fmt.Println("pid", os.Getpid())
		if j.Task > 0 {
			if err := rooting.Process(j.Task - 1).Start(ctx); err != nil {
				return struct{}{}, err
			}
		}
		select {}
	})
}

func TestItem4_6_TreeIsKilled(t *testing.T) {
	for name, end := range map[string]func(*Process) error{"Kill": (*Process).Kill, "Terminate": (*Process).Terminate} {
		t.Run(name, func(t *testing.T) {
			p := rooting.Process(2)
			out, _ := started(t, p)
			eventually(t, patience, "a tree of six", func() bool { return strings.Count(out.String(), "pid ") == 6 })
			var pids []int
			for line := range strings.Lines(out.String()) {
				var pid int
				if _, err := fmt.Sscanf(line, "pid %d", &pid); err != nil {
					t.Fatal(err)
				}
				if pids = append(pids, pid); !alive(pid) {
					t.Errorf("%d is gone before the end", pid)
				}
			}
			if err := errors.Join(end(p)); err != nil {
				t.Error(err)
			}
			gone(t, 5*time.Second, pids...)
		})
	}
}

// escaping leaves a process that is out of reach, and holds its outputs.
var escaping = Register("process escaping", func(context.Context, Job[string]) (int, error) {
	sleep := exec.Command("/bin/sleep", "1000") // there is no PATH
	sleep.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	sleep.Stdout, sleep.Stderr = os.Stdout, os.Stderr
	err := sleep.Start()
	if err == nil {
		fmt.Println("pid", sleep.Process.Pid)
		fmt.Fprintln(os.Stderr, "last words")
		return sleep.Process.Pid, nil
	}
	return 0, err
})

func TestItem4_7_GrandchildKeepsTheOutput(t *testing.T) {
	escaped := func(t *testing.T, pid int) {
		if !alive(pid) {
			t.Error("the grandchild is gone, so this shows nothing")
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	}
	t.Run("process", func(t *testing.T) {
		p := escaping.Process("")
		began := time.Now()
		out, stderr, err := ran(t, p)
		if took := time.Since(began); took > hearTime {
			t.Errorf("it was waited for: %v", took)
		}
		var pid int
		if _, scanErr := fmt.Sscanf(out, "pid %d", &pid); err != nil || scanErr != nil || !strings.Contains(stderr, "last words") {
			t.Fatalf("%v: %q, %q", err, out, stderr)
		}
		escaped(t, pid)
	})
	t.Run("worker", func(t *testing.T) {
		p := newPool(t, Options{Procs: 1})
		for a := range escaping.Run(t.Context(), p, one("")) {
			if a.Err != nil {
				t.Fatal(a.Err)
			}
			worker := p.pids()[0]
			p.Close()
			gone(t, patience, worker)
			p.lives.Wait()
			escaped(t, a.Value)
		}
	})
}

func TestItem4_8_EndedFromEverywhere(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	defer signal.Stop(signals)
	for range rounds(t, 5) {
		p := lasting.Process("")
		q := newPool(t, Options{Procs: 2})
		started(t, p)
		for range square.Run(t.Context(), q, upTo(3)) {
		}
		var all sync.WaitGroup
		all.Go(func() { // a signal handler
			<-signals
			if err := p.Terminate(); err != nil {
				t.Error(err)
			}
			q.Terminate()
		})
		for i := range 10 {
			all.Go(func() {
				if err := []func() error{p.Kill, p.Terminate}[i%2](); err != nil {
					t.Error(err)
				}
				q.Terminate()
				<-p.Done()
			})
		}
		if err := syscall.Kill(os.Getpid(), syscall.SIGUSR1); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { all.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(patience):
			t.Fatal("it hangs")
		}
	}
}
