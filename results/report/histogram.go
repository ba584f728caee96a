package report

import (
	"math"
	"time"
)

// A histogram counts durations in buckets that grow by a constant factor, so that
// every quantile is right to some two per cent. What is shorter than a tenth of a
// millisecond, or longer than an hour, counts as that.
type histogram struct {
	counts [buckets]int64
	n      int64
	sum    time.Duration
	max    time.Duration
}

const (
	shortest  = 100 * time.Microsecond
	perOctave = 16
	buckets   = 26 * perOctave // 2^26 times the shortest is almost two hours
)

func bucketOf(d time.Duration) int {
	if d <= shortest {
		return 0
	}
	return min(int(math.Log2(float64(d)/float64(shortest))*perOctave), buckets-1)
}

// lower is the lower end of a bucket.
func lower(bucket int) time.Duration {
	return time.Duration(float64(shortest) * math.Exp2(float64(bucket)/perOctave))
}

func (h *histogram) add(d time.Duration) {
	h.counts[bucketOf(d)]++
	h.n++
	h.sum += d
	h.max = max(h.max, d)
}

// quantile is the duration that a share of all did not exceed: the middle of its
// bucket.
func (h *histogram) quantile(share float64) time.Duration {
	rank := int64(math.Ceil(share * float64(h.n)))
	var below int64
	for i, n := range h.counts {
		below += n
		if n > 0 && below >= rank {
			return min((lower(i)+lower(i+1))/2, h.max)
		}
	}
	return 0
}

// between is the range of buckets that hold anything.
func (h *histogram) between() (first, last int) {
	first = buckets
	for i, n := range h.counts {
		if n > 0 {
			first, last = min(first, i), i
		}
	}
	return first, last
}
