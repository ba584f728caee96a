package results

import (
	"fmt"
	"slices"
	"testing"
)

func TestTally(t *testing.T) {
	var tally Tally
	check := func(scraped, notScraped, duplicates int64, failed bool, kinds ...string) {
		t.Helper()
		if got := [4]int64{tally.Scraped(), tally.NotScraped(), tally.Duplicates(), tally.Total()}; got !=
			[4]int64{scraped, notScraped, duplicates, scraped + notScraped + duplicates} {
			t.Errorf("scraped, not scraped, duplicates, total: %v", got)
		}
		if tally.Failed() != failed {
			t.Errorf("Failed() = %v", tally.Failed())
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

	check(0, 0, 0, false)
	add(page())
	add(page())
	add(failed(3, Duplicate, "of line 1"))
	check(2, 0, 1, false)

	add(failed(4, Timeout, ""))
	add(failed(5, DNS, ""))
	add(failed(6, Timeout, ""))
	before := tally
	add(failed(7, HostGivenUp, ""))
	add(failed(8, InvalidURL, ""))
	check(2, 5, 1, true, "invalid_url 1", "dns 1", "timeout 2", "host_given_up 1")

	tally = before
	check(2, 3, 1, true, "dns 1", "timeout 2")
	for k := range tally.Kinds() {
		if k != DNS {
			t.Errorf("%v after the loop was left", k)
		}
		break
	}

	// Headers that no record should have lose nothing of the total.
	tally.Add(&Record{})
	tally.Add(&Record{Kind: 255})
	check(2, 5, 1, true, "none 1", "dns 1", "timeout 2", "kind(255) 1")
}
