package bodies

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"scrape/results"
)

// exchange is one with a body.
func exchange(body, mediaType string) *results.Exchange {
	e := &results.Exchange{HasBody: true, Body: results.Content{Size: int64(len(body))}, BodySHA256: sha256.Sum256([]byte(body)), MediaType: mediaType}
	e.Open(strings.NewReader(body))
	return e
}

func keep(t *testing.T, s results.ExchangeSink, all ...*results.Exchange) {
	t.Helper()
	for _, e := range all {
		if err := s.WriteExchange(nil, e); err != nil {
			t.Fatal(err)
		}
	}
}

// kept are the files below a folder, with slashes, and what is in them.
func kept(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(b)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

// checkWhole fails where a file is not what its name says.
func checkWhole(t *testing.T, files map[string]string) {
	t.Helper()
	for path, body := range files {
		sum := sha256.Sum256([]byte(body))
		digest := hex.EncodeToString(sum[:])
		if want := digest[:2] + "/" + digest[2:4] + "/" + digest + filepath.Ext(path); path != want {
			t.Errorf("%s holds %d bytes that belong to %s", path, len(body), want)
		}
	}
}

func TestBodiesAreKeptByTheirDigest(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there yet")
	s := New(dir)
	bodies := []string{"hello", "", "\x00\xff\r\n", strings.Repeat("large ", 1<<18)}
	for _, body := range bodies {
		keep(t, s, exchange(body, "text/html"))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files := kept(t, dir)
	checkWhole(t, files)
	if len(files) != len(bodies) {
		t.Errorf("%d files of %d bodies", len(files), len(bodies))
	}
	if got := files["2c/f2/2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824.html"]; got != "hello" {
		t.Errorf("the first body is %q, of %q", got, slices.Collect(func(yield func(string) bool) {
			for path := range files {
				if !yield(path) {
					return
				}
			}
		}))
	}
}

// A name is made of nothing that a server has sent but what is looked up.
func TestNames(t *testing.T) {
	for mediaType, want := range map[string]string{
		"text/html":                 ".html",
		"image/svg+xml":             ".svg",
		"application/ld+json":       ".json",
		"application/mathml+xml":    ".xml",
		"text/x-unheard-of":         ".txt",
		"application/octet-stream":  ".bin",
		"":                          ".bin",
		"image/../../../etc/passwd": ".bin",
		"text/../../x":              ".txt",
		"../+json":                  ".json",
		"text/html\x00.exe":         ".txt",
		"TEXT/HTML":                 ".bin", // it is told in lower case
	} {
		if got := Name([32]byte{0x1f, 0x8b}, mediaType); got != "1f/8b/1f8b"+strings.Repeat("00", 30)+want {
			t.Errorf("%q: %s", mediaType, got)
		}
	}
}

func FuzzName(f *testing.F) {
	f.Add("text/html")
	f.Add("../+json")
	known := []string{".bin", ".json", ".xml", ".txt"}
	for _, extension := range extensions {
		known = append(known, extension)
	}
	f.Fuzz(func(t *testing.T, mediaType string) {
		extension, ok := strings.CutPrefix(Name([32]byte{}, mediaType), "00/00/"+strings.Repeat("00", 32))
		if !ok || !slices.Contains(known, extension) {
			t.Errorf("%q has the extension %q", mediaType, extension)
		}
	})
}

// The same content is written once; as another media type it has another name.
func TestContentIsWrittenOnce(t *testing.T) {
	dir := t.TempDir()
	s := New(dir)
	keep(t, s, exchange("hello", "text/html"))
	path := filepath.Join(dir, filepath.FromSlash(Name(sha256.Sum256([]byte("hello")), "text/html")))
	first, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, s, exchange("hello", "text/html"))
	keep(t, New(dir), exchange("hello", "text/html")) // of another run
	if now, err := os.Stat(path); err != nil || !os.SameFile(first, now) || !now.ModTime().Equal(first.ModTime()) {
		t.Errorf("the file was written again: %v", err)
	}
	keep(t, s, exchange("hello", "text/plain"))
	if files := kept(t, dir); len(files) != 2 {
		t.Errorf("%d files", len(files))
	}
}

// Nothing is kept of what has no body: a failure, a redirect on the way.
func TestNoBody(t *testing.T) {
	dir := t.TempDir()
	s := New(dir)
	keep(t, s, &results.Exchange{})
	if err := errors.Join(s.Write(results.New(&results.Fields{Outcome: results.Scraped})), s.Sync()); err != nil {
		t.Error(err)
	}
	if files := kept(t, dir); len(files) != 0 {
		t.Errorf("%v", files)
	}
}

// A body that cannot be kept is an error that names its file, and of every call
// after it; no file stays behind.
func TestFailures(t *testing.T) {
	short := exchange("hello", "text/html")
	short.Body.Size++
	another := exchange("hello", "text/html")
	another.Open(strings.NewReader("hallo"))
	for name, test := range map[string]struct {
		exchange *results.Exchange
		text     string
	}{
		"a body that is shorter than it was said to be": {short, "shorter than"},
		"a body that is another":                        {another, "not what was read"},
	} {
		dir := t.TempDir()
		s := New(dir)
		err := s.WriteExchange(nil, test.exchange)
		path := filepath.Join(dir, filepath.FromSlash(Name(test.exchange.BodySHA256, "text/html")))
		if err == nil || !strings.Contains(err.Error(), test.text) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
		for call, got := range map[string]error{
			"WriteExchange": s.WriteExchange(nil, exchange("more", "text/html")), "Sync": s.Sync(), "Close": s.Close(),
		} {
			if got != err {
				t.Errorf("%s after %v: %v", call, err, got)
			}
		}
		if files := kept(t, dir); len(files) != 0 {
			t.Errorf("%s: %v are left", name, files)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := New(file).WriteExchange(nil, exchange("hello", "")); !errors.Is(err, syscall.ENOTDIR) || !strings.Contains(err.Error(), file) {
		t.Errorf("a file in the folder's place: %v", err)
	}
	closed := New(t.TempDir())
	if err := errors.Join(closed.Close(), closed.Close()); err != nil {
		t.Error(err)
	}
	if err := closed.WriteExchange(nil, exchange("hello", "")); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// Several runs may share a folder, and meet in the same bodies.
func TestConcurrentWriters(t *testing.T) {
	dir := t.TempDir()
	errs := make([]error, 8)
	var writers sync.WaitGroup
	for i := range errs {
		writers.Go(func() {
			s := New(dir)
			for n := range 30 {
				errs[i] = errors.Join(errs[i], s.WriteExchange(nil, exchange(strings.Repeat("x", n), "text/plain")))
			}
		})
	}
	writers.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	files := kept(t, dir)
	checkWhole(t, files)
	if len(files) != 30 {
		t.Errorf("%d files of 30 bodies", len(files))
	}
}

// What a loss of power has cut is not taken for the body.
func TestCutBodyIsReplaced(t *testing.T) {
	dir := t.TempDir()
	keep(t, New(dir), exchange("hello", "text/html"), exchange("", "text/html"))
	for path := range kept(t, dir) {
		if err := os.Truncate(filepath.Join(dir, path), 0); err != nil {
			t.Fatal(err)
		}
	}
	keep(t, New(dir), exchange("hello", "text/html"), exchange("", "text/html"))
	files := kept(t, dir)
	checkWhole(t, files)
	if len(files) != 2 {
		t.Errorf("%d files", len(files))
	}
}

// Bodies are persisted once, and again when they are named again.
func TestPersist(t *testing.T) {
	for name, persist := range map[string]func(dir string, files map[string]bool) error{"whole": persist, "each": persistFiles} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "bodies")
			s := New(dir)
			p := s.Persister()
			p.persist = func(files map[string]bool) error { return persist(dir, files) }
			for n := range 10 {
				keep(t, s, exchange(fmt.Sprint("body ", n), "text/plain"))
				if err := p.Persist(); err != nil {
					t.Fatal(err)
				}
			}
			if len(p.used) > 0 {
				t.Errorf("%d bodies wait", len(p.used))
			}
			keep(t, s, exchange("body 2", "text/plain"))
			if len(p.used) != 1 {
				t.Errorf("%d bodies wait of one that was there", len(p.used))
			}
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			for range 2 { // what was lost once is not there the next time
				if err := p.Persist(); err == nil || !strings.Contains(err.Error(), dir) {
					t.Errorf("of a folder that is gone: %v", err)
				}
			}
		})
	}
}

