package command

import (
	"testing"
	"time"

	"scrape/results"
	"scrape/scraper"
)

func TestClosingLine(t *testing.T) {
	type counts map[results.Kind]int
	for _, test := range []struct {
		counts  counts
		summary scraper.Summary
		lines   int64
		want    string
	}{
		{
			counts{},
			scraper.Summary{Ended: true}, 0,
			"0 URLs in 0s: 0 scraped",
		},
		{
			counts{results.None: 1},
			scraper.Summary{Ended: true, Wall: 42123 * time.Microsecond}, 0,
			"1 URL in 42ms (24/s): 1 scraped",
		},
		{
			counts{results.None: 10000},
			scraper.Summary{Ended: true, Fields: []scraper.FieldCount{{Name: "name", Found: 10000, Of: 10000}, {Name: "lid", Found: 9999, Of: 10000}, {Name: "price", Found: 9800, Of: 10000}}}, 0,
			"10,000 URLs in 0s: 10,000 scraped; price: found in 9,800 of 10,000; lid: found in 9,999 of 10,000",
		},
		{
			counts{results.None: 1},
			scraper.Summary{Ended: true, Fields: []scraper.FieldCount{{Name: "a", Of: 1}, {Name: "b", Of: 1}, {Name: "c", Of: 1}, {Name: "d", Of: 1}, {Name: "e", Of: 1}}}, 0,
			"1 URL in 0s: 1 scraped; a: found in 0 of 1; b: found in 0 of 1; c: found in 0 of 1; and 2 more fields",
		},
		{ // those with most misses are named, wherever they stand
			counts{results.None: 1000},
			scraper.Summary{Ended: true,
				Fields: []scraper.FieldCount{
					{Name: "a", Found: 999, Of: 1000}, {Name: "b", Found: 0, Of: 2}, {Name: "c", Found: 998, Of: 1000},
					{Name: "d", Found: 10, Of: 1000}, {Name: "e", Found: 1000, Of: 1000}, {Name: "f", Found: 500, Of: 1000},
				},
				Expected: []scraper.FieldCount{{Name: "author", Found: 100, Of: 1000}, {Name: "description", Found: 101, Of: 1000}, {Name: "jsonld"}},
			}, 0,
			"1,000 URLs in 0s: 1,000 scraped; d: found in 10 of 1,000; author: found in 100 of 1,000; f: found in 500 of 1,000; and 3 more fields",
		},
		{
			counts{results.None: 3},
			scraper.Summary{Ended: true, Expected: []scraper.FieldCount{{Name: "title", Found: 3, Of: 3}, {Name: "author", Found: 1, Of: 3}, {Name: "article", Of: 3}}}, 0,
			"3 URLs in 0s: 3 scraped; article: found in 0 of 3",
		},
		{
			counts{results.None: 950, results.HTTPStatus: 30, results.DNS: 12, results.Timeout: 6, results.Duplicate: 2},
			scraper.Summary{Ended: true, Wall: 3204 * time.Millisecond}, 0,
			"1,000 URLs in 3.2s (312/s): 950 scraped, 48 not scraped (30 http_status, 12 dns, 6 timeout), 2 duplicates",
		},
		{
			counts{results.None: 3, results.Duplicate: 1},
			scraper.Summary{Wall: 62800 * time.Millisecond, Unfinished: 1200}, 0,
			"4 URLs in 1m3s (0.1/s): 3 scraped, 1 duplicate; 1,200 lines not finished; not read to the end",
		},
		{
			counts{results.None: 3},
			scraper.Summary{Wall: 30 * time.Second, Unfinished: 1200, Held: 1100, Oldest: 4, Ended: true}, 0,
			"3 URLs in 30s (0.1/s): 3 scraped; 1,200 lines not finished, of which 1,100 waited for line 4",
		},
		{ // the rate is that of what was done
			counts{results.None: 10, results.DNS: 1},
			scraper.Summary{Wall: time.Second, Kept: 9, Ended: true}, 0,
			"11 URLs in 1s (2.0/s): 10 scraped, 1 not scraped (1 dns); 9 records kept",
		},
		{
			counts{results.None: 4},
			scraper.Summary{Wall: 2 * time.Second}, 0,
			"4 URLs in 2s (2.0/s): 4 scraped; not read to the end",
		},
		{
			counts{results.None: 4},
			scraper.Summary{Ended: true, Wall: 2 * time.Second, Unfinished: 2}, 0,
			"4 URLs in 2s (2.0/s): 4 scraped; 2 lines not finished",
		},
		{ // it grew after it was counted
			counts{results.None: 4},
			scraper.Summary{Wall: 2 * time.Second, Unfinished: 2}, 5,
			"4 URLs in 2s (2.0/s): 4 scraped; 2 lines not finished",
		},
		{
			counts{results.None: 4},
			scraper.Summary{Wall: 2 * time.Second, Unfinished: 1}, 5,
			"4 URLs in 2s (2.0/s): 4 scraped; 1 line not finished",
		},
	} {
		for kind, n := range test.counts {
			for range n {
				r := &results.Record{Outcome: results.NotScraped, Kind: kind}
				if kind == results.None {
					r.Outcome = results.Scraped
				}
				test.summary.Tally.Add(r)
			}
		}
		if got := closingLine(&test.summary, test.lines); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
