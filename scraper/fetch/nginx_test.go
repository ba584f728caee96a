package fetch

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scrape/results"
)

const nginxPath = "/usr/sbin/nginx"

// startNginx runs nginx in a directory of its own until the test ends, and
// returns its address.
func startNginx(t *testing.T, dir string) string {
	t.Helper()
	if _, err := os.Stat(nginxPath); err != nil {
		t.Skipf("no nginx: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close() // nginx takes it
	config := fmt.Sprintf(`
daemon off;
master_process off;
pid %[1]s/pid;
error_log stderr;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	types { text/html html; }
	gzip on;
	gzip_min_length 1;
	keepalive_requests 50;
	server {
		listen %[2]s;
		root %[1]s/www;
		location = /requests { default_type text/plain; return 200 "$connection_requests"; }
		location = /limited { limit_rate 100; }
		location = /moved { return 301 /page.html; }
		location = /closed { return 444; }
		location = /busy { add_header Retry-After 7 always; return 503; }
		location = /old { keepalive_timeout 0; try_files /page.html =404; }
	}
}`, dir, addr)
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd := exec.Command(nginxPath, "-p", dir, "-c", path)
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	for deadline := time.Now().Add(10 * time.Second); ; {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
			return addr
		}
		if time.Now().After(deadline) {
			t.Fatal("nginx does not listen")
		}
		time.Sleep(10 * time.Millisecond) // there is no other way to hear of it
	}
}

func TestNginx(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "www"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"page.html": page, "empty.html": "", "limited": strings.Repeat("x", 10_000)} {
		if err := os.WriteFile(filepath.Join(dir, "www", name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	url := "http://" + startNginx(t, dir)
	f := testFetcher(t, Options{}, systemNetwork())

	o := fetchAll(t, f, url+"/page.html")
	if o.err != nil || o.body != page || o.response.Header.Get("Content-Encoding") != "gzip" || o.response.WireBytes() >= int64(len(page)) {
		t.Errorf("%d bytes, %d on the wire, header %v, error %v", len(o.body), o.response.WireBytes(), o.response.Header, o.err)
	}
	for i := range 120 { // nginx closes every connection after 50 requests
		o := fetchAll(t, f, url+"/requests")
		if want := fmt.Sprint((i+1)%50 + 1); o.err != nil || o.body != want {
			t.Fatalf("%d: request %q of its connection, want %s, error %v", i, o.body, want, o.err)
		}
	}
	for path, status := range map[string]int{"/empty.html": 200, "/none.html": 404, "/moved": 301, "/busy": 503, "/old": 200} {
		if o := fetchAll(t, f, url+path); o.err != nil || o.response.Status != status {
			t.Errorf("%s: status %d, error %v", path, o.response.Status, o.err)
		} else if e := StatusError(o.response); path == "/busy" && e.After != 7*time.Second {
			t.Errorf("%s: %v", path, e.After)
		}
	}
	verdict{results.Connect, "connection closed before the answer", true}.check(t, fetchAll(t, f, url+"/closed").err)

	slow := testFetcher(t, Options{SpeedLimit: 100_000, SpeedTime: 200 * time.Millisecond}, systemNetwork())
	verdict{results.Timeout, "slower than 100000 bytes/s for 200ms (got *", true}.check(t, fetchAll(t, slow, url+"/limited").err)
}
