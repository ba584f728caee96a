package fetch

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// What follows an answer without a request is not read, and the connection is as
// good as closed.
func TestUnaskedAnswers(t *testing.T) {
	const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	for name, whole := range map[string]string{
		"sized":    answer,
		"none":     "HTTP/1.1 204 No Content\r\n\r\n",
		"chunked":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00000002\r\nok\r\n0\r\n\r\n",
		"with 1xx": "HTTP/1.1 103 Early Hints\r\n\r\n" + answer,
	} {
		for _, pieces := range [][]string{{whole + answer}, {whole, answer}, strings.Split(whole+answer, "")} {
			client, server := net.Pipe()
			c := newHTTP1(client)
			c.begin(false, nil)
			go func() {
				server.Read(make([]byte, 1))
				for _, p := range pieces {
					io.WriteString(server, p)
				}
			}()
			if _, err := c.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			_, err := io.Copy(&got, onlyReader{c})
			if name == "chunked" && len(pieces) > 2 {
				whole = strings.Replace(whole, "00000002\r\nok", "00000001\r\no\r\n00000001\r\nk", 1)
			}
			if err != nil || got.String() != whole {
				t.Errorf("%s in %d pieces: got %q, %v", name, len(pieces), got.String(), err)
			}
			client.Close()
			server.Close()
		}
	}
}

type onlyReader struct{ io.Reader }

// What comes before the first request is its answer.
func TestServerSpeaksFirst(t *testing.T) {
	f := testFetcher(t, Options{}, systemNetwork())
	addr := tcpServer(t, func(c *net.TCPConn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok")
		readHead(c)
	})
	for range 20 {
		if o := fetchAll(t, f, "http://"+addr); o.err != nil || o.body != "ok" {
			t.Errorf("got %q, %v", o.body, o.err)
		}
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
			t.Fatal(o.err)
		} else if got := o.response.Header.Get("A"); got != "/a" {
			t.Fatalf("the answer is the one to %q", got)
		}
	}
}
