package pool

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestItem8_2_KindTextAndStackCross(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	_, err := oddly.Call(t.Context(), p, "panic")
	e, ok := errors.AsType[*TaskError](err)
	if !ok || !e.Panic || e.Text != "it fell over" || !strings.Contains(e.Stack, "pool.oddity(") {
		t.Errorf("a panic: %#v", err)
	}
	_, err = oddly.Call(t.Context(), p, "error")
	if e, ok := errors.AsType[*TaskError](err); !ok || e.Panic || e.Text != "it did not work" || e.Stack != "" {
		t.Errorf("an error: %#v", err)
	}
}

func TestItem8_3_NeverDone(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	for how, want := range map[string]string{
		"nil panic": "panic: panic called with nil argument",
		"goexit":    "the function called runtime.Goexit",
		"exit well": "worker exited with code 0",
	} {
		if v, err := oddly.Call(t.Context(), p, how); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v", how, v, err)
		}
	}
}

func TestItem8_4_CrashesOfTheRuntimeAreNamed(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	for how, want := range map[string]string{
		"goroutine": "panic: in a goroutine of its own",
		"stack":     "stack overflow",
		"map":       "fatal error: concurrent map writes",
	} {
		_, err := oddly.Call(t.Context(), p, how)
		lost, ok := errors.AsType[*LostError](err)
		if !ok || !strings.Contains(lost.Cause, want) || lost.Pid == 0 || lost.Deaths != maxDeaths {
			t.Errorf("%s: %v", how, err)
		}
	}
}

// fussy is a value that cannot cross in the way that it names.
type fussy struct{ how string }

// inWorker tells a worker of this binary.
func inWorker() bool { _, child := Parent(); return child }

func (f fussy) AppendBinary(b []byte) ([]byte, error) {
	switch f.how {
	case "encode":
		return b, errors.New("it will not be encoded")
	case "panic in encode":
		panic("it fell over, encoding")
	}
	return append(b, f.how...), nil
}

func (f *fussy) UnmarshalBinary(b []byte) error {
	f.how = string(b)
	side := "here"
	if inWorker() {
		side = "there"
	}
	switch f.how {
	case "decode " + side:
		return errors.New("it will not be decoded")
	case "panic " + side:
		panic("it fell over, decoding")
	}
	return nil
}

var (
	copied = Register("copied", func(_ context.Context, j Job[fussy]) (fussy, error) { return j.Task, nil })
	spoilt = Register("spoilt", func(_ context.Context, j Job[string]) (fussy, error) { return fussy{j.Task}, nil })
)

func TestItem8_5_TasksThatCannotBeEncoded(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Concurrency: 8})
	if f := copied.Go(p, fussy{"encode"}); !f.Ready() || len(p.pids()) > 0 {
		t.Error("the error does not come at once")
	}
	tasks := make([]fussy, 200)
	for i := range tasks {
		tasks[i].how = [...]string{"encode", "good", "panic in encode", "good"}[i%4]
	}
	n := 0
	for a := range copied.RunOrdered(t.Context(), p, slices.Values(tasks)) {
		bad := a.Task.how != "good"
		if (a.Err != nil) != bad || a.Value.how != "good" && !bad || bad && !strings.Contains(a.Err.Error(), `task for "copied" cannot be encoded: `) {
			t.Errorf("task %d, %q: %v", n, a.Task.how, a.Err)
		}
		n++
	}
	if n != len(tasks) {
		t.Errorf("%d answers", n)
	}
}

func TestItem8_6_AnswersThatCannotBeEncoded(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	before, err := pid.Call(t.Context(), p, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		how := [...]string{"encode", "panic in encode"}[i%2]
		if _, err := spoilt.Call(t.Context(), p, how); err == nil || !strings.Contains(err.Error(), [...]string{"cannot be encoded", "panic: it fell over, encoding"}[i%2]) {
			t.Errorf("%s: %v", how, err)
		}
	}
	if after, err := pid.Call(t.Context(), p, 0); err != nil || after != before {
		t.Errorf("worker %d became %d, %v", before, after, err)
	}
}

