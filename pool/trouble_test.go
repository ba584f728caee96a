package pool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

const (
	// noBelt has a process live without the kernel's signal at its parent's
	// death, as all do where there is none.
	noBelt = "POOL_TEST_NO_BELT"
	// noMain has TestMain behave like a program that forgets Main: it ends, or
	// it waits, or it does nothing at all but exit.
	noMain = "POOL_TEST_NO_MAIN"
)

// skipMain is called before Main.
func skipMain() {
	how := os.Getenv(noMain)
	switch how {
	case "":
		return
	case "exit":
		os.Exit(0)
	}
	_, err := New(context.Background(), Options{})
	fmt.Fprintln(os.Stderr, "New:", err)
	fmt.Fprintln(os.Stderr, "Start:", nothing.Process("").Start(context.Background()))
	if how == "wait" {
		select {}
	}
	os.Exit(0)
}

func TestItem1_11_MainIsNotCalled(t *testing.T) {
	t.Run("here", func(t *testing.T) {
		mainCalled.Store(false)
		defer mainCalled.Store(true)
		if err := nothing.Process("").Start(t.Context()); !errors.Is(err, errNoMain) {
			t.Errorf("Start without Main: %v", err)
		}
		if _, err := New(t.Context(), Options{}); !errors.Is(err, errNoMain) {
			t.Errorf("New without Main: %v", err)
		}
	})
	for _, how := range []string{"end", "wait"} {
		t.Run("there: "+how, func(t *testing.T) {
			p := nothing.Process("")
			p.patience = 500 * time.Millisecond
			if how == "end" {
				p.patience = startLimit
			}
			p.Env = []string{noMain + "=" + how}
			_, stderr, err := ran(t, p)
			exit, ok := errors.AsType[*ExitError](err)
			if !ok || !strings.Contains(err.Error(), "is pool.Main the first call of main?") || !strings.Contains(err.Error(), p.Name) {
				t.Errorf("the child does not call Main: %v", err)
			} else if how == "end" && exit.Code != 0 {
				t.Errorf("exit code %d", exit.Code)
			}
			if strings.Count(stderr, errNoMain.Error()) != 2 {
				t.Errorf("the child could start children: %q", stderr)
			}
		})
	}
}

// printing prints and ends well, whatever becomes of its words.
var printing = Register("process printing", func(_ context.Context, j Job[int]) (struct{}, error) {
	for range j.Task {
		fmt.Println("to standard output")
	}
	for range j.Task {
		fmt.Fprintln(os.Stderr, strings.Repeat("to standard error ", 50))
	}
	fmt.Fprint(os.Stderr, "last words")
	return struct{}{}, nil
})

func TestItem1_10_OutputsClosedOrBroken(t *testing.T) {
	broken := func(t *testing.T) *os.File {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		t.Cleanup(func() { w.Close() })
		return w
	}
	closed := broken(t)
	closed.Close()
	for name, set := range map[string]func(p *Process){
		"heard":           func(*Process) {},
		"closed":          func(p *Process) { p.Stdout = closed },
		"broken":          func(p *Process) { p.Stdout = broken(t) },
		"none":            func(p *Process) { p.Stdout = (*os.File)(nil) },
		"deaf listeners":  func(p *Process) { p.Stdout = unwilling{} },
		"ours is closed":  func(p *Process) { p.Stdout = nil },
		"stderr unheard":  func(p *Process) { p.Stderr = unwilling{} },
		"ours are broken": func(p *Process) { p.Stdout, p.Stderr = nil, nil },
	} {
		t.Run(name, func(t *testing.T) {
			p := printing.Process(200)
			stdout, stderr := &buffer{}, &buffer{}
			p.Stdout, p.Stderr = stdout, stderr
			set(p)
			oldOut, oldErr := os.Stdout, os.Stderr
			if p.Stdout == nil {
				os.Stdout = closed
			}
			if p.Stderr == nil {
				os.Stdout, os.Stderr = broken(t), broken(t)
			}
			err := p.Start(t.Context())
			os.Stdout, os.Stderr = oldOut, oldErr
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Join(within(t)); err != nil {
				t.Error(err)
			}
			if p.Stderr == stderr {
				lines := strings.Split(stderr.String(), "\n")
				if n := len(lines); n != 202 || lines[n-2] != p.Name+": last words" {
					t.Errorf("%d lines on standard error, the last is %q", n, lines[max(0, n-2)])
				}
			}
			if p.Stdout == stdout && strings.Count(stdout.String(), "\n") != 200 {
				t.Errorf("standard output: %q", stdout)
			}
		})
	}
}

type unwilling struct{}

func (unwilling) Write([]byte) (int, error) { return 0, errors.New("not now") }

func TestStandardErrorIsOneWritePerLine(t *testing.T) {
	p := printing.Process(2)
	_, stderr := started(t, p)
	if err := p.Join(within(t)); err != nil {
		t.Fatal(err)
	}
	stderr.mu.Lock()
	defer stderr.mu.Unlock()
	if len(stderr.writes) != 3 {
		t.Errorf("%d writes for 3 lines", len(stderr.writes))
	}
	for _, line := range stderr.writes {
		if !strings.HasPrefix(line, p.Name+": ") || strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
			t.Errorf("written: %q", line)
		}
	}
}

func TestItem1_12_Environment(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "hush")
	p, q := environment.Process(""), environment.Process("")
	p.Env = []string{"POOL_TEST_WORD=one", childEnv + "=", "POOL_TEST_WORD=two"}
	p.MaxProcs = 3
	for _, test := range []struct {
		p    *Process
		want bool
	}{{p, true}, {q, false}} {
		out, _, err := ran(t, test.p)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out, `"POOL_TEST_WORD=two"`); got != test.want {
			t.Errorf("%v sees the override: %v", test.p, got)
		}
		if got := strings.Contains(out, `"GOMAXPROCS=3"`); got != test.want {
			t.Errorf("%v sees GOMAXPROCS: %v", test.p, got)
		}
		if strings.Contains(out, "hush") || strings.Contains(out, childEnv) {
			t.Errorf("%v sees what it must not: %s", test.p, out)
		}
	}
	p = nothing.Process("")
	if p.MaxProcs = -1; p.Start(t.Context()) == nil {
		t.Error("MaxProcs -1 is accepted")
	}
}
