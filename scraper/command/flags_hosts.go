package command

import (
	"fmt"
	"time"

	"scrape/scraper"
)

// hostFlags say how each host is treated.
func hostFlags() []flagSpec {
	return []flagSpec{
		{
			name: "host-concurrency", value: "N", group: groupHosts, also: "per-host",
			help: fmt.Sprintf("requests in flight to one host (default %d)", scraper.DefaultHostConcurrency),
			set:  whole(func(s *settings) *int { return &s.options.Hosts.Concurrency }, 1, mostConcurrency),
		},
		{
			name: "host-delay", value: "TIME", group: groupHosts, also: "delay download-delay wait",
			help: "from one request's start to the next, for each host",
			set:  duration(func(s *settings) *time.Duration { return &s.options.Hosts.Delay }),
		},
		{
			name: "jitter", value: "PERCENT", group: groupHosts, also: "random-wait randomize",
			help: "make each delay longer at random, by at most this",
			set: func(s *settings, v string) (err error) {
				s.options.Hosts.Jitter, err = parsePercent(v)
				return err
			},
		},
		{
			name: "rate", value: "N/s", group: groupHosts, also: "rate-limit limit-rate throttle",
			help: "requests started, over all hosts: 5/s, 100/m, 1/h",
			set: func(s *settings, v string) (err error) {
				s.options.Hosts.Rate, err = parseRate(v)
				return err
			},
		},
		{
			name: "per-ip", group: groupHosts, also: "concurrent-requests-per-ip",
			help: "hosts with the same address count as one",
			set:  boolean(func(s *settings) *bool { return &s.options.Hosts.PerIP }),
		},
		{
			name: "adaptive", group: groupHosts, also: "autothrottle",
			help: "be slower where a host gets slower, or fails",
			set:  boolean(func(s *settings) *bool { return &s.options.Hosts.Adaptive }),
		},
		{
			name: "max-retry-after", value: "TIME", group: groupHosts,
			help: fmt.Sprintf("a host that asks for a longer rest (Retry-After) is\nleft alone for the rest of the run (default %s;\n0 waits for none)", short(scraper.DefaultMaxRetryAfter)),
			set:  durationOrNone(func(s *settings) *time.Duration { return &s.options.Hosts.MaxRetryAfter }, scraper.NoRetryAfter),
		},
		{
			name: "host-give-up", value: "N", group: groupHosts, also: "max-host-error",
			help: fmt.Sprintf("failed connections in a row after which a host is\ngiven up (default %d; 0 is never)", scraper.DefaultGiveUp),
			set:  orNone(func(s *settings) *int { return &s.options.Hosts.GiveUp }, mostGiveUp, scraper.NeverGiveUp),
		},
		{
			name: "no-robots", group: groupHosts, also: "robots ignore-robots",
			help: "do not ask robots.txt (for your own sites)",
			set:  boolean(func(s *settings) *bool { return &s.options.Hosts.NoRobots }),
		},
		{
			name: "max-crawl-delay", value: "TIME", group: groupHosts,
			help: fmt.Sprintf("how much of a robots.txt's Crawl-delay is heeded\n(default %s)", short(scraper.DefaultMaxCrawlDelay)),
			set:  duration(func(s *settings) *time.Duration { return &s.options.Hosts.MaxCrawlDelay }),
		},
	}
}
