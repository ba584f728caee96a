// Package resultstest makes records for the tests of formats that have a
// package of their own.
package resultstest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"time"

	"scrape/results"
)

// Page is a typical record.
func Page(seq int64) *results.Fields {
	return &results.Fields{
		Seq:         seq,
		URL:         fmt.Sprintf("https://www%d.example.com/articles/2026/a-typical-page-%x.html", seq%97, uint64(seq)*0x9e3779b97f4a7c15),
		Outcome:     results.Scraped,
		Status:      200,
		ContentType: "text/html; charset=utf-8",
		Charset:     "utf-8",
		HTTPVersion: "1.1",
		RemoteAddr:  "192.0.2.7:443",
		WireBytes:   9321 + seq%1000,
		BodyBytes:   30211 + seq%1000,
		Attempts:    1,
		Title:       fmt.Sprintf("A typical page of an ordinary site – number %d", seq),
		FetchedAt:   time.UnixMilli(1_772_600_767_089 + seq),
		Timing: results.Timing{
			Queue:     time.Duration(1250+seq%5000) * time.Microsecond,
			FirstByte: 80 * time.Millisecond,
			Total:     95123 * time.Microsecond,
		},
		Worker: 4711,
	}
}

// Records are the Examples as records.
func Records() (all []*results.Record) {
	for _, f := range Examples() {
		all = append(all, results.New(f))
	}
	return all
}

// Failed is a typical record of a URL that was not scraped.
func Failed(seq int64, url string, kind results.Kind) *results.Fields {
	return &results.Fields{Seq: seq, URL: url, Error: &results.Error{Kind: kind, Message: "of this kind: " + kind.String()}}
}

// Random fills every field of a record by reflection, so that a field added
// later is not forgotten; about a quarter of them stay zero.
func Random(rng *rand.Rand, seq int64) *results.Fields {
	f := new(results.Fields)
	fill(rng, reflect.ValueOf(f).Elem())
	f.Seq, f.Outcome, f.Change = seq, f.Outcome&1, f.Change%(results.Recovered+1)
	if f.Outcome == results.NotScraped {
		f.Error = &results.Error{
			Kind:      results.InvalidURL + results.Kind(rng.IntN(int(results.HostGivenUp))),
			Message:   text(rng),
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
	case *results.Error:
		return
	case json.RawMessage:
		v.SetBytes(value(rng))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(rng.Int64() >> rng.IntN(63))
	case reflect.Uint8:
		v.SetUint(rng.Uint64() & 0xff)
	case reflect.Float64:
		v.SetFloat(rng.Float64())
	case reflect.String:
		v.SetString(text(rng))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rng.IntN(4), 4))
		for i := range v.Len() {
			fill(rng, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(rng, v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(rng, v.Elem())
	default:
		panic("a field of a kind that Random does not know: " + v.Type().String())
	}
}

func text(rng *rand.Rand) string {
	pieces := []string{"a", "title", " ", `"`, `\`, `\\"`, `","url":"x`, `{}`, "[", "é", "世", "👩‍🚀", "\n", "\r", "\t",
		"\b", "\f", "\x00", "\x1b[0m", "\x7f", "\u0085", "\u009b", "\u00a0", "\u2028", "\u2029", "\u202e", "\ufeff",
		"\ufffd", "\uffff", "\xff", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "<>&", "/"}
	var b strings.Builder
	for range rng.IntN(8) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return b.String()
}

// value is a JSON value, or something like one.
func value(rng *rand.Rand) []byte {
	quoted, _ := json.Marshal(text(rng))
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
