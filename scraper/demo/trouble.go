package demo

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	// slowness is how long the slow page takes.
	slowness = time.Second
	// recovery is how long the flaky page is well after it has failed. That a
	// page fails at every second request would not do: a worker may be killed
	// with an answer that nobody has heard of.
	recovery = 10 * time.Second
	// readingTime is what a visitor has for reading what came before a reset:
	// a reset overtakes it on some systems.
	readingTime = 50 * time.Millisecond
	// bombMiB is the decoded size of the bomb; it is a thousandth on the wire.
	bombMiB = 100
)

// slow answers after a while.
func slow(after time.Duration, page http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(after):
			page.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}
}

// silent never answers.
func silent(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// flaky fails, and is well for the time of recovery after.
func flaky(page http.Handler) http.HandlerFunc {
	var (
		mu   sync.Mutex
		well time.Time // until then
	)
	fails := func() bool {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		if now.Before(well) {
			return false
		}
		well = now.Add(recovery)
		return true
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if fails() {
			http.Error(w, "not now", http.StatusInternalServerError)
			return
		}
		page.ServeHTTP(w, r)
	}
}

// raw sends the bytes of an answer as they stand and closes the connection.
func raw(answer string) http.HandlerFunc {
	return hijacked(func(c net.Conn) { _, _ = io.WriteString(c, answer) })
}

// reset sends the beginning of an answer, if any, and resets the connection.
func reset(answer string) http.HandlerFunc {
	return hijacked(func(c net.Conn) {
		if answer != "" {
			_, _ = io.WriteString(c, answer)
			time.Sleep(readingTime)
		}
		if c, ok := c.(*net.TCPConn); ok {
			_ = c.SetLinger(0)
		}
	})
}

// hijacked lets do have the connection, which is closed after.
func hijacked(do func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			http.Error(w, "no connection of its own", http.StatusHTTPVersionNotSupported)
			return
		}
		defer c.Close()
		do(c)
	}
}

// zipped answers with a page in gzip.
func zipped(page string) http.HandlerFunc {
	body := gzipped([]byte(page))
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		content("text/html; charset=utf-8", body)(w, r)
	}
}

// bomb answers with a body that is small on the wire and large when decoded:
// a page, and behind it the same gzip member again and again, so that no more
// than one is ever held in memory.
func bomb() http.HandlerFunc {
	head := gzipped([]byte("<!doctype html><title>A bomb</title>"))
	mebibyte := gzipped(make([]byte, 1<<20))
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Encoding", "gzip")
		_, err := w.Write(head)
		for n := 0; n < bombMiB && err == nil; n++ {
			_, err = w.Write(mebibyte)
		}
	}
}

// misnamed answers with what is not in the coding it says.
func misnamed(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	htmlPage("Not zipped at all")(w, r)
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b) // a Buffer takes everything
	_ = z.Close()
	return out.Bytes()
}
