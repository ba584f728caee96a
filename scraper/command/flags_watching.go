package command

import (
	"errors"
	"net"

	"scrape/scraper/runlog"
)

// watchingFlags say how a run is watched by other programs.
func watchingFlags() []flagSpec {
	return []flagSpec{
		{
			name: "log", value: "FILE", group: groupWatching, once: true, also: "log-file logfile",
			help: "tell there what happens, in JSON Lines; it is\nappended to, and opened anew on SIGHUP where there\nis no terminal",
			set:  notEmpty(func(s *settings) *string { return &s.log }),
		},
		{
			name: "log-level", value: "LEVEL", group: groupWatching, once: true,
			help: alternatives(runlog.Levels) + " (default info)",
			set: func(s *settings, v string) error {
				name, err := parseChoice(v, runlog.Levels)
				if err != nil {
					return err
				}
				s.logLevel, err = runlog.ParseLevel(name)
				return err
			},
		},
		{
			name: "metrics", value: "ADDR", group: groupWatching, once: true, also: "prometheus metrics-address listen",
			help: "answer Prometheus during the run, as in\n127.0.0.1:9090, at /metrics",
			set: func(s *settings, v string) error {
				if _, _, err := net.SplitHostPort(v); err != nil {
					return errors.New("must be an address and a port, as in 127.0.0.1:9090")
				}
				s.metrics = v
				return nil
			},
		},
		{
			name: "metrics-file", value: "FILE", group: groupWatching, once: true, also: "textfile",
			help: "write the same there at the end, for the textfile\ncollector of node_exporter",
			set:  notEmpty(func(s *settings) *string { return &s.metricsFile }),
		},
	}
}
