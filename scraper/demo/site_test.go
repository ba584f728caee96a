package demo

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html/charset"

	"scrape/results"
)

func start(t *testing.T) *Site {
	t.Helper()
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// client makes each request on a connection of its own, decodes nothing and
// follows no redirect.
func client(t *testing.T) *http.Client {
	transport := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// get reads an answer as far as it comes.
func get(t *testing.T, url string) (*http.Response, []byte, error) {
	t.Helper()
	r, err := client(t).Get(url)
	if err != nil {
		return nil, nil, err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	return r, body, err
}

func TestPagesAreInTheirCharsets(t *testing.T) {
	s := start(t)
	for _, p := range pages() {
		t.Run(p.path[1:], func(t *testing.T) {
			r, body, err := get(t, s.first+p.path)
			if err != nil || r.StatusCode != http.StatusOK {
				t.Fatal(r, err)
			}
			e, name, _ := charset.DetermineEncoding(body, r.Header.Get("Content-Type"))
			if name != p.charset {
				t.Errorf("looks like %s, not %s", name, p.charset)
			}
			text, err := e.NewDecoder().Bytes(body)
			if err != nil {
				t.Fatal(err)
			}
			plain := strings.NewReplacer("&amp;", "&", "&lt;", "<").Replace(string(text))
			if !strings.Contains(plain, "<title>"+p.title+"</title>") {
				t.Errorf("no title %q in %q", p.title, text)
			}
		})
	}
}

func TestBytesOfCharsets(t *testing.T) {
	s := start(t)
	for _, c := range []struct{ path, bytes string }{
		{"/greek", "\xce\x9a\xce\xb1\xce\xbb"},                      // Καλ
		{"/vietnamese", "\xef\xbb\xbf<!"},                           // byte order mark
		{"/french", "3 \x80"},                                       // €
		{"/polish", "Za\xbf\xf3\xb3\xe6"},                           // Zażółć
		{"/turkish", "\xff\xfe<\x00!\x00"},                          // byte order mark
		{"/russian", "\xf0\xd2\xc9\xd7\xc5\xd4"},                    // Привет
		{"/japanese", "\x82\xb1\x82\xf1\x82\xc9\x82\xbf\x82\xcd"},   // こんにちは
		{"/chinese", "\xc4\xe3\xba\xc3"},                            // 你好
		{"/taiwanese", "\xa5\x78\xa5\x5f|\xbbO\xa5_"},               // 臺北
		{"/korean", "\xbe\xc8\xb3\xe7"},                             // 안녕
		{"/arabic", "\xe3\xd1\xcd\xc8\xc7"},                         // مرحبا
		{"/control-codes", "\x1b[2J\x1b[31m"},                       // as they are
		{"/entities", "<title>Fish &amp; chips &lt; 10 \xc2\xa3</"}, // escaped
	} {
		_, body, err := get(t, s.first+c.path)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(strings.Split(c.bytes, "|"), func(b string) bool { return bytes.Contains(body, []byte(b)) }) {
			t.Errorf("%s: %q is not in %q", c.path, c.bytes, body)
		}
	}
}

func TestRedirects(t *testing.T) {
	s := start(t)
	for path, want := range map[string]string{
		"/moved":      s.first + "/",
		"/moved-away": s.second + "/elsewhere",
		"/loop":       s.first + "/loop",
	} {
		r, _, err := get(t, s.first+path)
		if err != nil {
			t.Fatal(err)
		}
		if at, err := r.Location(); err != nil || at.String() != want {
			t.Errorf("%s leads to %v (%v), not %s", path, at, err, want)
		}
	}
	if r, body, err := get(t, s.second+elsewhere); err != nil || r.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("Elsewhere")) {
		t.Errorf("elsewhere: %v, %v", r, err)
	}
}

func TestServerErrors(t *testing.T) {
	s := start(t)
	var flaky []int
	for range 3 {
		r, _, err := get(t, s.first+"/flaky")
		if err != nil {
			t.Fatal(err)
		}
		flaky = append(flaky, r.StatusCode)
	}
	if want := []int{500, 200, 200}; !slices.Equal(flaky, want) {
		t.Errorf("flaky answers %v, not %v", flaky, want)
	}
	if r, _, err := get(t, s.first+"/missing"); err != nil || r.StatusCode != http.StatusNotFound {
		t.Errorf("missing: %v, %v", r, err)
	}
}

func TestBrokenConnections(t *testing.T) {
	s := start(t)
	if _, _, err := get(t, s.first+"/reset"); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("reset: %v", err)
	}
	for path, want := range map[string]error{
		"/reset-inside": syscall.ECONNRESET,
		"/truncated":    io.ErrUnexpectedEOF,
	} {
		r, body, err := get(t, s.first+path)
		if r == nil || !errors.Is(err, want) || !bytes.Contains(body, []byte("Half a page")) || int64(len(body)) >= r.ContentLength {
			t.Errorf("%s: %q, %v", path, body, err)
		}
	}
	if r, body, err := get(t, s.first+"/bad-chunk"); r == nil || err == nil || string(body) != "<p>" {
		t.Errorf("bad-chunk: %q, %v", body, err)
	}
	if _, _, err := get(t, refusing); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("%s: %v", refusing, err)
	}
}

