package worker

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"scrape/results"
	"scrape/scraper/cookie"
	"scrape/scraper/fetch"
	"scrape/scraper/weburl"
)

// Role is what a task is for.
type Role byte

const (
	// Page is a line of the list.
	Page Role = iota
	// RobotsFile asks for an origin's robots.txt.
	RobotsFile
	// LookUp asks for the address of a host.
	LookUp
	roles
)

// Task is one request for a URL, and what the record will need of what went
// before.
type Task struct {
	Role  Role
	Seq   int64
	List  string // as in the record
	Line  int64
	Input string // the line as given
	Key   uint64 // as in the record; 0 where nobody wants it
	Asked weburl.URL
	// URL is what to request now: Asked, or where redirects led.
	URL       weburl.URL
	Redirects []string // the URLs that led to URL, Asked first
	// Foreign tells that a redirect has led to another origin, of whoever's
	// choice. What the user meant for his own stays behind from then on, also
	// where a further redirect leads back.
	Foreign bool
	// Steered tells that a redirect came from a public address: it may not lead to
	// one that is not.
	Steered bool
	Attempt int // from 1; what ended with a worker's death is not in it
	// Lost is how many tries ended with their worker. They say nothing about
	// the page, so they leave its retries alone, but tries they were.
	Lost int
	// Read is when the line was read, Given when its first task was given to
	// the pool, Started when the URL's first request was made; zero before.
	Read, Given, Started time.Time

	// What the request is beside its URL; Settings have what is common to all.

	Method     string // "": GET
	Header     http.Header
	Body       []byte
	CommonBody bool            // Settings.Body is sent
	Meta       json.RawMessage // comes back in the record

	// What the coordinator knows of URL's host, anew at each turn.

	// Turn is when the task's turn came, at a host that is asked at times of its
	// own; zero at others. The pool shall not ask such a host again by itself, nor
	// a worker in a turn that came before it was there: see Answer.Missed.
	Turn time.Time

	Login      string           // as in fetch.Request
	Cookies    []cookie.Cookie  // those that URL's site may be given
	Validators fetch.Validators // of what was seen of Asked before
}

// Gate makes the task that goes before t, about its origin or host.
func (t *Task) Gate(r Role) *Task {
	u, _ := weburl.Parse(t.URL.Origin() + "/robots.txt") // an origin with a path is a URL
	return &Task{Role: r, Asked: u, URL: u, Foreign: t.Foreign, Steered: t.Steered, Attempt: 1}
}

