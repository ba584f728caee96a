package frontier

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"scrape/results"
)

// chaos answers at random, and sees to it that the frontier keeps its promises.
type chaos struct {
	t    *testing.T
	f    *Frontier[*page]
	o    Options[*page]
	hops int // a page can make

	mu       sync.Mutex
	rng      *rand.Rand
	ended    map[int]int // how often, by page
	flying   map[string]int
	total    int
	files    int                  // robots.txt that came
	begun    map[string]time.Time // the last start of a budget
	sent     map[string]time.Time // its last request, so far as it was reported
	told     map[string]time.Time // when a report last said something about it
	stopped  map[string]time.Time
	started  time.Time       // the last start
	opened   map[string]bool // origins
	attempts map[*page]int
}

// budget is what a page is counted under.
func (c *chaos) budget(p *page) string {
	if c.o.Lookup == nil {
		return p.host
	}
	return c.address(p.host)
}

// address has some hosts share one.
func (c *chaos) address(host string) string { return fmt.Sprintf("10.0.0.%d", len(host)%2) }

// given checks that a page may be run now, and takes note of it.
func (c *chaos) given(p *page) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	lookup := strings.HasPrefix(p.gate, " address")
	paced := c.o.HostDelay > 0 || c.o.Rate > 0
	if paced && c.total >= c.o.Concurrency && !lookup {
		c.t.Errorf("%v begins with %d in flight", p, c.total)
	}
	c.total++
	if lookup {
		return
	}
	b := c.budget(p)
	if c.flying[b]++; c.flying[b] > c.o.HostConcurrency {
		c.t.Errorf("%v: %d in flight", p, c.flying[b])
	}
	if last, ok := c.begun[b]; ok && now.Sub(last) < c.o.HostDelay {
		c.t.Errorf("%v comes %v after another", p, now.Sub(last))
	}
	if now.After(c.told[b]) { // otherwise it may have been chosen before
		if last, ok := c.sent[b]; ok && now.Sub(last) < c.o.HostDelay {
			c.t.Errorf("%v comes %v after another was sent", p, now.Sub(last))
		}
		if until := c.stopped[b]; now.Before(until) {
			c.t.Errorf("%v comes %v too soon for its host", p, until.Sub(now))
		}
	}
	if c.o.Rate > 0 && !c.started.IsZero() && now.Sub(c.started) < time.Duration(float64(time.Second)/c.o.Rate) {
		c.t.Errorf("%v comes %v after any other", p, now.Sub(c.started))
	}
	c.started, c.begun[b] = now, now
	if p.gate == "" && c.o.Robots != nil {
		if !c.opened[p.Origin()] {
			c.t.Errorf("%v comes before its robots.txt", p)
		}
		if p.n%7 == 3 {
			c.t.Errorf("%v comes though robots.txt forbids it", p)
		}
	}
}

// report makes something up.
func (c *chaos) report(p *page, given time.Time) (r Report) {
	now := time.Now()
	if c.rng.IntN(3) > 0 {
		r.Sent = given.Add(time.Duration(c.rng.Int64N(int64(now.Sub(given)) + 1)))
	}
	r.Health = Health(c.rng.IntN(6))
	if c.rng.IntN(3) > 0 {
		r.Health = Fine
	}
	r.Latency = time.Duration(c.rng.IntN(1000)) * time.Millisecond
	if r.Health == Overloaded && c.rng.IntN(2) == 0 {
		r.Status, r.RetryAfter = 503, time.Duration(1+c.rng.IntN(20))*time.Second
		if c.rng.IntN(20) == 0 {
			r.RetryAfter = time.Hour
		}
	}
	if strings.HasPrefix(p.gate, " address") {
		return r
	}
	b := c.budget(p)
	c.told[b] = now
	if r.Sent.After(c.sent[b]) {
		c.sent[b] = r.Sent
	}
	if r.RetryAfter > 0 && r.RetryAfter < time.Hour {
		if until := now.Add(r.RetryAfter); until.After(c.stopped[b]) {
			c.stopped[b] = until
		}
	}
	return r
}

func (c *chaos) answer(p *page) {
	given := time.Now()
	c.given(p)
	c.mu.Lock()
	latency := time.Duration(c.rng.IntN(3000)) * time.Millisecond
	c.mu.Unlock()
	time.Sleep(latency)
	c.mu.Lock()
	defer c.mu.Unlock() // so that no other start comes between
	r := c.report(p, given)
	c.total--
	lookup := strings.HasPrefix(p.gate, " address")
	if !lookup {
		c.flying[c.budget(p)]--
	}
	c.attempts[p]++
	if c.attempts[p] < 4 && c.rng.IntN(4) == 0 {
		c.f.Again(p, time.Duration(c.rng.IntN(5000))*time.Millisecond, r)
		return
	}
	switch choice := c.rng.IntN(10); {
	case lookup && choice < 8:
		c.f.Located(p, c.address(p.host), r)
	case p.gate != "" && choice == 0:
		c.f.Shut(p, Refusal{Kind: results.Robots, Message: "shut"}, r)
	case p.gate != "" && choice == 1:
		c.f.Done(p, r)
	case p.gate != "" && choice < 4 && p.n < 3:
		c.f.Move(p, &page{host: fmt.Sprint("to", choice), scheme: p.scheme, gate: p.gate, n: p.n + 1}, r)
	case p.gate != "":
		c.opened[strings.TrimSpace(strings.TrimPrefix(p.gate, "robots.txt of "))] = true
		c.files++
		c.f.Open(p, forbidden{size: 1 + c.rng.IntN(3000), delay: time.Duration(c.rng.IntN(2)*c.rng.IntN(10)) * time.Second}, r)
	case choice < 2 && p.n < 1_000_000*c.hops:
		c.f.Move(p, &page{host: fmt.Sprint("to", choice), scheme: p.scheme, n: p.n + 7*1_000_000}, r)
	default:
		c.ended[p.n%1_000_000]++
		c.f.Done(p, r)
		c.f.Done(p, r) // the second is nobody's
	}
}

