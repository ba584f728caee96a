package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"scrape/results"
)

func TestStatusError(t *testing.T) {
	tests := []struct {
		status    int
		message   string // "": no error
		retryable bool
	}{
		{200, "", false},
		{302, "", false},
		{399, "", false},
		{400, "400 Bad Request", false},
		{404, "404 Not Found", false},
		{408, "408 Request Timeout", true},
		{410, "410 Gone", false},
		{429, "429 Too Many Requests", true},
		{499, "499", false},
		{500, "500 Internal Server Error", true},
		{501, "501 Not Implemented", false},
		{502, "502 Bad Gateway", true},
		{503, "503 Service Unavailable", true},
		{504, "504 Gateway Timeout", true},
		{599, "599", false},
	}
	f := testFetcher(t, Options{}, systemNetwork())
	for _, tt := range tests {
		url := httpServer(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(tt.status)
			w.Write([]byte("sorry"))
		})
		o := fetchAll(t, f, url)
		if o.err != nil || o.body != "sorry" {
			t.Errorf("%d: got body %q, error %v", tt.status, o.body, o.err)
		}
		e := StatusError(o.response)
		if tt.message == "" {
			if e != nil {
				t.Errorf("%d: got %v", tt.status, e)
			}
			continue
		}
		after := time.Duration(0)
		if tt.retryable {
			after = 7 * time.Second
		}
		if e == nil || e.Kind != results.HTTPStatus || e.Message != tt.message || e.Retryable != tt.retryable || e.After != after {
			t.Errorf("%d: got %+v", tt.status, e)
		}
	}
}

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestRetryAfter(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"":                               0,
		"0":                              0,
		"120":                            2 * time.Minute,
		" 5 ":                            5 * time.Second,
		"-5":                             0,
		"+5":                             0,
		"120, 60":                        0,
		"Fri, 02 Jan 2026 03:04:05 GMT":  0,
		"1.5":                            0,
		"5s":                             0,
		"soon":                           0,
		"99999999999":                    LongestAfter,
		"99999999999999999999999999999":  LongestAfter,
		"Fri, 02 Jan 2026 03:05:05 GMT":  time.Minute,
		"Friday, 02-Jan-26 03:05:05 GMT": time.Minute,
		"Fri Jan  2 03:05:05 2026":       time.Minute,
		"Thu, 01 Jan 2026 00:00:00 GMT":  0,
		"Fri, 01 Jan 9999 00:00:00 GMT":  LongestAfter,
	} {
		if got := retryAfter(s, now); got != want {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{
		"120", "0", " 7\t", "-1", "+5", "1.5", "5s", "007", "1e3", "", "120, 60", "60;q=1",
		"31536000", "31535999", "18446744073709551615", "18446744073709551616", "99999999999999999999",
		"Fri, 02 Jan 2026 03:05:05 GMT", "Friday, 02-Jan-26 03:05:05 GMT", "Fri Jan  2 03:05:05 2026",
		"Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT",
		"Fri, 02 Jan 2026 03:05:05 UTC", "Fri, 32 Jan 2026 03:05:05 GMT", "tomorrow",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := retryAfter(s, now)
		if d < 0 || d > LongestAfter {
			t.Errorf("%q: got %v", s, d)
		}
		if d != 0 && retryAfter(s, now.Add(LongestAfter)) > d {
			t.Errorf("%q asks for more when it is later", s)
		}
		if n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 64); err == nil && uint64(d/time.Second) != min(n, uint64(LongestAfter/time.Second)) {
			t.Errorf("%q: got %v", s, d)
		}
	})
}
