package pool

import "time"

// strikes counts workers that were struck: ended by a signal that was not the
// pool's, or found standing still. That may be the doing of the task that the
// worker held, as when the kernel is short of memory for its sake, or a
// stranger's, and nothing tells which. So strikes are held against a task only
// as far as they are more than those that other workers suffered at the time.
type strikes struct {
	total  int
	lately int // total at the last roll
	before int // total at the roll before that
	rolled tick
}

// lookBack is how long before a task's first delivery, at least, strikes speak
// for it: a task that is sent into a storm of them is not to blame for it.
const lookBack = 10 * time.Second

// roll forgets what is long past.
func (s *strikes) roll(now tick) {
	if now >= s.rolled+ticks(lookBack) {
		s.before, s.lately, s.rolled = s.lately, s.total, now
	}
}

// charges is what is held against a task.
type charges struct {
	deaths int // of workers that held nothing else
	own    int // of these, those that can be nobody else's doing
	among  int // strikes at workers that held it, alone or not
	since  int // strikes.total from where it is compared with others
}

func (s *strikes) noCharges() charges { return charges{since: s.before} }

// suffer books the death of a worker that held these tasks. Those that it had
// only read ahead count as its company too: it may have begun them unbeknown
// to us, while its last answers were on their way.
func (s *strikes) suffer(begun, ahead []*lease, struck bool) {
	if struck {
		s.total++
		for _, l := range ahead {
			l.charges.among++
		}
		for _, l := range begun {
			l.charges.among++
		}
	}
	if len(begun) == 1 && len(ahead) == 0 {
		c := &begun[0].charges
		c.deaths++
		if !struck {
			c.own++
		}
	}
}

// convict tells whether a task's charges are enough to give it up. If they
// are, the strikes that it was there for are its doing, and speak for no other.
func (s *strikes) convict(c charges) bool {
	elsewhere := max(0, s.total-c.since-c.among)
	if c.own < maxDeaths && c.deaths < min(maxDeaths+elsewhere, maxStruckDeaths) {
		return false
	}
	s.total -= c.among
	s.lately, s.before = min(s.lately, s.total), min(s.before, s.total)
	return true
}
