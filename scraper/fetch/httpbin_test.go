package fetch

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mccutchen/go-httpbin/v2/httpbin"

	"scrape/results"
)

// A server that others have written, over both versions of HTTP.
func TestHTTPBin(t *testing.T) {
	app := httpbin.New(httpbin.WithMaxBodySize(4 << 20))
	for _, version := range []string{"1.1", "2"} {
		n := tlsServer(t, app.ServeHTTP, func(s *httptest.Server) { s.EnableHTTP2 = version == "2" })
		f := testFetcher(t, Options{UserAgent: "scrape/1", MaxBody: 1 << 20}, n)
		for path, tt := range map[string]struct {
			status int
			size   int // of the body; -1: any
			holds  string
		}{
			"/":                     {200, -1, "go-httpbin"},
			"/status/204":           {204, 0, ""},
			"/status/304":           {304, 0, ""},
			"/status/404":           {404, 0, ""},
			"/status/418":           {418, -1, "teapot"},
			"/status/503":           {503, 0, ""},
			"/redirect-to?url=/get": {302, -1, ""},
			"/relative-redirect/3":  {302, -1, ""},
			"/absolute-redirect/3":  {302, -1, ""},
			"/gzip":                 {200, -1, `"gzipped": true`},
			"/deflate":              {200, -1, `"deflated": true`},
			"/brotli":               {501, -1, ""},
			"/drip?numbytes=50&duration=50ms&delay=0": {200, 50, ""},
			"/delay/10ms":                        {200, -1, ""},
			"/stream/20":                         {200, -1, `"id":`},
			"/stream-bytes/70000?chunk_size=999": {200, 70_000, ""},
			"/bytes/100000":                      {200, 100_000, ""},
			"/range/1024":                        {200, 1024, "abcdef"},
			"/image/png":                         {200, -1, "PNG"},
			"/encoding/utf8":                     {200, -1, "STARGΛ̊TE"},
			"/html":                              {200, -1, "Moby-Dick"},
			"/deny":                              {200, -1, ""},
			"/robots.txt":                        {200, -1, "Disallow: /deny"},
			"/trailers?a=b":                      {200, -1, ""},
			"/unstable?failure_rate=1":           {500, -1, ""},
			"/unstable?failure_rate=0":           {200, -1, ""},
			"/hidden-basic-auth/user/secret":     {404, -1, ""},
			"/basic-auth/user/secret":            {401, -1, ""},
			"/response-headers?X-A=%22b%22":      {200, -1, "X-A"},
			"/sse?count=3&duration=30ms&delay=0": {200, -1, "data:"},
			"/user-agent":                        {200, -1, "scrape/1"},
			"/etag/abc":                          {200, -1, ""},
			"/cache/60":                          {200, -1, ""},
		} {
			o := fetchAll(t, f, "https://example.com"+path)
			r := o.response
			if o.err != nil || r.Status != tt.status || r.Proto != version ||
				tt.size >= 0 && len(o.body) != tt.size || !strings.Contains(o.body, tt.holds) {
				t.Errorf("HTTP/%s %s: status %d, version %s, %d bytes, error %v", version, path, r.Status, r.Proto, len(o.body), o.err)
			}
			if e := StatusError(r); (e != nil) != (tt.status >= 400) {
				t.Errorf("%s: %v", path, e)
			}
			if path == "/encoding/utf8" && !utf8.ValidString(o.body) {
				t.Errorf("%s is damaged", path)
			}
		}
		verdict{results.TooLarge, "body larger than 1 MiB", false}.check(t, fetchAll(t, f, "https://example.com/bytes/1048577").err)

		for path, login := range map[string]string{"/hidden-basic-auth/user/secret": "user:secret@", "/basic-auth/user/secret": "user:secret@"} {
			if o := fetchAll(t, f, "https://"+login+"example.com"+path); o.err != nil || o.response.Status != 200 {
				t.Errorf("%s: status %d, error %v", path, o.response.Status, o.err)
			}
		}

		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
			r, err := f.Fetch(t.Context(), &Request{
				URL:    parse(t, "https://example.com/anything/a?b=c"),
				Method: method,
				Header: http.Header{"X-A": {"b"}},
				Body:   []byte(map[bool]string{true: "a body"}[method[0] == 'P']),
			})
			if err != nil {
				t.Fatal(err)
			}
			var echo struct {
				Method, Data string
				Headers      http.Header
			}
			err = json.NewDecoder(r.Body).Decode(&echo)
			if end := r.Finish(); end != nil || r.Status != 200 {
				t.Errorf("%s: status %d, error %v", method, r.Status, end)
			}
			if method == "HEAD" {
				continue
			}
			if err != nil || echo.Method != method || echo.Headers.Get("X-A") != "b" || method[0] == 'P' && !strings.Contains(echo.Data, "a body") && !strings.Contains(echo.Data, "YSBib2R5") {
				t.Errorf("%s: %+v, %v", method, echo, err)
			}
		}

		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		o := fetchAllContext(t, ctx, f, "https://example.com/delay/10s")
		cancel()
		verdict{results.Timeout, "timed out after 50ms *", true}.check(t, o.err) // where, depends on how soon the server hears of it
	}
}
