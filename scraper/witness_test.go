package scraper_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"scrape/results"
)

// request is one that a server has got.
type request struct {
	at     time.Time
	line   string // method, path and query
	header http.Header
	body   string
}

// witness is a server that tells what it was asked for.
type witness struct {
	*httptest.Server

	mu       sync.Mutex
	log      []request
	conns    int
	inFlight int
	most     int // of inFlight
}

// newWitness serves on a loopback address of its own, to be another host than
// others.
func newWitness(t *testing.T, ip string, serve http.HandlerFunc) *witness {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(ip, "0"))
	if err != nil {
		t.Skip("no such loopback address here: ", err)
	}
	w := &witness{}
	w.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.begin(request{time.Now(), r.Method + " " + r.URL.RequestURI(), r.Header.Clone(), string(body)})
		defer w.end()
		serve(out, r)
	}))
	w.Listener.Close()
	w.Listener = l
	w.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if s == http.StateNew {
			w.conns++
		}
	}
	w.Start()
	t.Cleanup(w.Close)
	return w
}

func (w *witness) begin(r request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, r)
	w.inFlight++
	w.most = max(w.most, w.inFlight)
}

func (w *witness) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inFlight--
}

// requests are those that have come, in order.
func (w *witness) requests() []request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.log)
}

// saw are the requests of which the line begins like that.
func (w *witness) saw(line string) (all []request) {
	for _, r := range w.requests() {
		if strings.HasPrefix(r.line, line) {
			all = append(all, r)
		}
	}
	return all
}

// urls are n pages of the server.
func (w *witness) urls(n int) (urls []string) {
	for i := range n {
		urls = append(urls, fmt.Sprintf("%s/%d", w.URL, i))
	}
	return urls
}

// servePage answers with a page.
func servePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprint(w, page(r.URL.Path))
}

// paths answers each path with a function, and every other with a page.
func paths(of map[string]http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if serve := of[r.URL.Path]; serve != nil {
			serve(w, r)
		} else {
			servePage(w, r)
		}
	}
}

// to redirects with a status.
func to(status int, location string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(status)
	}
}

// status answers with a status, and headers in pairs.
func status(code int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
	}
}

// text answers with a text.
func text(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, s) }
}

// kind is why a record's URL was not scraped.
func kind(f results.Fields) results.Kind {
	if f.Error == nil {
		return results.None
	}
	return f.Error.Kind
}
