package results

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// document is a record as encoding/json sees it. Keys it does not know are
// skipped: a newer version may have written them.
type document struct {
	Schema      int             `json:"schema"`
	Seq         int64           `json:"seq"`
	List        string          `json:"list"`
	Line        int64           `json:"line"`
	Input       string          `json:"input"`
	Method      string          `json:"method"`
	URL         string          `json:"url"`
	FinalURL    string          `json:"final_url"`
	Outcome     string          `json:"outcome"`
	Status      int             `json:"status"`
	ContentType string          `json:"content_type"`
	MediaType   string          `json:"media_type"`
	Charset     string          `json:"charset"`
	HTTPVersion string          `json:"http_version"`
	RemoteAddr  string          `json:"remote_addr"`
	WireBytes   int64           `json:"wire_bytes"`
	BodyBytes   int64           `json:"body_bytes"`
	BodySHA256  string          `json:"body_sha256"`
	BodyFile    string          `json:"body_file"`
	Redirects   []string        `json:"redirects"`
	Attempts    int             `json:"attempts"`
	Error       *failure        `json:"error"`
	Title       string          `json:"title"`
	Links       json.RawMessage `json:"links"`
	Data        json.RawMessage `json:"data"`
	Truncated   []string        `json:"truncated"`
	FetchedAt   time.Time       `json:"fetched_at"`
	Timing      struct {
		Queue     float64 `json:"queue"`
		DNS       float64 `json:"dns"`
		Connect   float64 `json:"connect"`
		TLS       float64 `json:"tls"`
		FirstByte float64 `json:"first_byte"`
		Total     float64 `json:"total"`
	} `json:"timing_ms"`
	Worker int             `json:"worker"`
	Meta   json.RawMessage `json:"meta"`
	Change string          `json:"change"`
	Diff   string          `json:"diff"`
}

type failure struct {
	Kind      string `json:"kind"`
	Message   string `json:"message"`
	Retryable bool   `json:"retryable"`
}

func decodeFields(raw []byte) (*Fields, error) {
	var d document
	if err := json.Unmarshal(raw, &d); err != nil {
		return nil, err
	}
	if d.Schema != schema {
		return nil, fmt.Errorf("schema is %d, not %d", d.Schema, schema)
	}
	outcome, err := parseOutcome(d.Outcome)
	if err != nil {
		return nil, err
	}
	f := &Fields{
		Seq:         d.Seq,
		List:        d.List,
		Line:        d.Line,
		Input:       d.Input,
		Method:      d.Method,
		URL:         d.URL,
		FinalURL:    d.FinalURL,
		Outcome:     outcome,
		Status:      d.Status,
		ContentType: d.ContentType,
		MediaType:   d.MediaType,
		Charset:     d.Charset,
		HTTPVersion: d.HTTPVersion,
		RemoteAddr:  d.RemoteAddr,
		WireBytes:   d.WireBytes,
		BodyBytes:   d.BodyBytes,
		BodySHA256:  d.BodySHA256,
		BodyFile:    d.BodyFile,
		Redirects:   d.Redirects,
		Attempts:    d.Attempts,
		Title:       d.Title,
		Truncated:   d.Truncated,
		FetchedAt:   d.FetchedAt,
		Timing: Timing{
			Queue:     fromMillis(d.Timing.Queue),
			DNS:       fromMillis(d.Timing.DNS),
			Connect:   fromMillis(d.Timing.Connect),
			TLS:       fromMillis(d.Timing.TLS),
			FirstByte: fromMillis(d.Timing.FirstByte),
			Total:     fromMillis(d.Timing.Total),
		},
		Worker: d.Worker,
		Change: ParseChange(d.Change),
		Diff:   d.Diff,
	}
	for _, v := range []struct {
		into *json.RawMessage
		from json.RawMessage
	}{{&f.Links, d.Links}, {&f.Data, d.Data}, {&f.Meta, d.Meta}} {
		if string(v.from) != "null" {
			*v.into = v.from
		}
	}
	if e := d.Error; e != nil {
		kind, err := ParseKind(e.Kind)
		if err != nil {
			return nil, err
		}
		f.Error = &Error{Kind: kind, Message: e.Message, Retryable: e.Retryable}
	}
	return f, nil
}

// fromMillis takes the nearest microsecond, within what a Duration can hold.
func fromMillis(ms float64) time.Duration {
	const most = math.MaxInt64 / int64(time.Microsecond)
	micros := math.Round(ms * 1000)
	if micros >= float64(most) {
		return time.Duration(most) * time.Microsecond
	}
	return time.Duration(max(micros, 0)) * time.Microsecond
}
