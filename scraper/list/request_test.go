package list_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"scrape/scraper/list"
	"scrape/scraper/weburl"
)

// one reads a list of one line.
func one(t testing.TB, line string) list.Item {
	t.Helper()
	items, err := read(t, list.Options{Dedupe: true}, source("", line))
	if err != nil || len(items) != 1 {
		t.Fatalf("%.200q: %d items, %v", line, len(items), err)
	}
	return items[0]
}

func TestRequest(t *testing.T) {
	for line, want := range map[string]list.Item{
		`{"url": "http://a.example/"}`: {Input: "http://a.example/"},
		`{"url":" a.example/x#y "}`:    {Input: "a.example/x#y"},
		`{"url":"http:\/\/\u0061.example","method":"get","headers":{},"body":""}`: {Input: "http://a.example", Method: "GET"},
		`{"meta":null,"body":null,"headers":null,"method":null,"url":"a.example"}`: {
			Input: "a.example"},
		"\u00a0{ \"url\"\t:\r\"a.example\" , \"method\" : \"post\" , \"body\" : \"a=\\\"b\\\\\" }\u200b": {
			Input: "a.example", Method: "POST", Body: []byte(`a="b\`)},
		`{"url":"a.example","headers":{"accept":"text/html","x-a":["1"," 2 "],"X-None":[],"X-Empty":""}}`: {
			Input:  "a.example",
			Header: http.Header{"Accept": {"text/html"}, "X-A": {"1", "2"}, "X-Empty": {""}}},
		`{"url":"a.example","meta":{ "b" : [1.0, "\u0041}\\", {}], "a":null}}`: {
			Input: "a.example", Meta: json.RawMessage(`{ "b" : [1.0, "\u0041}\\", {}], "a":null}`)},
		`{"url":"a.example","meta":1e400}`:     {Input: "a.example", Meta: json.RawMessage(`1e400`)},
		`{"url":"a.example","meta":"x"  }`:     {Input: "a.example", Meta: json.RawMessage(`"x"`)},
		`{"url":"a.example","meta":false}`:     {Input: "a.example", Meta: json.RawMessage(`false`)},
		`{"url":"u:pw@a.example"}`:             {Input: "u:***@a.example"},
		`{"url":"a.example","method":"Trace"}`: {Input: "a.example", Method: "TRACE"},
	} {
		got := one(t, line)
		want.Seq, want.Line, want.URL = 1, 1, got.URL
		if !reflect.DeepEqual(got, want) || got.URL.Hostname() != "a.example" || strings.Contains(got.URL.String(), "#") {
			t.Errorf("%s\n got %+v\nwant %+v", line, got, want)
		}
	}
}

func TestRequestRefused(t *testing.T) {
	for _, c := range []struct{ line, want, input, meta string }{
		{`{`, "not valid JSON at byte 1: unexpected end of JSON input", "{…}", ""},
		{`{"url": "a.example", "meta": 1,}`, "not valid JSON at byte 32: invalid character '}' looking for beginning of object key string", "{…}", ""},
		{`{"url": "a.example"} x`, "not valid JSON at byte 22: invalid character 'x' after top-level value", "{…}", ""},
		{`{"url": "a.example"}{}`, "not valid JSON at byte 21: invalid character '{' after top-level value", "{…}", ""},
		{`{url: "a.example"}`, "not valid JSON at byte 2: invalid character 'u' looking for beginning of object key string", "{…}", ""},
		{"{\"url\": \"a.example/\xe9\"}", "not valid UTF-8", "{…}", ""},
		{`{}`, `the key "url" is missing`, "{…}", ""},
		{`{"url":null,"meta":[1]}`, `the key "url" is missing`, "{…}", "[1]"},
		{`{"url":7,"meta":7}`, `"url" must be a string`, "{…}", "7"},
		{`{"url":""}`, "not a URL", "{…}", ""},
		{`{"url":"#x"}`, "not a URL", "#x", ""},
		{`{"url":"hello","meta":"m"}`, "not a URL", "hello", `"m"`},
		{`{"url":"a.example/\u0000"}`, "has a NUL byte", "a.example/\x00", ""},
		{`{"url":"ftp://u:secret@h/"}`, "scheme ftp is not http or https", "ftp://u:***@h/", ""},
		{`{"url":"a.example","url":"b.example"}`, `the key "url" is there twice`, "a.example", ""},
		{`{"url":"a.example","\u0075rl":"b.example"}`, `the key "url" is there twice`, "a.example", ""},
		{`{"meta":1,"url":"a.example","meta":2}`, `the key "meta" is there twice`, "a.example", "1"},
		{`{"url":"a.example","header":{},"meta":1}`, `unknown key "header": did you mean "headers"?`, "a.example", "1"},
		{`{"URL":"a.example"}`, `unknown key "URL": did you mean "url"?`, "{…}", ""},
		{`{"url":"a.example","id":7,"meta":1}`, `unknown key "id": what is to come back in the record goes into "meta"`, "a.example", "1"},
		{`{"url":"a.example","id":null}`, `unknown key "id": what is to come back in the record goes into "meta"`, "a.example", ""},
		{`{"url":"a.example","method":"CONNECT"}`, "the method \"CONNECT\" is for proxies", "a.example", ""},
		{`{"url":"a.example","method":""}`, `the method "" is not a token, as GET is`, "a.example", ""},
		{`{"url":"a.example","method":"GET /x"}`, `the method "GET /x" is not a token, as GET is`, "a.example", ""},
		{`{"url":"a.example","method":["GET"]}`, `"method" must be a string`, "a.example", ""},
		{`{"url":"a.example","body":{"secret":1}}`, `"body" must be a string`, "a.example", ""},
		{`{"url":"a.example","headers":["A: secret"]}`, `"headers" must be an object`, "a.example", ""},
		{`{"url":"a.example","headers":{"A":1}}`, `the header "A" must be a string or an array of strings`, "a.example", ""},
		{`{"url":"a.example","headers":{"A":null}}`, `the header "A" must be a string or an array of strings`, "a.example", ""},
		{`{"url":"a.example","headers":{"A":["secret",null]}}`, `the header "A" must be a string or an array of strings`, "a.example", ""},
		{`{"url":"a.example","headers":{"A":"1","a":"2"}}`, `the header "a" is there twice: several values are written as an array`, "a.example", ""},
		{`{"url":"a.example","headers":{"A":"secret\r\nB: c"}}`, "a header cannot be sent: A must not hold control characters", "a.example", ""},
		{`{"url":"a.example","headers":{"A b":[]}}`, "a header cannot be sent: the name of a header has letters, digits and hyphens", "a.example", ""},
		{`{"url":"a.example","headers":{"Content-Length":"1"},"meta":1}`, "a header cannot be sent: Content-Length is a header that the connection itself decides", "a.example", "1"},
	} {
		got := one(t, c.line)
		want := list.Item{Seq: 1, Line: 1, Input: c.input, Err: got.Err}
		if c.meta != "" {
			want.Meta = json.RawMessage(c.meta)
		}
		if got.Err == nil || got.Err.Error() != c.want || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v, %v\nwant %+v, %s", c.line, got, got.Err, want, c.want)
		}
	}
}

func TestLongRequests(t *testing.T) {
	request := func(n int) string {
		const without = `{"url":"a.example","body":""}`
		return without[:len(without)-2] + strings.Repeat("b", n-len(without)) + `"}`
	}
	spaces := strings.Repeat(" ", 3<<20)
	for name, c := range map[string]struct{ line, want string }{
		"over the limit of others": {request(weburl.MaxGiven + 1), ""},
		"over the buffer":          {request(1 << 19), ""},
		"at the limit":             {request(list.MaxRequest), ""},
		"space around":             {"\u00a0" + spaces + request(list.MaxRequest) + spaces, ""},
		"over":                     {request(list.MaxRequest + 1), "longer than 1 MiB"},
		"far over":                 {request(5 * list.MaxRequest), "longer than 1 MiB"},
		"long url":                 {`{"url":"https://u:secret@a.example/` + strings.Repeat("u", weburl.MaxGiven) + `"}`, "longer than 64 KiB"},
		"deep":                     {`{"url":"a.example","meta":` + strings.Repeat("[", 400_000), "not valid JSON at byte 10026: invalid character '[' exceeded max depth"},
	} {
		for _, end := range []string{"", "\r\n"} {
			items, err := read(t, list.Options{}, source("", c.line+end+"b.example"+end))
			if err != nil || end != "" && len(items) != 2 {
				t.Fatalf("%s: %d items, %v", name, len(items), err)
			}
			fault := ""
			if items[0].Err != nil {
				fault = items[0].Err.Error()
			}
			if end == "" {
				continue // the other line has become part of this one
			}
			if fault != c.want || fault == "" && items[0].URL.Hostname() != "a.example" {
				t.Errorf("%s: %q, want %q", name, fault, c.want)
			}
			if in := items[0].Input; len(in) > 1100 || strings.Contains(in, "secret") {
				t.Errorf("%s: input %.200q", name, in)
			}
			if items[1].Line != 2 || items[1].URL.Hostname() != "b.example" {
				t.Errorf("%s: then %+v", name, items[1])
			}
		}
	}
}

func TestDuplicateRequests(t *testing.T) {
	items, err := read(t, list.Options{Dedupe: true}, source("", strings.Join([]string{
		`https://a.example/`,           // 1
		`{"url": "https://a.example"}`, // = 1
		`{"url":"a.example#x","method":"get","headers":{},"body":"","meta":1}`, // = 1
		`{"url":"a.example","method":"HEAD"}`,                                  // 4
		`{"url":"a.example","headers":{"a":"1","b":"2"}}`,                      // 5
		`{"url":"a.example","headers":{"B":["2"],"A":" 1"}}`,                   // = 5
		`{"url":"a.example","headers":{"A":["1","2"]}}`,                        // 7
		`{"url":"a.example","headers":{"A":["2","1"]}}`,                        // 8: their order may matter
		`{"url":"a.example","method":"POST","body":"x"}`,                       // 9
		`{"url":"a.example","method":"post","body":"\u0078","meta":{}}`,        // = 9
		`{"url":"a.example","method":"POST","body":"y"}`,                       // 11
		`{"url":"a.example","method":"PUT","body":"x"}`,                        // 12
		`{"url":"a.example","body":"x"}`,                                       // = 9
		`{"url":"a.example","method":"POST","headers":{"A":""},"body":"x"}`,    // 14
		`{"url":"a.example","method":"POST","body":"A\u0000\u0000\u0000x"}`,    // 15: not 14
		`a.example`, // = 1
	}, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	want := []int64{0, 1, 1, 0, 0, 5, 0, 0, 0, 9, 0, 0, 9, 0, 0, 1}
	for i, item := range items {
		if item.Err != nil || item.First != want[i] {
			t.Errorf("line %d: First is %d, %v; want %d", i+1, item.First, item.Err, want[i])
		}
	}
	if len(items) != len(want) || items[9].FirstAt != "line 9" || string(items[9].Meta) != "{}" {
		t.Errorf("%d items, %+v", len(items), items[9])
	}
}

// What lines have in common tells those without a method from those with one.
func TestDuplicatesAmongCommonRequests(t *testing.T) {
	text := strings.Join([]string{
		`https://a.example/`,
		`{"url":"a.example","method":"GET"}`,
		`{"url":"a.example","method":"POST"}`,
		`{"url":"a.example","headers":{"A":"b"}}`,
		`{"url":"a.example","headers":{"A":"b"},"method":"GET"}`,
		`{"url":"a.example","headers":{"A":"b"},"method":"POST"}`,
	}, "\n")
	for common, want := range map[string][]int64{
		"":            {0, 1, 0, 0, 4, 0},
		"GET":         {0, 1, 0, 0, 4, 0},
		"POST":        {0, 0, 1, 0, 0, 4},
		"POST a body": {0, 0, 0, 0, 0, 0},
	} {
		items, err := read(t, list.Options{Dedupe: true, Common: common}, source("", text))
		if err != nil || len(items) != len(want) {
			t.Fatalf("%d items, %v", len(items), err)
		}
		for i, item := range items {
			if item.First != want[i] {
				t.Errorf("in common %q, line %d: First is %d, want %d", common, i+1, item.First, want[i])
			}
		}
	}
}

// Nothing of a request is shown but its url.
func TestRequestKeepsSecrets(t *testing.T) {
	for _, tail := range []string{``, `,}`, `,"x":1}`, `,"method":"a b"}`, `}}`, `,"headers":{}}`, `,"body":1}`} {
		item := one(t, `{"url":"https://a.example/","headers":{"Authorization":"tok-secret","B":["sec\nret"]},"body":"my-secret"`+tail)
		if item.Err == nil {
			t.Fatalf("%s is a request", tail)
		}
		if said := item.Input + item.Err.Error(); strings.Contains(said, "sec") || strings.Contains(said, "tok") {
			t.Errorf("%s: %s", tail, said)
		}
	}
}

// FuzzJSONLLine checks that whatever begins with a brace gets one item, and
// that a request which was read, written again, is the same request.
func FuzzJSONLLine(f *testing.F) {
	for _, s := range []string{
		`{"url":"https://example.com/"}`,
		`{"url": "http://user:pw@example.com:8080/a?b#c", "method": "POST", "headers": {"Content-Type": "application/json", "X": ["1", "2"]}, "body": "{\"a\": 1}", "meta": {"id": 17, "tags": ["x", null]}}`,
		`{"method":"delete","url":"localhost:8080/x"}`,
		`{"url":"example.com","headers":{"accept":"*/*","ACCEPT":"text/html"}}`,
		`{"url":"example.com","header":{"A":"b"}}`, `{"url":"example.com","id":1}`, `{"url":1}`, `{}`, `{`, `{"`, `{"url":"x"`,
		`{"url":"b\u00fccher.example","body":"\ud83d\ude00\ud800\u0000","meta":"\ud800"}`,
		"{\t\"url\"\r:\"a.example\",\"meta\":[ 1 ,\t{\"a\":-0.0e+1}]}",
		`{"url":"a.example","url":"b.example"}`, `{"url":"a.example","meta":[[[[]]]],"meta":1}`,
		"{\"url\":\"a.example/\xe9\"}", `{"url":null,"method":null,"headers":{"a":[],"b":null},"body":null}`,
	} {
		f.Add([]byte(s), false)
	}
	f.Add([]byte("{\n{\"url\":\"a.example\"}\r\n\n{\"url\":\"a.example\"}"), true)
	f.Fuzz(func(t *testing.T, text []byte, small bool) {
		text = append([]byte("{"), bytes.TrimPrefix(text, []byte("{"))...)
		open := func() (io.ReadCloser, error) {
			if small {
				return io.NopCloser(iotest.OneByteReader(bytes.NewReader(text))), nil
			}
			return io.NopCloser(bytes.NewReader(text)), nil
		}
		items, err := read(t, list.Options{Dedupe: true}, list.Source{Open: open})
		if err != nil || len(items) == 0 || items[0].Seq != 1 {
			t.Fatalf("%d items, %v", len(items), err)
		}
		for _, item := range items {
			if item.Input == "" || !utf8.ValidString(item.Input) || (item.Err == nil) == item.URL.IsZero() {
				t.Errorf("%+v", item)
			}
			if item.Meta != nil && (!json.Valid(item.Meta) || !utf8.Valid(item.Meta) || bytes.IndexByte(item.Meta, '\n') >= 0) {
				t.Errorf("meta %q", item.Meta)
			}
			if item.Err != nil {
				if item.Method != "" || item.Header != nil || item.Body != nil {
					t.Errorf("%+v", item)
				}
				continue
			}
			line := written(t, item)
			again, err := read(t, list.Options{Dedupe: true}, source("", line+"\n"+line))
			if err != nil || len(again) != 2 || again[1].First != 1 {
				t.Fatalf("%s: %+v, %v", line, again, err)
			}
			got := again[0]
			got.Seq, got.Line, got.Input, got.First, got.FirstAt = item.Seq, item.Line, item.Input, item.First, item.FirstAt
			if !reflect.DeepEqual(got, item) {
				t.Errorf("%s\n got %+v\nwant %+v", line, got, item)
			}
		}
	})
}

// written is an item as a line of JSON.
func written(t *testing.T, item list.Item) string {
	t.Helper()
	var b strings.Builder
	add := func(key string, value any) {
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, `,%q:%s`, key, encoded)
	}
	add("url", item.URL.String())
	if item.Method != "" {
		add("method", item.Method)
	}
	add("headers", item.Header)
	add("body", string(item.Body))
	if item.Meta != nil {
		fmt.Fprintf(&b, `,"meta":%s`, item.Meta)
	}
	return "{" + b.String()[1:] + "}"
}
