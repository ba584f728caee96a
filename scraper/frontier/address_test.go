package frontier

import (
	"testing"
	"testing/synctest"
	"time"

	"scrape/results"
)

// TestPerAddress has two hosts and two literals of one address, and one host of
// another.
func TestPerAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{HostConcurrency: 1, Lookup: lookUp})}
		w.answer = func(p *page) {
			switch {
			case p.gate == "":
				time.Sleep(time.Second)
				w.f.Done(p, Report{Health: Fine})
			case p.host == "nowhere":
				w.f.Shut(p, Refusal{Kind: results.DNS, Message: "no such host"}, Report{Health: Unreachable})
			case p.host == "other":
				w.f.Located(p, "127.0.0.2", Report{})
			default:
				if p.host == "b" {
					time.Sleep(time.Millisecond) // after a
				}
				w.f.Located(p, "127.0.0.1", Report{})
			}
		}
		add(t, w.f, newPage("a", 0), newPage("a", 1), newPage("b", 0), newPage("nowhere", 0), newPage("other", 0),
			newPage("127.0.0.1:8080", 0), newPage("[::ffff:127.0.0.1]", 0))
		wantAnyOrder(t, w.run(t), "a address 0 after 0s", "127.0.0.1:80800 after 0s", "b address 0 after 0s", "nowhere address 0 after 0s",
			"nowhere0 refused after 0s: dns: no such host", "other address 0 after 0s", "other0 after 0s",
			"[::ffff:127.0.0.1]0 after 1s", "a0 after 2s", "b0 after 3s", "a1 after 4s")
		if len(w.f.budgets) != 2 {
			t.Errorf("%d budgets are kept", len(w.f.budgets))
		}
	})
}
