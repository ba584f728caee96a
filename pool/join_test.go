package pool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// failing ends in the way that its task names.
var failing = Register("process failing", func(_ context.Context, j Job[string]) (struct{}, error) {
	AtExit(func() { fmt.Println("hook") })
	switch j.Task {
	case "an error":
		return struct{}{}, errors.New("it did not work")
	case "a panic":
		panic("it fell over")
	case "Goexit":
		runtime.Goexit()
	case "Exit":
		Exit(8)
	case "Exit elsewhere":
		go Exit(8)
		select {}
	case "Exit 0":
		Exit(0)
	case "Exit 143":
		Exit(128 + int(syscall.SIGTERM))
	case "os.Exit":
		fmt.Fprintln(os.Stderr, "a word")
		os.Exit(9)
	case "a goroutine's panic":
		go func() { panic("far away") }()
		select {}
	case "a hook's panic":
		AtExit(func() { panic("at the end") })
	case "a hook's Exit":
		AtExit(func() { Exit(4) })
	case "hooks":
		AtExit(func() { fmt.Println("second"); AtExit(func() { fmt.Println("third") }) })
		AtExit(func() { fmt.Println("first") })
	}
	return struct{}{}, nil
})

func TestItem3_1_JoinWithATimeout(t *testing.T) {
	p := lasting.Process("")
	out, _ := started(t, p)
	out.waitFor(t, "running")
	if err := p.Join(ctxDone()); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that is done: %v", err)
	}
	past, cancel := context.WithTimeout(t.Context(), -time.Second)
	defer cancel()
	if err := p.Join(past); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a negative time: %v", err)
	}
	soon, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := p.Join(soon); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) < 20*time.Millisecond {
		t.Errorf("20 ms: %v after %v", err, time.Since(began))
	}
	if !p.IsAlive() {
		t.Fatal("a timeout has ended it")
	}
	if err := p.Terminate(); err != nil {
		t.Error(err)
	}
	if err := p.Join(within(t)); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("joined in the end: %v", err)
	}
	if again, want := p.Join(ctxDone()), p.Join(t.Context()); again != want {
		t.Errorf("with a context that is done it is joined as %v, else as %v", again, want)
	}
}

func TestItem3_2_ManyJoinAndPoll(t *testing.T) {
	for range rounds(t, 10) {
		p := failing.Process("Exit")
		started(t, p)
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() {
				if i%2 == 0 {
					err := p.Join(within(t))
					if exit, ok := errors.AsType[*ExitError](err); !ok || exit.Code != 8 {
						t.Errorf("joined: %v", err)
					}
				}
				for p.IsAlive() {
					runtime.Gosched()
				}
				if code, known := p.ExitCode(); code != 8 || !known {
					t.Errorf("dead with exit code %d, %v", code, known)
				}
			})
		}
		all.Wait()
	}
}

func TestItem3_3_ExitCodes(t *testing.T) {
	for how, want := range map[string]struct {
		code   int
		cause  string // also of the error of Join, but for code 0
		stderr string
		hooks  bool
	}{
		"return":              {0, "", "", true},
		"an error":            {1, "it did not work", "NAME: it did not work\n", true},
		"a panic":             {1, "panic: it fell over", "NAME: panic: it fell over\n", true},
		"Goexit":              {1, "runtime.Goexit", "NAME: the function called runtime.Goexit\n", true},
		"Exit":                {8, "process exited with code 8", "", true},
		"Exit elsewhere":      {8, "process exited with code 8", "", true},
		"Exit 0":              {0, "", "", true},
		"os.Exit":             {9, "process exited with code 9: a word", "a word\n", false},
		"a goroutine's panic": {2, "process crashed: panic: far away", "panic: far away", false},
		"a hook's panic":      {1, "at the end", "NAME: panic at exit: at the end\n", true},
		"a hook's Exit":       {4, "process exited with code 4", "", false},
	} {
		t.Run(how, func(t *testing.T) {
			p := failing.Process(how)
			var stderr buffer
			p.Stderr = &stderr
			out, _, err := ran(t, p)
			if code, known := p.ExitCode(); code != want.code || !known {
				t.Errorf("exit code %d, %v", code, known)
			}
			if !strings.Contains(p.Cause(), want.cause) || (p.Cause() == "") != (want.code == 0) {
				t.Errorf("cause %q, want %q", p.Cause(), want.cause)
			}
			if (err == nil) != (want.code == 0) || err != nil && !strings.Contains(err.Error(), p.Cause()) {
				t.Errorf("joined with %v", err)
			}
			if !strings.Contains(stderr.String(), strings.ReplaceAll(want.stderr, "NAME", p.Name)) {
				t.Errorf("standard error: %s", &stderr)
			}
			if strings.Contains(out, "hook") != want.hooks {
				t.Errorf("hooks: %q", out)
			}
			task, isTask := errors.AsType[*TaskError](err)
			if failed := how == "an error" || how == "a panic" || how == "Goexit"; isTask != failed {
				t.Errorf("joined with a %T", err)
			} else if how == "a panic" && (!task.Panic || !strings.Contains(task.Stack, "join_test.go") || !strings.Contains(stderr.String(), "join_test.go")) {
				t.Errorf("no stack: %q and %s", task.Stack, &stderr)
			}
		})
	}
}

