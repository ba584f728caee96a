package command

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// site is a server for the scripts:
//
//	/page/…  a page with a title
//	/404     not found
//	/hang/…  a page that comes once the site is told to release it
//	/echo    a page whose title is the request
//	/login   a page for who says name and hush
//	/file/…  the file of that name, with an ETag
//	/cookie  a page that sets a cookie for an hour, and one for the session
//	/workers a page whose title tells whether a worker's command line or
//	         environment holds a secret
type site struct {
	*httptest.Server
	hung     chan string // the path of each request to /hang/
	released chan struct{}
	release  func()
}

func newSite(t testing.TB) *site {
	s := &site{hung: make(chan string, 100), released: make(chan struct{})}
	s.release = sync.OnceFunc(func() { close(s.released) })
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(func() {
		s.release()
		s.Close()
	})
	return s
}

// secret is what no worker's command line or environment may hold; the scripts
// have it, too.
const secret = "hush"

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	title := "Page " + path.Base(r.URL.Path)
	switch {
	case strings.HasPrefix(r.URL.Path, "/hang/"):
		s.hung <- r.URL.Path
		select {
		case <-r.Context().Done():
			return
		case <-s.released:
		}
	case r.URL.Path == "/echo":
		body, _ := io.ReadAll(r.Body)
		title = fmt.Sprint(r.Method, " ", r.Header.Get("X-Secret"), " [", r.Header.Get("Cookie"), "] ", string(body))
		title = strings.ReplaceAll(title, secret, "known")
	case r.URL.Path == "/login":
		if name, password, _ := r.BasicAuth(); name != "name" || password != secret {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
	case r.URL.Path == "/cookie":
		w.Header().Add("Set-Cookie", "kept=1; Max-Age=3600")
		w.Header().Add("Set-Cookie", "session=2")
	case r.URL.Path == "/workers":
		title = told()
	case strings.HasPrefix(r.URL.Path, "/file/"):
		text, err := os.ReadFile(strings.TrimPrefix(r.URL.Path, "/file"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(text)))
		http.ServeContent(w, r, "page.html", time.Time{}, bytes.NewReader(text))
		return
	case !strings.HasPrefix(r.URL.Path, "/page/"):
		http.NotFound(w, r)
		return
	}
	fmt.Fprintf(w, "<!doctype html><title>%s</title><p>Hello", title)
}

// newProxy is a proxy of HTTP that wants a name and a password, and answers by
// itself.
func newProxy(t testing.TB) *httptest.Server {
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte("name:"+secret))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") != want {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		title := "Through to " + r.URL.Host
		if r.URL.Path == "/workers" {
			title = told()
		}
		fmt.Fprintf(w, "<title>%s</title>", title)
	}))
	t.Cleanup(s.Close)
	return s
}

// told looks for a secret in the workers of all programs that the tests run.
func told() string {
	seen := 0
	for _, program := range children(os.Getpid()) {
		for _, worker := range children(program) {
			for _, name := range []string{"cmdline", "environ"} {
				text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", worker, name))
				if err != nil {
					continue // it has ended since
				}
				seen++
				for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte("name:" + secret))} {
					if strings.Contains(string(text), form) {
						return "A secret in " + name
					}
				}
			}
		}
	}
	if seen == 0 {
		return "No worker seen"
	}
	return "Workers tell nothing"
}

// children are the processes that one has started.
func children(pid int) (pids []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, path := range tasks {
		words, _ := os.ReadFile(path) // the thread may have ended
		for word := range strings.FieldsSeq(string(words)) {
			if pid, err := strconv.Atoi(word); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// list writes a list of n pages and returns its name.
func (s *site) list(t testing.TB, n int) string {
	return listOf(t, n, func(i int) string { return fmt.Sprint(s.URL, "/page/", i) })
}

// listOf writes a list of so many lines, of which each number has one, and returns its
// name.
func listOf(t testing.TB, lines int, line func(n int) string) string {
	t.Helper()
	var b strings.Builder
	for n := range lines {
		b.WriteString(line(n) + "\n")
	}
	name := filepath.Join(t.TempDir(), "urls.txt")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
