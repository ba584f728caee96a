package pool

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestItem6_1_FullAndEmpty(t *testing.T) {
	q := NewQueue[string](2)
	a := newPuppet(t, things{Queue: q})
	if _, ok, err := q.TryGet(); ok || err != nil {
		t.Errorf("TryGet from an empty queue: %v, %v", ok, err)
	}
	if a.do(pull{Do: "tryget"}).OK {
		t.Error("TryGet from an empty queue elsewhere")
	}
	a.refused(pull{Do: "get", In: time.Millisecond}, context.DeadlineExceeded.Error())
	a.do(pull{Do: "put", Text: "one"})
	if ok, err := q.TryPut("two"); !ok || err != nil {
		t.Errorf("TryPut with room: %v, %v", ok, err)
	}
	if ok, err := q.TryPut("three"); ok || err != nil {
		t.Errorf("TryPut into a full queue: %v, %v", ok, err)
	}
	a.refused(pull{Do: "put", Text: "three", In: time.Millisecond}, context.DeadlineExceeded.Error())
	a.begin(pull{Do: "put", Text: "four"})
	awaitWaiting(t, q.raw.ref, 1)
	for _, want := range []string{"one", "two", "four"} { // three was not put
		if v, err := q.Get(within(t)); v != want || err != nil {
			t.Errorf("%q, %v, want %q", v, err, want)
		}
	}
	a.end()
}

