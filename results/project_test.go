package results

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

func mustProject(t *testing.T, names ...string) *Projection {
	t.Helper()
	p, err := ParseProjection(names)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// wantProjected is the line of seq, error and title.
func wantProjected(f *Fields) string {
	only := &Fields{Seq: f.Seq, Error: f.Error, Title: f.Title}
	line := string(only.AppendJSON(nil))
	line = strings.Replace(line, `"schema":1`, "", 1)
	line = strings.Replace(line, `,"outcome":"not_scraped"`, "", 1)
	return strings.Replace(line, "{,", "{", 1) + "\n"
}

// project writes one record.
func project(t *testing.T, r *Record, names ...string) string {
	t.Helper()
	var out bytes.Buffer
	s := NewProjected(NewBatch(&out, BatchOptions{}), mustProject(t, names...))
	if err := s.Write(r); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestProjection(t *testing.T) {
	r := New(&Fields{Seq: 3, Outcome: Scraped, URL: "http://a/", Status: 200,
		Data: json.RawMessage(`{"price": 1.50, "name":"tea \"pot\"", "offers":{"low" : {"w":3}}, "none": null, "g\u00f6":["x"], "a\"b":1, "":0 }`),
		Meta: json.RawMessage(`[ 1,2 ]`)})
	for names, want := range map[string]string{
		"url":                         `{"url":"http://a/"}`,
		"status,url,seq,schema":       `{"schema":1,"seq":3,"url":"http://a/","status":200}`,
		"title,links":                 `{}`,
		"data.price":                  `{"data":{"price":1.50}}`,
		"data.none,url,data.name":     `{"url":"http://a/","data":{"name":"tea \"pot\"","none":null}}`,
		"data.offers.low.w":           `{"data":{"offers":{"low":{"w":3}}}}`,
		"data.offers.low,data.gö":     `{"data":{"offers":{"low":{"w":3}},"gö":["x"]}}`,
		`data.a"b`:                    `{"data":{"a\"b":1}}`,
		"data.missing,data.name.x":    `{}`,
		"seq,data.offers.high,status": `{"seq":3,"status":200}`,
		"meta.x":                      `{}`,
		"meta":                        `{"meta":[ 1,2 ]}`,
	} {
		if got := project(t, r, strings.Split(names, ",")...); got != want+"\n" {
			t.Errorf("%s: %s, want %s", names, got, want)
		}
	}
	whole := project(t, r, "data", "data.price", "url")
	if !strings.HasPrefix(whole, `{"url":"http://a/","data":{"price": 1.50, `) {
		t.Errorf("data and a part of it: %s", whole)
	}
	for _, name := range []string{"", "titel", "error.kind", "data.", ".price", "data..x", "URL"} {
		_, err := ParseProjection([]string{"url", name})
		if err == nil || !strings.Contains(err.Error(), "schema, seq, ") {
			t.Errorf("%q: error %v", name, err)
		}
	}
}

// All keys together are the record as it is, and each by itself is a part of it.
func TestProjectionOfAnyRecord(t *testing.T) {
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	rng := rand.New(rand.NewPCG(9, 10))
	for range 500 {
		r := New(random(rng))
		if got, want := project(t, r, names...), string(r.Raw())+"\n"; got != want {
			t.Fatalf("all keys:\n got %s\nwant %s", got, want)
		}
		var whole map[string]json.RawMessage
		if err := json.Unmarshal(r.Raw(), &whole); err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			want := "{}\n"
			if value := whole[name]; value != nil {
				want = `{"` + name + `":` + string(value) + "}\n"
			}
			if got := project(t, r, name); got != want {
				t.Fatalf("%s: got %s want %s", name, got, want)
			}
		}
	}
}

// FuzzProjection feeds foreign JSON: of what is JSON, a choice is JSON.
func FuzzProjection(f *testing.F) {
	for _, e := range examples() {
		f.Add(e.AppendJSON(nil))
	}
	f.Add([]byte(`{"schema": 1,"outcome":"scraped","url":"x","data":{"a" : "\ud800", "b\u0041" :[ {}]}}`))
	p, err := ParseProjection([]string{"url", "data.a", "data.bA", "meta.x.y", "error"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := &Record{Kind: DNS, raw: raw}
		if r.check() != nil {
			return
		}
		var out bytes.Buffer
		s := NewProjected(NewBatch(&out, BatchOptions{}), p)
		failed := s.Write(r)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if (failed != nil) != (out.Len() == 0) {
			t.Errorf("%v, and wrote %q", failed, out.String())
		}
		if failed == nil && json.Valid(raw) && !json.Valid(out.Bytes()) {
			t.Errorf("%s gives %s", raw, out.Bytes())
		}
	})
}
