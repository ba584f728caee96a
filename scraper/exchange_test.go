package scraper_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"scrape/results"
	"scrape/results/bodies"
	"scrape/results/warc"
	"scrape/scraper"
)

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

// unnamedFiles are the files of this process that have no name.
func unnamedFiles() (n int) {
	links, _ := filepath.Glob("/proc/self/fd/*")
	for _, l := range links {
		if to, err := os.Readlink(l); err == nil && strings.HasSuffix(to, " (deleted)") {
			n++
		}
	}
	return n
}

// said is a sink that keeps what it is told of exchanges.
type said struct {
	collector
	needs     results.Needs
	exchanges []results.Exchange
	payloads  []string
	bodies    []string
	alone     int // records without an exchange
}

func (s *said) Needs() results.Needs { return s.needs }

func (s *said) Write(r *results.Record) error {
	s.alone++
	return s.collector.Write(r)
}

func (s *said) WriteExchange(r *results.Record, e *results.Exchange) error {
	var payload, body bytes.Buffer
	if err := errors.Join(e.Payload.CopyTo(&payload), e.Body.CopyTo(&body)); err != nil {
		return err
	}
	s.exchanges = append(s.exchanges, *e)
	s.payloads, s.bodies = append(s.payloads, payload.String()), append(s.bodies, body.String())
	if r == nil {
		return nil
	}
	return s.collector.Write(r)
}

// A sink gets what was said, whatever became of it: byte for byte as it came, and decoded
// where that is wanted.
func TestExchanges(t *testing.T) {
	noise := make([]byte, 600<<10) // too large to be kept in memory
	for i := range noise {
		noise[i] = byte(i * i >> 3 * 31)
	}
	content := map[string]string{
		"/page":  page("Page"),
		"/coded": page("Coded"),
		"/large": string(noise),
		"/both":  string(noise) + "coded",
		"/gone":  "gone for good",
		"/moved": "moved",
		"/empty": "",
	}
	wire := map[string]string{}
	for path, body := range content {
		wire[path] = body
		if path == "/coded" || path == "/both" {
			wire[path] = string(gzipped([]byte(body)))
		}
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if wire[r.URL.Path] != content[r.URL.Path] {
			w.Header().Set("Content-Encoding", "gzip")
		}
		switch r.URL.Path {
		case "/gone":
			w.WriteHeader(http.StatusNotFound)
		case "/moved":
			w.Header().Set("Location", "/page?from=moved")
			w.WriteHeader(http.StatusFound)
		}
		io.WriteString(w, wire[r.URL.Path])
	}))
	defer s.Close()
	before := unnamedFiles()
	for name, needs := range map[string]results.Needs{"wire": {Wire: true}, "body": {Body: true}, "both": {Wire: true, Body: true}} {
		t.Run(name, func(t *testing.T) {
			sink := &said{needs: needs}
			var list []string
			for path := range content {
				list = append(list, s.URL+path)
			}
			list = append(list, "http://127.0.0.1:1/refused")
			sum, err := scraper.Run(t.Context(), scraper.Options{
				Procs: 2, Retry: scraper.NoRetry, Lists: lines(list...), Sinks: []results.Sink{sink}, Tell: func(e scraper.Event) { t.Log(e) },
				Hosts: scraper.Hosts{NoRobots: true},
			})
			if err != nil || sum.Tally.Total() != int64(len(list)) {
				t.Fatalf("%d records, %v", sum.Tally.Total(), err)
			}
			got := map[string]int{}
			for i, e := range sink.exchanges {
				path := strings.TrimPrefix(e.URL, s.URL)
				got[path]++
				path, _, _ = strings.Cut(path, "?")
				if needs.Wire && sink.payloads[i] != wire[path] {
					t.Errorf("%s: a payload of %d bytes, want %d", path, len(sink.payloads[i]), len(wire[path]))
				}
				scraped := path != "/gone" && path != "/moved"
				if needs.Body != e.HasBody && scraped || e.HasBody && sink.bodies[i] != content[path] {
					t.Errorf("%s: a body of %d bytes, %v, want %d", path, len(sink.bodies[i]), e.HasBody, len(content[path]))
				}
				if e.HasBody && (e.BodySHA256 != sha256.Sum256([]byte(content[path])) || path == "/page" && e.MediaType != "text/html") {
					t.Errorf("%s: digest %x, media type %q", path, e.BodySHA256, e.MediaType)
				}
				if !bytes.HasPrefix(e.Request, []byte("GET "+path)) == needs.Wire || !bytes.HasPrefix(e.Response, fmt.Appendf(nil, "HTTP/1.1 %d ", e.Status)) == needs.Wire || e.Cut != "" {
					t.Errorf("%s: %q, %q, cut %q", path, e.Request, e.Response, e.Cut)
				}
			}
			want := map[string]int{"/page": 1, "/coded": 1, "/large": 1, "/both": 1, "/empty": 1, "/page?from=moved": 1}
			if needs.Wire {
				want["/moved"], want["/gone"] = 1, 1
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("exchanges %v, want %v", got, want)
			}
			for input, f := range sink.byInput() {
				path := strings.TrimPrefix(input, s.URL)
				sum := sha256.Sum256([]byte(content[path]))
				if path == "/moved" {
					sum = sha256.Sum256([]byte(content["/page"]))
				}
				digest := hex.EncodeToString(sum[:])
				if strings.HasSuffix(path, "/refused") {
					digest = ""
				}
				file := ""
				if needs.Body && f.Outcome == results.Scraped {
					file = bodies.Name(sum, "text/html")
					if f.MediaType != "" {
						file = bodies.Name(sum, f.MediaType)
					}
				}
				if f.BodySHA256 != digest || f.BodyFile != file {
					t.Errorf("%s: body_sha256 %q, want %q; body_file %q, want %q", path, f.BodySHA256, digest, f.BodyFile, file)
				}
			}
		})
	}
	if after := unnamedFiles(); after > before {
		t.Errorf("%d files open, %d before", after, before)
	}
}

