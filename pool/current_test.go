package pool

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"
)

// launch starts a process and waits until it says that it runs.
func launch(ctx context.Context, p *Process) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	p.Stdout = w
	err = p.Start(ctx)
	w.Close()
	if err != nil {
		return err
	}
	_, err = bufio.NewReader(r).ReadString('\n')
	return err
}

func TestItem2_1_Names(t *testing.T) {
	const n = 50
	names := make(chan string, n)
	var all sync.WaitGroup
	for range n {
		all.Go(func() { names <- nothing.Process("").Name })
	}
	all.Wait()
	close(names)
	seen := map[string]bool{}
	for name := range names {
		var number int
		if _, err := fmt.Sscanf(name, "Process-%d", &number); err != nil || number < 1 || seen[name] {
			t.Errorf("default name %q, seen before: %v", name, seen[name])
		}
		seen[name] = true
	}
	if first, second := nothing.Process("").Name, nothing.Process("").Name; seen[first] || first == second {
		t.Errorf("%q and %q after %d others", first, second, n)
	}

	p := failing.Process("an error")
	p.Name = "somebody"
	_, _, err := ran(t, p)
	if want := fmt.Sprintf("pool: somebody (pid %d): it did not work", p.Pid()); err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
	for what, err := range map[string]error{"start": p.Start(t.Context())} {
		if want := fmt.Sprintf("somebody (pid %d)", p.Pid()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
	}
	if q := nothing.Process(""); q.String() != "<Process("+q.Name+", initial)>" {
		t.Errorf("shown as %v", q)
	}
}

// TestItem2_1_NamesOfWorkers counts them together with processes; nested names
// are a matter of TestItem1_5.
func TestItem2_1_NamesOfWorkers(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	before := nothing.Process("").Name
	for a := range self.Run(t.Context(), p, upTo(1)) {
		r := a.Value
		if a.Err != nil || !r.Self.Daemon || r.Self.Name == before || !strings.HasPrefix(r.Self.Name, "Process-") {
			t.Errorf("a worker after %s is %+v: %v", before, r.Self, a.Err)
		}
		if r.Self.Pid != r.Getpid || !r.HasParent || r.Parent.Pid != os.Getpid() || r.Parent.Name != "MainProcess" {
			t.Errorf("its parent is %+v, and itself %+v", r.Parent, r.Self)
		}
	}
}

var self = Register("process self", func(context.Context, Job[int]) (report, error) {
	r := report{Self: Current(), Getpid: os.Getpid()}
	r.Parent, r.HasParent = Parent()
	return r, nil
})

func TestItem2_2_ActiveChildren(t *testing.T) {
	if active := ActiveChildren(); len(active) > 0 {
		t.Fatalf("left by others: %v", active)
	}
	p, q := lasting.Process(""), lasting.Process("")
	started(t, p)
	started(t, q)
	active := ActiveChildren()
	if !slices.Equal(active, []*Process{p, q}) {
		t.Fatalf("%v, want %v and %v", active, p, q)
	}
	active[0] = nil
	if again := ActiveChildren(); again[0] != p {
		t.Errorf("the slice is shared: %v", again)
	}
	if err := p.Kill(); err != nil {
		t.Error(err)
	}
	<-p.Done() // nobody joins it
	if active := ActiveChildren(); !slices.Equal(active, []*Process{q}) {
		t.Errorf("%v, want %v", active, q)
	}
	if children := children(t); len(children) != 1 {
		t.Errorf("the system knows of %v", children)
	}
}

// inheriting tells what it is, and what a child of it would be.
var inheriting = Register("process inheriting", func(context.Context, Job[string]) (struct{}, error) {
	return struct{}{}, json.NewEncoder(os.Stdout).Encode([]bool{Current().Daemon, nothing.Process("").Daemon})
})

func TestItem2_3_Daemon(t *testing.T) {
	for _, daemon := range []bool{false, true} {
		p := inheriting.Process("")
		if p.Daemon {
			t.Error("a child of no daemon is one")
		}
		p.Daemon = daemon
		if said, _, err := ran(t, p); err != nil || said != fmt.Sprintf("[%v,%v]\n", daemon, daemon) {
			t.Errorf("daemon %v: %v and %s", daemon, err, said)
		}
	}
	p := lasting.Process("")
	p.Daemon = true
	started(t, p)
	p.Daemon = false // too late
	if p.Name = "another"; !strings.HasSuffix(p.String(), "started daemon)>") || strings.Contains(p.String(), "another") {
		t.Errorf("changed after its start: %v", p)
	}
}

// finishing goes on until its gate is open, and says when it is done.
var finishing = Register("process finishing", func(_ context.Context, j Job[gate]) (struct{}, error) {
	err := j.Task.pass()
	fmt.Println("finished")
	return struct{}{}, err
})

// parting is how a process with children comes to its end.
type parting struct {
	How  string // "return" or "Exit"
	Gate gate   // of the child that it shall await
}

// parental starts children of every kind and returns at once: two daemons, one
// of which is deaf and one stands still, and one that is not.
var parental = Register("process parental", func(ctx context.Context, j Job[parting]) (struct{}, error) {
	AtExit(func() { fmt.Println("hook") })
	still, obstinate, awaited := lasting.Process(""), deaf.Process(""), finishing.Process(j.Task.Gate)
	still.Daemon, obstinate.Daemon = true, true
	err := errors.Join(launch(ctx, still), launch(ctx, obstinate), awaited.Start(ctx),
		syscall.Kill(still.Pid(), syscall.SIGSTOP))
	fmt.Println("pids", still.Pid(), obstinate.Pid(), awaited.Pid())
	if j.Task.How == "Exit" {
		Exit(5)
	}
	return struct{}{}, err
})

func TestItem2_4_ParentEnds(t *testing.T) {
	for how, code := range map[string]int{"return": 0, "Exit": 5} {
		t.Run(how, func(t *testing.T) {
			g := newGate(t)
			p := parental.Process(parting{how, g})
			out, stderr := started(t, p)
			out.waitFor(t, "\n")
			var still, obstinate, awaited int
			if _, err := fmt.Sscanf(out.String(), "pids %d %d %d", &still, &obstinate, &awaited); err != nil {
				t.Fatal(err, out)
			}
			gone(t, patience, still, obstinate) // which is at its end
			g.open(t)
			_ = p.Join(within(t))
			if got, known := p.ExitCode(); got != code || !known {
				t.Errorf("exit code %d, %q", got, stderr)
			}
			if _, said, _ := strings.Cut(out.String(), "\n"); said != "finished\nhook\n" {
				t.Errorf("one was not awaited: %q", out)
			}
			gone(t, 0, awaited)
		})
	}
}

// TestItem2_4_FirstProcessEnds is the same for a program's first process.
func TestItem2_4_FirstProcessEnds(t *testing.T) {
	const gateEnv = "POOL_TEST_GATE"
	if inCoordinator() {
		d, p := lasting.Process(""), finishing.Process(gate(os.Getenv(gateEnv)))
		d.Daemon = true
		if err := errors.Join(launch(t.Context(), d), p.Start(t.Context())); err != nil {
			t.Fatal(err)
		}
		say("pids", d.Pid(), p.Pid())
		Exit(7)
	}
	g := newGate(t)
	c := startElsewhere(t, os.Args[0], gateEnv+"="+string(g))
	pids := c.pids(t)
	gone(t, patience, pids[0]) // which is at its end
	g.open(t)
	said, state := c.end(t)
	if state.ExitCode() != 7 || !slices.Equal(said, []string{"finished"}) {
		t.Errorf("%v: %q %s", state, said, c.words)
	}
	gone(t, 0, pids...)
}

// TestItem2_4_ParentKilled kills a program at a random moment in which it
// starts processes that start processes.
func TestItem2_4_ParentKilled(t *testing.T) {
	const mark = "POOL_TEST_MARK"
	if inCoordinator() {
		say("started")
		for {
			p := marked.Process(os.Getenv(mark))
			p.Env = []string{mark + "=" + os.Getenv(mark)}
			p.Stdout = (*os.File)(nil)
			if err := p.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			if active := ActiveChildren(); len(active) > 5 {
				_ = active[0].Kill()
				<-active[0].Done()
			}
		}
	}
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("no /proc here")
	}
	seen := 0
	for round := range rounds(t, 8) {
		value := fmt.Sprintf("%s=%d.%d", mark, os.Getpid(), round)
		c := startElsewhere(t, os.Args[0], value)
		c.heard(t, "started")
		time.Sleep(time.Duration(round%40) * time.Millisecond) // any moment is a good one
		seen += len(environs(t, value))
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
		eventually(t, time.Second, "all killed with their parent", func() bool { return len(environs(t, value)) == 0 })
	}
	if seen == 0 {
		t.Error("there were never any children")
	}
}

