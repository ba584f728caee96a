package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"scrape/results"
)

func TestRead(t *testing.T) {
	for name, test := range map[string]struct {
		json string
		want sample
		rest entry
	}{
		"a page": {
			`{"schema":1,"seq":7,"url":"https://a.example/x","outcome":"scraped","status":200,"wire_bytes":12,"attempts":2,"title":"A \u0022title\u0022","change":"new","timing_ms":{"queue":3,"total":1500.5}}`,
			sample{seq: 7, url: "https://a.example/x", whole: true, title: `A "title"`, status: 200, attempts: 2, total: 1500500 * time.Microsecond},
			entry{wire: 12, change: results.Fresh},
		},
		"a failure of a list among others": {
			`{"schema":1,"seq":9,"list":"b.txt","line":3,"input":"mailto:x","outcome":"not_scraped","error":{"kind":"invalid_url","message":"no\nhost","retryable":true}}`,
			sample{seq: 9, place: "b.txt:3", url: "mailto:x", whole: true, kind: results.InvalidURL, message: "no\nhost"},
			entry{retryable: true},
		},
		"spaces, as others write them": {
			`{ "schema": 1, "seq": 2, "url": "http://a.example/", "outcome": "not_scraped", "change": "gone", "error": { "kind": "dns", "message": "no such host" }, "timing_ms": { "total": 2 } }`,
			sample{seq: 2, url: "http://a.example/", whole: true, kind: results.DNS, message: "no such host", total: 2 * time.Millisecond},
			entry{change: results.Gone},
		},
		"values that make no sense": {
			`{"schema":1,"seq":2,"url":"http://a.example/","outcome":"scraped","wire_bytes":-5,"timing_ms":{"total":-3},"change":"other"}`,
			sample{seq: 2, url: "http://a.example/", whole: true},
			entry{},
		},
		"a time of ages": {
			`{"schema":1,"seq":2,"url":"http://a.example/","outcome":"scraped","timing_ms":{"total":1e300}}`,
			sample{seq: 2, url: "http://a.example/", whole: true, total: 365 * 24 * time.Hour},
			entry{},
		},
	} {
		r, err := results.ParseRecord([]byte(test.json))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		e := read(r)
		if got := e.sample(r); got != test.want {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, test.want)
		}
		if e.wire != test.rest.wire || e.change != test.rest.change || e.retryable != test.rest.retryable {
			t.Errorf("%s: wire %d, change %d, retryable %v", name, e.wire, e.change, e.retryable)
		}
	}
}

func TestHostOf(t *testing.T) {
	for url, want := range map[string]string{
		`"https://a.example/x"`:          "a.example",
		`"https://a.example:8443?x=://"`: "a.example:8443",
		`"http://user:***@a.example/"`:   "a.example",
		`"http://[::1]:80/"`:             "[::1]:80",
		`"http://a.example"`:             "a.example",
		`"mailto:x@example.com"`:         "",
		``:                               "",
	} {
		if got := string(hostOf([]byte(url))); got != want {
			t.Errorf("the host of %s is %q, want %q", url, got, want)
		}
	}
}

