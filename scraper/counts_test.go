package scraper

import (
	"testing"
	"time"
)

func TestDurations(t *testing.T) {
	var d Durations
	for _, t := range []time.Duration{-time.Second, 0, 5 * time.Millisecond, 5*time.Millisecond + 1, time.Second, time.Minute, time.Hour} {
		d.add(t)
	}
	want := Durations{Sum: time.Hour + time.Minute + time.Second + 10*time.Millisecond + 1}
	want.Counts[0], want.Counts[1], want.Counts[7], want.Counts[12], want.Counts[13] = 3, 1, 1, 1, 1
	if d != want {
		t.Errorf("%+v, want %+v", d, want)
	}
	for i := 1; i < len(DurationBounds); i++ {
		if DurationBounds[i] <= DurationBounds[i-1] {
			t.Errorf("bound %d is not above the one before", i)
		}
	}
}
