package frontier

import (
	"cmp"
	"slices"
	"time"
)

// Snapshot is how things stand at one moment.
type Snapshot struct {
	// Hosts is how many hosts are known, with tasks or without.
	Hosts int
	// Waiting is how many tasks wait, and InFlight how many were given out and have
	// not come back, those of gates included.
	Waiting, InFlight int
	// Busiest are the hosts with most in flight, then with most that waits.
	Busiest []HostState
	// Slowest are the tasks that were given out first.
	Slowest []Flight
}

// HostState is how a host stands.
type HostState struct {
	Host string
	// InFlight and Waiting count its tasks, those of gates included.
	InFlight, Waiting int
	// Slots is how many requests it may get at once now.
	Slots int
	// Delay is the time between two requests, before jitter.
	Delay time.Duration
	// Rest is how much longer it is left alone, since it was overloaded.
	Rest time.Duration
	// Refused is why its tasks are refused: it was given up, wants to be left alone,
	// or has no address. "" where they are not.
	Refused string
}

// Flight is a task in flight.
type Flight struct {
	Task string
	Age  time.Duration // since it was given out
}

// Snapshot tells how things stand: at most so many hosts and flights each. show
// names a task; it must be quick, and read nothing of the task that anybody
// changes while that is in flight.
func (f *Frontier[T]) Snapshot(most int, show func(T) string) Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	s := Snapshot{Hosts: len(f.hosts), Waiting: f.count, InFlight: f.inFlight}
	flying := make(map[*host[T]]int, min(len(f.flights), len(f.hosts)))
	slowest := top[T]{most: most}
	for t, fl := range f.flights {
		flying[fl.line.host]++
		if f.gates[t] == nil {
			s.Waiting--
		}
		slowest.add(t, fl.given)
	}
	for _, t := range slowest.oldest {
		s.Slowest = append(s.Slowest, Flight{show(t.task), now.Sub(t.given)})
	}
	if most == 0 {
		return s
	}
	for _, h := range f.hosts {
		state := HostState{Host: h.key, InFlight: flying[h], Waiting: h.waiting()}
		if state.InFlight+state.Waiting == 0 {
			continue
		}
		place, _ := slices.BinarySearchFunc(s.Busiest, state, busier)
		if place == most {
			continue
		}
		f.describe(h, &state, now)
		s.Busiest = slices.Insert(s.Busiest[:min(len(s.Busiest), most-1)], place, state)
	}
	return s
}

// busier orders hosts by what they have to do.
func busier(a, b HostState) int {
	return cmp.Or(cmp.Compare(b.InFlight, a.InFlight), cmp.Compare(b.Waiting, a.Waiting), cmp.Compare(a.Host, b.Host))
}

// waiting counts the tasks that wait at a host, with gates.
func (h *host[T]) waiting() (n int) {
	for _, l := range h.lines {
		n += l.gates.len() + l.waiting.len() + len(l.later) + l.late.len()
	}
	return n
}

// describe fills in what holds a host back.
func (f *Frontier[T]) describe(h *host[T], s *HostState, now time.Time) {
	if b := h.budget; b != nil {
		s.Slots, s.Delay = f.slots(b), b.delay()
		s.Rest = max(0, b.backoff.until.Sub(now))
	}
	if r := f.refusal(h, now); r != nil {
		s.Refused = r.Message
	} else if h.reach.dead != nil {
		s.Refused = h.reach.dead.Message // a probe is about to be let through
	}
}

// top keeps the tasks that were given out first, the oldest first.
type top[T Task] struct {
	most   int
	oldest []aged[T]
}

type aged[T Task] struct {
	task  T
	given time.Time
}

func (t *top[T]) add(task T, given time.Time) {
	place, _ := slices.BinarySearchFunc(t.oldest, given, func(a aged[T], at time.Time) int { return a.given.Compare(at) })
	if place < t.most {
		t.oldest = slices.Insert(t.oldest[:min(len(t.oldest), t.most-1)], place, aged[T]{task, given})
	}
}
