package fetch

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"testing"

	"scrape/results"
)

// An answer is a request's only when it was read after that was written.
func TestUnaskedAnswers(t *testing.T) {
	const begin, write, read = 'b', 'w', 'r'
	for events, want := range map[string]bool{
		"bwr":     false,
		"bwrr":    false,
		"bwwr":    false,
		"bwrbwr":  false,
		"bwrbw":   true,
		"bwrrbw":  true,
		"bwrbrw":  true,
		"bwrbr":   true,
		"bwrbrwr": true,
	} {
		client, server := net.Pipe()
		c := newConn(client)
		go func() {
			for {
				if _, err := server.Read(make([]byte, 1)); err != nil {
					return
				}
			}
		}()
		for _, e := range events {
			var err error
			switch e {
			case begin:
				c.begin()
			case write:
				_, err = c.Write([]byte("x"))
			case read:
				go server.Write([]byte("x"))
				_, err = c.Read(make([]byte, 1))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := c.unasked(); got != want {
			t.Errorf("%s: unasked is %v", events, got)
		}
		client.Close()
		server.Close()
	}
}

type closeCounter struct {
	net.Conn
	closed int
}

func (c *closeCounter) Close() error {
	c.closed++
	return c.Conn.Close()
}

// What the transport cannot be made to do in a test, since it is a race that
// the transport mostly wins: it has got the next request before it looks at
// what stands behind an answer.
func TestEarlyAnswerEndsTheConnection(t *testing.T) {
	for _, reused := range []bool{true, false} { // on a new connection, a server may speak first
		client, server := net.Pipe()
		below := &closeCounter{Conn: client}
		c := newConn(below)
		a := newAttempt(t.Context())
		a.getConn("")
		a.gotConn(httptrace.GotConnInfo{Conn: c, Reused: reused})
		go server.Write([]byte("x"))
		if _, err := c.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		a.gotFirstByte()
		if a.isEarly() != reused {
			t.Errorf("reused %v: early %v", reused, a.isEarly())
		}
		if reused {
			verdict{results.Protocol, "the server sent more answers than it was asked for", true}.check(t, a.fault(io.EOF))
		}
		if closed := below.closed > 0; closed != reused {
			t.Errorf("reused %v: closed %v", reused, closed)
		}
		a.getConn("") // for another connection
		if a.isEarly() {
			t.Error("early on a connection that is yet to be made")
		}
		client.Close()
		server.Close()
	}
}

// No record holds the answer to another request, however a server mixes them.
func TestAnswersAreTheirRequests(t *testing.T) {
	url := "http://" + tcpServer(t, func(c *net.TCPConn) {
		for in := bufio.NewReader(c); ; {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			path := r.URL.Path
			io.WriteString(c, "HTTP/1.1 200 OK\r\nA: "+path+"\r\nContent-Length: 0\r\n\r\n"+
				"HTTP/1.1 200 OK\r\nA: unasked\r\nContent-Length: 0\r\n\r\n")
		}
	})
	f := testFetcher(t, Options{}, systemNetwork())
	for range 300 {
		o := fetchAll(t, f, url+"/a")
		if o.err != nil {
			verdict{results.Protocol, "the server sent more answers than it was asked for", true}.check(t, o.err)
		} else if got := o.response.Header.Get("A"); got != "/a" {
			t.Fatalf("the answer is the one to %q", got)
		}
	}
}
