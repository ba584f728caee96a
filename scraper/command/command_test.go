package command

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"scrape/pool"

	"scrape/scraper/demo"
)

// The test binary is the program, too: as `scrape` in scripts and terminals,
// and as its workers, which pool.Main must see before testscript does.
func TestMain(m *testing.M) {
	pool.Main()
	// Built with -race, a process sleeps for a second before it ends: that is
	// left out of those that the tests start.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	testscript.Main(m, map[string]func(){
		"scrape": func() {
			os.Exit(Run(context.Background(), os.Args[1:], Env{os.Stdin, os.Stdout, os.Stderr, os.LookupEnv, os.Environ}))
		},
	})
}

// call runs the program inside the test, with /dev/null as stdin.
func call(t *testing.T, environment map[string]string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	dir := t.TempDir()
	var streams [2]*os.File
	for i := range streams {
		if streams[i], err = os.Create(filepath.Join(dir, fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		defer streams[i].Close()
	}
	code = Run(t.Context(), args, Env{null, streams[0], streams[1], func(name string) (string, bool) {
		value, ok := environment[name]
		return value, ok
	}, func() (all []string) {
		for name, value := range environment {
			all = append(all, name+"="+value)
		}
		return all
	}})
	var texts [2]string
	for i, s := range streams {
		text, err := os.ReadFile(s.Name())
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = string(text)
	}
	return texts[0], texts[1], code
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "../../testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", os.Getenv("GORACE"))
			t := env.T().(testing.TB)
			env.Setenv("SITE", newSite(t).URL)
			env.Setenv("PROXY", strings.TrimPrefix(newProxy(t).URL, "http://"))
			secure := httptest.NewTLSServer(http.NotFoundHandler())
			t.Cleanup(secure.Close)
			secure.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are meant to fail
			secure.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<title>Secure</title>") })
			env.Setenv("SECURE", secure.URL)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":  exits,
			"expand": expand,
			"mode":   mode,
			"shop":   shop,
		},
	})
}

// shop serves the demo's site, and sets SHOP to its URL.
func shop(ts *testscript.TestScript, _ bool, _ []string) {
	s, err := demo.Start()
	ts.Check(err)
	ts.Defer(func() { ts.Check(s.Close()) })
	ts.Setenv("SHOP", strings.TrimSuffix(s.URL(), "/"))
}

// exits runs a command that must end with an exit code: exits CODE COMMAND…
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [arg...]")
	}
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := err.(*exec.ExitError)
		if !ok {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// expand replaces variables in files: expand FILE…
func expand(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o666))
	}
}

// mode checks the permissions of a file: mode 0600 FILE.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode permissions file")
	}
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}

// A run leaves no goroutine behind, and no signal with its own meaning.
func TestNothingIsLeft(t *testing.T) {
	before := goleak.IgnoreCurrent()
	s := newSite(t)
	stdout, stderr, code := call(t, nil, s.list(t, 3), "-p2", "--progress", "always")
	if code != exitOK || strings.Count(stdout, " Scraped\n") != 3 {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	s.Close()
	goleak.VerifyNone(t, before)
}

// A list can be a pipe, which is opened once.
func TestListFromPipe(t *testing.T) {
	s := newSite(t)
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip("named pipes: ", err)
	}
	written := make(chan error, 1)
	go func() {
		written <- os.WriteFile(name, []byte(s.URL+"/page/1\n"+s.URL+"/page/2\n"), 0)
	}()
	stdout, stderr, code := call(t, nil, name, "-p2")
	if code != exitOK || strings.Count(stdout, " Scraped\n") != 2 {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
}