func TestBodySHA256(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") }))
	defer s.Close()
	for _, asked := range []bool{false, true} {
		c, _ := run(t, scraper.Options{Procs: 1, Lists: lines(s.URL), BodySHA256: asked})
		if got := c.records[0].BodySHA256; (got == fmt.Sprintf("%x", sha256.Sum256([]byte("hello")))) != asked || !asked && got != "" {
			t.Errorf("asked for %v: %q", asked, got)
		}
	}
}

// What gives access to something is in no file, wherever it came from.
func TestSecretsAreNotKept(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if r.Header.Get("Cookie") == "" || r.Header.Get("X-Kept") == "" || user+password == "" && r.Header.Get("Authorization") == "" {
			t.Errorf("the server was told %v", r.Header)
		}
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/page", http.StatusFound)
			return
		}
		io.WriteString(w, page("x"))
	}))
	defer s.Close()
	host := strings.TrimPrefix(s.URL, "http://")
	var file bytes.Buffer
	archive := warc.New(results.NewBatch(&file, results.BatchOptions{}), "test")
	_, err := scraper.Run(t.Context(), scraper.Options{
		Procs: 1, Lists: lines("http://me:hush1@"+host+"/moved", "http://me:hush2@"+host+"/page"), Sinks: []results.Sink{archive},
		Hosts:   scraper.Hosts{NoRobots: true},
		Request: scraper.Request{Header: http.Header{"Cookie": {"session=hush3"}, "Proxy-Authorization": {"Basic hush4"}, "X-Kept": {"kept"}}},
	})
	if err := errors.Join(err, archive.Close()); err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if secrets := regexp.MustCompile(`hush\d|(?i)\b(proxy-)?authorization:|\bcookie:|bWU6aHVza|bWU6aHVzaD`).FindAll(text, -1); len(secrets) > 0 {
		t.Errorf("%q in the file", secrets)
	}
	if n := bytes.Count(text, []byte("X-Kept: kept")); n != 3 {
		t.Errorf("%d requests in the file, want 3", n)
	}
}

// A small body that becomes a large one is kept no further than it may be.
func TestBombIsKeptAsItCame(t *testing.T) {
	bomb := gzipped(make([]byte, 64<<20))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(bomb)
	}))
	defer s.Close()
	sink := &said{needs: results.Needs{Wire: true, Body: true}}
	if _, err := scraper.Run(t.Context(), scraper.Options{Procs: 1, MaxBody: 1 << 20, Lists: lines(s.URL), Sinks: []results.Sink{sink}}); err != nil {
		t.Fatal(err)
	}
	if f := sink.records[0]; f.Error == nil || f.Error.Kind != results.TooLarge || f.BodySHA256+f.BodyFile != "" {
		t.Errorf("%+v", f)
	}
	if e := sink.exchanges[len(sink.exchanges)-1]; e.HasBody || e.Cut != "length" || !bytes.HasPrefix(bomb, []byte(sink.payloads[len(sink.payloads)-1])) {
		t.Errorf("cut %q, a body %v, %d of %d bytes", e.Cut, e.HasBody, e.Payload.Size, len(bomb))
	}
}

func TestSavedBodies(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/json":
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			io.WriteString(w, `{"a":1}`)
		default:
			io.WriteString(w, page("the same"))
		}
	}))
	defer s.Close()
	dir := filepath.Join(t.TempDir(), "pages")
	for range 2 { // the second run finds all there
		sink := bodies.New(dir)
		c, _ := run(t, scraper.Options{Procs: 2, Lists: lines(s.URL+"/json", s.URL+"/a", s.URL+"/b", s.URL+"/c"), Sinks: []results.Sink{sink}, Hosts: scraper.Hosts{NoRobots: true}})
		if err := errors.Join(sink.Sync(), sink.Close(), sink.Close()); err != nil {
			t.Fatal(err)
		}
		for input, f := range c.byInput() {
			b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.BodyFile)))
			want, extension := page("the same"), ".html"
			if strings.HasSuffix(input, "/json") {
				want, extension = `{"a":1}`, ".json"
			}
			if err != nil || string(b) != want || filepath.Ext(f.BodyFile) != extension {
				t.Errorf("%s: %q with %d bytes, %v", input, f.BodyFile, len(b), err)
			}
		}
	}
	n := 0
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if n != 2 {
		t.Errorf("%d files, want 2", n)
	}
}

// Where bodies cannot be kept the run ends, and says why.
func TestFullFolder(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") }))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := scraper.Run(t.Context(), scraper.Options{Procs: 1, Lists: lines(s.URL), Sinks: []results.Sink{bodies.New(file)}})
	if failed, ok := errors.AsType[*scraper.SinkError](err); !ok || !strings.Contains(failed.Error(), file) {
		t.Errorf("%v", err)
	}
}
