package fetch

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"scrape/results"
)

// A body that comes too slowly is given up, whatever time is left, and no other.
func TestSpeedLimit(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n"
	drip := func(c net.Conn, n, size int) {
		for range n {
			time.Sleep(time.Second)
			if _, err := io.WriteString(c, strings.Repeat("x", size)); err != nil {
				return
			}
		}
	}
	for _, tt := range []struct {
		name  string
		serve func(c net.Conn)
		pause time.Duration // of the reader
		got   string        // in the message; "": the body comes
		after time.Duration
	}{
		{"fast enough", func(c net.Conn) { io.WriteString(c, head); drip(c, 80, 125) }, 0, "", 80 * time.Second},
		{"slow", func(c net.Conn) { io.WriteString(c, head); time.Sleep(time.Second / 2); drip(c, 1000, 10) }, 0, "got 290 bytes", 30 * time.Second},
		{"stalls", func(c net.Conn) { io.WriteString(c, head); drip(c, 50, 150); io.Copy(io.Discard, c) }, 0, "got 7500 bytes", 61 * time.Second},
		{"silent", func(c net.Conn) { io.WriteString(c, head); io.Copy(io.Discard, c) }, 0, "got 0 bytes", 30 * time.Second},
		{"late", func(c net.Conn) { time.Sleep(time.Hour); io.WriteString(c, head); drip(c, 80, 125) }, 0, "", time.Hour + 80*time.Second},
		{"stops and goes", func(c net.Conn) {
			io.WriteString(c, head)
			for range 3 {
				time.Sleep(20 * time.Second)
				io.WriteString(c, strings.Repeat("x", 3500))
			}
		}, 0, "", 60 * time.Second},
		{"the reader pauses", func(c net.Conn) { io.WriteString(c, head); drip(c, 80, 125) }, time.Hour, "", time.Hour + 79*time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := systemNetwork()
				n.connect = piped(func(c net.Conn) {
					defer c.Close()
					if _, err := readHead(c); err == nil {
						tt.serve(c)
					}
				})
				f := newFetcher(Options{SpeedLimit: 100}, n)
				defer f.transport.CloseIdleConnections()
				ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
				defer cancel()
				start := time.Now()
				r, err := f.Fetch(ctx, &Request{URL: parse(t, "http://example.com/")})
				if err != nil {
					t.Fatal(err)
				}
				if tt.pause > 0 {
					if _, err := r.Body.Read(make([]byte, 1)); err != nil {
						t.Fatal(err)
					}
					time.Sleep(tt.pause)
				}
				err = r.Finish()
				took := time.Since(start)
				if took < tt.after || took > tt.after+DefaultSpeedTime/speedParts {
					t.Errorf("it took %v, want %v", took, tt.after)
				}
				switch {
				case tt.got == "" && err != nil:
					t.Error(err)
				case tt.got != "":
					verdict{results.Timeout, "slower than 100 bytes/s for 30s (" + tt.got + ")", true}.check(t, asError(t, err))
				}
				time.Sleep(time.Minute) // for a timer that nobody stopped
			})
		})
	}
}
