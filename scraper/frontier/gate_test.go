package frontier

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"scrape/results"
)

// robots are rules that forbid some numbers.
type robots struct {
	denied string
	delay  time.Duration
	size   int
}

func (r robots) Allowed(target string) (bool, string) {
	if strings.Contains(r.denied, target) {
		return false, "robots.txt, line 2: Disallow: " + target
	}
	return true, ""
}

func (r robots) CrawlDelay() time.Duration { return r.delay }
func (r robots) Size() int                 { return r.size }

func askRobots(p *page) *page { return &page{host: p.host, scheme: p.scheme, gate: "/robots.txt "} }
func lookUp(p *page) *page    { return &page{host: p.host, scheme: p.scheme, gate: " address "} }

func TestRobotsGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{HostConcurrency: 2, Robots: askRobots})}
		w.answer = func(p *page) {
			time.Sleep(time.Second)
			switch {
			case p.gate == "":
				w.f.Done(p, Report{Health: Fine})
			case p.host == "a":
				w.f.Open(p, robots{denied: "/1 /2"}, Report{Health: Fine})
			default:
				w.f.Open(p, nil, Report{Health: Fine})
			}
		}
		add(t, w.f, append(pages("a", 5), pages("b", 1)...)...)
		const no = " refused after 1s: robots: robots.txt, line 2: Disallow: /"
		wantAnyOrder(t, w.run(t), "a/robots.txt 0 after 0s", "b/robots.txt 0 after 0s",
			"a0 after 1s", "a1"+no+"1", "a2"+no+"2", "b0 after 1s", "a3 after 1s", "a4 after 2s")
	})
}

// TestOriginsOfOneHostHaveTheirOwnGates lets one wait while the other is open.
func TestOriginsOfOneHostHaveTheirOwnGates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{HostConcurrency: 2, Robots: askRobots})}
		w.answer = func(p *page) {
			if p.gate != "" {
				if p.scheme == "http:" {
					time.Sleep(time.Minute)
				}
				w.f.Open(p, nil, Report{})
				return
			}
			w.f.Done(p, Report{})
		}
		add(t, w.f, &page{host: "a", scheme: "http:"}, &page{host: "a", scheme: "https:"}, &page{host: "a", scheme: "https:", n: 1})
		wantAnyOrder(t, w.run(t), "http:a/robots.txt 0 after 0s", "https:a/robots.txt 0 after 0s",
			"https:a0 after 0s", "https:a1 after 0s", "http:a0 after 1m0s")
	})
}

func TestCrawlDelay(t *testing.T) {
	for _, tt := range []struct {
		asked, most, own, want time.Duration
	}{
		{2 * time.Second, 0, 0, 2 * time.Second},
		{2 * time.Second, 0, 3 * time.Second, 3 * time.Second},
		{time.Hour, 0, 0, DefaultMaxCrawlDelay},
		{time.Hour, 5 * time.Second, 0, 5 * time.Second},
		{time.Hour, -1, 0, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := &world{f: New(Options[*page]{HostDelay: tt.own, MaxCrawlDelay: tt.most, Robots: askRobots})}
			w.answer = func(p *page) {
				if p.gate != "" {
					w.f.Open(p, robots{delay: tt.asked}, Report{})
				} else {
					w.f.Done(p, Report{})
				}
			}
			add(t, w.f, pages("a", 2)...)
			wantAnyOrder(t, w.run(t), "a/robots.txt 0 after 0s", fmt.Sprintf("a0 after %v", tt.want), fmt.Sprintf("a1 after %v", 2*tt.want))
		})
	}
}

// TestShutGate refuses those who wait and those who come soon; then the next one
// asks again.
func TestShutGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{Robots: askRobots})}
		asked := 0
		w.answer = func(p *page) {
			switch {
			case p.gate == "":
				w.f.Done(p, Report{})
			case asked == 0:
				asked++
				w.f.Again(p, 5*time.Second, Report{Health: Unreachable})
			case asked == 1:
				asked++
				w.f.Shut(p, Refusal{Kind: results.Connect, Message: "connection refused", Retryable: true}, Report{Health: Unreachable})
			default:
				w.f.Open(p, nil, Report{})
			}
		}
		go func() {
			defer w.f.Close()
			w.f.Add(t.Context(), newPage("a", 0))
			w.f.Add(t.Context(), newPage("a", 1))
			time.Sleep(34 * time.Second)
			w.f.Add(t.Context(), newPage("a", 2))
			time.Sleep(time.Second)
			w.f.Add(t.Context(), newPage("a", 3))
		}()
		const no = ": connect: connection refused"
		wantAnyOrder(t, w.run(t), "a/robots.txt 0 after 0s", "a/robots.txt 0 after 5s", "a0 refused after 5s"+no, "a1 refused after 5s"+no,
			"a2 refused after 34s"+no, "a/robots.txt 0 after 35s", "a3 after 35s")
	})
}

// TestRedirectedGate has a robots.txt elsewhere: in the turn of a host that
// forbids all, which is no matter of a gate's; and of one that was given up,
// which is.
func TestRedirectedGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{HostConcurrency: 1, Robots: askRobots, GiveUp: 1})}
		w.answer = func(p *page) {
			switch {
			case p.gate == "":
				w.f.Done(p, Report{Health: Fine})
			case p.host == "dead":
				w.f.Shut(p, Refusal{Kind: results.Connect, Message: "no"}, Report{Health: Unreachable, Cause: "connect: no"})
			case p.host == "a" || p.host == "b":
				time.Sleep(time.Second)
				to := map[string]string{"a": "elsewhere", "b": "dead"}[p.host]
				w.f.Move(p, &page{host: to, gate: p.host + "'s robots.txt "}, Report{Health: Fine})
			case p.gate == "a's robots.txt ":
				w.f.Open(p, robots{denied: "/1"}, Report{Health: Fine})
			default:
				w.f.Open(p, robots{denied: "/0 /1"}, Report{Health: Fine})
			}
		}
		add(t, w.f, newPage("elsewhere", 0), newPage("dead", 0), newPage("a", 0), newPage("a", 1), newPage("b", 0))
		wantAnyOrder(t, w.run(t),
			"elsewhere/robots.txt 0 after 0s", "dead/robots.txt 0 after 0s", "a/robots.txt 0 after 0s", "b/robots.txt 0 after 0s",
			"elsewhere0 refused after 0s: robots: robots.txt, line 2: Disallow: /0",
			"dead0 refused after 0s: connect: no",
			"elsewherea's robots.txt 0 after 1s",
			"b0 refused after 1s: host_given_up: given up after 1 failures in a row, the last: connect: no",
			"a0 after 1s",
			"a1 refused after 1s: robots: robots.txt, line 2: Disallow: /1")
	})
}

// TestRulesAreKept asks for a robots.txt once, also when the host has been idle.
func TestRulesAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{Robots: askRobots})}
		w.answer = func(p *page) {
			if p.gate != "" {
				w.f.Open(p, robots{denied: "/1"}, Report{})
			} else {
				w.f.Done(p, Report{})
			}
		}
		go func() {
			defer w.f.Close()
			w.f.Add(t.Context(), newPage("a", 0))
			time.Sleep(time.Hour)
			w.f.Add(t.Context(), newPage("a", 1))
		}()
		wantAnyOrder(t, w.run(t), "a/robots.txt 0 after 0s", "a0 after 0s", "a1 refused after 1h0m0s: robots: robots.txt, line 2: Disallow: /1")
	})
}
