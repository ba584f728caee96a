package pool

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// report is what a process says of itself.
type report struct {
	Self, Parent ProcessInfo
	HasParent    bool
	Getpid       int
	Argument     string
}

var (
	nothing = Register("process nothing", func(context.Context, Job[string]) (struct{}, error) { return struct{}{}, nil })
	// lasting says that it runs, and then waits for its end.
	lasting = Register("process lasting", func(ctx context.Context, _ Job[string]) (struct{}, error) {
		fmt.Println("running", os.Getpid())
		<-ctx.Done()
		return struct{}{}, context.Cause(ctx)
	})
	// deaf is lasting, and not to be ended by a gentle signal.
	deaf = Register("process deaf", func(ctx context.Context, _ Job[string]) (struct{}, error) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGTERM)
		fmt.Println("running", os.Getpid())
		select {}
	})
	reporting = Register("process reporting", func(_ context.Context, j Job[string]) (struct{}, error) {
		r := report{Self: Current(), Getpid: os.Getpid(), Argument: j.Task}
		r.Parent, r.HasParent = Parent()
		return struct{}{}, json.NewEncoder(os.Stdout).Encode(r)
	})
	misusing = Register("process misusing", func(ctx context.Context, j Job[*Process]) (struct{}, error) {
		p := j.Task
		fmt.Println(p, p.Pid(), p.IsAlive(), p.Done() == nil)
		for _, err := range []error{p.Start(ctx), p.Join(ctx), p.Terminate(), p.Kill()} {
			fmt.Println(err)
		}
		return struct{}{}, nil
	})
	environment = Register("process environment", func(context.Context, Job[string]) (struct{}, error) {
		return struct{}{}, json.NewEncoder(os.Stdout).Encode(os.Environ())
	})
)

// recursive refers to itself, which the initialiser of a variable may not.
var recursive Func[int, struct{}]

func init() {
	recursive = Register("process recursive", func(ctx context.Context, j Job[int]) (struct{}, error) {
		fmt.Printf("%s of %d\n", Current().Name, os.Getppid())
		return struct{}{}, recurse(ctx, j.Task)
	})
}

// recurse starts two processes of the same kind, and joins the first of them:
// the other is awaited at the end.
func recurse(ctx context.Context, depth int) error {
	if depth == 0 {
		return nil
	}
	first, second := recursive.Process(depth-1), recursive.Process(depth-1)
	return errors.Join(first.Start(ctx), second.Start(ctx), first.Join(ctx))
}

func TestItem1_1_CreatedStartedJoined(t *testing.T) {
	p := lasting.Process("")
	if _, known := p.ExitCode(); p.Pid() != 0 || known || p.IsAlive() || slices.Contains(ActiveChildren(), p) || p.Cause() != "" {
		t.Errorf("created: %v has pid %d, alive %v", p, p.Pid(), p.IsAlive())
	}
	out, _ := started(t, p)
	if _, known := p.ExitCode(); p.Pid() <= 0 || known || !p.IsAlive() || !slices.Contains(ActiveChildren(), p) {
		t.Errorf("started: %v has pid %d, alive %v", p, p.Pid(), p.IsAlive())
	}
	out.waitFor(t, fmt.Sprintln("running", p.Pid()))

	q := nothing.Process("")
	if _, _, err := ran(t, q); err != nil {
		t.Fatal(err)
	}
	if code, known := q.ExitCode(); code != 0 || !known || q.IsAlive() || slices.Contains(ActiveChildren(), q) || q.Cause() != "" {
		t.Errorf("joined: %v has exit code %d, %v, alive %v, cause %q", q, code, known, q.IsAlive(), q.Cause())
	}
	if alive(q.Pid()) {
		t.Errorf("the system still knows process %d", q.Pid())
	}
}

func TestItem1_2_InsideAsOutside(t *testing.T) {
	p := reporting.Process("an argument, with ünicode")
	p.Name = "somebody"
	p.Daemon = true
	out, _, err := ran(t, p)
	if err != nil {
		t.Fatal(err)
	}
	var got report
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	want := report{
		Self:      ProcessInfo{Name: "somebody", Pid: p.Pid(), Daemon: true},
		Parent:    ProcessInfo{Name: "MainProcess", Pid: os.Getpid()},
		HasParent: true,
		Getpid:    p.Pid(),
		Argument:  "an argument, with ünicode",
	}
	if got != want {
		t.Errorf("it sees\n%+v, want\n%+v", got, want)
	}
	if _, ok := Parent(); ok || Current() != (ProcessInfo{Name: "MainProcess", Pid: os.Getpid()}) {
		t.Errorf("here: %+v, a parent: %v", Current(), ok)
	}
}

