package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"

	"scrape/results"
)

// The first byte of what an encoder writes tells what its decoder takes.
func TestBrotliMemory(t *testing.T) {
	data := make([]byte, 1<<20)
	for bits, want := range map[int]int64{10: 0, 11: 0, 15: 0, 16: 0, 17: 0, 18: 0, 19: 0, 20: 2, 21: 3, 22: 5, 23: 9, 24: brotliMost} {
		var body bytes.Buffer
		w := brotli.NewWriterOptions(&body, brotli.WriterOptions{Quality: 1, LGWin: bits})
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := brotliMemory(body.Bytes()[0]); got != want {
			t.Errorf("a window of 2^%d bytes: %d MiB, want %d", bits, got, want)
		}
	}
	for first := range 256 {
		if got := brotliMemory(byte(first)); got < 0 || got > brotliMost {
			t.Errorf("a first byte of %#x: %d MiB", first, got)
		}
	}
}

// A host that sends headers and then lets us wait holds no memory.
func TestWaitingBodiesHoldNoMemory(t *testing.T) {
	release := make(chan struct{})
	url := httpServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", strings.TrimPrefix(r.URL.Path, "/"))
		w.(http.Flusher).Flush()
		<-release
		w.Write(encode(t, strings.TrimPrefix(r.URL.Path, "/"), "page"))
	})
	f := testFetcher(t, Options{}, systemNetwork())
	for _, coding := range []string{"br", "zstd"} {
		r, err := f.Fetch(t.Context(), &Request{URL: parse(t, url+"/"+coding)})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
	}
	if !f.decoders.TryAcquire(decoderMemory) {
		t.Error("memory is held by bodies of which nothing has arrived")
	}
	close(release)
}

// What takes next to no memory does not wait behind what takes much.
func TestSmallDecodersDoNotWait(t *testing.T) {
	f := testFetcher(t, Options{}, systemNetwork())
	if !f.decoders.TryAcquire(decoderMemory) {
		t.Fatal("the budget is in use")
	}
	defer f.decoders.Release(decoderMemory)
	for _, coding := range []string{"gzip", "deflate", "gzip, deflate"} {
		body := encode(t, coding, "page")
		url := httpServer(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", coding)
			w.Write(body)
		})
		ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Second, errors.New("it waits"))
		if o := fetchAllContext(t, ctx, f, url); o.err != nil || o.body != "page" {
			t.Errorf("%s: %q, %v", coding, o.body, o.err)
		}
		cancel()
	}
}

// zstdAnswer is a whole answer whose body takes memory to decode.
func zstdAnswer(t *testing.T, status string) func(context.Context, string, string) (net.Conn, error) {
	body := string(encode(t, "zstd", "page"))
	return piped(func(c net.Conn) {
		readHead(c)
		io.WriteString(c, "HTTP/1.1 "+status+"\r\nContent-Encoding: zstd\r\nConnection: close\r\n\r\n"+body)
		c.Close()
	})
}

// An attempt that ends while it waits for memory says so, and blames no host.
func TestWaitForMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := systemNetwork()
		n.connect = zstdAnswer(t, "200 OK")
		f := newFetcher(Options{}, n)
		defer f.transport.CloseIdleConnections()
		f.decoders.TryAcquire(decoderMemory - 1)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		o := fetchAllContext(t, ctx, f, "http://example.com/")
		if o.err == nil || o.err.Kind != results.Timeout || !o.err.Retryable || !o.err.Local || o.err.Message != "timed out after 30s waiting for memory to decode the body" {
			t.Errorf("got %+v", o.err)
		}
		if !f.decoders.TryAcquire(1) {
			t.Error("what was not taken was not given back")
		}
	})
}

// A body that means nothing is not worth waiting for memory.
func TestDiscardDoesNotWaitForMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := systemNetwork()
		n.connect = zstdAnswer(t, "404 Not Found")
		f := newFetcher(Options{}, n)
		defer f.transport.CloseIdleConnections()
		f.decoders.TryAcquire(decoderMemory)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		r, err := f.Fetch(ctx, &Request{URL: parse(t, "http://example.com/")})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Discard(); err != nil || r.WireBytes() == 0 {
			t.Errorf("%v after %d bytes", err, r.WireBytes())
		}
	})
}

// What a response holds is given back when whoever reads it panics.
func TestCloseGivesBack(t *testing.T) {
	body := encode(t, "br, zstd", strings.Repeat("page ", 1000))
	gone := make(chan struct{}, 1)
	url := httpServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "br, zstd")
		w.Write(body)
		w.(http.Flusher).Flush()
		<-r.Context().Done() // the connection was closed
		gone <- struct{}{}
	})
	f := testFetcher(t, Options{}, systemNetwork())
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		r, err := f.Fetch(t.Context(), &Request{URL: parse(t, url)})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if _, err := io.ReadFull(r.Body, make([]byte, 10)); err != nil {
			t.Fatal(err)
		}
		if f.decoders.TryAcquire(decoderMemory) {
			t.Error("a body that is being decoded holds no memory")
		}
		panic("a parser of ours")
	}()
	<-gone
	if !f.decoders.TryAcquire(decoderMemory) {
		t.Error("the memory was not given back")
	}
}

// Close is harmless wherever it comes.
func TestCloseAgain(t *testing.T) {
	url := httpServer(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "page") })
	f := testFetcher(t, Options{}, systemNetwork())
	u := parse(t, url)
	for name, end := range map[string]func(*Response) error{
		"Finish":  (*Response).Finish,
		"Discard": (*Response).Discard,
	} {
		r, err := f.Fetch(t.Context(), &Request{URL: u})
		if err != nil {
			t.Fatal(err)
		}
		err = end(r)
		total := r.Timing.Total
		r.Close()
		r.Close()
		if again := end(r); err != nil || again != nil || r.Timing.Total != total || total == 0 {
			t.Errorf("%s: %v, then %v; %v, then %v", name, err, again, total, r.Timing.Total)
		}
	}
	r, err := f.Fetch(t.Context(), &Request{URL: u})
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	if err := r.Finish(); err == nil {
		t.Error("a body that nobody read counts as whole")
	}
	if _, err := r.Body.Read(make([]byte, 1)); err == nil || err == io.EOF {
		t.Errorf("reading after Close: %v", err)
	}
}
