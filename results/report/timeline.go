package report

import "time"

// timeline counts what was finished when, in intervals of equal width. When the run
// outgrows them, each becomes twice as wide.
type timeline struct {
	scraped, failed [intervals]int64
	doubled         int // how many times
	last            int // interval in use
}

const (
	intervals  = 128
	firstWidth = 10 * time.Millisecond
)

// width is that of an interval.
func (t *timeline) width() time.Duration { return firstWidth << t.doubled }

func (t *timeline) add(at time.Duration, scraped bool) {
	at = max(at, 0)
	for at/t.width() >= intervals {
		t.double()
	}
	i := int(at / t.width())
	t.last = max(t.last, i)
	if scraped {
		t.scraped[i]++
	} else {
		t.failed[i]++
	}
}

func (t *timeline) double() {
	for _, counts := range []*[intervals]int64{&t.scraped, &t.failed} {
		for i := range intervals / 2 {
			counts[i] = counts[2*i] + counts[2*i+1]
		}
		clear(counts[intervals/2:])
	}
	t.doubled++
	t.last /= 2
}