// Bodies can be persisted while others are kept.
func TestPersistMeanwhile(t *testing.T) {
	s := New(t.TempDir())
	p := s.Persister()
	ended := make(chan error)
	go func() {
		var errs []error
		for range 10 {
			errs = append(errs, p.Persist())
		}
		ended <- errors.Join(errs...)
	}()
	for n := range 10 {
		keep(t, s, exchange(fmt.Sprint("body ", n), "text/plain"))
	}
	if err := errors.Join(<-ended, p.Persist(), s.Close()); err != nil {
		t.Error(err)
	}
}

// Who persists waits for another that is at work on bodies given before.
func TestPersistWaits(t *testing.T) {
	s := New(t.TempDir())
	p := s.Persister()
	begun, end := make(chan struct{}), make(chan error)
	p.persist = func(map[string]bool) error { close(begun); return <-end }
	keep(t, s, exchange("body", "text/plain"))
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { first <- p.Persist() }()
	<-begun
	go func() { second <- p.Persist() }()
	failure := errors.New("no room")
	end <- failure
	if one, two := <-first, <-second; one != failure || two != failure {
		t.Errorf("%v and %v", one, two)
	}
}

// Without a Persister nothing is noted.
func TestUnpersisted(t *testing.T) {
	s := New(t.TempDir())
	keep(t, s, exchange("body", "text/plain"))
	if p := s.Persister(); len(p.used) > 0 {
		t.Errorf("%d bodies wait", len(p.used))
	}
}

