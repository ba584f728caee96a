package pool

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// pipeTo makes a pipe to a puppet.
func pipeTo(t *testing.T) (*PipeEnd[[]byte], *hand) {
	t.Helper()
	mine, its, err := NewPipe[[]byte]()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mine.Close() })
	return mine, newPuppet(t, things{Pipe: its})
}

func TestItem6_11_MessagesStayWhole(t *testing.T) {
	mine, a := pipeTo(t)
	for _, text := range []string{"one", "", "two", strings.Repeat("x", 50_000)} {
		a.begin(pull{Do: "send", Text: text})
		if b, err := mine.Recv(within(t)); string(b) != text || err != nil {
			t.Errorf("%d bytes, %v, want %d", len(b), err, len(text))
		}
		a.end()
	}
	const big = 16 << 20
	a.begin(pull{Do: "send big", N: big})
	if b, err := mine.Recv(within(t)); len(b) != big || err != nil {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	a.end()
	a.begin(pull{Do: "recv"})
	if err := mine.Send(within(t), make([]byte, big)); err != nil {
		t.Error(err)
	}
	if p := a.end(); p.N != big || p.Err != "" {
		t.Errorf("%d bytes, %v", p.N, p.Err)
	}
	in, out, err := NewOneWayPipe[string]()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close()
	if err := in.Send(within(t), "x"); !errors.Is(err, ErrReadOnly) {
		t.Error(err)
	}
	if _, err := out.Recv(within(t)); !errors.Is(err, ErrWriteOnly) {
		t.Error(err)
	}
	if _, err := out.Poll(0); !errors.Is(err, ErrWriteOnly) {
		t.Error(err)
	}
	if err := out.Send(within(t), "through"); err != nil {
		t.Error(err)
	}
	if s, err := in.Recv(within(t)); s != "through" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
}

func TestItem6_12_Poll(t *testing.T) {
	mine, a := pipeTo(t)
	for _, timeout := range []time.Duration{0, -time.Second, time.Millisecond} {
		if ok, err := mine.Poll(timeout); ok || err != nil {
			t.Errorf("Poll(%v) of nothing: %v, %v", timeout, ok, err)
		}
	}
	a.do(pull{Do: "send", Text: "first"})
	a.do(pull{Do: "send", Text: "second"})
	for _, want := range []string{"first", "second"} {
		for _, timeout := range []time.Duration{0, patience} {
			if ok, err := mine.Poll(timeout); !ok || err != nil {
				t.Errorf("Poll(%v): %v, %v", timeout, ok, err)
			}
		}
		if b, err := mine.Recv(within(t)); string(b) != want || err != nil {
			t.Errorf("%q, %v", b, err)
		}
	}
	// A wait that ends in the middle of a message loses nothing of it.
	a.begin(pull{Do: "send big", N: 8 << 20})
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Microsecond)
		b, err := mine.Recv(ctx)
		cancel()
		if err == nil {
			if len(b) != 8<<20 {
				t.Errorf("%d bytes", len(b))
			}
			a.end()
			return
		}
	}
	if b, err := mine.Recv(within(t)); len(b) != 8<<20 || err != nil {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	a.end()
}

func TestItem6_13_PeerGone(t *testing.T) {
	mine, a := pipeTo(t)
	a.do(pull{Do: "send", Text: "last words"})
	a.kill()
	if ok, err := mine.Poll(patience); !ok || err != nil {
		t.Errorf("Poll: %v, %v", ok, err)
	}
	if b, err := mine.Recv(within(t)); string(b) != "last words" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	if ok, err := mine.Poll(0); !ok || err != nil {
		t.Errorf("Poll at the end of file: %v, %v", ok, err)
	}
	if _, err := mine.Recv(within(t)); err != io.EOF {
		t.Error(err)
	}
	if err := mine.Send(within(t), []byte("x")); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}

	mine, a = pipeTo(t)
	a.begin(pull{Do: "send big", N: 64 << 20}) // more than the socket holds
	if ok, err := mine.Poll(patience); !ok || err != nil {
		t.Errorf("Poll: %v, %v", ok, err)
	}
	a.kill()
	if _, err := mine.Recv(within(t)); err != io.ErrUnexpectedEOF {
		t.Errorf("of a message that was cut short: %v", err)
	}
}