// A quantile is right to a few per cent, whatever the numbers.
func TestQuantiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var h histogram
	var all []time.Duration
	for range 10_000 {
		d := time.Duration(math.Exp(rng.NormFloat64()*2+18)) + shortest
		h.add(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, q := range quantiles {
		got, want := float64(h.quantile(q.share)), float64(all[int(q.share*10_000)-1])
		if math.Abs(got-want) > 0.04*want {
			t.Errorf("%s is %v, want %v", q.name, time.Duration(got), time.Duration(want))
		}
	}
	if h.max != all[len(all)-1] || h.n != 10_000 {
		t.Errorf("max %v, n %d", h.max, h.n)
	}
	for _, d := range []time.Duration{1, shortest, time.Hour, math.MaxInt64} {
		if b := bucketOf(d); b < 0 || b >= buckets {
			t.Errorf("%v is in bucket %d", d, b)
		}
	}
	var one histogram
	one.add(time.Second)
	if got := one.quantile(0.99); got > time.Second || got < 960*time.Millisecond {
		t.Errorf("of one second the 99th is %v", got)
	}
}

// However long a run is, each record is in the interval of its time.
func TestTimeline(t *testing.T) {
	var tl timeline
	ats := []time.Duration{-time.Second, 0, firstWidth - 1, firstWidth, time.Second, time.Minute, time.Hour, 400 * 24 * time.Hour}
	for i, at := range ats {
		tl.add(at, i%2 == 0)
		var sum int64
		for i := range intervals {
			sum += tl.scraped[i] + tl.failed[i]
			if i > tl.last && tl.scraped[i]+tl.failed[i] > 0 {
				t.Errorf("after %v something is behind the last interval", at)
			}
		}
		if sum != int64(i+1) {
			t.Errorf("after %v there are %d, want %d", at, sum, i+1)
		}
		if at := max(at, 0); int(at/tl.width()) != tl.last {
			t.Errorf("%v is not in the last interval, %d times %v", at, tl.last, tl.width())
		}
	}
	if tl.scraped[0] != 4 || tl.failed[0] != 3 {
		t.Errorf("at the beginning are %d and %d", tl.scraped[0], tl.failed[0])
	}
}

// While there is room all are kept; then the rare stay whole, and what is kept of
// the frequent is spread over all of them.
func TestSamples(t *testing.T) {
	s := samples{most: 100}
	add := func(g int, seq int64) {
		if i, ok := s.place(g); ok {
			s.put(g, i, sample{seq: seq})
		}
	}
	for i := range int64(100) {
		add(0, i)
	}
	if len(s.groups[0].kept) != 100 {
		t.Fatalf("%d are kept of 100", len(s.groups[0].kept))
	}
	for i := range int64(9900) {
		add(0, 100+i)
		if i%1000 == 0 {
			add(1, i)
		}
	}
	for i := range int64(5000) {
		add(2, i)
	}
	kept := []int{len(s.groups[0].kept), len(s.groups[1].kept), len(s.groups[2].kept)}
	if kept[0]+kept[1]+kept[2] != 100 || s.kept != 100 || kept[1] != 10 || kept[0] < 40 || kept[2] < 40 {
		t.Errorf("kept are %v", kept)
	}
	for g, of := range map[int]int64{0: 10_000, 2: 5000} {
		var sum, late int64
		for _, one := range s.groups[g].kept {
			sum++
			if one.seq >= of/2 {
				late++
			}
		}
		if late < sum/5 || late > sum*4/5 || s.groups[g].seen != of {
			t.Errorf("%d of the %d kept in group %d are of the later half", late, sum, g)
		}
	}
}

// Of any number of hosts those that matter are found.
func TestHosts(t *testing.T) {
	h := hosts{most: 64}
	for i := range 5000 {
		h.add(fmt.Appendf(nil, "once%d.example", i), false, time.Millisecond)
		h.add([]byte("slow.example"), false, time.Second)
		if i%3 == 0 {
			h.add([]byte("bad.example"), true, 0)
		}
	}
	if len(h.known) > 64 || !h.forgotten {
		t.Errorf("%d hosts are known", len(h.known))
	}
	if bad := h.sorted(byFailures)[0]; bad.name != "bad.example" || bad.failed != 1667 {
		t.Errorf("most failures has %+v", bad)
	}
	if slow := h.sorted(byTime)[0]; slow.name != "slow.example" || slow.time != 5000*time.Second {
		t.Errorf("most time took %+v", slow)
	}
}

func TestSlowest(t *testing.T) {
	s := slowest{most: 3}
	for i, ms := range []int64{5, 1, 9, 3, 9, 7} {
		if d := time.Duration(ms); s.wants(d) {
			s.add(sample{seq: int64(i), total: d})
		}
	}
	var got []int64
	for _, one := range s.sorted() {
		got = append(got, one.seq)
	}
	if !slices.Equal(got, []int64{2, 4, 5}) {
		t.Errorf("the slowest are %v", got)
	}
}

func TestTexts(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{grouped(0), "0"}, {grouped(999), "999"}, {grouped(1000), "1,000"}, {grouped(-1234567), "-1,234,567"},
		{percent(0, 0), "–"}, {percent(0, 5), "0 %"}, {percent(5, 5), "100 %"}, {percent(1, 100_000), "< 0.1 %"}, {percent(99_999, 100_000), "> 99.9 %"}, {percent(1, 3), "33 %"}, {percent(995, 1000), "99.5 %"},
		{span(0), "0"}, {span(400 * time.Microsecond), "0.4 ms"}, {span(95 * time.Millisecond), "95 ms"}, {span(999_800 * time.Microsecond), "1 s"}, {span(1230 * time.Millisecond), "1.23 s"}, {span(59_900 * time.Millisecond), "59.9 s"}, {span(61 * time.Second), "1 min 1 s"}, {span(2 * time.Hour), "2 h"}, {span(75 * time.Hour), "3 d 3 h"},
		{size(0), "0 B"}, {size(999), "999 B"}, {size(1500), "1.5 kB"}, {size(5_700_000_000), "5.7 GB"}, {size(4e15), "4000 TB"},
		{perSecond(10, 0), "–"}, {perSecond(30, 4*time.Second), "7.5"}, {perSecond(5000, time.Second), "5,000"},
		{clip("aé", 2), "a"}, {clip("aé", 3), "aé"}, {clip("\xbf\xbf\xbf", 1), ""},
		{clean("a\x00b\u2028c\u202ed\n\xff\ufeff"), "a\ufffdb c\ufffdd \ufffd\ufffd"},
		{headline(0, 0), "There was nothing to scrape"}, {headline(0, 2), "None of 2 URLs was scraped"}, {headline(1, 2), "1 of 2 URLs was scraped"}, {headline(2000, 2000), "All 2,000 URLs were scraped"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// Every kind that is a failure has a sentence on what to do.
func TestAdvice(t *testing.T) {
	for k := results.None + 1; k.Valid(); k++ {
		if adviceOn(k) == "" {
			t.Errorf("nothing is to be done about %v", k)
		}
	}
	if got := adviceOn(255); got != "" {
		t.Errorf("of a kind that is none: %q", got)
	}
	if got := prose("Try --a=b, or --c. So (--d FILE)."); !slices.Equal(got, []piece{{"Try ", false}, {"--a=b", true}, {", or ", false}, {"--c", true}, {". So (", false}, {"--d", true}, {" FILE).", false}}) {
		t.Errorf("%v", got)
	}
}