// shove puts numbers into a queue, and drain gets until it is closed.
var (
	shove = Register("shove", func(ctx context.Context, j Job[shoving]) (struct{}, error) {
		for i := range j.Task.N {
			for i%100 == 0 && j.Task.Most > 0 {
				if n, err := j.Task.Queue.Len(); err != nil {
					return struct{}{}, err
				} else if n < j.Task.Most {
					break
				}
				time.Sleep(100 * time.Microsecond) // others get
			}
			if err := j.Task.Queue.Put(ctx, fmt.Sprintf("%d %d", j.Task.From, i)); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	drain = Register("drain", func(ctx context.Context, j Job[shoving]) (struct{}, error) {
		for {
			s, err := j.Task.Queue.Get(ctx)
			if errors.Is(err, ErrQueueClosed) {
				return struct{}{}, nil
			}
			if err == nil {
				err = j.Task.Out.Put(ctx, fmt.Sprintf("%d %s", j.Task.From, s))
			}
			if err != nil {
				return struct{}{}, err
			}
		}
	})
)

type shoving struct {
	Queue, Out *Queue[string]
	From, N    int
	Most       int // in the queue, if not 0
}

func TestItem6_2_EachItemOnceInOrder(t *testing.T) {
	for _, limit := range []int{0, 10} {
		t.Run(fmt.Sprint("limit ", limit), func(t *testing.T) {
			q, out := NewQueue[string](limit), NewQueue[string](0)
			const producers, consumers, each = 5, 5, 200
			var makers, takers []*Process
			for i := range consumers {
				takers = append(takers, drain.Process(shoving{Queue: q, Out: out, From: i}))
			}
			for i := range producers {
				makers = append(makers, shove.Process(shoving{Queue: q, From: i, N: each}))
			}
			for _, p := range append(slices.Clone(takers), makers...) {
				if err := p.Start(within(t)); err != nil {
					t.Fatal(err)
				}
			}
			seen := map[string]int{}
			last := map[[2]int]int{}
			for range producers * each {
				s, err := out.Get(within(t))
				if err != nil {
					t.Fatal(err)
				}
				var by, from, i int
				if _, err := fmt.Sscan(s, &by, &from, &i); err != nil {
					t.Fatal(err)
				}
				seen[fmt.Sprint(from, i)]++
				if before, ok := last[[2]int{by, from}]; ok && before >= i {
					t.Errorf("consumer %d got %d of producer %d after %d", by, i, from, before)
				}
				last[[2]int{by, from}] = i
			}
			if len(seen) != producers*each {
				t.Errorf("%d different items of %d", len(seen), producers*each)
			}
			if err := q.Close(); err != nil {
				t.Error(err)
			}
			for _, p := range append(takers, makers...) {
				if err := p.Join(within(t)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestItem6_3_Length(t *testing.T) {
	q := NewQueue[string](0)
	a, b := newPuppet(t, things{Queue: q}), newPuppet(t, things{Queue: q})
	length := func(want int) {
		t.Helper()
		if n, err := q.Len(); n != want || err != nil {
			t.Errorf("length %d, %v, want %d", n, err, want)
		}
		if n := b.do(pull{Do: "len"}).N; n != want {
			t.Errorf("length elsewhere %d, want %d", n, want)
		}
	}
	length(0)
	a.do(pull{Do: "put many", N: 100, Text: "x"})
	a.do(pull{Do: "len"}) // what it put is there when it is answered
	length(100)
	b.do(pull{Do: "get many", N: 50}) // it has fetched ahead
	length(50)
	documents := NewQueue[document](0)
	if err := documents.Put(within(t), document{Name: "\xff"}); err == nil {
		t.Error("what cannot be encoded was put")
	}
	if n, _ := documents.Len(); n != 0 {
		t.Errorf("length %d after a put that failed", n)
	}
}

func TestItem6_4_NotEncodable(t *testing.T) {
	q := NewQueue[func()](0)
	if err := q.Put(within(t), func() {}); err == nil {
		t.Error("a function was put")
	}
	d := NewQueue[document](0)
	if err := d.Put(within(t), document{Name: "\xff"}); !errors.Is(err, errInvalidUTF8) {
		t.Error(err)
	}
	if err := d.Put(within(t), document{Name: "fine"}); err != nil {
		t.Error(err)
	}
	if v, err := d.Get(within(t)); v.Name != "fine" || err != nil {
		t.Errorf("%v, %v", v, err)
	}
}

func TestItem6_5_PutSurvivesTheProducer(t *testing.T) {
	q := NewQueue[string](0)
	a := newPuppet(t, things{Queue: q})
	text := strings.Repeat("x", 1<<20)
	a.do(pull{Do: "put", Text: text})
	a.kill()
	if v, err := q.Get(within(t)); v != text || err != nil {
		t.Errorf("%d bytes, %v", len(v), err)
	}
}

func TestItem6_6_KilledAtRandom(t *testing.T) {
	rounds := 30
	if testing.Short() {
		rounds = 5
	}
	q, out := NewQueue[string](0), NewQueue[string](0)
	stays := drain.Process(shoving{Queue: q, Out: out, From: -1})
	if err := stays.Start(within(t)); err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		maker := shove.Process(shoving{Queue: q, From: round, N: 1 << 30, Most: 1000})
		taker := drain.Process(shoving{Queue: q, Out: out, From: round})
		if err := errors.Join(maker.Start(within(t)), taker.Start(within(t))); err != nil {
			t.Fatal(err)
		}
		n := rand.IntN(300)
		for range n + 1 {
			if _, err := out.Get(within(t)); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(maker.Kill(), taker.Kill()); err != nil {
			t.Fatal(err)
		}
		<-maker.Done()
		<-taker.Done()
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if err := stays.Join(within(t)); err != nil { // it drains what is left, whole items only
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for {
		s, ok, err := out.TryGet()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		var by, from, i int
		if n, err := fmt.Sscan(s, &by, &from, &i); n != 3 || err != nil {
			t.Fatalf("half an item: %q", s)
		}
		if key := fmt.Sprint(from, i); seen[key] {
			t.Fatalf("%q comes twice", s)
		} else {
			seen[key] = true
		}
	}
}

func TestItem6_7_ProducersDead(t *testing.T) {
	q := NewQueue[string](0)
	a := newPuppet(t, things{Queue: q})
	ctx, cancel := context.WithCancelCause(within(t))
	died := errors.New("the producer has died")
	go func() { <-a.process.Done(); cancel(died) }()
	go func() { awaitWaiting(t, q.raw.ref, 1); _ = a.process.Kill() }()
	if _, err := q.Get(ctx); !errors.Is(err, died) {
		t.Error(err)
	}
}

func TestItem6_8_Closed(t *testing.T) {
	q := NewQueue[string](1)
	a, b := newPuppet(t, things{Queue: q}), newPuppet(t, things{Queue: q})
	a.do(pull{Do: "put", Text: "left"})
	a.begin(pull{Do: "put", Text: "too late"})
	awaitWaiting(t, q.raw.ref, 1)
	if err := errors.Join(q.Close(), q.Close()); err != nil {
		t.Fatal(err)
	}
	if p := a.end(); p.Err != ErrQueueClosed.Error() {
		t.Errorf("a put that waited: %q", p.Err)
	}
	a.refused(pull{Do: "put"}, ErrQueueClosed.Error())
	if _, err := q.TryPut("x"); !errors.Is(err, ErrQueueClosed) {
		t.Error(err)
	}
	if p := b.do(pull{Do: "get"}); p.Text != "left" {
		t.Errorf("what was in it: %q", p.Text)
	}
	b.refused(pull{Do: "get"}, ErrQueueClosed.Error())
	b.refused(pull{Do: "tryget"}, ErrQueueClosed.Error())

	u := NewQueue[string](0)
	c, d := newPuppet(t, things{Queue: u}), newPuppet(t, things{Queue: u})
	c.begin(pull{Do: "get"})
	awaitWaiting(t, u.raw.ref, 1)
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if p := c.end(); p.Err != ErrQueueClosed.Error() {
		t.Errorf("a get that waited: %q", p.Err)
	}
	d.refused(pull{Do: "len"}, "") // by its answer it has heard of the end
	d.refused(pull{Do: "put"}, ErrQueueClosed.Error())
}

func TestItem6_9_Joinable(t *testing.T) {
	q := NewJoinableQueue[int](0)
	if err := q.Join(within(t)); err != nil {
		t.Errorf("of an empty one: %v", err)
	}
	if err := q.TaskDone(); !isMisuse(err) {
		t.Errorf("TaskDone of nothing: %v", err)
	}
	a, b := newPuppet(t, things{Jobs: q}), newPuppet(t, things{Jobs: q})
	for i := range 3 {
		if err := q.Put(within(t), i); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.TaskDone(); !isMisuse(err) {
		t.Errorf("TaskDone of what nobody has got: %v", err)
	}
	b.begin(pull{Do: "join"})
	awaitWaiting(t, q.raw.ref, 1)
	for want := range 3 {
		if p := a.do(pull{Do: "job"}); p.N != want {
			t.Errorf("job %d, want %d", p.N, want)
		}
	}
	a.do(pull{Do: "done"})
	a.do(pull{Do: "done"})
	if waiting(q.raw.ref) != 1 {
		t.Error("joined before all was done")
	}
	if err := q.TaskDone(); err != nil { // by another than got it
		t.Error(err)
	}
	if p := b.end(); p.Err != "" {
		t.Error(p.Err)
	}
	a.refused(pull{Do: "done"}, "TaskDone without")
}

func TestItem6_10_ConsumerDiesBetweenGetAndDone(t *testing.T) {
	q := NewJoinableQueue[int](0)
	a, b := newPuppet(t, things{Jobs: q}), newPuppet(t, things{Jobs: q})
	for i := range 4 {
		if err := q.Put(within(t), i); err != nil {
			t.Fatal(err)
		}
	}
	a.do(pull{Do: "job"})
	a.do(pull{Do: "job"})
	a.do(pull{Do: "done"})
	a.kill()
	for _, want := range []int{1, 2, 3} { // 0 is done
		if p := b.do(pull{Do: "job"}); p.N != want {
			t.Errorf("job %d, want %d", p.N, want)
		}
		b.do(pull{Do: "done"})
	}
	if err := q.Join(within(t)); err != nil {
		t.Error(err)
	}
}

// TestFetchedItemsGoToWhoWaits has one process fetch ahead and then stand by.
func TestFetchedItemsGoToWhoWaits(t *testing.T) {
	q := NewQueue[string](0)
	a, b := newPuppet(t, things{Queue: q}), newPuppet(t, things{Queue: q})
	for i := range 1000 {
		if err := q.Put(within(t), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if last := a.do(pull{Do: "get many", N: 100}).Text; last != "99" {
		t.Errorf("the hundredth item is %q", last)
	}
	if last := b.do(pull{Do: "get many", N: 899}).Text; last == "" {
		t.Error("no items")
	}
	if last := b.do(pull{Do: "get"}).Text; last == "" {
		t.Error("the last item is kept by one who does not want it")
	}
	if p := b.do(pull{Do: "tryget"}); p.OK {
		t.Errorf("one item too many: %q", p.Text)
	}
	if n, err := q.Len(); n != 0 || err != nil {
		t.Errorf("length %d, %v", n, err)
	}
}

func TestQueueIsSharedByGoroutines(t *testing.T) {
	q := NewQueue[int](3)
	var wg sync.WaitGroup
	sum := make(chan int, 4)
	for range 4 {
		wg.Go(func() {
			for i := range 100 {
				if err := q.Put(within(t), i); err != nil {
					t.Error(err)
				}
			}
		})
		go func() {
			n := 0
			for range 100 {
				v, err := q.Get(within(t))
				if err != nil {
					t.Error(err)
				}
				n += v
			}
			sum <- n
		}()
	}
	wg.Wait()
	if n := <-sum + <-sum + <-sum + <-sum; n != 4*4950 {
		t.Errorf("the sum is %d", n)
	}
}
