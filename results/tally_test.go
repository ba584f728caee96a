package results

import (
	"fmt"
	"slices"
	"testing"
)

func TestTally(t *testing.T) {
	var tally Tally
	check := func(scraped, notScraped, duplicates int64, kinds ...string) {
		t.Helper()
		if got := [4]int64{tally.Scraped(), tally.NotScraped(), tally.Duplicates(), tally.Total()}; got !=
			[4]int64{scraped, notScraped, duplicates, scraped + notScraped + duplicates} {
			t.Errorf("scraped, not scraped, duplicates, total: %v", got)
		}
		var got []string
		for k, n := range tally.Kinds() {
			got = append(got, fmt.Sprint(k, " ", n))
		}
		if !slices.Equal(got, kinds) {
			t.Errorf("kinds %q, want %q", got, kinds)
		}
	}
	add := func(f *Fields) { tally.Add(New(f)) }

	check(0, 0, 0)
	add(page())
	add(page())
	add(failed(3, Duplicate, "of line 1"))
	check(2, 0, 1)

	add(failed(4, Timeout, ""))
	add(failed(5, DNS, ""))
	add(failed(6, Timeout, ""))
	before := tally
	add(failed(7, HostGivenUp, ""))
	add(failed(8, InvalidURL, ""))
	check(2, 5, 1, "invalid_url 1", "dns 1", "timeout 2", "host_given_up 1")

	tally = before
	check(2, 3, 1, "dns 1", "timeout 2")
	for k := range tally.Kinds() {
		if k != DNS {
			t.Errorf("%v after the loop was left", k)
		}
		break
	}

	// Headers that no record should have lose nothing of the total.
	tally.Add(&Record{})
	tally.Add(&Record{Kind: 255})
	check(2, 5, 1, "none 1", "dns 1", "timeout 2", "kind(255) 1")
}

// Counting by kinds is what Add does, and a Tally joined to another is as if its
// records had been added to that.
func TestTallyCountAndJoin(t *testing.T) {
	var added, counted, joined Tally
	for k := range Kind(len(kindNames)) {
		for range 1 + int(k)%3 {
			f := page()
			if k != None {
				f = failed(1, k, "m")
			}
			added.Add(New(f))
		}
		var one Tally
		one.Count(k, 1+int64(k)%3)
		counted.Count(k, 1)
		counted.Count(k, int64(k)%3)
		joined.Join(&one)
	}
	if counted != added || joined != added {
		t.Errorf("added %v, counted %v, joined %v", added, counted, joined)
	}
}
