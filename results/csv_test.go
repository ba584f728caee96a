package results

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
)

func mustColumns(t *testing.T, names ...string) Columns {
	t.Helper()
	c, err := ParseColumns(names)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wantRow spells out the cells of a record, by way of its fields.
func wantRow(f *Fields, o CSVOptions) (row []string) {
	f = readBack(f)
	value := map[string]string{
		"schema":  "1",
		"outcome": f.Outcome.String(), "change": f.Change.String(),
		"links": string(f.Links), "data": string(f.Data), "meta": string(f.Meta),
	}
	for name, n := range map[string]int64{"seq": f.Seq, "line": f.Line, "status": int64(f.Status), "wire_bytes": f.WireBytes,
		"body_bytes": f.BodyBytes, "attempts": int64(f.Attempts), "worker": int64(f.Worker)} {
		if n != 0 {
			value[name] = strconv.FormatInt(n, 10)
		}
	}
	text := func(name, s string) {
		s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
		s = strings.Map(func(c rune) rune {
			if unicode.Is(unicode.Cc, c) && c != '\n' && c != '\t' {
				return '\ufffd'
			}
			return c
		}, s)
		if o.Defuse && s != "" && strings.ContainsRune("=+-@\t\n＝＋－＠", []rune(s)[0]) {
			s = "'" + s
		}
		value[name] = s
	}
	for name, s := range map[string]string{"list": f.List, "input": f.Input, "method": f.Method, "url": f.URL, "final_url": f.FinalURL,
		"content_type": f.ContentType, "media_type": f.MediaType, "charset": f.Charset, "http_version": f.HTTPVersion,
		"remote_addr": f.RemoteAddr, "body_sha256": f.BodySHA256, "body_file": f.BodyFile, "title": f.Title, "diff": f.Diff} {
		text(name, s)
	}
	list := func(items []string) string {
		if len(items) == 0 {
			return ""
		}
		return strings.TrimPrefix(string(appendList(nil, "", items)), ",")
	}
	value["redirects"], value["truncated"] = list(f.Redirects), list(f.Truncated)
	for name, v := range map[string]json.RawMessage{"links": f.Links, "data": f.Data, "meta": f.Meta} {
		if strings.HasPrefix(string(v), `"`) {
			var s string
			if err := json.Unmarshal(v, &s); err != nil {
				panic(err)
			}
			text(name, s)
		}
	}
	if f.Error != nil {
		value["error_kind"] = f.Error.Kind.String()
		text("error_message", f.Error.Message)
		value["error_retryable"] = strconv.FormatBool(f.Error.Retryable)
	}
	if year := f.FetchedAt.Year(); !f.FetchedAt.IsZero() && 0 <= year && year <= 9999 {
		value["fetched_at"] = f.FetchedAt.Format("2006-01-02T15:04:05.000Z")
	}
	for name, d := range map[string]time.Duration{"queue": f.Timing.Queue, "dns": f.Timing.DNS, "connect": f.Timing.Connect,
		"tls": f.Timing.TLS, "first_byte": f.Timing.FirstByte, "total": f.Timing.Total} {
		if d > 0 {
			// From whole microseconds, of which a float64 would lose some.
			whole, rest := d.Microseconds()/1000, d.Microseconds()%1000
			ms := strconv.FormatInt(whole, 10)
			if rest > 0 {
				ms += strings.TrimRight("."+strconv.FormatInt(1000+rest, 10)[1:], "0")
			}
			value["timing_"+name+"_ms"] = ms
		}
	}
	for _, name := range o.Columns.Names() {
		row = append(row, value[name])
	}
	return row
}

func wantCSV(f *Fields, o CSVOptions) string {
	row := wantRow(f, o)
	if len(row) == 1 && row[0] == "" {
		return "\"\"\n"
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	if o.Comma != 0 {
		w.Comma = o.Comma
	}
	_ = w.Write(row)
	w.Flush()
	return b.String()
}

// writeCSV writes records with a header.
func writeCSV(t *testing.T, o CSVOptions, records ...*Record) string {
	t.Helper()
	var out bytes.Buffer
	s := NewCSV(NewBatch(&out, BatchOptions{}), o)
	for _, r := range records {
		if err := s.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Every record comes back through another reader, cell by cell.
func TestCSVRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var fields []*Fields
	var records []*Record
	for range 2000 {
		f := random(rng)
		fields = append(fields, f)
		records = append(records, New(f))
	}
	for _, o := range []CSVOptions{{}, {Comma: '\t'}, {Defuse: true}} {
		r := csv.NewReader(strings.NewReader(writeCSV(t, o, records...)))
		if o.Comma != 0 {
			r.Comma = o.Comma
		}
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(records)+1 || !slices.Equal(rows[0], o.Columns.Names()) {
			t.Fatalf("%d rows, the first %q", len(rows), rows[0])
		}
		for i, f := range fields {
			if want := wantRow(f, o); !slices.Equal(rows[i+1], want) {
				t.Fatalf("%s\n got %q\nwant %q", records[i].Raw(), rows[i+1], want)
			}
		}
	}
}

func TestCSVGolden(t *testing.T) {
	golden(t, "records.csv", []byte(writeCSV(t, CSVOptions{}, allRecords()...)))
}

func TestCSVColumns(t *testing.T) {
	r := New(&Fields{Seq: 3, Outcome: Scraped, URL: "http://a/",
		Data: json.RawMessage(`{"price": 1.50, "name":"tea \"pot\"", "largest":{"size" : {"w":3}}, "none": null, "-":"=1", "g\u00f6":["x"] }`),
		Meta: json.RawMessage(`{"row":17,"n":-5}`)})
	for _, test := range []struct{ columns, want string }{
		{"url,seq,schema", "http://a/,3,1"},
		{"data.price,data.name,data.none,data.missing,seq", `1.50,"tea ""pot""",,,3`},
		{"data.largest.size.w,data.largest,data.largest.nothing,data.name.x", `3,"{""size"":{""w"":3}}",,`},
		{"meta.row,meta.n,data.-,data.gö", `17,-5,'=1,"[""x""]"`},
		{"title", `""`},
		{"error_kind,error_retryable", `,`},
	} {
		names := strings.Split(test.columns, ",")
		o := CSVOptions{Columns: mustColumns(t, names...), Defuse: true}
		if got, want := writeCSV(t, o, r), test.columns+"\n"+test.want+"\n"; got != want {
			t.Errorf("%s: %q, want %q", test.columns, got, want)
		}
	}
	for names, want := range map[string]string{
		"url,titel": `there is no column "titel"; there are schema, seq, `,
		"error":     `there is no column "error"`,
		"timing_ms": `there is no column "timing_ms"`,
		"data.":     `there is no column "data."`,
		"data..x":   `there is no column "data..x"`,
		"url.x":     `there is no column "url.x"`,
		"":          `there is no column ""`,
		"url,url":   `the column "url" stands there twice`,
	} {
		if _, err := ParseColumns(strings.Split(names, ",")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", names, err, want)
		}
	}
}

func TestCSVDefuse(t *testing.T) {
	for title, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "＝1": "'＝1",
		"\tx": "\"'\tx\"", "\rx": "\"'\nx\"", "x=1": "x=1", "": `""`, `="x"`: `"'=""x"""`,
	} {
		o := CSVOptions{Columns: mustColumns(t, "title"), NoHeader: true, Defuse: true}
		// The tab needs no quotes for its own sake, but as white space in front.
		if strings.HasPrefix(title, "\t") {
			want = "'\tx"
		}
		if got := writeCSV(t, o, New(&Fields{Title: title})); got != want+"\n" {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}

// The table of keys has those that records have, in their order.
func TestKeys(t *testing.T) {
	seen := map[string]bool{}
	rng := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		last := -1
		EachMember(New(random(rng)).Raw(), func(key, value []byte) {
			at := slices.IndexFunc(keys, func(k recordKey) bool { return k.name == string(key) })
			if at <= last {
				t.Fatalf("%s is not in the table, or elsewhere", key)
			}
			last = at
			seen[keys[at].name] = true
			if keys[at].members == nil {
				return
			}
			last := -1
			EachMember(value, func(name, _ []byte) {
				member := slices.IndexFunc(keys[at].members, func(c Column) bool { return c.Name == string(name) })
				if member <= last {
					t.Fatalf("%s of %s is not in the table, or elsewhere", name, key)
				}
				last = member
				seen[keys[at].name+"."+string(name)] = true
			})
		})
	}
	for _, k := range keys {
		if !seen[k.name] {
			t.Errorf("no record has %s", k.name)
		}
		for _, m := range k.members {
			if !seen[k.name+"."+m.Name] {
				t.Errorf("no record has %s of %s", m.Name, k.name)
			}
		}
	}
}

// FuzzCSV feeds foreign JSON: what can be written is one row of as many cells as
// there are columns.
func FuzzCSV(f *testing.F) {
	for _, e := range examples() {
		f.Add(e.AppendJSON(nil))
	}
	f.Add([]byte(`{"schema": 1,"outcome":"scraped","url":"x","data":{"a" : "\ud800"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := &Record{Kind: DNS, raw: raw}
		if r.check() != nil {
			return
		}
		for _, o := range []CSVOptions{{NoHeader: true}, {NoHeader: true, Comma: '\t', Defuse: true, Columns: mustColumns(t, "data.a", "meta.b.c", "url")}} {
			var out bytes.Buffer
			s := NewCSV(NewBatch(&out, BatchOptions{}), o)
			failed := s.Write(r)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if failed != nil {
				if out.Len() > 0 {
					t.Errorf("wrote %q in spite of %v", out.String(), failed)
				}
				continue
			}
			read := csv.NewReader(&out)
			if o.Comma != 0 {
				read.Comma = o.Comma
			}
			rows, err := read.ReadAll()
			if err != nil || len(rows) != 1 || len(rows[0]) != len(o.Columns.Names()) {
				t.Errorf("%s: %q, %v", raw, rows, err)
			}
		}
	})
}
