package results

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	gotLines, wantLines := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(gotLines), len(wantLines)) {
		if !bytes.Equal(gotLines[i], wantLines[i]) {
			t.Fatalf("line %d of %s\n got %s\nwant %s", i+1, file, gotLines[i], wantLines[i])
		}
	}
	t.Fatalf("%d lines, %s has %d", len(gotLines), file, len(wantLines))
}

func TestAppendJSONGolden(t *testing.T) {
	var got []byte
	for _, f := range examples() {
		got = append(f.AppendJSON(got), '\n')
	}
	golden(t, "records.jsonl", got)
}

func TestAppendJSONMembers(t *testing.T) {
	at := func(s string) time.Time {
		parsed, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	for _, test := range []struct {
		name   string
		fields Fields
		want   string // between schema and outcome, or behind outcome
	}{
		{"nothing", Fields{}, ``},
		{"input equal to url", Fields{Input: "u", URL: "u"}, `"url":"u"`},
		{"input", Fields{Input: "i", URL: "u"}, `"input":"i","url":"u"`},
		{"final_url equal to url", Fields{FinalURL: "u", URL: "u"}, `"url":"u"`},
		{"escapes", Fields{Title: "\"\\/\b\f\n\r\t\x01\x1f"}, `"title":"\"\\/\u0008\u000c\n\r\t\u0001\u001f"`},
		{"DEL and C1", Fields{Title: "\x7f\u0080\u009f\u00a0"}, `"title":"\u007f\u0080\u009f` + "\u00a0" + `"`},
		{"left alone", Fields{Title: "<>&'\ufeff\ufffd\uffff"}, `"title":"<>&'` + "\ufeff\ufffd\uffff" + `"`},
		{"steering a terminal", Fields{Title: "\u2028\u2029\u202e\u2066\u061c"}, `"title":"\u2028\u2029\u202e\u2066\u061c"`},
		{"invalid UTF-8", Fields{Title: "a\xffb\xc3"}, `"title":"a` + "\ufffd" + `b` + "\ufffd" + `"`},
		{"surrogate", Fields{Title: "\xed\xa0\x80"}, `"title":"` + "\ufffd\ufffd\ufffd" + `"`},
		{"empty redirect", Fields{Redirects: []string{"", "a"}}, `"redirects":["","a"]`},
		{"no redirects", Fields{Redirects: []string{}}, ``},
		{"error", Fields{Error: &Error{Kind: DNS, Message: "no such host"}},
			`"error":{"kind":"dns","message":"no such host","retryable":false}`},
		{"error without message", Fields{Error: &Error{Kind: Timeout, Retryable: true}},
			`"error":{"kind":"timeout","retryable":true}`},
		{"least integer", Fields{Status: math.MinInt}, `"status":-9223372036854775808`},
		{"time", Fields{FetchedAt: at("2026-01-02T03:04:05.6789+02:00")}, `"fetched_at":"2026-01-02T01:04:05.678Z"`},
		{"time without fraction", Fields{FetchedAt: at("2026-01-02T03:04:05Z")}, `"fetched_at":"2026-01-02T03:04:05.000Z"`},
		{"time of no four-digit year", Fields{FetchedAt: time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)}, ``},
		{"time before all years", Fields{FetchedAt: time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)}, ``},
		{"timing", Fields{Timing: Timing{Queue: time.Second, DNS: 1100 * time.Microsecond, Connect: 10 * time.Microsecond,
			TLS: 123456 * time.Nanosecond, FirstByte: 999, Total: -time.Second}},
			`"timing_ms":{"queue":1000,"dns":1.1,"connect":0.01,"tls":0.123}`},
		{"timing too short to tell", Fields{Timing: Timing{Queue: 1, Total: 999}}, ``},
		{"GET", Fields{Method: "GET", URL: "u"}, `"url":"u"`},
		{"other method", Fields{Input: "i", Method: "HEAD", URL: "u"}, `"input":"i","method":"HEAD","url":"u"`},
		{"meta", Fields{Meta: []byte(" { \"a\" :\t" + `[1.0, "\u0041<\n", 1e999 ] }`), Worker: 1}, `"worker":1,"meta": { "a" :` + "\t" + `[1.0, "\u0041<\n", 1e999 ] `},
		{"meta of several lines", Fields{Meta: []byte("[ 1,\r\n\"a b\" ]")}, `"meta":[1,"a b"]`},
		{"meta steering a terminal", Fields{Meta: []byte("[\"\u009b2J\x7f\u2028é\"]")}, `"meta":["\u009b2J\u007f\u2028é"]`},
		{"links and data", Fields{Title: "t", Links: []byte(`[{"url":"u"}]`), Data: []byte(`{"price":1.50}`), Truncated: []string{"text"}},
			`"title":"t","links":[{"url":"u"}],"data":{"price":1.50},"truncated":["text"]`},
		{"media_type", Fields{ContentType: "text/plain", MediaType: "image/png", Charset: "utf-8"}, `"content_type":"text/plain","media_type":"image/png","charset":"utf-8"`},
		{"null meta", Fields{Meta: []byte("null")}, ``},
		{"empty meta", Fields{Meta: []byte(`""`)}, `"meta":""`},
		{"meta that is no JSON", Fields{Meta: []byte(`{"a":1}}`)}, ``},
		{"meta that is not UTF-8", Fields{Meta: []byte("\"\xff\"")}, ``},
		{"longest timing", Fields{Timing: Timing{Total: math.MaxInt64}}, `"timing_ms":{"total":9223372036854.775}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := string(test.fields.AppendJSON([]byte("before")))
			got, ok := strings.CutPrefix(got, `before{"schema":1`)
			if !ok {
				t.Fatalf("got %s", got)
			}
			got = strings.Trim(strings.Replace(got, `,"outcome":"not_scraped"`, "", 1), ",}")
			if want := strings.Trim(test.want, "}"); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// checkLine fails unless raw is valid JSON that can stand on a line and be
// shown in a terminal.
func checkLine(t *testing.T, raw []byte) {
	t.Helper()
	if !json.Valid(raw) || !utf8.Valid(raw) {
		t.Errorf("not valid: %q", raw)
	}
	// As valid JSON has it, a tab stands between tokens.
	if bytes.ContainsFunc(raw, func(c rune) bool { return c != '\t' && unicode.IsControl(c) }) {
		t.Errorf("holds control characters: %q", raw)
	}
}

func checkRoundTrip(t *testing.T, f *Fields) {
	t.Helper()
	r := New(f)
	checkLine(t, r.Raw())
	if r.Seq != f.Seq || r.Outcome != f.Outcome || (r.Kind != None) != (f.Error != nil) {
		t.Errorf("header of %+v is %d, %v, %v", f, r.Seq, r.Outcome, r.Kind)
	}
	got, err := r.Fields()
	if err != nil {
		t.Fatalf("%s: %v", r.Raw(), err)
	}
	if want := readBack(f); !reflect.DeepEqual(got, want) {
		t.Errorf("%s\n got %+v\nwant %+v", r.Raw(), got, want)
	}
}

func TestRoundTrip(t *testing.T) {
	for _, f := range append(examples(), huge()) {
		checkRoundTrip(t, f)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		checkRoundTrip(t, random(rng))
	}
}

// The order of keys is part of the format, and so is which there are.
func TestAppendJSONKeys(t *testing.T) {
	full := page()
	full.List, full.Line, full.Input, full.FinalURL = "l", 1, "i", "f"
	full.Redirects, full.Error = []string{"r"}, &Error{Kind: DNS}
	full.Method, full.Meta = "PUT", json.RawMessage(`7`)
	var got []string
	decoder := json.NewDecoder(bytes.NewReader(full.AppendJSON(nil)))
	for depth, key := 0, true; ; {
		token, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth, key = depth+1, true
			continue
		case json.Delim('}'), json.Delim(']'):
			depth, key = depth-1, true
		default:
			if depth == 1 && key {
				got = append(got, token.(string))
			}
			key = !key
		}
		if depth == 0 {
			break
		}
	}
	want := []string{"schema", "seq", "list", "line", "input", "method", "url", "final_url", "outcome", "status",
		"content_type", "charset", "http_version", "remote_addr", "wire_bytes", "body_bytes", "redirects",
		"attempts", "error", "title", "fetched_at", "timing_ms", "worker", "meta"}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

func TestFieldsRefuses(t *testing.T) {
	for raw, want := range map[string]string{
		``:                             "unexpected end",
		`{"schema":1`:                  "unexpected end",
		`{}`:                           "schema is 0, not 1",
		`{"schema":2,"outcome":"x"}`:   "schema is 2, not 1",
		`{"schema":1}`:                 `unknown outcome ""`,
		`{"schema":1,"outcome":"won"}`: `unknown outcome "won"`,
		`{"schema":1,"outcome":"not_scraped","error":{"kind":"bad"}}`:  `unknown error kind "bad"`,
		`{"schema":1,"outcome":"not_scraped","error":{"kind":"none"}}`: `unknown error kind "none"`,
		`{"schema":1,"outcome":"scraped","seq":"1"}`:                   "seq",
		`{"schema":1,"outcome":"scraped","fetched_at":"yesterday"}`:    "yesterday",
	} {
		r := &Record{Seq: 5, raw: []byte(raw)}
		_, err := r.Fields()
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "record 5: ") {
			t.Errorf("%s: error %v, want one with %q", raw, err, want)
		}
	}
}

// What a newer version or another tool wrote is read all the same.
func TestFieldsTolerates(t *testing.T) {
	r := &Record{raw: []byte(` { "newer" : [1], "url" : "http://example.com/\u00e9", "schema" : 1,
		"outcome" : "scraped", "timing_ms" : {"total" : 1e3, "queue" : -1, "tls" : 1e300} } `)}
	got, err := r.Fields()
	if err != nil {
		t.Fatal(err)
	}
	want := &Fields{URL: "http://example.com/é", Outcome: Scraped}
	want.Timing.Total = time.Second
	want.Timing.TLS = time.Duration(math.MaxInt64).Truncate(time.Microsecond)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	if again, _ := r.Fields(); again != got {
		t.Error("decoded again on second use")
	}
}

func FuzzRoundTrip(f *testing.F) {
	for _, e := range examples() {
		message := ""
		if e.Error != nil {
			message = e.Error.Message
		}
		f.Add(e.Seq, e.Input, e.URL, e.Title, message, e.Status, e.FetchedAt.UnixNano(), int64(e.Timing.Total))
	}
	f.Fuzz(func(t *testing.T, seq int64, input, url, title, message string, n int, nanos, total int64) {
		for _, e := range []*Error{nil, {Kind: Kind(1 + uint(n)%uint(len(kindNames)-1)), Message: message}} {
			fields := &Fields{Seq: seq, Input: input, URL: url, Title: title, Status: n, Error: e,
				Redirects: []string{url, message}, FetchedAt: time.Unix(0, nanos),
				Timing: Timing{Total: time.Duration(total % int64(1000*time.Hour))}}
			if e == nil {
				fields.Outcome = Scraped
			}
			checkRoundTrip(t, fields)
			checkText(t, fields)
		}
	})
}

// FuzzFields feeds foreign JSON: what can be decoded is stable from then on.
func FuzzFields(f *testing.F) {
	for _, e := range examples() {
		f.Add(e.AppendJSON(nil))
	}
	f.Add([]byte(`{"SCHEMA":1,"outcome":"scraped","method":"GET","meta": [ 1,	{} ] ,"fetched_at":"9999-12-31T23:59:59.999999999-23:59","timing_ms":{"tls":1e99}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		fields, err := (&Record{raw: raw}).Fields()
		if err != nil {
			return
		}
		got, err := New(fields).Fields()
		if err != nil {
			t.Fatal(err)
		}
		want := readBack(fields)
		if year := want.FetchedAt.Year(); year < 0 || year > 9999 {
			want.FetchedAt = time.Time{}
		}
		// Milliseconds with three decimals of some centuries are more than a
		// float64 can tell apart.
		got.Timing, want.Timing = coarse(got.Timing), coarse(want.Timing)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v\nwant %+v", raw, got, want)
		}
	})
}

func coarse(t Timing) Timing {
	for _, d := range []*time.Duration{&t.Queue, &t.DNS, &t.Connect, &t.TLS, &t.FirstByte, &t.Total} {
		if *d > 1e6*time.Hour {
			*d = 1e6 * time.Hour
		}
	}
	return t
}