func TestItem6_14_ParentClosesTheChildsEnd(t *testing.T) {
	mine, its, err := NewPipe[[]byte]()
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	a := newPuppet(t, things{Pipe: its})
	if err := errors.Join(its.Close(), its.Close()); err != nil {
		t.Error(err)
	}
	if err := its.Send(within(t), nil); !errors.Is(err, ErrPassed) {
		t.Errorf("an end that was passed: %v", err)
	}
	if err := puppet.Process(things{Pipe: its}).Start(within(t)); !errors.Is(err, ErrPassed) {
		t.Errorf("an end that is passed twice: %v", err)
	}
	a.do(pull{Do: "send", Text: "it has it"})
	if b, err := mine.Recv(within(t)); string(b) != "it has it" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	a.do(pull{Do: "close pipe"})
	if _, err := mine.Recv(within(t)); err != io.EOF {
		t.Error(err)
	}
	a.refused(pull{Do: "recv"}, ErrPipeClosed.Error())
}

func TestItem6_15_AbsurdLength(t *testing.T) {
	ours, theirs, err := socketPair()
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	e, err := newEnd(theirs, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &PipeEnd[[]byte]{e, codecOf[[]byte]()}
	defer p.Close()
	var header [4]byte
	binary.LittleEndian.PutUint32(header[:], 1<<32-1)
	if _, err := ours.Write(header[:]); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Recv(within(t)); !errors.Is(err, errMalformed) {
		t.Error(err)
	}
	if cap(e.in.buf) > 1<<20 {
		t.Errorf("%d bytes were allocated for it", cap(e.in.buf))
	}
}

func TestPipeCloseWakesReceiver(t *testing.T) {
	mine, _ := pipeTo(t)
	result := make(chan error)
	go func() { _, err := mine.Recv(within(t)); result <- err }()
	mine.Close()
	if err := <-result; !errors.Is(err, ErrPipeClosed) {
		t.Error(err)
	}
}

// TestPipeWaitsBehindAnother: a wait for another goroutine that uses the same
// end is one like any other, and ends with its context.
func TestPipeWaitsBehindAnother(t *testing.T) {
	mine, its, err := NewPipe[[]byte]()
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	defer its.Close()
	results := make(chan error, 2)
	go func() { _, err := mine.Recv(within(t)); results <- err }()
	go func() { results <- mine.Send(within(t), make([]byte, 64<<20)) }() // more than the socket holds
	eventually(t, patience, "both are under way", func() bool {
		return len(mine.end.receiving) == 1 && len(mine.end.sending) == 1
	})
	for _, timeout := range []time.Duration{0, time.Millisecond} {
		if ok, err := mine.Poll(timeout); ok || err != nil {
			t.Errorf("Poll(%v): %v, %v", timeout, ok, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := mine.Recv(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := mine.Send(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	mine.Close()
	for range 2 {
		if err := <-results; !errors.Is(err, ErrPipeClosed) {
			t.Error(err)
		}
	}
}

// TestItem13_2 is about sockets that a File or an Fd would have made blocking.
func TestItem13_2_DeadlinesHoldAfterPassing(t *testing.T) {
	mine, a := pipeTo(t)
	a.refused(pull{Do: "recv", In: time.Millisecond}, context.DeadlineExceeded.Error())
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := mine.Recv(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	// And an end that is passed on by its second owner.
	one, two, err := NewPipe[[]byte]()
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	relay := relay.Process(things{Pipe: two})
	if err := relay.Start(within(t)); err != nil {
		t.Fatal(err)
	}
	if b, err := one.Recv(within(t)); string(b) != "from the second" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	if err := relay.Join(within(t)); err != nil {
		t.Error(err)
	}
}

// relay passes what it was given to a child of its own.
var (
	relay = Register("relay", func(ctx context.Context, j Job[things]) (struct{}, error) {
		p := relayed.Process(j.Task)
		if err := p.Start(ctx); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, p.Join(ctx)
	})
	relayed = Register("relayed", func(ctx context.Context, j Job[things]) (struct{}, error) {
		t := j.Task
		if t.Lock != nil {
			if err := t.Lock.Lock(ctx); err != nil {
				return struct{}{}, err
			}
		}
		if t.Queue != nil {
			if err := t.Queue.Put(ctx, Current().Name); err != nil {
				return struct{}{}, err
			}
		}
		if t.Pipe == nil {
			return struct{}{}, nil
		}
		short, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		if _, err := t.Pipe.Recv(short); !errors.Is(err, context.DeadlineExceeded) {
			return struct{}{}, fmt.Errorf("no deadline: %v", err)
		}
		return struct{}{}, t.Pipe.Send(ctx, []byte("from the second"))
	})
)

func TestPrimitivesPassFromChildToChild(t *testing.T) {
	l, q := NewLock(), NewQueue[string](0)
	p := relay.Process(things{Lock: l, Queue: q})
	if err := p.Start(within(t)); err != nil {
		t.Fatal(err)
	}
	s, err := q.Get(within(t))
	if err != nil || !strings.HasPrefix(s, p.Name+":") {
		t.Errorf("%q, %v", s, err)
	}
	if err := l.Lock(within(t)); err != nil { // it ends with the lock held
		t.Error(err)
	}
	if err := l.Abandoned(); err == nil || !strings.Contains(err.Error(), s) {
		t.Errorf("abandoned: %v, by %s", err, s)
	}
	if err := p.Join(within(t)); err != nil {
		t.Error(err)
	}
}

func TestValueAndArray(t *testing.T) {
	a, err := NewArray[int32](1000)
	if err != nil {
		t.Fatal(err)
	}
	v, err := NewValue(int64(40))
	if err != nil {
		t.Fatal(err)
	}
	h := newPuppet(t, things{Array: a, Value: v})
	h.do(pull{Do: "fill", N: 7})
	h.do(pull{Do: "count", N: 2})
	for i := range a.Len() {
		if n, err := a.Get(within(t), i); n != 7 || err != nil {
			t.Fatalf("element %d is %d, %v", i, n, err)
		}
	}
	if n, err := v.Load(within(t)); n != 42 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := a.Get(within(t), 1000); !isMisuse(err) {
		t.Error(err)
	}
	if _, err := NewValue("text"); err == nil {
		t.Error("a string has no fixed layout")
	}
	if _, err := NewValue(struct{ P *int }{}); err == nil {
		t.Error("a pointer has no fixed layout")
	}
	if _, err := NewArray[int](0); err == nil {
		t.Error("an array of nothing")
	}
	if n := new(Array[int]).Len(); n != 0 {
		t.Errorf("length %d of an array that is not shared", n)
	}
}

// TestPrimitivesInTasks gives them to a pool's workers, as arguments of tasks
// and of the initializer.
func TestPrimitivesInTasks(t *testing.T) {
	v, err := NewValue[int64](0)
	if err != nil {
		t.Fatal(err)
	}
	q := NewQueue[string](0)
	p := newPool(t, Options{Procs: 2, Concurrency: 4, Initializer: takeQueue(q)})
	n := 0
	tasks := func(yield func(*Value[int64]) bool) {
		for range 50 {
			if !yield(v) {
				return
			}
		}
	}
	for a := range increment.Run(t.Context(), p, tasks) {
		if n++; a.Err != nil {
			t.Fatal(a.Err)
		}
	}
	if got, err := v.Load(within(t)); got != 50 || n != 50 || err != nil {
		t.Errorf("%d of 50, %d answers, %v", got, n, err)
	}
	if got, err := q.Len(); got != 50 || err != nil {
		t.Errorf("%d words from the workers' queue, %v", got, err)
	}
	for a := range handBack.Run(t.Context(), p, func(yield func(int) bool) { yield(1) }) {
		if a.Err == nil || !strings.Contains(a.Err.Error(), "cannot be messages") {
			t.Errorf("a Lock as an answer: %v", a.Err)
		}
	}
}

var (
	workersQueue *Queue[string]
	takeQueue    = RegisterInitializer("take queue", func(_ context.Context, q *Queue[string]) error {
		workersQueue = q
		return nil
	})
	increment = Register("increment", func(ctx context.Context, j Job[*Value[int64]]) (struct{}, error) {
		err := j.Task.Update(ctx, func(n *int64) { *n++ })
		return struct{}{}, errors.Join(err, workersQueue.Put(ctx, "done"))
	})
	handBack = Register("hand back", func(context.Context, Job[int]) (*Lock, error) { return NewLock(), nil })
)

// TestHubSurvivesNonsense speaks garbage to a hub, which drops who does, and
// nobody else.
func TestHubSurvivesNonsense(t *testing.T) {
	h := ownHub()
	l := NewLock()
	for range 200 {
		ours, theirs, err := socketPair()
		if err != nil {
			t.Fatal(err)
		}
		key := rand.Uint64()
		if err := h.meet(key, "nonsense", theirs); err != nil {
			t.Fatal(err)
		}
		c, err := net.FileConn(ours)
		ours.Close()
		if err != nil {
			t.Fatal(err)
		}
		b := make([]byte, rand.IntN(100))
		for i := range b {
			b[i] = byte(rand.Uint32())
		}
		kind := frameAsk + byte(rand.IntN(8))
		frame := endFrame(append(beginFrame(nil, kind), b...), 0)
		if rand.IntN(3) == 0 {
			frame = appendAsk(nil, rand.Uint64N(3), l.ref.id, op(rand.IntN(25)), b)
		}
		_, _ = c.Write(frame)
		c.Close()
	}
	h.settleDown(t)
	if err := errors.Join(l.Lock(within(t)), l.Unlock()); err != nil {
		t.Error(err)
	}
}

func FuzzInbox(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0, 'x', 0, 0, 0, 0}, 3)
	f.Add([]byte{255, 255, 255, 255}, 1)
	f.Fuzz(func(t *testing.T, stream []byte, step int) {
		var in inbox
		r := &slowReader{stream, max(1, step%100)}
		for rest := stream; ; {
			body, ok, err := in.message()
			if err != nil {
				return
			}
			if !ok {
				if in.add(r.Read(in.room())) != nil {
					return
				}
				continue
			}
			n := int(binary.LittleEndian.Uint32(rest))
			if string(body) != string(rest[4:4+n]) {
				t.Fatalf("message %q, want %q", body, rest[4:4+n])
			}
			rest = rest[4+n:]
		}
	})
}

type slowReader struct {
	rest []byte
	step int
}

func (r *slowReader) Read(b []byte) (int, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b, r.rest[:min(r.step, len(r.rest))])
	r.rest = r.rest[n:]
	return n, nil
}

func TestFilesTravelInOrder(t *testing.T) {
	ours, theirs, err := socketPair()
	if err != nil {
		t.Fatal(err)
	}
	from, err := newSocket(ours)
	if err != nil {
		t.Fatal(err)
	}
	to, err := newSocket(theirs)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	for i := range 40 {
		f, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, i)
		if err := from.sendFile(appendNumber(nil, frameFile, uint64(i)), f); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	from.Close()
	frames := newFrameReader(to)
	for i := range 40 {
		_, payload, err := frames.next()
		if err != nil {
			t.Fatal(err)
		}
		n := fieldsOf(payload)
		f := to.take()
		if f == nil {
			t.Fatal("no file with frame ", i)
		}
		b := make([]byte, 10)
		m, err := f.ReadAt(b, 0)
		f.Close()
		if id := n.uint(); id != uint64(i) || string(b[:m]) != fmt.Sprint(i) {
			t.Errorf("frame %d, %v: file %q", id, err, b[:m])
		}
	}
	if _, _, err := frames.next(); err != io.EOF {
		t.Error(err)
	}
}

// TestEndOfATaskClosesItsPipe: the other end shall not wait for a garbage
// collection in a worker.
func TestEndOfATaskClosesItsPipe(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	for range 3 {
		mine, its, err := NewPipe[[]byte]()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sendOnce.Call(within(t), p, its); err != nil {
			t.Fatal(err)
		}
		if b, err := mine.Recv(within(t)); string(b) != "once" || err != nil {
			t.Errorf("%q, %v", b, err)
		}
		if _, err := mine.Recv(within(t)); err != io.EOF {
			t.Error(err)
		}
		mine.Close()
	}
}

var sendOnce = Register("send once", func(ctx context.Context, j Job[*PipeEnd[[]byte]]) (struct{}, error) {
	return struct{}{}, j.Task.Send(ctx, []byte("once"))
})

func TestTimeoutsAreKnown(t *testing.T) {
	p := newPool(t, Options{Procs: 1, Timeout: 20 * time.Millisecond})
	p.hardGrace = 50 * time.Millisecond
	_, err := polite.Call(within(t), p, 0)
	if failed, ok := errors.AsType[*TaskError](err); !ok || !failed.Timeout || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a task that heeds its context: %v", err)
	}
	_, err = stubborn.Call(within(t), p, 0)
	if _, ok := errors.AsType[*DeadlineError](err); !ok || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("one that does not: %v", err)
	}
}

func TestSendThatEndedInTheMiddle(t *testing.T) {
	mine, a := pipeTo(t)
	large := make([]byte, 4<<20) // more than the pipe takes, as long as nobody reads
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := mine.Send(ctx, large); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	if err := mine.Send(within(t), nil); err == nil || errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "broken") {
		t.Errorf("on a broken pipe: %v", err)
	}
	a.kill() // it has read nothing
	if _, err := mine.Recv(within(t)); err != io.EOF {
		t.Error(err)
	}
}

// TestPassedEndKeepsWhatItHasRead: what was read ahead goes along.
func TestPassedEndKeepsWhatItHasRead(t *testing.T) {
	a, b, err := NewPipe[[]byte]()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, word := range []string{"one", "two", "three"} {
		if err := b.Send(within(t), []byte(word)); err != nil {
			t.Fatal(err)
		}
	}
	if word, err := a.Recv(within(t)); string(word) != "one" || err != nil {
		t.Fatalf("%q, %v", word, err)
	}
	h := newPuppet(t, things{Pipe: a})
	for _, want := range []string{"two", "three"} {
		if p := h.do(pull{Do: "recv", In: patience}); p.Text != want {
			t.Errorf("%q, want %q", p.Text, want)
		}
	}
	large := strings.Repeat("x", 20_000)
	if err := b.Send(within(t), []byte(large)); err != nil {
		t.Fatal(err)
	}
	if p := h.do(pull{Do: "recv", In: patience}); p.N != len(large) {
		t.Errorf("%d bytes", p.N)
	}
}

func TestEndInUseIsNotPassed(t *testing.T) {
	a, b, err := NewPipe[[]byte]()
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	received := make(chan error)
	go func() { _, err := a.Recv(within(t)); received <- err }()
	eventually(t, patience, "it receives", func() bool { return len(a.end.receiving) == 1 })
	if err := puppet.Process(things{Pipe: a}).Start(within(t)); !isMisuse(err) {
		t.Errorf("an end in use was passed: %v", err)
	}
	if err := b.Send(within(t), nil); err != nil {
		t.Error(err)
	}
	if err := <-received; err != nil {
		t.Error(err)
	}
}