// victimVariable names, in the environment of this test's own program, the folder that
// it writes to until it is killed.
const victimVariable = "SCRAPE_BODIES_VICTIM"

func child(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), victimVariable+"="+dir)
	return cmd
}

// Whoever is killed while writing leaves whole bodies, besides files of other names
// that are in nobody's way.
func TestKilled(t *testing.T) {
	body := func(n int) string { return strings.Repeat(fmt.Sprint("body ", n, "\n"), 20_000) }
	if dir := os.Getenv(victimVariable); dir != "" {
		s := New(dir)
		for n := 0; ; n++ {
			keep(t, s, exchange(body(n), "text/plain"))
			fmt.Println("kept")
		}
	}
	dir := t.TempDir()
	for round := range 5 {
		cmd := child(t, dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range 1 + round*3 {
			if !lines.Scan() || lines.Text() != "kept" {
				t.Errorf("the process said %q", lines.Text())
				break
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = cmd.Wait() // killed
		files := kept(t, dir)
		for path := range files {
			if strings.HasPrefix(filepath.Base(path), ".body-") {
				delete(files, path)
			}
		}
		checkWhole(t, files)
		if len(files) < 1+round*3 {
			t.Fatalf("%d files, of %d that were kept", len(files), 1+round*3)
		}
	}
	s := New(dir)
	for n := range 20 {
		keep(t, s, exchange(body(n), "text/plain"))
	}
}

// What has no room is an error that names the file, and leaves none. The limit is the
// system's (RLIMIT_FSIZE), which holds for a process.
func TestNoRoom(t *testing.T) {
	dir := os.Getenv(victimVariable)
	if dir == "" {
		if out, err := child(t, t.TempDir()).CombinedOutput(); err != nil || !bytes.Contains(out, []byte("PASS")) {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	var whole syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &whole); err != nil {
		t.Fatal(err)
	}
	limit := whole
	limit.Cur = 1000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	s := New(dir)
	keep(t, s, exchange("small", "text/plain"))
	large := exchange(strings.Repeat("large ", 1000), "text/plain")
	err := s.WriteExchange(nil, large)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &whole); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, filepath.FromSlash(Name(large.BodySHA256, "text/plain")))
	if !errors.Is(err, syscall.EFBIG) || !strings.Contains(err.Error(), path) {
		t.Errorf("without room: %v", err)
	}
	files := kept(t, dir)
	checkWhole(t, files)
	if len(files) != 1 {
		t.Errorf("%d files", len(files))
	}
	keep(t, New(dir), large)
}
