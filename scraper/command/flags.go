package command

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"scrape/results"
	"scrape/scraper"
)

// flagSpec is all there is to know about one flag. The table below is the only
// place that names flags; arguments, environment, messages and help come from
// it.
type flagSpec struct {
	name  string // long name, without dashes
	short string // one letter, or ""
	value string // what the value is called in the help; "" for a switch
	also  string // what other programs call it, separated by spaces; for "did you mean"
	help  string // "\n" where the line breaks
	group string // heading in the help
	demo  bool   // taken by `scrape demo` too
	only  string // "demo": taken by nothing else
	once  bool   // a second one on a command line is a mistake
	noEnv bool   // not read from the environment
	// secret says that the value may be one: messages leave it out.
	secret bool
	// set stores a value; its error completes "--name value: ".
	set func(s *settings, value string) error
}

// env is the name of the environment variable, "" if there is none.
func (f *flagSpec) env() string {
	if f.noEnv {
		return ""
	}
	return "SCRAPE_" + strings.ToUpper(strings.ReplaceAll(f.name, "-", "_"))
}

// takenBy says whether a command ("" is the main one) has the flag.
func (f *flagSpec) takenBy(command string) bool {
	return f.only == command || f.only == "" && (command == "" || f.demo)
}

// settings are what flags and environment ask for.
type settings struct {
	options   scraper.Options
	output    string
	overwrite bool
	format    results.Format // "" when nobody chose
	jsonl     bool
	progress  string // "auto", "always" or "never"
	quiet     bool
	verbose   bool
	serve     bool
}

// What is asked for beyond these cannot be meant, and would exhaust the
// machine before the first request.
const (
	mostProcs       = 1024
	mostConcurrency = 65536
	mostRetry       = 100
)

const (
	groupSpeed    = "Speed"
	groupRequests = "Requests"
	groupPages    = "Pages and lists"
	groupOutput   = "Output"
	groupOther    = "Other"
)

var (
	formats    = []string{string(results.Text), string(results.JSONL)}
	extracts   = []string{"title", "none"}
	progresses = []string{"auto", "always", "never"}
)

