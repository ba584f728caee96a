package pool

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// startCoordinator executes this test binary again to run the test that calls
// it as a coordinator. It returns the pids of its workers.
func startCoordinator(t *testing.T) (pids []int, kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), "POOL_TEST_COORDINATOR=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if words, ok := strings.CutPrefix(lines.Text(), "pids "); ok {
			for word := range strings.FieldsSeq(words) {
				pid, err := strconv.Atoi(word)
				if err != nil {
					t.Fatal(err)
				}
				pids = append(pids, pid)
			}
			break
		}
	}
	if len(pids) == 0 {
		t.Fatal("the coordinator named no workers")
	}
	return pids, func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

// headcountSlots is how many headcounts wait for each other.
const headcountSlots = 5

var (
	fail   = RegisterInitializer("fail", func(_ context.Context, s string) error { return errors.New("no luck with " + s) })
	crash  = RegisterInitializer("crash", func(_ context.Context, code int) error { os.Exit(code); return nil })
	atOnce atomic.Int64

	fullHouseSeen = make(chan struct{})
	fullHouse     = sync.OnceFunc(func() { close(fullHouseSeen) })
	// descriptors are the files that a worker has open.
	descriptors = Register("descriptors", func(context.Context, Job[int]) (files []string, err error) {
		links, err := filepath.Glob("/proc/self/fd/*")
		for _, link := range links {
			if file, err := os.Readlink(link); err == nil {
				files = append(files, file)
			}
		}
		return files, err
	})
	// headcount answers how many of its kind are at work in its process. The first
	// wait for each other.
	headcount = Register("headcount", func(ctx context.Context, _ Job[int]) (int64, error) {
		n := atOnce.Add(1)
		defer atOnce.Add(-1)
		if n == headcountSlots {
			fullHouse()
		}
		select {
		case <-fullHouseSeen:
			return n, nil
		case <-ctx.Done():
			return n, ctx.Err()
		}
	})
)

func TestItem9_9_StartThatAlwaysFails(t *testing.T) {
	for name, test := range map[string]struct {
		initializer Initializer
		want        string
	}{
		"error": {fail("this"), `initializer "fail": no luck with this`},
		"exit":  {crash(7), "worker exited with code 7"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPool(t, Options{Procs: 2, Initializer: test.initializer})
			n := 0
			began := time.Now()
			for a := range square.Run(t.Context(), p, upTo(100)) {
				n++
				start, ok := errors.AsType[*StartError](a.Err)
				if !ok || !strings.Contains(start.Error(), test.want) {
					t.Errorf("task %d: %v", a.Task, a.Err)
				}
			}
			if n != 100 {
				t.Errorf("%d answers to 100 tasks", n)
			}
			if time.Since(began) < tickEvery {
				t.Error("the tries came without a pause")
			}
		})
	}
}

func TestWorkersSeeNoSecret(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "hush")
	t.Setenv("TZ", "UTC")
	p := newPool(t, Options{Procs: 1})
	for a := range env.Run(t.Context(), p, slices.Values([]string{""})) {
		if a.Err != nil {
			t.Fatal(a.Err)
		}
		for _, v := range a.Value {
			name, _, _ := strings.Cut(v, "=")
			if name != "GOMAXPROCS" && !slices.Contains(keptEnv, name) {
				t.Errorf("a worker sees %s", name)
			}
		}
		if !slices.Contains(a.Value, "TZ=UTC") {
			t.Errorf("a worker does not see TZ: %q", a.Value)
		}
	}
}

func TestWorkersInheritNoDescriptor(t *testing.T) {
	// As a shell leaves one open: not close-on-exec. The pool marks what it
	// finds when the first one is made, so this needs a process of its own.
	if os.Getenv("POOL_TEST_COORDINATOR") != "" {
		p := newPool(t, Options{Procs: 1})
		for a := range descriptors.Run(t.Context(), p, upTo(1)) {
			fmt.Printf("pids %s %v\n", strings.Join(a.Value, " "), a.Err)
		}
		return
	}
	secret, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer secret.Close()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "POOL_TEST_COORDINATOR=1")
	cmd.ExtraFiles = []*os.File{secret, secret} // in the worker, descriptor 3 is its socket
	out, err := cmd.Output()
	if err != nil || !strings.Contains(string(out), "pids ") {
		t.Fatalf("%v: %s", err, out)
	}
	if strings.Contains(string(out), "pool.test") {
		t.Errorf("a worker has the file open that its coordinator inherited: %s", out)
	}
}

func TestMainMustBeCalled(t *testing.T) {
	mainCalled.Store(false)
	defer mainCalled.Store(true)
	if _, err := New(t.Context(), Options{}); !errors.Is(err, errNoMain) {
		t.Errorf("New without Main: %v", err)
	}
}