// Idempotent tells whether asking twice does no more than asking once (RFC 9110,
// section 9.2.2).
func (t *Task) Idempotent() bool {
	switch t.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

// IsGate tells a task that Gate made.
func (t *Task) IsGate() bool { return t.Role != Page }

// begun is when the URL's first request was made, so far as is known: a worker
// that dies takes that with it.
func (t *Task) begun() time.Time {
	if t.Started.IsZero() {
		return t.Given
	}
	return t.Started
}

// AddDeliveries counts the tries that ended with their worker, where the pool
// delivered the task so many times.
func (t *Task) AddDeliveries(n int) {
	if n > 1 {
		t.Lost += n - 1
		t.Started = t.begun()
	}
}

// LostFields are what the record of a task says that no worker could answer,
// and that the pool delivered so many times.
func (t *Task) LostFields(deliveries int) *results.Fields {
	lost := *t
	lost.AddDeliveries(deliveries)
	lost.Started = lost.begun()
	f := lost.Fields()
	f.Timing = lost.timing()
	return f
}

// timing is what the task's record says of the URL as a whole.
func (t *Task) timing() (whole results.Timing) {
	if !t.Started.IsZero() {
		whole.Queue = max(0, t.Started.Sub(t.Read))
		whole.Total = time.Since(t.Started)
	}
	return whole
}

// Fields are what the record of the task says of it, whatever its outcome.
func (t *Task) Fields() *results.Fields {
	return &results.Fields{
		Seq:       t.Seq,
		List:      t.List,
		Line:      t.Line,
		Input:     t.Input,
		URL:       t.Asked.Redacted(),
		Method:    t.Method,
		Redirects: t.Redirects,
		Attempts:  t.Attempt + t.Lost,
		FetchedAt: t.Started,
		Meta:      t.Meta,
	}
}

// Host is the key of the budget that the task is to be counted under.
func (t *Task) Host() string { return t.URL.HostKey() }

// Origin is whose robots.txt holds for the task. Where a public server chose the
// host, it is one of its own: what is refused there, since the host is private,
// must not be for those that the user named.
func (t *Task) Origin() string {
	origin := t.URL.Origin()
	if t.Steered && !isPublic(t.URL) {
		return "steered to " + origin
	}
	return origin
}

// isPublic tells whether a host is surely public: by its address, not by a name.
func isPublic(u weburl.URL) bool {
	a, err := netip.ParseAddr(strings.Trim(u.Hostname(), "[]"))
	return err == nil && fetch.IsPublic(a)
}

// Target is path and query, which robots.txt has rules for.
func (t *Task) Target() string { return t.URL.RequestURI() }

// Size is the task's memory in bytes, roughly.
func (t *Task) Size() int {
	const structs = 560 // the task, its places in maps and queues
	n := structs + len(t.Input) + len(t.Asked.String()) + len(t.URL.String()) + len(t.Body) + len(t.Meta) + len(t.Login)
	for _, r := range t.Redirects {
		n += len(r)
	}
	for name, values := range t.Header {
		n += 64 + len(name)
		for _, v := range values {
			n += 16 + len(v)
		}
	}
	for i := range t.Cookies {
		n += t.Cookies[i].Size()
	}
	return n
}

// The bits of a task's first byte, above its role.
const (
	taskForeign byte = 4 << iota
	taskSteered
	taskOwn // Method, Header, Body, Meta or Validators follow
	taskCommonBody
	taskCookies
	taskKey
)

// AppendBinary implements encoding.BinaryAppender.
func (t *Task) AppendBinary(b []byte) ([]byte, error) {
	kind := byte(t.Role)
	if t.Foreign {
		kind |= taskForeign
	}
	if t.Steered {
		kind |= taskSteered
	}
	if t.CommonBody {
		kind |= taskCommonBody
	}
	own := t.Method != "" || len(t.Header)+len(t.Body)+len(t.Meta) > 0 || t.Login != "" || t.Validators != (fetch.Validators{})
	if own {
		kind |= taskOwn
	}
	if len(t.Cookies) > 0 {
		kind |= taskCookies
	}
	if t.Key != 0 {
		kind |= taskKey
	}
	b = binary.AppendVarint(append(b, kind), t.Seq)
	b = appendString(b, t.List)
	b = binary.AppendVarint(b, t.Line)
	b = appendURL(b, t.Asked)
	url := t.URL
	if url == t.Asked {
		url = weburl.URL{}
	}
	b = appendURL(b, url)
	b = appendString(b, t.Input)
	b = binary.AppendUvarint(b, uint64(len(t.Redirects)))
	for _, r := range t.Redirects {
		b = appendString(b, r)
	}
	b = binary.AppendUvarint(b, uint64(t.Attempt))
	b = binary.AppendUvarint(b, uint64(t.Lost))
	b = appendTime(b, t.Read)
	b = appendTime(b, t.Given)
	b = appendTime(b, t.Turn)
	b = appendTime(b, t.Started)
	if own {
		b = appendString(b, t.Method)
		b = appendHeader(b, t.Header)
		b = appendString(b, string(t.Body))
		b = appendString(b, string(t.Meta))
		b = appendString(b, t.Login)
		b = appendString(b, t.Validators.ETag)
		b = appendString(b, t.Validators.LastModified)
	}
	if len(t.Cookies) > 0 {
		b = appendCookies(b, t.Cookies)
	}
	if t.Key != 0 {
		b = binary.LittleEndian.AppendUint64(b, t.Key)
	}
	return b, nil
}

var errTask = errors.New("worker: malformed task")

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (t *Task) UnmarshalBinary(b []byte) error {
	if len(b) == 0 {
		return errTask
	}
	kind, d := b[0], decoder{b: b[1:]}
	*t = Task{
		Role: Role(kind & 3), Foreign: kind&taskForeign != 0, Steered: kind&taskSteered != 0, CommonBody: kind&taskCommonBody != 0,
		Seq: d.varint(), List: d.string(), Line: d.varint(), Asked: d.url(), URL: d.url(),
	}
	if t.URL.IsZero() {
		t.URL = t.Asked
	}
	if input := d.bytes(); string(input) == t.Asked.String() {
		t.Input = t.Asked.String() // as most lines are: one string for both
	} else {
		t.Input = string(input)
	}
	for range d.count() {
		t.Redirects = append(t.Redirects, d.string())
	}
	t.Attempt, t.Lost = int(d.uvarint()), int(d.uvarint())
	t.Read, t.Given, t.Turn, t.Started = d.time(), d.time(), d.time(), d.time()
	if kind&taskOwn != 0 {
		t.Method, t.Header = d.string(), d.header()
		t.Body, t.Meta = d.ownBytes(), d.ownBytes()
		t.Login = d.string()
		t.Validators = fetch.Validators{ETag: d.string(), LastModified: d.string()}
	}
	if kind&taskCookies != 0 {
		t.Cookies = d.cookies()
	}
	if kind&taskKey != 0 {
		t.Key = d.fixed64()
	}
	if d.failed || len(d.b) > 0 || t.Asked.IsZero() || t.Role >= roles {
		return errTask
	}
	return nil
}
