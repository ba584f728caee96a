package results

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func mustTemplate(t *testing.T, text string) *Template {
	t.Helper()
	tmpl, err := ParseTemplate(text)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// wantTemplate is the line of {{.URL}}\t{{.Error.Kind}} {{.Title}}.
func wantTemplate(f *Fields) string {
	f = readBack(f)
	kind := ""
	if f.Error != nil {
		kind = f.Error.Kind.String()
	}
	return visible(f.URL) + "\t" + kind + " " + visible(f.Title) + "\n"
}

// fillIn writes one record.
func fillIn(tmpl *Template, r *Record) (string, error) {
	var out bytes.Buffer
	s := NewTemplate(NewBatch(&out, BatchOptions{}), tmpl)
	err := s.Write(r)
	if closing := s.Close(); err == nil {
		err = closing
	}
	return out.String(), err
}

func TestTemplate(t *testing.T) {
	f := page()
	f.Data = json.RawMessage(`{"price": 1e6, "name":"<tea>\n\u001b[31m", "offers":[{"low":-0.50}], "big":12345678901234567890}`)
	f.Meta, f.Links = json.RawMessage(`17`), json.RawMessage(`[{"url":"http://b/"}]`)
	scraped := New(f)
	lost := failed(5, DNS, "no such\nhost")
	lost.Error.Retryable = true
	notScraped := New(lost)
	for _, test := range []struct{ text, scraped, notScraped string }{
		{`{{.URL}}\t{{.Status}}`, f.URL + "\t200", "http://example.com/5\t0"},
		{`{{.Seq}} a\\b\\n\n`, `17 a\b\n`, `5 a\b\n`},
		{`{{.Error.Kind}} {{.Error.Message}} {{.Error.Retryable}}`, "  false", `dns no such\u000ahost true`},
		{`{{if .Error.Kind}}bad{{else if eq .Outcome "scraped"}}\t{{end}}`, "\t", "bad"},
		{`{{.Data.price}} {{.Data.name}} {{.Data.big}}`, `1e6 <tea>\u000a\u001b[31m 12345678901234567890`, "  "},
		{`{{json .Data.name}} {{json .Title}}`, `"<tea>\n\u001b[31m" "` + f.Title + `"`, `null ""`},
		{`{{range .Data.offers}}{{.low}},{{end}}{{.Data.a.b.c}}`, "-0.50,", ""},
		{`{{.Meta}}{{range .Links}} {{.url}}{{end}}`, "17 http://b/", ""},
		{`{{with $x := .Title}}{{$y := len $x}}{{$y}}{{end}}`, "46", ""},
		{`{{define "t"}}{{.Charset}}\n{{end}}{{template "t" .}}`, "utf-8", ""},
		{`{{.FetchedAt.Format "2006"}} {{.Timing.Total}} {{printf "%s\t%d" .HTTPVersion .BodyBytes}}`, `2026 95.123ms 2\u000930211`, `0001 0s \u00090`},
		{`{{.Data.offers}}{{.Redirects}}{{json .Truncated}}`, `[{"low":-0.50}]null`, "null"},
		{``, "", ""},
	} {
		tmpl, err := ParseTemplate(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		for r, want := range map[*Record]string{scraped: test.scraped, notScraped: test.notScraped} {
			if got, err := fillIn(tmpl, r); err != nil || got != want+"\n" {
				t.Errorf("%s: %q, %v; want %q", test.text, got, err, want+"\n")
			}
		}
	}
}

func TestTemplateMistakes(t *testing.T) {
	for text, want := range map[string]string{
		`{{.URL`:                            "1: unclosed action",
		`{{nope .URL}}`:                     `1: function "nope" not defined`,
		`{{.Url}}`:                          `there is no field ".Url"; there are .Seq, .List, .Line, .Input, `,
		`{{.Error.Text}}`:                   `there is no field ".Text"; there are .Seq`,
		`{{.Data}}{{.Shape}}`:               ".FetchedAt, .Timing, .Worker, .Change, .Diff, .Data, .Links, .Meta",
		`{{if .Error.Kind}}{{.Foo}}{{end}}`: `there is no field ".Foo"`,
	} {
		if _, err := ParseTemplate(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", text, err, want)
		}
	}
	out, err := fillIn(mustTemplate(t, `{{index .Redirects 2}}`), New(page()))
	if err == nil || !strings.HasPrefix(err.Error(), "record 17: the template fails: 1:2: at <index .Redirects 2>: ") || out != "" {
		t.Errorf("wrote %q, error %v", out, err)
	}
	if _, err := fillIn(mustTemplate(t, `x`), &Record{Seq: 8, raw: []byte(`{}`)}); err == nil {
		t.Error("no error for what is no record")
	}
}

// The template's names are those of Fields.
func TestTemplateNames(t *testing.T) {
	fields := reflect.TypeFor[Fields]()
	var want []string
	for f := range fields.Fields() {
		want = append(want, "."+f.Name)
	}
	got := map[string]bool{}
	for _, name := range templateNames() {
		got[name] = true
	}
	for _, name := range want {
		if !got[name] {
			t.Errorf("%s is missing", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("a template has %v, Fields has %v", templateNames(), want)
	}
	rng := rand.New(rand.NewPCG(11, 12))
	tmpl := mustTemplate(t, `{{json .Data}} {{json .Meta}} {{json .Links}} {{.Title}}`)
	for range 500 {
		r := New(random(rng))
		out, err := fillIn(tmpl, r)
		if err != nil || strings.Count(out, "\n") != 1 || strings.ContainsFunc(out[:len(out)-1], steers) {
			t.Fatalf("%s: %q, %v", r.Raw(), out, err)
		}
	}
}
