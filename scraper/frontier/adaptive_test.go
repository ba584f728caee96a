package frontier

import (
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// server is a host that works on some requests at once; the others wait, or are
// turned away.
type server struct {
	capacity int
	service  time.Duration
	refuses  bool          // with a 503, what it has no room for
	warmUp   time.Duration // what the first answer takes in addition

	mu     sync.Mutex
	inside int
	most   int // of late
	served int
	shed   int
}

func (s *server) answer(f *Frontier[*page], p *page, rng func() float64) {
	s.mu.Lock()
	s.inside++
	inside := s.inside
	s.most = max(s.most, inside)
	s.mu.Unlock()
	r := Report{Health: Fine, Latency: time.Duration(float64(s.service) * (0.8 + 0.4*rng()))}
	if inside > s.capacity {
		if s.refuses {
			r = Report{Health: Overloaded, Status: 503, Latency: time.Millisecond}
		} else {
			r.Latency = r.Latency * time.Duration(inside) / time.Duration(s.capacity)
		}
	}
	s.mu.Lock()
	r.Latency += s.warmUp
	s.warmUp = 0
	s.mu.Unlock()
	time.Sleep(r.Latency)
	s.mu.Lock()
	s.inside--
	if r.Health == Fine {
		s.served++
	} else {
		s.shed++
	}
	s.mu.Unlock()
	f.Done(p, r)
}

// TestAdaptive has hosts that bear less than they could get.
func TestAdaptive(t *testing.T) {
	for _, tt := range []struct {
		name    string
		server  *server
		n       int
		within  time.Duration // all are served
		atMost  int           // are in flight in the end
		maxShed int
	}{
		// Its best is 4 at once: 3000 in 75 s.
		{"queues", &server{capacity: 4, service: 100 * time.Millisecond}, 3000, 85 * time.Second, 16, 0},
		{"slow at first", &server{capacity: 4, service: 100 * time.Millisecond, warmUp: 2 * time.Second}, 3000, 87 * time.Second, 16, 0},
		{"bears all", &server{capacity: 64, service: 100 * time.Millisecond}, 5000, 12 * time.Second, 64, 0},
		{"one at a time", &server{capacity: 1, service: 50 * time.Millisecond}, 1000, 60 * time.Second, 8, 0},
		{"sheds load", &server{capacity: 4, service: 100 * time.Millisecond, refuses: true}, 3000, 3 * time.Minute, 8, 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := New(Options[*page]{HostConcurrency: 64, Adaptive: true})
				rng := rand.New(rand.NewPCG(1, 2))
				var mu sync.Mutex
				random := func() float64 {
					mu.Lock()
					defer mu.Unlock()
					return rng.Float64()
				}
				w := &world{f: f}
				s := tt.server
				w.answer = func(p *page) {
					if p.n == tt.n/2 {
						s.mu.Lock()
						s.most = s.inside
						s.mu.Unlock()
					}
					s.answer(f, p, random)
				}
				add(t, f, pages("a", tt.n)...)
				start := time.Now()
				w.run(t)
				took := time.Since(start)
				t.Logf("%v, %d at once in the second half, %d shed", took, s.most, s.shed)
				if took > tt.within || s.most > tt.atMost || s.shed > tt.maxShed {
					t.Errorf("want at most %v, %d at once, %d shed", tt.within, tt.atMost, tt.maxShed)
				}
			})
		})
	}
}

func TestAdaptiveRule(t *testing.T) {
	now := time.Now()
	a := adaptive{limit: 1}
	for range 7 {
		a.fine(100*time.Millisecond, now, 8, now)
	}
	if got := a.slots(8); got != 8 || a.delay() != 0 {
		t.Errorf("%d slots and a delay of %v while all goes well", got, a.delay())
	}
	for i := range 10 {
		at := now.Add(time.Duration(i) * time.Second)
		a.bad(at, at.Add(time.Second/2))
		a.bad(at, at.Add(time.Second/2)) // sent before the last one was known
	}
	if got := a.slots(8); got != 1 || a.limit != leastLimit || a.delay() != 8*time.Second {
		t.Errorf("%d slots, a limit of %v and a delay of %v after time-outs only", got, a.limit, a.delay())
	}
	at := now.Add(time.Minute)
	for range 30 {
		a.fine(100*time.Millisecond, at, 8, at)
	}
	if a.delay() != 0 || a.slots(8) < 2 {
		t.Errorf("%d slots and a delay of %v when all goes well again", a.slots(8), a.delay())
	}
	// A host that is slow by itself is not slowed down.
	a = adaptive{limit: 1}
	a.fine(time.Millisecond, now, 8, now)
	for range 300 {
		a.fine(300*time.Millisecond, now.Add(time.Hour), 8, now.Add(time.Hour))
	}
	if a.slots(8) != 8 {
		t.Errorf("%d slots of a host with slow pages", a.slots(8))
	}
}