func TestItem1_3_MisuseIsAnError(t *testing.T) {
	p := lasting.Process("")
	for what, err := range map[string]error{"join": p.Join(t.Context()), "terminate": p.Terminate(), "kill": p.Kill()} {
		if !errors.Is(err, ErrNotStarted) || !strings.Contains(err.Error(), p.Name) {
			t.Errorf("%s before start: %v", what, err)
		}
	}
	out, _ := started(t, p)
	out.waitFor(t, "running")
	if err := p.Start(t.Context()); !errors.Is(err, ErrStarted) || !strings.Contains(err.Error(), fmt.Sprintf("%s (pid %d)", p.Name, p.Pid())) {
		t.Errorf("started twice: %v", err)
	}
	if _, alive := p.Join(ctxDone()), p.IsAlive(); !alive {
		t.Error("the second start harmed the first")
	}

	// What reaches another process of it is no process of that one.
	p.Stdout, p.Stderr = nil, nil
	said, _, err := ran(t, misusing.Process(p))
	lines := strings.Split(strings.TrimSpace(said), "\n")
	if err != nil || len(lines) != 5 || lines[0] != fmt.Sprintf("<Process(%s, initial)> 0 false true", p.Name) {
		t.Fatalf("%v: %q", err, lines)
	}
	for i, want := range []string{"not made by Func.Process", "not started", "not started", "not started"} {
		if !strings.Contains(lines[i+1], want) {
			t.Errorf("in another process: %q, want %q", lines[i+1], want)
		}
	}
	if !p.IsAlive() {
		t.Error("another process has ended it")
	}
}

// ctxDone is a context that is done.
func ctxDone() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// upper answers lines in capitals on a socket until it is told to stop, and
// counts them.
type upper struct {
	Address string
	Prefix  string
	served  int
}

func (u *upper) Run(context.Context) error {
	c, err := net.Dial("unix", u.Address)
	if err != nil {
		return err
	}
	defer c.Close()
	for lines := bufio.NewScanner(c); lines.Scan(); u.served++ {
		if lines.Text() == "stop" {
			return fmt.Errorf("told to stop after %d", u.served)
		}
		fmt.Fprintln(c, u.Prefix+strings.ToUpper(lines.Text()))
	}
	return errors.New("never told to stop")
}

var runner = RegisterRunner[*upper]("process runner")