func TestItem3_4_Signals(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL, syscall.SIGINT, syscall.SIGHUP} {
		name := signalName(sig)
		if signal.Ignored(sig) {
			t.Logf("%s is ignored here, and so by children", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			p := lasting.Process("")
			out, _ := started(t, p)
			out.waitFor(t, "running")
			if err := syscall.Kill(p.Pid(), sig); err != nil {
				t.Fatal(err)
			}
			err := p.Join(within(t))
			exit, ok := errors.AsType[*ExitError](err)
			if !ok || exit.Code != -int(sig) || exit.Signal != sig || !exit.Known || exit.Pid != p.Pid() || exit.Process != p.Name {
				t.Fatalf("%#v", err)
			}
			if code, known := p.ExitCode(); code != -int(sig) || !known {
				t.Errorf("exit code %d, %v", code, known)
			}
			if !strings.Contains(p.Cause(), "process killed by "+name) || !strings.Contains(p.String(), "stopped["+name+"]") {
				t.Errorf("%v: %s", p, p.Cause())
			}
		})
	}
	p := failing.Process("Exit 143")
	_, _, err := ran(t, p)
	exit, ok := errors.AsType[*ExitError](err)
	if !ok || exit.Code != 143 || exit.Signal != 0 || !strings.Contains(p.String(), "stopped[143]") {
		t.Errorf("exit(143): %#v", err)
	}
}