// forbidden are rules against every seventh page.
type forbidden struct {
	size  int
	delay time.Duration
}

func (forbidden) Allowed(target string) (bool, string) {
	var n int
	fmt.Sscanf(target, "/%d", &n)
	return n%7 != 3, "robots.txt: no"
}
func (r forbidden) CrawlDelay() time.Duration { return r.delay }
func (r forbidden) Size() int                 { return r.size }

func TestRandomly(t *testing.T) {
	seeds := uint64(300)
	if testing.Short() {
		seeds = 30
	}
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) { chaotic(t, seed) })
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func chaotic(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 7))
	pick := func(yes bool) bool { return yes && rng.IntN(2) == 0 }
	o := Options[*page]{Concurrency: 1 + rng.IntN(20), HostConcurrency: 1 + rng.IntN(4), Adaptive: pick(true), GiveUp: 1 + rng.IntN(8), New: newEmpty, Window: 100 + rng.IntN(10_000), WindowLines: 1 + rng.IntN(300)}
	if pick(true) {
		o.HostDelay, o.Jitter = time.Duration(1+rng.IntN(3000))*time.Millisecond, rng.Float64()
	}
	if pick(true) {
		o.Rate = 1 + 50*rng.Float64()
	}
	if pick(true) {
		o.Robots = func(p *page) *page {
			return &page{host: p.host, scheme: p.scheme, gate: "robots.txt of " + p.Origin() + " "}
		}
	}
	if pick(true) {
		o.Lookup = lookUp
	}
	disk := &memoryFile{}
	if pick(true) {
		disk.full = segmentSize
	}
	c := &chaos{t: t, o: o, f: New(o), hops: 15, rng: rng, ended: map[int]int{}, flying: map[string]int{}, begun: map[string]time.Time{}, sent: map[string]time.Time{}, told: map[string]time.Time{},
		stopped: map[string]time.Time{}, opened: map[string]bool{}, attempts: map[*page]int{}}
	c.f.spill.open = disk.open
	if pick(true) {
		c.f.memory.most = 1 + rng.IntN(10_000)
	}
	n := 1 + rng.IntN(600)
	go func() {
		defer c.f.Close()
		rng := rand.New(rand.NewPCG(seed, 8))
		for i := range n {
			if i%100 == 0 {
				time.Sleep(time.Duration(rng.IntN(100)) * time.Second)
			}
			host := strings.Repeat("h", 1+rng.IntN(1+i/50))
			c.f.Add(t.Context(), &page{host: host, n: i, scheme: []string{"http:", "https:"}[rng.IntN(2)]})
		}
	}()
	var running sync.WaitGroup
	most := 0
	for p, r := range c.f.Turns(t.Context()) {
		c.f.mu.Lock()
		most = max(most, c.f.bytes)
		if m := &c.f.memory; m.used > max(m.most, 3000) || m.promised > max(m.most/2, 3000) {
			t.Errorf("%d bytes of rules, %d promised, of %d", m.used, m.promised, m.most)
		}
		c.f.mu.Unlock()
		if r == nil {
			running.Go(func() { c.answer(p) })
			synctest.Wait() // it is given before the next one is chosen
			continue
		}
		if p.gate != "" {
			t.Errorf("the gate %v is refused: %v", p, r)
		}
		c.mu.Lock()
		c.ended[p.n%1_000_000]++
		c.mu.Unlock()
	}
	running.Wait() // gates that nobody waits for any more
	for i := range n {
		if c.ended[i] != 1 {
			t.Errorf("page %d ended %d times", i, c.ended[i])
		}
	}
	f := c.f
	if f.count != 0 || f.inFlight != 0 || len(f.flights) != 0 || f.spill.live != 0 {
		t.Errorf("%d tasks, %d in flight, %d bytes on disk are left", f.count, f.inFlight, f.spill.live)
	}
	if c.files > 4*n+20 {
		t.Errorf("%d robots.txt for %d pages", c.files, n)
	}
	states := len(f.budgets) * hostSize
	for _, h := range f.hosts {
		states += h.size
		if b := h.budget; b != nil && b.inFlight != 0 {
			t.Errorf("%s has %d in flight", h.key, b.inFlight)
		}
	}
	if states != f.states {
		t.Errorf("%d bytes of states are counted, want %d", f.states, states)
	}
	if len(f.gates) == 0 {
		if f.memory.coming != 0 || f.memory.promised != 0 {
			t.Errorf("%d bytes of rules are to come, %d are promised", f.memory.coming, f.memory.promised)
		}
		if f.bytes != 0 {
			t.Errorf("%d bytes are left", f.bytes)
		}
		for _, h := range f.hosts {
			if h.busy != 0 || !h.idle {
				t.Errorf("%s has %d left, idle: %v", h.key, h.busy, h.idle)
			}
		}
	}
	if limit := 2*o.Window + (o.WindowLines+50)*100; most > limit {
		t.Errorf("%d bytes at once, want at most %d", most, limit)
	}
}
