package results

import "fmt"

// Outcome says whether a URL was scraped.
//
// The zero Outcome is NotScraped, so that a record somebody forgot to finish
// never passes for a success.
type Outcome uint8

const (
	// NotScraped is everything else; the record's error says why.
	NotScraped Outcome = iota
	// Scraped means that a final response with a status below 400 arrived
	// whole.
	Scraped
)

// String returns the outcome as records spell it: "scraped" or "not_scraped".
func (o Outcome) String() string {
	if o == Scraped {
		return "scraped"
	}
	return "not_scraped"
}

func parseOutcome(s string) (Outcome, error) {
	for _, o := range []Outcome{NotScraped, Scraped} {
		if s == o.String() {
			return o, nil
		}
	}
	return 0, fmt.Errorf("unknown outcome %q", s)
}

// Kind is the closed list of reasons why a URL was not scraped.
type Kind uint8

const (
	None           Kind = iota // scraped: there is no error
	InvalidURL                 // the line of the list is no http or https URL
	Duplicate                  // an earlier line names the same URL; not a failure
	Robots                     // robots.txt says no
	BlockedAddress             // an address that is guarded, also by redirect
	DNS                        // the name could not be looked up
	Connect                    // refused, unreachable, or ended before any byte of the answer
	TLS                        // alert, verification, version
	Timeout                    // any timer, whatever it timed
	Protocol                   // reset or end inside the answer, bad framing, bad status
	Redirect                   // a loop, too many hops, a scheme that is not http(s)
	HTTPStatus                 // a status of 400 and above
	TooLarge                   // the decoded body is over its limit
	Decode                     // a content coding that cannot be decoded
	Parse                      // the page could not be parsed
	WorkerLost                 // the task killed its worker
	HostGivenUp                // the host is left alone for the rest of the run
)

var kindNames = [...]string{
	None:           "none",
	InvalidURL:     "invalid_url",
	Duplicate:      "duplicate",
	Robots:         "robots",
	BlockedAddress: "blocked_address",
	DNS:            "dns",
	Connect:        "connect",
	TLS:            "tls",
	Timeout:        "timeout",
	Protocol:       "protocol",
	Redirect:       "redirect",
	HTTPStatus:     "http_status",
	TooLarge:       "too_large",
	Decode:         "decode",
	Parse:          "parse",
	WorkerLost:     "worker_lost",
	HostGivenUp:    "host_given_up",
}

// String returns the kind as records spell it, such as "invalid_url".
func (k Kind) String() string {
	if k.Valid() {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Valid tells whether k is one of the closed list, None included.
func (k Kind) Valid() bool { return int(k) < len(kindNames) }

// ParseKind returns the kind that records spell s. None is not among them: a
// record without an error has no kind.
func ParseKind(s string) (Kind, error) {
	for k := InvalidURL; int(k) < len(kindNames); k++ {
		if s == kindNames[k] {
			return k, nil
		}
	}
	return None, fmt.Errorf("unknown error kind %q", s)
}

// Error is why a URL was not scraped, as its record tells it.
type Error struct {
	Kind      Kind
	Message   string // for a person; lower case, without the kind in front
	Retryable bool   // another run may well succeed
}
