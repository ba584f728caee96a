package command

import (
	"strings"
	"testing"

	"scrape/results"
)

func TestFailOn(t *testing.T) {
	type counts map[results.Kind]int
	for _, test := range []struct {
		flags   string // with blanks between them
		counts  counts
		lacking int64
		want    bool
	}{
		{"", counts{results.None: 5}, 0, false},
		{"", counts{results.None: 5, results.Duplicate: 3}, 0, false},
		{"", counts{results.None: 5, results.DNS: 1}, 0, true},
		{"any", counts{results.DNS: 1}, 0, true},
		{"none", counts{results.DNS: 9}, 9, false},
		{"20", counts{results.DNS: 10, results.TLS: 9}, 0, false},
		{"20", counts{results.DNS: 10, results.TLS: 10}, 0, true},
		{"5%", counts{results.None: 96, results.DNS: 4}, 0, false},
		{"5%", counts{results.None: 95, results.DNS: 5}, 0, true},
		{"5%", counts{results.None: 95, results.DNS: 5, results.Duplicate: 1000}, 0, true},
		{"0.1%", counts{results.None: 5}, 0, false},
		{"100%", counts{}, 0, false},
		{"100%", counts{results.DNS: 2}, 0, true},
		{"dns", counts{results.TLS: 5}, 0, false},
		{"dns,tls", counts{results.TLS: 5}, 0, true},
		{"dns tls", counts{results.TLS: 5}, 0, true},
		{"required", counts{results.Parse: 1}, 0, false},
		{"required", counts{results.Parse: 1}, 1, true},
		{"50%, required", counts{results.None: 9, results.Parse: 1}, 1, true},
		{"none robots", counts{results.Robots: 1}, 0, true},
		{"20 3", counts{results.DNS: 3}, 0, true},
		{"3 20", counts{results.DNS: 3}, 0, true},
		{"any 20", counts{results.DNS: 1}, 0, true},
	} {
		var f failOn
		for flag := range strings.SplitSeq(strings.ReplaceAll(test.flags, ", ", ","), " ") {
			if flag == "" {
				continue
			}
			if err := f.add(flag); err != nil {
				t.Fatal(test.flags, err)
			}
		}
		var tally results.Tally
		for kind, n := range test.counts {
			for range n {
				r := results.Record{Kind: kind}
				if kind == results.None {
					r.Outcome = results.Scraped
				}
				tally.Add(&r)
			}
		}
		if got := f.holds(&tally, test.lacking); got != test.want {
			t.Errorf("%q of %v: %v", test.flags, test.counts, got)
		}
	}
}

func TestFailOnRefuses(t *testing.T) {
	for value, want := range map[string]string{
		"":           "must be any, none",
		"0":          "at least 1",
		"-1":         "at least 1",
		"0%":         "more than 0%",
		"101%":       "at most 100%",
		"x%":         "more than 0%",
		"NaN%":       "more than 0%",
		"duplicate":  "no failure",
		"http_staus": "did you mean http_status?",
		"dns,":       "must be any, none",
		"1.5":        "must be any, none",
	} {
		var f failOn
		if err := f.add(value); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", value, err)
		}
	}
}