// listen waits for processes to call on a socket of their file system.
func listen(t *testing.T) (address string, accept func() net.Conn) {
	t.Helper()
	address = filepath.Join(t.TempDir(), "socket")
	l, err := net.Listen("unix", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return address, func() net.Conn {
		_ = l.(*net.UnixListener).SetDeadline(time.Now().Add(patience))
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		_ = c.SetDeadline(time.Now().Add(patience))
		return c
	}
}

func TestItem1_4_RunnerAnswersUntilTold(t *testing.T) {
	address, accept := listen(t)
	p := runner.Process(&upper{Address: address, Prefix: "> "})
	started(t, p)
	c := accept()
	lines := bufio.NewScanner(c)
	for _, word := range []string{"one", "two", "three"} {
		fmt.Fprintln(c, word)
		if !lines.Scan() || lines.Text() != "> "+strings.ToUpper(word) {
			t.Fatalf("%q was answered by %q", word, lines.Text())
		}
	}
	fmt.Fprintln(c, "stop")
	err := p.Join(within(t))
	if task, ok := errors.AsType[*TaskError](err); !ok || task.Text != "told to stop after 3" {
		t.Errorf("its state in the end: %v", err)
	}
}

func TestItem1_5_ChildrenStartChildren(t *testing.T) {
	p := recursive.Process(3)
	out, stderr, err := ran(t, p)
	if err != nil {
		t.Fatal(err, stderr)
	}
	names := strings.Fields(out)
	got := map[string]bool{}
	for line := range strings.Lines(out) {
		got[strings.Fields(line)[0]] = true
	}
	if len(got) != 15 || len(names) != 3*15 {
		t.Errorf("1+2+4+8 processes said %q", out)
	}
	for _, name := range []string{"", ":1", ":2", ":1:1", ":2:2:2"} {
		if !got[p.Name+name] {
			t.Errorf("no %s among them: %q", p.Name+name, out)
		}
	}
}

// witness tells on a socket when its parent is gone.
var witness = Register("process witness", func(ctx context.Context, j Job[string]) (struct{}, error) {
	c, err := net.Dial("unix", j.Task)
	if err != nil {
		return struct{}{}, err
	}
	parent, _ := Parent()
	fmt.Fprintln(c, parent.Name, parent.Pid)
	<-parent.Done()
	<-ctx.Done()
	fmt.Fprintln(c, context.Cause(ctx))
	select {} // it is ended none the less
})

func TestItem1_6_ParentKilled(t *testing.T) {
	const to = "POOL_TEST_ADDRESS"
	if inCoordinator() {
		p := witness.Process(os.Getenv(to))
		p.Env = []string{noBelt + "=1"}
		t.Error(p.Start(t.Context()), p.Join(t.Context())) // it does not come that far
	}
	address, accept := listen(t)
	parent := startElsewhere(t, os.Args[0], to+"="+address)
	lines := bufio.NewScanner(accept())
	if want := fmt.Sprint("MainProcess ", parent.cmd.Process.Pid); !lines.Scan() || lines.Text() != want {
		t.Fatalf("it knows its parent as %q, want %q", lines.Text(), want)
	}
	if err := parent.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if !lines.Scan() || lines.Text() != ErrParentGone.Error() {
		t.Errorf("what it sees when its parent is killed: %q, %v", lines.Text(), lines.Err())
	}
	if lines.Scan() || lines.Err() != nil { // the end of file is its end
		t.Errorf("it goes on: %q, %v", lines.Text(), lines.Err())
	}
}

func TestItem1_7_Close(t *testing.T) {
	p := lasting.Process("")
	started(t, p)
	if err := p.Close(); !errors.Is(err, ErrRunning) {
		t.Errorf("closed while running: %v", err)
	}
	if err := p.Kill(); err != nil {
		t.Error(err)
	}
	if err := p.Join(within(t)); err == nil {
		t.Error("killed without an error")
	}
	for range 2 {
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	for what, err := range map[string]error{
		"start": p.Start(t.Context()), "join": p.Join(t.Context()), "terminate": p.Terminate(), "kill": p.Kill(),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s after close: %v", what, err)
		}
	}
	if _, known := p.ExitCode(); known || p.Pid() != 0 || p.IsAlive() || p.Cause() != "" || !strings.HasSuffix(p.String(), "closed)>") {
		t.Errorf("after close: %v has pid %d, alive %v, cause %q", p, p.Pid(), p.IsAlive(), p.Cause())
	}
}

func TestItem1_8_DoneIsSelectable(t *testing.T) {
	p, q := lasting.Process(""), lasting.Process("")
	if p.Done() != nil {
		t.Error("a handle before the start")
	}
	started(t, p)
	started(t, q)
	select {
	case <-p.Done():
		t.Error("done before its end")
	case <-q.Done():
		t.Error("done before its end")
	default:
	}
	if err := q.Kill(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Done():
		t.Error("the wrong one is done")
	case <-q.Done():
	case <-time.After(patience):
		t.Error("not ready at its death")
	}
	if code, known := q.ExitCode(); code != -9 || !known {
		t.Errorf("exit code %d, %v", code, known)
	}
}

func TestItem1_9_ManyProcesses(t *testing.T) {
	n := rounds(t, 25)
	before := openFiles(t)
	defer func() {
		if after := openFiles(t); after > before {
			t.Errorf("%d descriptors open, %d before", after, before)
		}
		if children := children(t); len(children) > 0 {
			t.Errorf("processes left: %v", children)
		}
	}()
	for _, test := range []struct {
		name string
		end  func(*Process) error
		want int
	}{
		{"joined", func(*Process) error { return nil }, 0},
		{"terminated", (*Process).Terminate, -int(syscall.SIGTERM)},
		{"killed", (*Process).Kill, -int(syscall.SIGKILL)},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := lasting
			if test.want == 0 {
				f = nothing
			}
			var all sync.WaitGroup
			some := make(chan struct{}, 10)
			for range n {
				some <- struct{}{}
				all.Go(func() {
					defer func() { <-some }()
					p := f.Process("")
					p.Stdout = (*os.File)(nil)
					if err := errors.Join(p.Start(t.Context()), test.end(p)); err != nil {
						t.Error(err)
						return
					}
					err := p.Join(within(t))
					if code, known := p.ExitCode(); code != test.want || !known || (err == nil) != (code == 0) {
						t.Errorf("%v: exit code %d, %v: %v", p, code, known, err)
					}
				})
			}
			all.Wait()
		})
	}
}