func TestItem8_7_AnswersThatCannotBeDecodedHere(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	for _, how := range []string{"decode here", "panic here"} {
		values, err := spoilt.Map(t.Context(), p, []string{"good", how, "good"})
		failed, ok := errors.AsType[*MapError](err)
		if !ok || len(failed.Failures) != 1 || failed.Failures[0].Index != 1 || values[0].how != "good" || values[2].how != "good" {
			t.Errorf("%s: %v, %v", how, values, err)
		}
		if err != nil && !strings.Contains(err.Error(), `answer of "spoilt" cannot be decoded`) {
			t.Errorf("%s: %v", how, err)
		}
	}
}

func TestItem8_8_TasksThatWorkersDoNotUnderstand(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	before, err := pid.Call(t.Context(), p, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := copied.Call(t.Context(), p, fussy{"decode there"}); err == nil || !strings.Contains(err.Error(), `task of "copied" cannot be decoded`) {
		t.Errorf("not decodable: %v", err)
	}
	if _, err := copied.Call(t.Context(), p, fussy{"panic there"}); err == nil || !strings.Contains(err.Error(), "it fell over, decoding") {
		t.Errorf("a panic of the decoder: %v", err)
	}
	unknown := Func[int, int]{name: "unheard of", tasks: codecOf[int](), answers: codecOf[int]()}
	if _, err := unknown.Call(t.Context(), p, 1); err == nil || !strings.Contains(err.Error(), `no function is registered as "unheard of"`) {
		t.Errorf("an unknown function: %v", err)
	}
	if after, err := pid.Call(t.Context(), p, 0); err != nil || after != before {
		t.Errorf("worker %d became %d, %v", before, after, err)
	}
}

func TestItem8_9_EncodingFailsAfterCloseBegan(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	g := newGate(t)
	f := atGate.Go(p, g)
	g.await(t, 1)
	p.Close()
	if !copied.Go(p, fussy{"encode"}).Ready() {
		t.Error("a task that cannot be encoded is pending in a closed pool")
	}
	promptly(t, func() {
		if _, err := copied.Map(t.Context(), p, []fussy{{"encode"}, {"good"}}); !errors.Is(err, ErrClosed) {
			t.Errorf("Map in a closed pool: %v", err)
		}
	})
	g.open(t)
	if _, err := f.Wait(t.Context()); err != nil {
		t.Error(err)
	}
}

// scrawl writes what is no frame to every socket of its worker.
var scrawl = Register("scrawl", func(_ context.Context, j Job[string]) (string, error) {
	if j.Task == "" {
		return "fine", nil
	}
	links, err := filepath.Glob("/proc/self/fd/*")
	for _, link := range links {
		if file, _ := os.Readlink(link); strings.HasPrefix(file, "socket:") {
			if fd, err := strconv.Atoi(filepath.Base(link)); err == nil {
				_, _ = syscall.Write(fd, []byte(j.Task))
			}
		}
	}
	if err != nil {
		return "", err
	}
	select {} // what can answer is no evidence of garbage
})

func TestItem8_10_PrintsAndGarbage(t *testing.T) {
	printed := &notebook{}
	p := newPool(t, Options{Procs: 2, Stderr: printed})
	if _, err := chatty.Map(t.Context(), p, slices.Repeat([]string{"\x05\x00\x00\x00\x04"}, 20)); err != nil {
		t.Errorf("workers that print: %v", err)
	}
	if len(printed.all()) == 0 {
		t.Error("what workers print is not heard")
	}
	values, err := scrawl.Map(t.Context(), p, []string{"", "\x05\x00\x00\x00\x09garbage", ""})
	lost, ok := errors.AsType[*LostError](err)
	if !ok || !strings.Contains(lost.Cause, "worker sent a malformed frame") || values[0] != "fine" || values[2] != "fine" {
		t.Errorf("garbage: %q, %v", values, err)
	}
}
