package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// page is a typical record: the one the benchmarks measure.
func page() *Fields {
	return &Fields{
		Seq:         17,
		URL:         "https://www.example.com/articles/2026/a-typical-page.html",
		Outcome:     Scraped,
		Status:      200,
		ContentType: "text/html; charset=utf-8",
		Charset:     "utf-8",
		HTTPVersion: "2",
		RemoteAddr:  "192.0.2.7:443",
		WireBytes:   9321,
		BodyBytes:   30211,
		Attempts:    1,
		Title:       "A typical page of an ordinary site – Example",
		FetchedAt:   time.Date(2026, 3, 4, 5, 6, 7, 89_000_000, time.UTC),
		Timing: Timing{
			Queue:     1250 * time.Microsecond,
			DNS:       11 * time.Millisecond,
			Connect:   20400 * time.Microsecond,
			TLS:       31007 * time.Microsecond,
			FirstByte: 80 * time.Millisecond,
			Total:     95123 * time.Microsecond,
		},
		Worker: 4711,
	}
}

// failed is a typical record of a URL that was not scraped.
func failed(seq int64, kind Kind, message string) *Fields {
	return &Fields{
		Seq:   seq,
		URL:   fmt.Sprintf("http://example.com/%d", seq),
		Error: &Error{Kind: kind, Message: message},
	}
}

// examples are records of every sort that occurs, and some that should not.
func examples() []*Fields {
	full := page()
	full.Seq, full.List, full.Line = 18, "lists/second list.txt", 4
	full.Input = " EXAMPLE.com/articles "
	full.FinalURL = "https://www.example.com/final?q=1&r=2#frag"
	full.Redirects = []string{"https://www.example.com/1", "https://www.example.com/2"}
	full.Attempts = 3

	same := page()
	same.Seq, same.Input, same.FinalURL = 19, same.URL, same.URL

	unicode := page()
	unicode.Seq = 20
	unicode.Title = "Grüße, <b>Welt</b> & 世界 👩‍🚀 \"quoted\" back\\slash e\u0301"

	hostile := page()
	hostile.Seq = 21
	hostile.URL = ""
	hostile.Input = "\x1b[31mred\r\nnext line\x00\x7f\u009b2J\u202etxt.exe\u2028\u2029 end"
	hostile.Title = hostile.Input + " broken: \xff\xc3( \xed\xa0\x80"

	status := failed(22, HTTPStatus, "404 Not Found")
	status.Status, status.Attempts, status.Worker = 404, 1, 4711
	status.Timing.Total = 1500 * time.Microsecond

	invalid := failed(23, InvalidURL, `scheme "ftp" is not http or https`)
	invalid.URL, invalid.Input = "", "ftp://user:***@example.com/"

	retryable := failed(24, Connect, "connection refused")
	retryable.Error.Retryable = true

	post := page()
	post.Seq, post.Method, post.Meta = 28, "POST", json.RawMessage(`{"id": 17, "tags": ["\n", null, "\u001b"] }`)

	extracted := page()
	extracted.Seq, extracted.Title = 29, "=HYPERLINK(\"http://evil.example/\")"
	extracted.Links = json.RawMessage(`[{"url":"http://example.com/,;","text":"a \"b\""}]`)
	extracted.Data = json.RawMessage(`{"price":-12.50,"name":"@tea, \"pot\"","offers":{"low":1,"high":null},"found":true,"text":"one\r\ntwo\rthree\nfour"}`)
	extracted.Truncated = []string{"text", "links"}

	changed := page()
	changed.Seq, changed.Change, changed.Diff = 30, Changed, "-price: \"34.50\"\n+price: \"36.00\"\n"

	fields := []*Fields{page(), full, same, unicode, hostile, status, invalid, retryable,
		failed(25, Duplicate, "of line 3"),
		failed(26, DNS, "no such host\n\x1b]0;owned\a"),
		failed(27, Parse, ""),
		post,
		extracted,
		changed,
		{Outcome: Scraped},
		{Error: &Error{Kind: WorkerLost}},
	}
	for kind := InvalidURL; int(kind) < len(kindNames); kind++ {
		fields = append(fields, failed(100+int64(kind), kind, "something about "+kind.String()))
	}
	return fields
}

// huge is a record far larger than a Batch gathers.
func huge() *Fields {
	f := page()
	f.Title = hugeTitle
	return f
}

var hugeTitle = strings.Repeat("very long title \x1b ", 10<<20/18)

// random fills every field of a record by reflection, so that a field added
// later is not forgotten; about a quarter of them stay zero.
func random(rng *rand.Rand) *Fields {
	f := new(Fields)
	fill(rng, reflect.ValueOf(f).Elem())
	f.Outcome &= 1
	f.Change %= Change(len(changeNames))
	if f.Outcome == Scraped {
		f.Error = nil
	} else {
		f.Error = &Error{
			Kind:      InvalidURL + Kind(rng.IntN(len(kindNames)-1)),
			Message:   randomText(rng),
			Retryable: rng.IntN(2) == 0,
		}
	}
	if rng.IntN(4) == 0 {
		f.Input = f.URL
	}
	return f
}

func fill(rng *rand.Rand, v reflect.Value) {
	if rng.IntN(4) == 0 {
		return
	}
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(rng.Int64N(8e9)-4e9, rng.Int64N(1e9))))
		return
	case time.Duration:
		v.SetInt(rng.Int64N(int64(time.Hour)) >> rng.IntN(40))
		return
	case *Error:
		return
	case json.RawMessage:
		v.SetBytes(randomValue(rng))
		return
	}
	switch v.Kind() {
	case reflect.Int, reflect.Int64:
		v.SetInt(rng.Int64() >> rng.IntN(63))
	case reflect.Uint8:
		v.SetUint(rng.Uint64() & 0xff)
	case reflect.String:
		v.SetString(randomText(rng))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rng.IntN(4), 4))
		for i := range v.Len() {
			fill(rng, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(rng, v.Field(i))
		}
	default:
		panic("a field of a kind that random does not know: " + v.Type().String())
	}
}

func randomText(rng *rand.Rand) string {
	pieces := []string{"a", "title", " ", `"`, `\`, `\\"`, `","url":"x`, `{}`, "[", "é", "世", "👩‍🚀", "\n", "\r", "\t",
		"\b", "\f", "\x00", "\x1b[0m", "\x7f", "\u0085", "\u009b", "\u00a0", "\u2028", "\u2029", "\u202e", "\ufeff",
		"\ufffd", "\uffff", "\xff", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "<>&", "/"}
	var b strings.Builder
	for range rng.IntN(8) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return b.String()
}

// randomValue is a JSON value, or something like one.
func randomValue(rng *rand.Rand) []byte {
	quoted, _ := json.Marshal(randomText(rng))
	for i, c := range []string{"\x7f", "\u009b", "\u202e", "null", " ", "\t", "\r\n", "1e400", "[ ]", `"`, "\xff"} {
		if rng.IntN(8) == 0 {
			quoted = append(append(quoted[:1:1], c...), quoted[1:]...)
		}
		if i > 2 && rng.IntN(8) == 0 {
			quoted = fmt.Appendf(nil, "{ %s:%s}", `"a"`, quoted)
		}
	}
	return quoted
}

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
