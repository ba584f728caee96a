package command

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"scrape/results"
	"scrape/scraper"
	"scrape/scraper/output"
	"scrape/scraper/weburl"
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
	// checkHelp is what the help of `scrape check` says instead, if that differs.
	checkHelp string
	// convertHelp is the same for `scrape convert`.
	convertHelp string
	group       string // heading in the help
	demo        bool   // taken by `scrape demo` too
	check       bool   // taken by `scrape check` too
	convert     bool   // taken by `scrape convert` too
	only        string // "demo" or "check": taken by nothing else
	once        bool   // a second one on a command line is a mistake
	noEnv       bool   // not read from the environment
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
	return variableName(f.name)
}

// takenBy says whether a command ("" is the main one) has the flag.
func (f *flagSpec) takenBy(command string) bool {
	if f.only != "" {
		return f.only == command
	}
	switch command {
	case "", "config":
		return true
	case "demo":
		return f.demo
	case "check":
		return f.check
	case "convert":
		return f.convert || f.asksOnly()
	}
	return f.asksOnly()
}

// asksOnly tells the flags that every command has, since they run none.
func (f *flagSpec) asksOnly() bool { return f.name == "help" || f.name == "version" }

// configurable tells whether a configuration may set the flag.
func (f *flagSpec) configurable() bool {
	return f.env() != "" && f.name != "config" && f.name != "profile"
}

// settings are what flags and environment ask for.
type settings struct {
	options     scraper.Options
	files       files
	proxy       string // "" when nobody chose
	outputs     []string
	overwrite   bool
	appending   bool
	look        output.Look    // of records, as far as flags say
	format      results.Format // "" when nobody chose
	jsonl       bool
	progress    string // "auto", "always" or "never"
	saveBody    string
	resume      resuming
	retry       retrying
	wait        time.Duration // for another run; 0: not at all
	state       string        // name of the file; "" for none
	onlyChanged bool
	diff        bool
	log         string // names of files, and an address; "" for none
	logLevel    slog.Level
	metrics     string
	metricsFile string
	failOn      failOn
	quiet       bool
	verbose     bool
	serve       bool
	url         weburl.URL // of the page to check
	extractHelp bool       // the list of what can be extracted is all that is wanted
}

// What is asked for beyond these cannot be meant, and would exhaust the
// machine before the first request.
const (
	mostProcs       = 1024
	mostConcurrency = 65536
	mostRetry       = 100
	mostRedirects   = 1000
	mostGiveUp      = 1_000_000
)

const (
	groupSpeed    = "Speed"
	groupHosts    = "Politeness"
	groupRequests = "Requests"
	groupTimes    = "Times and limits"
	groupNetwork  = "Network"
	groupPages    = "Pages and lists"
	groupOutput   = "Output"
	groupWatching = "Watching"
	groupOther    = "Other"
)

var progresses = []string{"auto", "always", "never"}

// formats are the names that --format takes.
func formats() (names []string) {
	for _, f := range output.Formats {
		names = append(names, string(f))
	}
	return names
}

// flagTable has the groups in the order of the help.
var flagTable = sync.OnceValue(func() []flagSpec {
	return slices.Concat(speedFlags(), hostFlags(), requestFlags(), timeFlags(), networkFlags(), pageFlags(), outputFlags(), watchingFlags(), otherFlags())
})

func speedFlags() []flagSpec {
	return []flagSpec{
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
	}
}

func whole(field func(*settings) *int, least, most int) func(*settings, string) error {
	return func(s *settings, v string) (err error) {
		*field(s), err = parseWhole(v, least, most)
		return err
	}
}

// large reads a whole number above 0 that no machine is exhausted by.
func large(field func(*settings) *int64) func(*settings, string) error {
	return func(s *settings, v string) error {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < 1 {
			return errors.New("must be a whole number, at least 1")
		}
		*field(s) = n
		return nil
	}
}

func boolean(field func(*settings) *bool) func(*settings, string) error {
	return func(s *settings, v string) (err error) {
		*field(s), err = parseSwitch(v)
		return err
	}
}

// orNone reads a number of which 0 means none; the options have another value
// for that.
func orNone(field func(*settings) *int, most, none int) func(*settings, string) error {
	return func(s *settings, v string) error {
		n, err := parseWhole(v, 0, most)
		if n == 0 {
			n = none
		}
		*field(s) = n
		return err
	}
}

func duration(field func(*settings) *time.Duration) func(*settings, string) error {
	return func(s *settings, v string) (err error) {
		*field(s), err = parseDuration(v)
		return err
	}
}

// durationOrNone reads a time of which 0 means none; the options have another value
// for that.
func durationOrNone(field func(*settings) *time.Duration, none time.Duration) func(*settings, string) error {
	return func(s *settings, v string) error {
		d, err := parseDurationOrZero(v)
		if d == 0 {
			d = none
		}
		*field(s) = d
		return err
	}
}

func byteCount(field func(*settings) *int64) func(*settings, string) error {
	return func(s *settings, v string) (err error) {
		*field(s), err = parseSize(v)
		return err
	}
}

// notEmpty keeps a text.
func notEmpty(field func(*settings) *string) func(*settings, string) error {
	return func(s *settings, v string) error {
		if v == "" {
			return errEmpty
		}
		*field(s) = v
		return nil
	}
}

// file keeps the name of a file, which is read once all flags are known.
func file(field func(*files) *string) func(*settings, string) error {
	return func(s *settings, v string) error {
		if v == "" {
			return errEmpty
		}
		*field(&s.files) = v
		return nil
	}
}

var errEmpty = errors.New("must not be empty")

// switchOnly checks a switch that nothing is set by.
func switchOnly(_ *settings, v string) error {
	_, err := parseSwitch(v)
	return err
}

// ignored is for what has had its effect before.
func ignored(*settings, string) error { return nil }
