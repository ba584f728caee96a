package results

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
)

// textLine writes one record as text.
func textLine(t *testing.T, r *Record, quiet bool) string {
	t.Helper()
	var out bytes.Buffer
	sink := NewText(NewBatch(&out, BatchOptions{Immediate: true}), quiet)
	if err := sink.Write(r); err != nil {
		t.Fatal(err)
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// wantText spells out what the line of a record is, by way of its fields.
func wantText(f *Fields) string {
	f = readBack(f)
	var b strings.Builder
	shown := f.URL
	if shown == "" {
		shown = f.Input
	}
	b.WriteString("URL " + visible(shown))
	if f.Outcome == Scraped {
		b.WriteString(" Scraped\n")
		return b.String()
	}
	b.WriteString(" not Scraped: " + f.Error.Kind.String())
	if f.Error.Message != "" {
		b.WriteString(": " + visible(f.Error.Message))
	}
	b.WriteString("\n")
	return b.String()
}

func visible(s string) string {
	var b strings.Builder
	for _, c := range s {
		if steers(c) {
			b.WriteString(`\u` + strings.Repeat("0", 4-len(hex(c))) + hex(c))
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

func hex(c rune) string {
	const digits = "0123456789abcdef"
	if c < 16 {
		return digits[c : c+1]
	}
	return hex(c/16) + digits[c%16:c%16+1]
}

// steers lists what must not reach a terminal, apart from the tables the sink
// uses.
func steers(c rune) bool {
	return c < 0x20 || c >= 0x7f && c < 0xa0 || c == 0x61c || c == 0x200e || c == 0x200f ||
		c >= 0x2028 && c <= 0x202e || c >= 0x2066 && c <= 0x2069
}

func checkText(t *testing.T, f *Fields) {
	t.Helper()
	if got, want := textLine(t, New(f), false), wantText(f); got != want {
		t.Errorf("%s\n got %q\nwant %q", New(f).Raw(), got, want)
	}
}

func TestTextGolden(t *testing.T) {
	for name, quiet := range map[string]bool{"text.txt": false, "quiet.txt": true} {
		var got strings.Builder
		for _, f := range examples() {
			got.WriteString(textLine(t, New(f), quiet))
		}
		golden(t, name, []byte(got.String()))
	}
}

// The sink's short cut through the JSON says the same as decoding it.
func TestTextOfAnyRecord(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		f := random(rng)
		checkText(t, f)
		if _, _, ok := glance(New(f)); !ok {
			t.Errorf("no short cut through %s", New(f).Raw())
		}
	}
}

func TestTextEscapesWhateverSteersATerminal(t *testing.T) {
	for c := range rune(unicode.MaxRune + 1) {
		if c >= 0x3000 && c != unicode.MaxRune && c%251 != 0 {
			continue // a sample of the rest is enough
		}
		line := appendVisible(nil, []byte(string(c)))
		if escaped := string(line) != string([]rune{c}); escaped != steers(c) {
			t.Errorf("%U is shown as %q", c, line)
		}
	}
}

// JSON in another form than ours takes the long way and is shown all the same.
func TestTextOfForeignJSON(t *testing.T) {
	for raw, want := range map[string]string{
		`{"schema": 1, "outcome": "not_scraped", "url": "http://a/"}`:               "URL http://a/ not Scraped: dns\n",
		`{"outcome":"not_scraped","url":"http://a/","schema":1}`:                    "URL http://a/ not Scraped: dns\n",
		`{"error":{"kind":"dns","message":"m"},"x":[{"url":"no"}],"url":"yes"}`:     "URL yes not Scraped: dns: m\n",
		`{"input":"in","error":{"retryable":true},"title":"\"url\":\"no\"\\"}`:      "URL in not Scraped: dns\n",
		`{"schema":1,"outcome":"not_scraped", "error":{"kind":"dns","message":""}}`: "URL  not Scraped: dns\n",
	} {
		r := &Record{Kind: DNS, raw: []byte(raw)}
		if got := textLine(t, r, false); got != want {
			t.Errorf("%s\n got %q\nwant %q", raw, got, want)
		}
	}
}

func TestTextRefusesWhatIsNoRecord(t *testing.T) {
	for _, raw := range []string{`{}`, `{"}`, `{"url}`, `{"url":}`, `{"url":"}`, `{"url":"\"}`, `{"url":1}`, `{"url":"\x"}`,
		`{"error":{"message":"}}`, `{"error":{"message":1}}`, `{"error":[}`, `{"url"`, `{"a":{}`, `[]`, `}`} {
		var out bytes.Buffer
		sink := NewText(NewBatch(&out, BatchOptions{Immediate: true}), false)
		if err := sink.Write(&Record{Seq: 7, raw: []byte(raw)}); err == nil {
			t.Errorf("%s: no error, and %q", raw, out.String())
		} else if out.Len() > 0 {
			t.Errorf("%s: %q in spite of %v", raw, out.String(), err)
		}
	}
}