// marked starts one more of itself than it has to, all with the mark.
var marked Func[string, struct{}]

func init() {
	marked = Register("process marked", func(ctx context.Context, j Job[string]) (struct{}, error) {
		if here.serial != "" && strings.Count(here.serial, ":") < 1 {
			p := marked.Process(j.Task)
			p.Env = []string{"POOL_TEST_MARK=" + j.Task}
			if err := p.Start(ctx); err != nil {
				return struct{}{}, err
			}
		}
		select {}
	})
}

// environs are the processes with a variable, but for zombies.
func environs(t *testing.T, variable string) (pids []string) {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		b, _ := os.ReadFile(path) // it may have ended meanwhile
		if slices.Contains(strings.Split(string(b), "\x00"), variable) {
			pids = append(pids, path)
		}
	}
	return pids
}

func TestItem2_5_CPUCount(t *testing.T) {
	if n := CPUCount(); n < 1 {
		t.Errorf("%d CPUs", n)
	}
	const v2 = "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
	for name, test := range map[string]struct {
		group, mounts string
		files         map[string]string
		want          int
	}{
		"none":          {"0::/a", "1 0 0:1 / / rw - ext4 /dev/sda rw\n", nil, 0},
		"v2":            {"0::/a", v2, map[string]string{"sys/fs/cgroup/a/cpu.max": "200000 100000\n"}, 2},
		"v2 rounded up": {"0::/a", v2, map[string]string{"sys/fs/cgroup/a/cpu.max": "210000 100000\n"}, 3},
		"v2 tiny":       {"0::/a", v2, map[string]string{"sys/fs/cgroup/a/cpu.max": "1000 100000\n"}, 1},
		"v2 no bound":   {"0::/a", v2, map[string]string{"sys/fs/cgroup/a/cpu.max": "max 100000\n"}, 0},
		"v2 ancestor": {"0::/a/b/c", v2, map[string]string{
			"sys/fs/cgroup/a/cpu.max": "300000 100000\n", "sys/fs/cgroup/a/b/c/cpu.max": "max 100000\n"}, 3},
		"v2 least of all": {"0::/a/b", v2, map[string]string{
			"sys/fs/cgroup/a/cpu.max": "300000 100000\n", "sys/fs/cgroup/a/b/cpu.max": "500000 100000\n"}, 3},
		"v2 in a namespace": {"0::/", v2, map[string]string{"sys/fs/cgroup/cpu.max": "100000 50000\n"}, 2},
		"v2 part of a tree": {"0::/docker/x/y", "30 23 0:27 /docker/x /sys/fs/cgroup ro - cgroup2 c rw\n",
			map[string]string{"sys/fs/cgroup/y/cpu.max": "max 100000", "sys/fs/cgroup/cpu.max": "400000 100000"}, 4},
		"v2 another tree": {"0::/docker/xy", "30 23 0:27 /docker/x /sys/fs/cgroup ro - cgroup2 c rw\n",
			map[string]string{"sys/fs/cgroup/cpu.max": "400000 100000"}, 4},
		"v1": {"4:cpu,cpuacct:/a", "33 31 0:30 / /sys/fs/cgroup/cpu\\040x rw - cgroup cgroup rw,cpu,cpuacct\n", map[string]string{
			"sys/fs/cgroup/cpu x/a/cpu.cfs_quota_us": "150000\n", "sys/fs/cgroup/cpu x/a/cpu.cfs_period_us": "100000\n"}, 2},
		"v1 no bound": {"4:cpu:/a", "33 31 0:30 / /cpu rw - cgroup cgroup rw,cpu\n", map[string]string{
			"cpu/a/cpu.cfs_quota_us": "-1\n", "cpu/a/cpu.cfs_period_us": "100000\n"}, 0},
		"v1 ancestor beside v2": {"2:cpuset:/z\n4:cpu:/a/b\n0::/a/b", v2 + "33 31 0:30 / /cpu rw - cgroup cgroup rw,cpu\n", map[string]string{
			"cpu/a/cpu.cfs_quota_us": "250000", "cpu/a/cpu.cfs_period_us": "50000", "cpu/a/b/cpu.cfs_quota_us": "-1"}, 5},
		"at the root": {"0::/a", "30 23 0:27 / / rw - cgroup2 c rw\n", map[string]string{"cpu.max": "200000 100000"}, 2},
		"nonsense":    {"0::/a\n:\n::", v2 + "x - \n", map[string]string{"sys/fs/cgroup/a/cpu.max": "lots of 0\n"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			root := fstest.MapFS{
				"proc/self/cgroup":    {Data: []byte(test.group + "\n")},
				"proc/self/mountinfo": {Data: []byte(test.mounts)},
			}
			for path, text := range test.files {
				root[path] = &fstest.MapFile{Data: []byte(text)}
			}
			if n, ok := cpuQuota(root); n != test.want || ok != (test.want > 0) {
				t.Errorf("%d CPUs, %v, want %d", n, ok, test.want)
			}
		})
	}
}

var counting = Register("process counting", func(context.Context, Job[string]) (struct{}, error) {
	fmt.Println(CPUCount())
	return struct{}{}, nil
})

func TestItem2_5_Affinity(t *testing.T) {
	if inCoordinator() {
		p := counting.Process("")
		if err := errors.Join(p.Start(t.Context()), p.Join(t.Context())); err != nil {
			t.Fatal(err)
		}
		say("here", CPUCount())
		return
	}
	taskset, err := exec.LookPath("taskset")
	if err != nil {
		t.Skip("no taskset here")
	}
	out, err := exec.Command(taskset, "-c", "0", "true").CombinedOutput()
	if err != nil {
		t.Skipf("CPU 0 is not ours: %s", out)
	}
	cmd := exec.Command(taskset, "-c", "0", os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "POOL_TEST_COORDINATOR=1", "GOMAXPROCS=5")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "1\nhere 1\n") {
		t.Errorf("bound to one CPU, in a child and here: %v %s", err, out)
	}
}
