// Package demo is a small site to try the program on, served from inside it,
// and a tour of the product on that site. It uses no network but the loopback
// interface.
//
// The site has pages in many charsets, and most of what can go wrong on the
// web; of each line of its list it knows what the record must say.
package demo

import (
	"fmt"
	"html"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
)

// Site is the site while it is up. It is safe for concurrent use.
type Site struct {
	first, second string // origins
	lines         []Line
	server        http.Server
	running       sync.WaitGroup // listeners and requests in work

	mu     sync.Mutex
	closed bool // no request is taken into work any more
}

// Start serves the site at two free ports of 127.0.0.1, until Close.
func Start() (*Site, error) {
	first, err := listen()
	if err != nil {
		return nil, err
	}
	second, err := listen()
	if err != nil {
		first.Close()
		return nil, err
	}
	s := &Site{first: origin(first), second: origin(second)}
	contents, err := s.contents()
	if err != nil {
		first.Close()
		second.Close()
		return nil, err
	}
	s.lines = s.list(contents)
	s.server.Handler = s.counted(s.handler(contents))
	s.server.ErrorLog = log.New(io.Discard, "", 0) // broken connections are what it is for
	for _, l := range []net.Listener{first, second} {
		s.running.Go(func() { _ = s.server.Serve(l) }) // its end shows as refused connections
	}
	return s, nil
}

func listen() (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serving the demo site: %w", err)
	}
	return l, nil
}

func origin(l net.Listener) string { return "http://" + l.Addr().String() }

// Close takes the site down and waits until nothing of it is left. Requests in
// work lose their connection.
func (s *Site) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	err := s.server.Close()
	s.running.Wait()
	return err
}

// URL is the site's front page.
func (s *Site) URL() string { return s.first + "/" }

// List is the list to be scraped, comments included, in lines without their
// newlines.
func (s *Site) List() []string {
	texts := make([]string, len(s.lines))
	for i, l := range s.lines {
		texts[i] = l.Text
	}
	return texts
}

// Lines is the list with what the record of each line must say, when it is
// scraped with the options that Tour uses. It is not to be changed.
func (s *Site) Lines() []Line { return s.lines }

// list makes the lines of the contents.
func (s *Site) list(contents []section) []Line {
	var lines []Line
	for _, c := range contents {
		lines = append(lines, Line{Text: "# " + c.about})
		for _, e := range c.entries {
			text := e.line
			if text == "" {
				text = s.first + e.path
			}
			lines = append(lines, Line{Text: text, Want: &e.want})
		}
	}
	return lines
}

// handler serves the contents.
func (s *Site) handler(contents []section) http.Handler {
	mux := http.NewServeMux()
	for _, c := range contents {
		for _, e := range c.entries {
			if e.serve != nil {
				mux.Handle("GET "+e.path, e.serve)
			}
		}
	}
	mux.Handle("GET "+elsewhere, htmlPage("Elsewhere"))
	mux.Handle("GET /{$}", content("text/html; charset=utf-8", index(contents)))
	return mux
}

// index is the front page, for people with a browser.
func index(contents []section) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=en>\n<title>%[1]s</title>\n<h1>%[1]s</h1>\n", indexTitle)
	for _, c := range contents {
		fmt.Fprintf(&b, "<h2>%s</h2>\n<ul>\n", html.EscapeString(c.about))
		for _, e := range c.entries {
			if e.path != "" {
				fmt.Fprintf(&b, "<li><a href=%[1]s>%[1]s</a>\n", e.path)
			}
		}
		b.WriteString("</ul>\n")
	}
	return []byte(b.String())
}

// counted lets Close wait for requests in work.
func (s *Site) counted(h http.Handler) http.Handler {
	begin := func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.closed {
			s.running.Add(1)
		}
		return !s.closed
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !begin() {
			panic(http.ErrAbortHandler)
		}
		defer s.running.Done()
		h.ServeHTTP(w, r)
	})
}
