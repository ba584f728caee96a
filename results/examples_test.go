package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
	"unicode/utf8"
)

// Records come from package resultstest, which imports this one, so that no test
// inside of it can: makers_test.go, outside of it, hands them in.
var (
	page         func() *Fields
	failed       func(seq int64, kind Kind, message string) *Fields
	examples     func() []*Fields
	huge         func() *Fields
	randomFields func(rng *rand.Rand, seq int64) *Fields
)

// Makers are those of package resultstest.
type Makers struct {
	Example  func() *Fields
	Failure  func(seq int64, kind Kind, message string) *Fields
	Examples func() []*Fields
	Huge     func() *Fields
	Random   func(rng *rand.Rand, seq int64) *Fields
}

// Make has records made by m.
func Make(m Makers) {
	page, failed, examples, huge, randomFields = m.Example, m.Failure, m.Examples, m.Huge, m.Random
}

// random is any record at all.
func random(rng *rand.Rand) *Fields { return randomFields(rng, rng.Int64()>>rng.IntN(63)) }

// readBack says what is to come back when f is written and decoded: invalid
// UTF-8, too fine times and what need not be said are lost.
func readBack(f *Fields) *Fields {
	g := *f
	for _, s := range []*string{&g.List, &g.Input, &g.Method, &g.URL, &g.FinalURL, &g.ContentType, &g.MediaType, &g.Charset,
		&g.HTTPVersion, &g.RemoteAddr, &g.BodySHA256, &g.BodyFile, &g.Title, &g.Diff} {
		*s = wellFormed(*s)
	}
	if f.Input == f.URL {
		g.Input = ""
	}
	if f.FinalURL == f.URL {
		g.FinalURL = ""
	}
	if f.Method == "GET" {
		g.Method = ""
	}
	for _, v := range []*json.RawMessage{&g.Links, &g.Data, &g.Meta} {
		*v = readBackValue(*v)
	}
	g.Redirects, g.Truncated = nil, nil
	for _, u := range f.Redirects {
		g.Redirects = append(g.Redirects, wellFormed(u))
	}
	for _, name := range f.Truncated {
		g.Truncated = append(g.Truncated, wellFormed(name))
	}
	if f.Error != nil {
		g.Error = &Error{f.Error.Kind, wellFormed(f.Error.Message), f.Error.Retryable}
	}
	g.FetchedAt = f.FetchedAt.UTC().Truncate(time.Millisecond)
	t := &g.Timing
	for _, d := range []*time.Duration{&t.Queue, &t.DNS, &t.Connect, &t.TLS, &t.FirstByte, &t.Total} {
		*d = max(d.Truncate(time.Microsecond), 0)
	}
	return &g
}

// readBackValue keeps the bytes, unless they could break the line or steer a
// terminal, and nothing of what is no JSON.
func readBackValue(meta json.RawMessage) json.RawMessage {
	if !json.Valid(meta) || !utf8.Valid(meta) || string(meta) == "null" {
		return nil
	}
	if bytes.ContainsAny(meta, "\r\n") {
		var line bytes.Buffer
		if err := json.Compact(&line, meta); err != nil {
			panic(err)
		}
		meta = line.Bytes()
	}
	var b []byte
	for _, c := range string(meta) {
		if c != '\t' && steering(c) {
			b = fmt.Appendf(b, "\\u%04x", c)
		} else {
			b = utf8.AppendRune(b, c)
		}
	}
	return b
}

// wellFormed replaces each byte that is not UTF-8 by itself, as ranging over a
// string does.
func wellFormed(s string) string { return string([]rune(s)) }

// The records are made once for all Sinks: with millions of bytes in one of them,
// that is what takes the time.
var (
	allRecords = sync.OnceValue(func() (all []*Record) {
		for _, f := range examples() {
			all = append(all, New(f))
		}
		return all
	})
	hugeRecord = sync.OnceValue(func() *Record { return New(huge()) })
)
