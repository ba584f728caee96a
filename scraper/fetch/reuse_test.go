package fetch

import (
	"io"
	"net"
	"sync/atomic"
	"testing"
)

// Which answers leave a connection that can serve the next request, and which
// end it.
func TestReuse(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		reused       bool
	}{
		{"sized", okLine + "Content-Length: 5\r\n\r\nhello", true},
		{"empty", okLine + "Content-Length: 0\r\n\r\n", true},
		{"204", "HTTP/1.1 204 No Content\r\n\r\n", true},
		{"304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", true},
		{"chunked", chunked + hello, true},
		{"chunked with trailers", chunked + "5;a\r\nhello\r\n0\r\nA: b\r\nnonsense\r\n\r\n", true},
		{"chunked with LF", chunked + "5\nhello\n0\n\n", true},
		{"behind 1xx", "HTTP/1.1 103 Early Hints\r\n\r\n" + chunked + hello, true},
		{"odd header lines", okLine + "nonsense\r\nContent-Length: 5, 5\r\n\r\nhello", true},
		{"two empty lines too many", "\r\n\r\n" + okLine + "Content-Length: 5\r\n\r\nhello", true},
		{"keep-alive of HTTP/1.0", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello", true},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", false},
		{"close", okLine + "Connection: close\r\nContent-Length: 5\r\n\r\nhello", false},
		{"rubbish behind a sized body", okLine + "Content-Length: 5\r\n\r\nhellorubbish", false},
		{"rubbish behind chunks", chunked + hello + "rubbish", false},
		{"rubbish behind 204", "HTTP/1.1 204 No Content\r\n\r\nrubbish", false},
		{"a line end behind a body", okLine + "Content-Length: 5\r\n\r\nhello\r\n", false},
	} {
		var connections atomic.Int64
		addr := tcpServer(t, func(c *net.TCPConn) {
			connections.Add(1)
			for {
				if _, err := readHead(c); err != nil {
					return
				}
				io.WriteString(c, tt.answer)
			}
		})
		f := testFetcher(t, Options{}, systemNetwork())
		for range 5 {
			if o := fetchAll(t, f, "http://"+addr); o.err != nil || o.body != "hello" && o.body != "" {
				t.Errorf("%s: %q, %v", tt.name, o.body, o.err)
			}
		}
		f.transport.CloseIdleConnections()
		if n := connections.Load(); (n == 1) != tt.reused {
			t.Errorf("%s: %d connections", tt.name, n)
		}
	}
}
