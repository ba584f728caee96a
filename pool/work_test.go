package pool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// shelf is a Source in memory: what is left on it can be taken.
type shelf struct {
	mu      sync.Mutex
	left    int
	failure error // once nothing is left; nil: io.EOF
	waits   bool  // once nothing is left, until its context ends
	failing error // of every Done
	answers map[string]int

	returned int
}

type shelved struct {
	shelf *shelf
	name  string
}

func (s *shelf) Next(ctx context.Context) (Lease, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left > 0 {
		s.left--
		return shelved{s, fmt.Sprint("task ", s.left)}, nil
	}
	if s.waits {
		s.mu.Unlock()
		<-ctx.Done()
		s.mu.Lock()
		return nil, context.Cause(ctx)
	}
	if s.failure != nil {
		return nil, s.failure
	}
	return nil, io.EOF
}

func (i shelved) Task() []byte                 { return []byte(i.name) }
func (i shelved) Attempt() int                 { return 1 }
func (i shelved) Extend(context.Context) error { return nil }

// Return takes it off the shelf: nobody puts it back.
func (i shelved) Return(context.Context, time.Duration) error {
	i.shelf.mu.Lock()
	defer i.shelf.mu.Unlock()
	i.shelf.returned++
	return nil
}

func (i shelved) Done(_ context.Context, answer []byte) error {
	i.shelf.mu.Lock()
	defer i.shelf.mu.Unlock()
	if i.shelf.answers == nil {
		i.shelf.answers = map[string]int{}
	}
	i.shelf.answers[string(answer)]++
	return i.shelf.failing
}

func shout(_ context.Context, l Lease, dst []byte) []byte {
	return append(dst, strings.ToUpper(string(l.Task()))...)
}

func TestWorkEndsWithItsSource(t *testing.T) {
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		shelf *shelf
		want  error
	}{
		"end":         {&shelf{left: 100}, nil},
		"no tasks":    {&shelf{}, nil},
		"failure":     {&shelf{left: 3, failure: broken}, broken},
		"Done failed": {&shelf{left: 100, failing: broken, waits: true}, broken},
	} {
		t.Run(name, func(t *testing.T) {
			tasks := test.shelf.left
			err := Work(t.Context(), test.shelf, 4, shout)
			if !errors.Is(err, test.want) || test.want == nil && err != nil {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if test.want == nil && len(test.shelf.answers) != tasks {
				t.Errorf("%d answers to %d tasks", len(test.shelf.answers), tasks)
			}
			for answer, n := range test.shelf.answers {
				if n != 1 || !strings.HasPrefix(answer, "TASK ") {
					t.Errorf("%q was answered %d times", answer, n)
				}
			}
		})
	}
}

func TestWorkEndsWithItsContext(t *testing.T) {
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	s := &shelf{left: 10, waits: true}
	done := 0
	err := Work(ctx, s, 1, func(_ context.Context, l Lease, dst []byte) []byte {
		if done++; done == 10 {
			cancel(why)
		}
		return dst
	})
	if !errors.Is(err, why) {
		t.Errorf("error %v", err)
	}
}

func TestWorkUsesItsSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{left: 20}
		start := time.Now()
		err := Work(t.Context(), s, 5, func(_ context.Context, l Lease, dst []byte) []byte {
			time.Sleep(time.Second) // on synctest's clock
			return append(dst, l.Task()...)
		})
		if took := time.Since(start); err != nil || took != 4*time.Second || len(s.answers) != 20 {
			t.Errorf("20 tasks of a second in 5 slots took %v (%d answers, %v)", took, len(s.answers), err)
		}
	})
}

func TestWorkOutlivesGoexit(t *testing.T) {
	s := &shelf{left: 10}
	err := Work(t.Context(), s, 1, func(ctx context.Context, l Lease, dst []byte) []byte {
		if err := l.Done(ctx, l.Task()); err != nil {
			t.Error(err)
		}
		runtime.Goexit()
		return dst
	})
	if err != nil || len(s.answers) != 10 {
		t.Errorf("%d answers, %v", len(s.answers), err)
	}
}

func TestWorkLeavesAloneWhatItsHandlerGaveBack(t *testing.T) {
	s := &shelf{left: 9}
	n := 0
	err := Work(t.Context(), s, 1, func(ctx context.Context, l Lease, dst []byte) []byte {
		if dst == nil {
			t.Error("dst is nil, and so an empty answer would be")
		}
		switch n++; n % 3 {
		case 0:
			if err := l.Return(ctx, time.Second); err != nil {
				t.Error(err)
			}
			return nil
		case 1:
			if err := l.Done(ctx, append(dst, l.Task()...)); err != nil {
				t.Error(err)
			}
			return nil
		}
		return dst
	})
	if err != nil || s.returned != 3 || len(s.answers) != 4 || s.answers[""] != 3 {
		t.Errorf("%d returned, answers %v, %v", s.returned, s.answers, err)
	}
}
