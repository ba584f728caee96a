package metrics

import (
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// mostConns is how many may ask at once: a run's descriptors are for its work.
const mostConns = 16

// Server answers Prometheus while a run goes on.
type Server struct {
	http     http.Server
	listener net.Listener
	ended    chan struct{}
}

// Serve listens at an address, HOST:PORT, and answers GET /metrics with what text
// gives, which may be called from several goroutines at once. The error is that of
// the operating system.
func Serve(addr string, text func() []byte) (*Server, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = w.Write(text())
	})
	s := &Server{
		http: http.Server{
			Handler:        mux,
			ReadTimeout:    10 * time.Second,
			WriteTimeout:   10 * time.Second,
			IdleTimeout:    2 * time.Minute,
			MaxHeaderBytes: 16 << 10,
			ErrorLog:       log.New(io.Discard, "", 0), // of who asks, which is none of the user's concern
		},
		listener: listener,
		ended:    make(chan struct{}),
	}
	go func() {
		defer close(s.ended)
		_ = s.http.Serve(netutil.LimitListener(listener, mostConns)) // it ends by Close
	}()
	return s, nil
}

// Addr is where it listens.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close ends it, and all connections with it.
func (s *Server) Close() {
	_ = s.http.Close()
	<-s.ended
}
