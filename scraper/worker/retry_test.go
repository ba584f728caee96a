package worker

import (
	"testing"
	"time"

	"scrape/results"
	"scrape/scraper/fetch"
)

func TestWhatIsTriedAgain(t *testing.T) {
	process.Settings = Settings{Retry: 2, MaxRetryAfter: time.Minute}
	defer func() { process.Settings = Settings{} }()
	for name, test := range map[string]struct {
		attempt     int
		err         fetch.Error
		again       bool
		least, most time.Duration
	}{
		"first failure":       {1, fetch.Error{Retryable: true}, true, firstBackOff / 2, firstBackOff * 3 / 2},
		"second failure":      {2, fetch.Error{Retryable: true}, true, firstBackOff, firstBackOff * 3},
		"third failure":       {3, fetch.Error{Retryable: true}, false, 0, 0},
		"not worth it":        {1, fetch.Error{Kind: results.TLS}, false, 0, 0},
		"Retry-After":         {1, fetch.Error{Retryable: true, After: 20 * time.Second}, true, 20 * time.Second, 20 * time.Second},
		"Retry-After, short":  {2, fetch.Error{Retryable: true, After: time.Millisecond}, true, firstBackOff, firstBackOff * 3},
		"Retry-After, longer": {1, fetch.Error{Retryable: true, After: time.Minute + 1}, false, 0, 0},
	} {
		a := attempt{task: &Task{Attempt: test.attempt}}
		after, again := a.retry(&test.err)
		if again != test.again || after < test.least || after > test.most {
			t.Errorf("%s: %v after %v, want %v after %v to %v", name, again, after, test.again, test.least, test.most)
		}
	}
}

func TestWaitText(t *testing.T) {
	for d, want := range map[time.Duration]string{
		90 * time.Second:       "1m30s",
		36 * time.Hour:         "36h0m0s",
		49 * time.Hour:         "2 days",
		fetch.LongestAfter - 1: "364 days",
		fetch.LongestAfter:     "a year or more",
	} {
		if got := waitText(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
