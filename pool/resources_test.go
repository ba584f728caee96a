package pool

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// household makes one of everything, passes it to a child that uses it, and
// has the child end in peace or be killed.
func household(t *testing.T, kill bool) {
	t.Helper()
	v, err := NewValue[int64](0)
	if err != nil {
		t.Fatal(err)
	}
	mine, its, err := NewPipe[[]byte]()
	if err != nil {
		t.Fatal(err)
	}
	g := things{Lock: NewLock(), RLock: NewRLock(), Sem: NewSemaphore(1), Event: NewEvent(), Cond: NewCondition(nil),
		Barrier: NewBarrier(2), Queue: NewQueue[string](0), Jobs: NewJoinableQueue[int](1), Pipe: its, Value: v}
	strings, child, err := NewPipe[pull]()
	if err != nil {
		t.Fatal(err)
	}
	g.Strings = child
	p := puppet.Process(g)
	p.Stdout, p.Stderr = discard{}, discard{}
	if err := p.Start(within(t)); err != nil {
		t.Fatal(err)
	}
	h := &hand{t, p, strings}
	h.do(pull{Do: "lock"})
	h.do(pull{Do: "put", Text: "x"})
	h.do(pull{Do: "count", N: 1})
	h.do(pull{Do: "send", Text: "x"})
	if kill {
		h.kill()
	}
	mine.Close()
	strings.Close()
	<-p.Done()
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// belongings are what a process has that could be left behind.
type belongings struct{ files, goroutines, mappings int }

func inventory(t *testing.T) belongings {
	t.Helper()
	ownHub().settleDown(t)
	for range 3 {
		runtime.GC() // runs the cleanups of what is not reachable
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Skip("no /proc/self/maps here")
	}
	return belongings{openFiles(t), runtime.NumGoroutine(), strings.Count(string(maps), "memfd:pool")}
}

func TestItem12_1_DescriptorsStayAsTheyWere(t *testing.T) {
	rounds := rounds(t, 30)
	household(t, false)
	before := inventory(t)
	for round := range rounds {
		household(t, round%2 == 0)
	}
	eventually(t, patience, "all is as it was", func() bool {
		after := inventory(t)
		return after.files <= before.files && after.goroutines <= before.goroutines && after.mappings == 0
	})
	if left := children(t); len(left) > 0 {
		t.Errorf("processes left: %v", left)
	}
	h := ownHub()
	h.mu.Lock()
	shared := len(h.shared)
	h.mu.Unlock()
	if shared > 20 { // those of a round or two may wait for their cleanup
		t.Errorf("%d resources are kept after %d rounds", shared, rounds)
	}
	// A child's own descriptors do not grow in number with its siblings.
	var counts []int
	p := newPool(t, Options{Procs: 8})
	for _, files := range must(descriptors.Map(within(t), p, make([]int, 64)))(t) {
		counts = append(counts, len(files))
	}
	if slices.Max(counts) > slices.Min(counts)+1 {
		t.Errorf("children have %v files open", counts)
	}
}

func must[V any](v V, err error) func(t *testing.T) V {
	return func(t *testing.T) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestItem12_2_NothingIsLeft(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	household(t, false)
	household(t, true)
	p := newPool(t, Options{Procs: 2})
	must(square.Map(within(t), p, []int{1, 2, 3}))(t)
	closeAndWait(t, p)
	ownHub().settleDown(t)
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files left: %v, %v", left, err)
	}
	if left := children(t); len(left) > 0 {
		t.Errorf("processes left: %v", left)
	}
}

// TestItem12_3: see TestCoordinatorKilled for idle, busy and stopped workers.
func TestItem12_3_NoSiblingHoldsAnothersSocket(t *testing.T) {
	const workers = 4
	p := newPool(t, Options{Procs: workers})
	// They wait for each other, so that each has a worker of its own.
	g := newGate(t)
	var futures []*Future[[]string]
	for range workers {
		futures = append(futures, socketsOf.Go(p, g))
	}
	g.await(t, workers)
	g.open(t)
	sockets := map[string]int{}
	for _, f := range futures {
		found, err := f.Wait(within(t))
		if err != nil || len(found) == 0 {
			t.Fatalf("%d sockets, %v", len(found), err)
		}
		for _, s := range found {
			sockets[s]++
		}
	}
	for s, n := range sockets {
		if n > 1 {
			t.Errorf("%s is open in %d workers", s, n)
		}
	}
}

// socketsOf are the sockets that a worker has open, once the gate is.
var socketsOf = Register("sockets of", func(_ context.Context, j Job[gate]) (found []string, err error) {
	if err := j.Task.arrive(); err != nil {
		return nil, err
	}
	links, err := filepath.Glob("/proc/self/fd/*")
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && strings.HasPrefix(to, "socket:") {
			found = append(found, to)
		}
	}
	return found, err
})