func TestUnknownNameIsLookedUpNowhere(t *testing.T) {
	asked := false
	resolver := net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		asked = true
		return nil, errors.New("no network here")
	}}
	_, err := resolver.LookupHost(t.Context(), unknownName)
	var e *net.DNSError
	if !errors.As(err, &e) || !e.IsNotFound || asked {
		t.Errorf("%v; a server was asked: %t", err, asked)
	}
}

func TestContentCodings(t *testing.T) {
	s := start(t)
	unzip := func(body []byte) (int64, error) {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return 0, err
		}
		return io.Copy(io.Discard, z)
	}
	_, body, err := get(t, s.first+"/zipped")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := unzip(body); n == 0 || err != nil {
		t.Errorf("zipped: %d bytes, %v", n, err)
	}
	if _, body, err = get(t, s.first+"/bomb"); err != nil {
		t.Fatal(err)
	}
	if n, err := unzip(body); n < bombMiB<<20 || len(body) > bombMiB<<11 || err != nil {
		t.Errorf("bomb: %d bytes of %d, %v", n, len(body), err)
	}
	r, body, err := get(t, s.first+"/bad-gzip")
	if err != nil || r.Header.Get("Content-Encoding") != "gzip" {
		t.Fatal(r, err)
	}
	if _, err := unzip(body); err == nil {
		t.Error("bad-gzip is good")
	}
}

func TestSlowPageAnswers(t *testing.T) {
	s := start(t)
	r, body, err := get(t, s.first+"/slow")
	if err != nil || r.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("Worth waiting for")) {
		t.Errorf("%q, %v", body, err)
	}
}

// Close ends the requests of a page that never answers, as it does those of
// idle connections.
func TestClose(t *testing.T) {
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", strings.TrimPrefix(s.first, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	// The answer to the first request tells that the connection is in work.
	if _, err := io.WriteString(c, "GET /data.json HTTP/1.1\r\nHost: demo\r\n\r\nGET /silent HTTP/1.1\r\nHost: demo\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	c.SetReadDeadline(time.Now().Add(time.Minute))
	rest, err := io.ReadAll(c)
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() || bytes.Count(rest, []byte("HTTP/1.1")) > 0 {
		t.Errorf("after Close: %q, %v", rest, err)
	}
	if _, _, err := get(t, s.URL()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("after Close: %v", err)
	}
}

// The list promises more than it would be hard to keep: each kind of line once
// at least, and every page within reach.
func TestList(t *testing.T) {
	s := start(t)
	kinds := map[results.Kind]bool{}
	comments := 0
	seen := map[string]bool{}
	for i, l := range s.Lines() {
		if text := s.List()[i]; text != l.Text {
			t.Errorf("line %d of List is %q, of Lines %q", i+1, text, l.Text)
		}
		if l.Want == nil {
			comments++
			if !strings.HasPrefix(l.Text, "# ") {
				t.Errorf("line %d gets no record: %q", i+1, l.Text)
			}
			continue
		}
		kinds[l.Want.Kind] = true
		if u, err := url.Parse(l.Text); (err == nil && u.Host != "") != (l.Want.Kind != results.InvalidURL) {
			t.Errorf("line %d: %q wants %v: %v", i+1, l.Text, l.Want.Kind, err)
		}
		if seen[l.Text] != (l.Want.Kind == results.Duplicate) {
			t.Errorf("line %d: %q wants %v", i+1, l.Text, l.Want.Kind)
		}
		seen[l.Text] = true
	}
	for _, k := range []results.Kind{
		results.None, results.InvalidURL, results.Duplicate, results.DNS, results.Connect, results.Timeout,
		results.Protocol, results.Redirect, results.HTTPStatus, results.TooLarge, results.Decode,
	} {
		if !kinds[k] {
			t.Errorf("no line of kind %v", k)
		}
	}
	if comments < 2 {
		t.Errorf("%d comments", comments)
	}
	_, body, err := get(t, s.URL())
	for _, l := range s.Lines() {
		path, onSite := strings.CutPrefix(l.Text, s.first)
		if onSite && !bytes.Contains(body, []byte("<a href="+path+">")) {
			t.Errorf("the front page has no link to %s (%v)", path, err)
		}
	}
}