var flagTable = []flagSpec{
	{
		name: "procs", short: "p", value: "N", group: groupSpeed, demo: true,
		also: "processes workers jobs threads parallel",
		help: "worker processes (default: the least of CPUs,\n8 and the concurrency; in the demo 3)",
		set:  whole(func(s *settings) *int { return &s.options.Procs }, 1, mostProcs),
	},
	{
		name: "concurrency", short: "c", value: "N", group: groupSpeed,
		also: "connections max-connections",
		help: fmt.Sprintf("requests in flight over all workers (default %d)", scraper.DefaultConcurrency),
		set:  whole(func(s *settings) *int { return &s.options.Concurrency }, 1, mostConcurrency),
	},
	{
		name: "host-concurrency", value: "N", group: groupSpeed, also: "per-host",
		help: fmt.Sprintf("requests in flight to one host (default %d)", scraper.DefaultHostConcurrency),
		set:  whole(func(s *settings) *int { return &s.options.HostConcurrency }, 1, mostConcurrency),
	},
	{
		name: "timeout", value: "TIME", group: groupRequests,
		help: fmt.Sprintf("for one attempt, to its last byte (default %v);\n30s, 1m, or a number of seconds, at most 24h", scraper.DefaultTimeout),
		set: func(s *settings, v string) (err error) {
			s.options.Timeout, err = parseDuration(v)
			return err
		},
	},
	{
		name: "retry", value: "N", group: groupRequests, also: "retries tries",
		help: fmt.Sprintf("further attempts at what may work later (default %d)", scraper.DefaultRetry),
		set: func(s *settings, v string) error {
			n, err := parseWhole(v, 0, mostRetry)
			if n == 0 {
				n = scraper.NoRetry
			}
			s.options.Retry = n
			return err
		},
	},
	{
		name: "user-agent", short: "A", value: "TEXT", group: groupRequests, also: "agent",
		help: "who we say we are",
		set: func(s *settings, v string) (err error) {
			s.options.UserAgent, err = parseUserAgent(v)
			return err
		},
	},
	{
		name: "header", short: "H", secret: true, value: "'NAME: VALUE'", group: groupRequests, also: "headers",
		help: "sent with every request; may be repeated",
		set: func(s *settings, v string) error {
			name, value, err := parseHeader(v)
			if err != nil {
				return err
			}
			if http.CanonicalHeaderKey(name) == "User-Agent" {
				if s.options.UserAgent, err = parseUserAgent(value); err != nil {
					return fmt.Errorf("%s %w", name, err)
				}
				return nil
			}
			if s.options.Header == nil {
				s.options.Header = make(http.Header)
			}
			s.options.Header.Add(name, value)
			return nil
		},
	},
	{
		name: "max-filesize", value: "SIZE", group: groupRequests, also: "max-size max-body limit",
		help: fmt.Sprintf("limit on one decoded body, e.g. 512k, 32m, 1g\n(default %dm)", scraper.DefaultMaxBody>>20),
		set: func(s *settings, v string) (err error) {
			s.options.MaxBody, err = parseSize(v)
			return err
		},
	},
	{
		name: "no-robots", group: groupRequests, also: "robots ignore-robots",
		help: "do not ask robots.txt (it is not read yet)",
		set:  ignored,
	},
	{
		name: "extract", value: "WHAT", group: groupPages,
		help: "title, or none to parse nothing (default title)",
		set: func(s *settings, v string) error {
			what, err := parseChoice(v, extracts)
			s.options.NoTitle = what == "none"
			return err
		},
	},
	{
		name: "no-dedupe", group: groupPages, also: "no-dedup no-unique",
		help: "fetch repeated URLs again",
		set:  boolean(func(s *settings) *bool { return &s.options.NoDedupe }),
	},
	{
		name: "output", short: "o", value: "FILE", group: groupOutput, once: true, also: "out outfile output-file",
		help: "write records there, - is stdout; the format\nfollows .jsonl, .ndjson or .txt",
		set: func(s *settings, v string) error {
			if v == "" {
				return errors.New("must not be empty")
			}
			s.output = v
			return nil
		},
	},
	{
		name: "overwrite", group: groupOutput, also: "force clobber",
		help: "replace an output file that exists",
		set:  boolean(func(s *settings) *bool { return &s.overwrite }),
	},
	{
		name: "format", value: "NAME", group: groupOutput, also: "type",
		help: "text or jsonl (default text)",
		set: func(s *settings, v string) error {
			format, err := parseChoice(v, formats)
			s.format = results.Format(format)
			return err
		},
	},
	{
		name: "jsonl", short: "j", group: groupOutput, demo: true, also: "json json-lines ndjson",
		help: "the same as --format jsonl",
		set:  boolean(func(s *settings) *bool { return &s.jsonl }),
	},
	{
		name: "progress", value: "WHEN", group: groupOutput, demo: true, also: "bar",
		help: "auto, always or never (default auto: when stderr\nis a terminal, unless records go into a pipe)",
		set: func(s *settings, v string) (err error) {
			s.progress, err = parseChoice(v, progresses)
			return err
		},
	},
	{
		name: "quiet", short: "q", group: groupOutput, demo: true, also: "silent",
		help: "no bar, no closing line when all went well;\ntext on stdout names only failures",
		set:  boolean(func(s *settings) *bool { return &s.quiet }),
	},
	{
		name: "verbose", short: "v", group: groupOutput, demo: true, also: "debug",
		help: "also retries, and the life of workers",
		set:  boolean(func(s *settings) *bool { return &s.verbose }),
	},
	{
		name: "serve", group: groupOther, only: "demo", noEnv: true,
		help: "keep the site up, and print the name of a file\nwith its list",
		set:  boolean(func(s *settings) *bool { return &s.serve }),
	},
	{
		name: "help", short: "h", group: groupOther, demo: true, noEnv: true, also: "usage",
		help: "show this",
		set:  ignored, // dispatch has looked at it
	},
	{
		name: "version", short: "V", group: groupOther, demo: true, noEnv: true,
		help: "show the version",
		set:  ignored, // likewise
	},
}

func whole(field func(*settings) *int, least, most int) func(*settings, string) error {
	return func(s *settings, v string) (err error) {
		*field(s), err = parseWhole(v, least, most)
		return err
	}
}

func boolean(field func(*settings) *bool) func(*settings, string) error {
	return func(s *settings, v string) (err error) {
		*field(s), err = parseSwitch(v)
		return err
	}
}

// ignored checks a switch that nothing is set by.
func ignored(_ *settings, v string) error {
	_, err := parseSwitch(v)
	return err
}