func TestItem12_4_DoneTasksAreCollectable(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Concurrency: 4})
	// 200 MiB go through, of which a reader that keeps nothing holds little.
	large := make([]byte, 1<<20)
	most := uint64(0)
	tasks := func(yield func([]byte) bool) {
		for range 200 {
			if !yield(large) {
				return
			}
		}
	}
	var stats runtime.MemStats
	n := 0
	for a := range mirrored.Run(within(t), p, tasks) {
		if a.Err != nil || len(a.Value) != len(large) {
			t.Fatal(len(a.Value), a.Err)
		}
		if n++; n%50 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&stats)
			most = max(most, stats.HeapAlloc)
		}
	}
	if most > 100<<20 {
		t.Errorf("%d MiB in use while 200 went through", most>>20)
	}
}

var mirrored = Register("mirrored", func(_ context.Context, j Job[[]byte]) ([]byte, error) { return j.Task, nil })

func TestItem12_5_LargeValues(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	const size = 100 << 20
	b, err := mirrored.Call(t.Context(), p, make([]byte, size))
	if err != nil || len(b) != size {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if _, err := mirrored.Call(within(t), p, make([]byte, maxValue+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("more than the limit: %v", err)
	}
}

func TestItem12_6_NothingNamedOutlivesUs(t *testing.T) {
	v, err := NewArray[byte](1 << 16)
	if err != nil {
		t.Fatal(err)
	}
	name, err := os.Readlink(descriptorOf(t, v.memory.file))
	if err != nil || !strings.HasSuffix(name, "(deleted)") {
		t.Errorf("shared memory has the name %q, %v", name, err)
	}
}

func descriptorOf(t *testing.T, f *os.File) (link string) {
	t.Helper()
	links, _ := filepath.Glob("/proc/self/fd/*")
	own, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		if info, err := os.Stat(l); err == nil && os.SameFile(own, info) {
			return l
		}
	}
	t.Skip("no /proc/self/fd here")
	return ""
}

// TestItem13_8: a value that cannot be decoded spoils its own frame alone. Tasks
// and answers are TestItem8_6 to 8_8; here it is a queue's.
func TestItem13_8_OneFramePerMessage(t *testing.T) {
	words, numbers := NewQueue[string](0), new(Queue[int])
	text, err := words.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	if err := numbers.UnmarshalText(text); err != nil { // the same queue, misread
		t.Fatal(err)
	}
	if err := errors.Join(words.Put(within(t), "x"), words.Put(within(t), "12345678")); err != nil {
		t.Fatal(err)
	}
	if _, err := numbers.Get(within(t)); err == nil || !strings.Contains(err.Error(), "cannot be decoded") {
		t.Errorf("a word read as a number: %v", err)
	}
	if s, err := words.Get(within(t)); s != "12345678" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
}

// TestItem13_7: no RLIMIT_AS is set on a worker, which would break the Go
// runtime; TestItem10_5 and the tests of Options.MemoryLimit show what watches.
func TestItem13_7_NoAddressSpaceLimit(t *testing.T) {
	p := newPool(t, Options{Procs: 1, MemoryLimit: 1 << 30})
	limit, err := addressSpace.Call(within(t), p, 0)
	var own syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &own); err != nil {
		t.Fatal(err)
	}
	if err != nil || limit != uint64(own.Cur) { // a signed number on some systems
		t.Errorf("a worker's limit is %d, ours %d, %v", limit, own.Cur, err)
	}
}

var addressSpace = Register("address space", func(context.Context, Job[int]) (uint64, error) {
	var limit syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_AS, &limit)
	return uint64(limit.Cur), err
})

func TestVariableSetByHand(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childEnv+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// halt stops its worker, unless the file is there already.
var halt = RegisterInitializer("halt", func(_ context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil
	}
	defer f.Close()
	return syscall.Kill(os.Getpid(), syscall.SIGSTOP)
})

func TestStoppedBeforeReady(t *testing.T) {
	p := newPool(t, Options{Procs: 1, Initializer: halt(filepath.Join(t.TempDir(), "halted"))})
	p.silence = 500 * time.Millisecond
	if v, err := square.Call(within(t), p, 3); v != 9 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
}