func TestSlotsAreShared(t *testing.T) {
	for _, test := range []struct {
		procs, concurrency int
		want               []int
	}{
		{1, 1, []int{1}}, {2, 5, []int{3, 2}}, {3, 64, []int{22, 21, 21}}, {4, 2, []int{1, 1}},
	} {
		o, err := Options{Procs: test.procs, Concurrency: test.concurrency}.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		got := make([]int, o.Procs)
		for i := range got {
			got[i] = o.slots(i)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%d over %d: %v, want %v", test.concurrency, test.procs, got, test.want)
		}
	}
}

func TestNoMoreAtOnceThanSlots(t *testing.T) {
	p := newPool(t, Options{Procs: 1, Concurrency: headcountSlots})
	most, answers := int64(0), 0
	for a := range headcount.Run(within(t), p, upTo(200)) {
		most = max(most, a.Value)
		answers++
	}
	if most != headcountSlots || answers != 200 {
		t.Errorf("%d tasks at once, want %d; %d of 200 answered", most, headcountSlots, answers)
	}
}

func TestContextEndsRun(t *testing.T) {
	p := newPool(t, Options{Procs: 2})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for range square.Run(ctx, p, func(yield func(int) bool) {
		for i := 0; ctx.Err() == nil && yield(i); i++ {
		}
	}) {
		if n++; n == 10 {
			cancel()
		}
	}
	if ctx.Err() == nil {
		t.Error("Run ended by itself")
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	rounds := 100
	if testing.Short() {
		rounds = 10
	}
	var before int
	for round := range rounds {
		p, err := New(t.Context(), Options{Procs: 2, Concurrency: 4})
		if err != nil {
			t.Fatal(err)
		}
		for a := range square.Run(t.Context(), p, upTo(20)) {
			if a.Task == 3 && round%2 == 0 {
				p.strike(syscall.SIGKILL)
			}
		}
		if round%3 == 0 {
			p.Terminate()
		} else {
			closeAndWait(t, p)
		}
		if round == 0 {
			before = openFiles(t)
		}
	}
	if after := openFiles(t); after > before {
		t.Errorf("%d descriptors open, %d after the first round", after, before)
	}
	if children := children(t); len(children) > 0 {
		t.Errorf("processes left: %v", children)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(fds) == 0 {
		t.Skip("no /proc/self/fd here")
	}
	return len(fds)
}

// children are the processes that this one started, zombies too.
func children(t *testing.T) (pids []string) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		t.Skip("no /proc here")
	}
	for _, path := range stats {
		stat, _ := os.ReadFile(path) // it may have ended meanwhile
		_, rest, _ := strings.Cut(string(stat), ") ")
		if f := strings.Fields(rest); len(f) > 1 && f[1] == fmt.Sprint(os.Getpid()) {
			pids = append(pids, path)
		}
	}
	return pids
}

var (
	takeEnd       = RegisterInitializer("take end", func(context.Context, map[string]*PipeEnd[int]) error { return nil })
	takeCondition = RegisterInitializer("take condition", func(context.Context, *Condition) error { return nil })
)

func TestInitializerThatCannotBePassed(t *testing.T) {
	a, b, err := NewPipe[int]()
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	for name, test := range map[string]struct {
		initialize func() Initializer
		want       string
	}{
		"end of a pipe": {func() Initializer { return takeEnd(map[string]*PipeEnd[int]{"a": a}) }, errEndForMany.Error()},
		"not shared":    {func() Initializer { return takeCondition(&Condition{}) }, ErrNotShared.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := New(t.Context(), Options{Procs: 2, Initializer: test.initialize()})
			if err == nil {
				p.Terminate()
			}
			if err == nil || !strings.Contains(err.Error(), "cannot be encoded: "+test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
	// What was refused is here yet.
	if err := a.Send(within(t), 7); err != nil {
		t.Error(err)
	}
	if n, err := b.Recv(within(t)); n != 7 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// stuck is a primitive that cannot be given to a process.
type stuck struct{ why error }

func (s stuck) claim() error                { return nil }
func (s stuck) passTo(*guest, uint64) error { return s.why }
func (s stuck) settle(bool)                 {}

func TestInitializerThatIsNotPassed(t *testing.T) {
	why := errors.New("no way there")
	i := tell("a word")
	i.passers = []passer{stuck{why}}
	p := newPool(t, Options{Procs: 1, Initializer: i})
	_, err := square.Call(within(t), p, 1) // a worker that waits for its hello does so for longer
	if start, ok := errors.AsType[*StartError](err); !ok || !errors.Is(start.Err, why) {
		t.Errorf("error %v, want %v", err, why)
	}
}
