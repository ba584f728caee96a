package command

import (
	"fmt"
	"time"

	"scrape/scraper"
)

// timeFlags bound what one page, one URL and the run can take.
func timeFlags() []flagSpec {
	return []flagSpec{
		{
			name: "connect-timeout", value: "TIME", group: groupTimes, check: true,
			help: "for look-up, connection and TLS (default: --timeout)",
			set:  duration(func(s *settings) *time.Duration { return &s.options.Network.ConnectTimeout }),
		},
		{
			name: "timeout", value: "TIME", group: groupTimes, check: true, also: "max-time-per-request read-timeout",
			help: fmt.Sprintf("for one attempt, to its last byte (default %v);\n30s, 1m, or a number of seconds, at most 24h", scraper.DefaultTimeout),
			set:  duration(func(s *settings) *time.Duration { return &s.options.Timeout }),
		},
		{
			name: "url-timeout", value: "TIME", group: groupTimes,
			help: "for one URL, with its retries and waits",
			set:  duration(func(s *settings) *time.Duration { return &s.options.URLTimeout }),
		},
		{
			name: "max-time", value: "TIME", group: groupTimes, also: "max-run-time",
			help: "for the whole run; what is left ends it with exit\ncode 4",
			set:  duration(func(s *settings) *time.Duration { return &s.options.MaxTime }),
		},
		{
			name: "max-urls", value: "N", group: groupTimes, also: "max-pages limit-urls",
			help: "fetch so many URLs; what is left ends the run with\nexit code 4",
			set:  large(func(s *settings) *int64 { return &s.options.MaxURLs }),
		},
		{
			name: "max-bytes", value: "SIZE", group: groupTimes, also: "max-total-size quota",
			help: "start nothing new when so much of bodies was\nreceived; what is left ends the run with exit code 4",
			set:  byteCount(func(s *settings) *int64 { return &s.options.MaxBytes }),
		},
		{
			name: "speed-limit", value: "SIZE", group: groupTimes, also: "min-speed",
			help: "give up a body that is slower: bytes a second, ...",
			set:  byteCount(func(s *settings) *int64 { return &s.options.SpeedLimit }),
		},
		{
			name: "speed-time", value: "TIME", group: groupTimes,
			help: fmt.Sprintf("... during this time (default %v)", scraper.DefaultSpeedTime),
			set:  duration(func(s *settings) *time.Duration { return &s.options.SpeedTime }),
		},
		{
			name: "max-filesize", value: "SIZE", group: groupTimes, check: true, also: "max-size max-body limit",
			help: fmt.Sprintf("limit on one body, as received and decoded: 512k,\n32m, 1g (default %dm)", scraper.DefaultMaxBody>>20),
			set:  byteCount(func(s *settings) *int64 { return &s.options.MaxBody }),
		},
	}
}