func TestItem3_5_Hooks(t *testing.T) {
	out, _, err := ran(t, failing.Process("hooks"))
	if err != nil || out != "first\nsecond\nthird\nhook\n" {
		t.Errorf("%v: %q", err, out)
	}
	p := newPool(t, Options{Procs: 1})
	file := filepath.Join(t.TempDir(), "hook")
	for a := range hooking.Run(t.Context(), p, one(file)) {
		if a.Err != nil {
			t.Fatal(a.Err)
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a worker's hook ran before its end")
	}
	p.Close()
	eventually(t, patience, "a worker's hook ran", func() bool {
		_, err := os.Stat(file)
		return err == nil
	})
}

// hooking creates a file at its worker's end.
var hooking = Register("process hooking", func(_ context.Context, j Job[string]) (struct{}, error) {
	AtExit(func() { _ = os.WriteFile(j.Task, nil, 0o600) })
	return struct{}{}, nil
})

func one[T any](v T) func(func(T) bool) { return func(yield func(T) bool) { yield(v) } }

// leaving leaves a goroutine and two processes behind, one of which is a daemon.
var leaving = Register("process leaving", func(ctx context.Context, j Job[gate]) (struct{}, error) {
	go func() { select {} }()
	daemon, awaited := lasting.Process(""), finishing.Process(j.Task)
	daemon.Daemon = true
	err := errors.Join(launch(ctx, daemon), awaited.Start(ctx))
	fmt.Println("pid", daemon.Pid())
	return struct{}{}, err
})

func TestItem3_6_OnlyProcessesAreAwaited(t *testing.T) {
	g := newGate(t)
	p := leaving.Process(g)
	out, _ := started(t, p)
	out.waitFor(t, "\n")
	daemon := 0
	if _, err := fmt.Sscanf(out.String(), "pid %d", &daemon); err != nil {
		t.Fatal(err, out)
	}
	gone(t, patience, daemon) // its parent is at its end
	g.open(t)
	if err := p.Join(within(t)); err != nil || !strings.HasSuffix(out.String(), "\nfinished\n") {
		t.Errorf("%v: %q", err, out)
	}
}

func TestItem3_7_ExitCodeGoesElsewhere(t *testing.T) {
	t.Run("SIGCHLD ignored", func(t *testing.T) {
		ignore(t, syscall.SIGCHLD)
		before := openFiles(t)
		p := failing.Process("Exit")
		_, _, err := ran(t, p)
		exit, ok := errors.AsType[*ExitError](err)
		if code, known := p.ExitCode(); known || code != 0 || !ok || exit.Known || !strings.Contains(err.Error(), "somebody else") {
			t.Errorf("exit code %d, %v: %v", code, known, err)
		}
		if p.IsAlive() || !strings.HasSuffix(p.String(), "stopped[unknown])>") {
			t.Errorf("in the end: %v", p)
		}
		if err := errors.Join(p.Terminate(), p.Kill()); err != nil {
			t.Error(err)
		}
		if after := openFiles(t); after > before {
			t.Errorf("%d descriptors, %d before", after, before)
		}
	})
	t.Run("reaped by another", func(t *testing.T) {
		for range rounds(t, 10) {
			p := lasting.Process("")
			started(t, p)
			reaped := make(chan bool)
			go func() {
				pid, err := syscall.Wait4(p.Pid(), nil, 0, nil)
				for err == syscall.EINTR {
					pid, err = syscall.Wait4(p.Pid(), nil, 0, nil)
				}
				reaped <- pid == p.Pid()
			}()
			if err := p.Kill(); err != nil {
				t.Error(err)
			}
			err := p.Join(within(t))
			code, known := p.ExitCode()
			if byOther := <-reaped; err == nil || p.IsAlive() || byOther == known || known && code != -9 {
				t.Errorf("reaped by another: %v, exit code %d, %v: %v", byOther, code, known, err)
			}
		}
	})
}

// hearing counts signals while it waits for its end.
var hearing = Register("process hearing", func(ctx context.Context, _ Job[string]) (struct{}, error) {
	signals := make(chan os.Signal, 100)
	signal.Notify(signals, syscall.SIGUSR1)
	fmt.Println("running")
	for range 20 {
		<-signals
		fmt.Println("heard")
	}
	return struct{}{}, nil
})

func TestItem3_8_SignalsInBetween(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	defer signal.Stop(signals)
	p := hearing.Process(strings.Repeat("long enough to be sent in parts ", 100_000))
	out, _ := started(t, p)
	over := make(chan struct{})
	var striking sync.WaitGroup
	striking.Go(func() {
		for heard := 0; ; {
			if strings.Contains(out.String(), "running") && strings.Count(out.String(), "heard") >= heard {
				heard++
				_ = syscall.Kill(p.Pid(), syscall.SIGUSR1) // until it has gone, it is ours
			}
			_ = syscall.Kill(os.Getpid(), syscall.SIGUSR1)
			select {
			case <-over:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	err := p.Join(within(t))
	close(over)
	striking.Wait()
	if err != nil || strings.Count(out.String(), "heard") != 20 {
		t.Errorf("%v: %s", err, out)
	}
}

var (
	// hangingUp is a worker whose coordinator hears no more, which its writer
	// meets and its reader does not: Work ends by that.
	hangingUp = Register("process hanging up", func(context.Context, Job[string]) (struct{}, error) {
		ours, theirs, err := socketPair()
		if err != nil {
			return struct{}{}, err
		}
		coordinator, err := newSocket(ours)
		if err != nil {
			return struct{}{}, err
		}
		worker, err := newSocket(theirs)
		if err != nil {
			return struct{}{}, err
		}
		if err := coordinator.CloseRead(); err != nil {
			return struct{}{}, err
		}
		c := newConn(worker)
		hungUp.Store(c)
		c.serve(1)
		out := endFrame(beginFrame(nil, framePing), 0) // its answer cannot be written
		out = appendTasks(out, []outgoing{{1, 1, encoded{bytes: append(appendName(nil, afterHangup.name), "{}"...)}}})
		if _, err := coordinator.Write(out); err != nil {
			return struct{}{}, err
		}
		ran := false
		AtExit(func() { ran = true })
		c.work(hello{slots: 1})
		if !ran {
			return struct{}{}, errors.New("no hook has run")
		}
		return struct{}{}, nil
	})
	hungUp atomic.Pointer[conn]
	// afterHangup returns when its answer has nowhere to go.
	afterHangup = Register("after hangup", func(context.Context, Job[map[string]int]) (struct{}, error) {
		c := hungUp.Load()
		c.mu.Lock()
		defer c.mu.Unlock()
		for c.broken == nil {
			c.written.Wait()
		}
		return struct{}{}, nil
	})
)

func TestHooksRunHoweverAWorkerLearnsOfItsEnd(t *testing.T) {
	if _, _, err := ran(t, hangingUp.Process("")); err != nil {
		t.Error(err)
	}
}

func TestGoneIsKnownBeforeTheEndOfTasks(t *testing.T) {
	ours, theirs, err := socketPair()
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSocket(theirs)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := newConn(s)
	c.serve(1)
	c.mu.Lock() // nothing else can be told of the end
	ours.Close()
	select {
	case <-c.gone:
	case <-within(t).Done():
		t.Error("the end of tasks comes before it")
	}
	c.mu.Unlock()
	if _, err := c.Next(within(t)); err != io.EOF {
		t.Errorf("Next: %v", err)
	}
}
