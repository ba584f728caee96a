package fetch

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"

	"scrape/scraper/weburl"
)

// pageServer serves one page at next to no cost, so that what is measured is
// the client.
func pageServer(b *testing.B, body []byte, coding string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	answer := append(fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Fri, 02 Jan 2026 03:05:05 GMT\r\n"+
		"Content-Type: text/html; charset=utf-8\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n", coding, len(body)), body...)
	var served sync.WaitGroup
	served.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			served.Go(func() {
				defer c.Close()
				request := make([]byte, 4096) // which arrives in one piece
				for {
					if _, err := c.Read(request); err != nil {
						return
					}
					if _, err := c.Write(answer); err != nil {
						return
					}
				}
			})
		}
	})
	b.Cleanup(func() { l.Close(); served.Wait() })
	return "http://" + l.Addr().String() + "/some/page.html"
}

var page = strings.Repeat("<li><a href=\"/item\">An item of the list</a></li>\n", 30_000/50)

// BenchmarkGet is the yardstick: what a loop over net/http costs.
func BenchmarkGet(b *testing.B) {
	url := pageServer(b, []byte(page), "identity")
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	b.ReportAllocs()
	defer reportCPU(b)()
	for b.Loop() {
		r, err := client.Get(url)
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
}

func BenchmarkFetch(b *testing.B) {
	for _, coding := range []string{"identity", "gzip", "br", "zstd"} {
		b.Run(coding, func(b *testing.B) {
			u, err := weburl.Parse(pageServer(b, encode(b, strings.TrimPrefix(coding, "identity"), page), coding))
			if err != nil {
				b.Fatal(err)
			}
			f := newFetcher(Options{UserAgent: "scrape/1"}, systemNetwork())
			defer f.transport.CloseIdleConnections()
			b.ReportAllocs()
			defer reportCPU(b)()
			for b.Loop() {
				r, err := f.Fetch(b.Context(), &Request{URL: u})
				if err != nil {
					b.Fatal(err)
				}
				if err := r.Finish(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// reportCPU reports the processor time of client and server together, which
// neighbours on the machine disturb less than the time on the wall.
func reportCPU(b *testing.B) func() {
	before := cpuTime(b)
	return func() { b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op") }
}

func cpuTime(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
