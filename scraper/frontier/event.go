package frontier

import "time"

// Event is something that holds a host back, or that keeps the frontier from
// looking as far as it should.
type Event struct {
	Kind EventKind
	// Host is the host's key, or the address that hosts share; "" where the event is
	// about none.
	Host string
	// For is how long: a delay, or a rest.
	For time.Duration
	// Text says it in words, without the host.
	Text string
}

// EventKind is what an Event is about.
type EventKind uint8

// What holds a host back.
const (
	CrawlDelay EventKind = iota // its robots.txt asks for a delay
	Rest                        // it is overloaded
	LeftAlone                   // for the rest of the run
	GivenUp                     // it cannot be reached
	NoSpill                     // the file for what waits cannot be made or written
)

// String is the event in one line.
func (e Event) String() string {
	if e.Host == "" {
		return e.Text
	}
	return e.Host + ": " + e.Text
}
