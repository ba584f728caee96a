package command

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"maps"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"scrape/scraper"
	"scrape/scraper/fetch"
	"scrape/scraper/weburl"
)

// write makes a file in a directory of the test, and returns its name.
func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// selfSigned is a certificate and its key, in PEM.
func selfSigned(t *testing.T) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
}

// What flags name files for is in the options before the run.
func TestFilesAreOptions(t *testing.T) {
	cert, key := selfSigned(t)
	certFile, keyFile := write(t, "cert.pem", cert), write(t, "key.pem", key)
	both := append(bytes.Clone(cert), key...)
	bothFile := write(t, "both.pem", both)
	headers := write(t, "headers", []byte("# ours\r\nX-A: b\n\n  Authorization: Bearer hush  \nX-A: c\n"))
	body := write(t, "body", []byte("a\r\n\x00b\n"))
	for _, test := range []struct {
		args []string
		want scraper.Options
	}{
		{[]string{"-H@" + headers}, request(scraper.Request{Header: http.Header{"X-A": {"b", "c"}, "Authorization": {"Bearer hush"}}})},
		{[]string{"-H", "X-A: a", "-H", "@" + headers}, request(scraper.Request{Header: http.Header{"X-A": {"a", "b", "c"}, "Authorization": {"Bearer hush"}}})},
		{[]string{"-d", "a=b", "-d", "c", "-d", ""}, request(scraper.Request{Body: []byte("a=b&c&")})},
		{[]string{"--data-file", body, "-X", "PATCH"}, request(scraper.Request{Method: "PATCH", Body: []byte("a\r\n\x00b\n")})},
		{[]string{"--cacert", certFile}, network(scraper.Network{CACerts: cert})},
		{[]string{"--cert", certFile, "--key", keyFile}, network(scraper.Network{ClientCert: cert, ClientKey: key})},
		{[]string{"--cert", bothFile}, network(scraper.Network{ClientCert: both})},
	} {
		if got, _ := asked(t, nil, test.args...); !reflect.DeepEqual(got, test.want) {
			t.Errorf("scrape %q: %+v, want %+v", test.args, got, test.want)
		}
	}
}

// What other programs read from the environment is read, too, and gives way to
// flags.
func TestEnvironmentOfOthers(t *testing.T) {
	const one, two = "http://127.0.0.1:1", "https://user:pw@127.0.0.1:2"
	login := func(l string) scraper.Options { return request(scraper.Request{Login: l}) }
	through := func(p fetch.Proxies) scraper.Options { return network(scraper.Network{Proxies: p}) }
	for _, test := range []struct {
		environment map[string]string
		args        []string
		want        scraper.Options
	}{
		{map[string]string{"SCRAPE_PASSWORD": "hush"}, []string{"-u", "name"}, login("name:hush")},
		{map[string]string{"SCRAPE_PASSWORD": ""}, []string{"-u", "name"}, login("name:")},
		{map[string]string{"SCRAPE_PASSWORD": "hush"}, []string{"-u", "name:own"}, login("name:own")},
		{map[string]string{"SCRAPE_PASSWORD": "hush"}, nil, scraper.Options{}},
		{map[string]string{"SCRAPE_PASSWORD": "hush", "SCRAPE_USER": "name"}, nil, login("name:hush")},
		{map[string]string{"HTTP_PROXY": one}, nil, through(fetch.Proxies{HTTP: one})},
		{map[string]string{"http_proxy": one, "HTTP_PROXY": two}, nil, through(fetch.Proxies{HTTP: one})},
		{map[string]string{"http_proxy": "", "HTTP_PROXY": two}, nil, through(fetch.Proxies{HTTP: two})},
		{map[string]string{"HTTPS_PROXY": one, "ALL_PROXY": two}, nil, through(fetch.Proxies{HTTP: two, HTTPS: one})},
		{map[string]string{"all_proxy": one}, nil, through(fetch.Proxies{HTTP: one, HTTPS: one})},
		{map[string]string{"HTTP_PROXY": one, "HTTPS_PROXY": one}, []string{"-x", two}, through(fetch.Proxies{HTTP: two, HTTPS: two})},
		{map[string]string{"HTTP_PROXY": "a proxy", "NO_PROXY": "a.example,10.0.0.0/8"}, []string{"-x", two}, through(fetch.Proxies{HTTP: two, HTTPS: two, None: "a.example,10.0.0.0/8"})},
		{map[string]string{"ALL_PROXY": one, "no_proxy": "a.example", "NO_PROXY": "b.example"}, nil, through(fetch.Proxies{HTTP: one, HTTPS: one, None: "a.example"})},
		{map[string]string{"NO_PROXY": "no proxy: no meaning:"}, nil, scraper.Options{}},
	} {
		if got, _ := asked(t, test.environment, test.args...); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%v scrape %q: %+v, want %+v", test.environment, test.args, got, test.want)
		}
	}
}

// -n reads the file that $NETRC names, or else the one in the user's directory.
func TestNetrc(t *testing.T) {
	own := write(t, ".netrc", []byte("machine a.example login name password \"hu sh\"\n"))
	other := write(t, "other", []byte("default login any password thing\n"))
	for _, test := range []struct {
		environment map[string]string
		login, word string
		named       bool
	}{
		{map[string]string{"HOME": filepath.Dir(own)}, "name", "hu sh", true},
		{map[string]string{"HOME": filepath.Dir(own), "NETRC": ""}, "name", "hu sh", true},
		{map[string]string{"HOME": filepath.Dir(own), "NETRC": other}, "any", "thing", false},
	} {
		o, _ := asked(t, test.environment, "-n")
		if o.Request.Netrc == nil {
			t.Errorf("%v: no file was read", test.environment)
			continue
		}
		if login, word, named, ok := o.Request.Netrc.Lookup("a.example"); login != test.login || word != test.word || named != test.named || !ok {
			t.Errorf("%v: %q, %q, %v, %v", test.environment, login, word, named, ok)
		}
	}
	if o, _ := asked(t, map[string]string{"HOME": filepath.Dir(own)}); o.Request.Netrc != nil {
		t.Error("a file was read that nobody asked for")
	}
}

// The jar begins with what a file has, and is written for its owner alone.
func TestCookieFiles(t *testing.T) {
	const line = "a.example\tFALSE\t/\tFALSE\t0\tname\tvalue\n"
	load := write(t, "load", []byte("# Netscape HTTP Cookie File\n"+line))
	save := filepath.Join(t.TempDir(), "save")
	u, err := weburl.Parse("http://a.example/")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--load-cookies", load}, "name=value"},
		{[]string{"--load-cookies", load, "--save-cookies", save}, "name=value"},
		{[]string{"--load-cookies", save, "--save-cookies", save}, "name=value"},
		{[]string{"--save-cookies", save}, ""},
		{[]string{"--load-cookies", save + ".new", "--save-cookies", save + ".new"}, ""},
	} {
		o, _ := asked(t, nil, test.args...)
		if o.Request.Cookies == nil {
			t.Errorf("scrape %q: no jar", test.args)
		} else if got := o.Request.Cookies.Header(u, time.Now()); got != test.want {
			t.Errorf("scrape %q: %q, want %q", test.args, got, test.want)
		}
	}
	for _, name := range []string{save, save + ".new"} {
		info, err := os.Stat(name)
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", filepath.Base(name), info, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(save), ".cookies-*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// What is wrong with a file, or with several flags together, is told before the
// first request, and never with a secret.
func TestRefusedFiles(t *testing.T) {
	cert, key := selfSigned(t)
	dir := t.TempDir()
	t.Chdir(dir)
	for name, content := range map[string]string{
		"cert.pem": string(cert), "key.pem": string(key), "none.pem": "hush\n", "body": "x",
		"headers": "X-A: b\nhush\n", "control": "X-A: hu\x00sh\n", "host": "\n\nHost: hush\n",
		"netrc": "machine a.example\nlogin name password\n", "cookies": "a.example\tFALSE\t/\tFALSE\tsoon\thush\thush\n",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("large", make([]byte, maxSetting+1), 0o600); err != nil {
		t.Fatal(err)
	}
	const missing = "missing: no such file"
	for _, test := range []struct {
		args        string
		environment map[string]string
		want, hint  string
		code        int
	}{
		{"-H @missing", nil, "--header " + missing, "", exitLocal},
		{"-H @.", nil, "--header .: is a directory", "", exitLocal},
		{"-H @headers", nil, `--header headers, line 2: must be "Name: value"`, "", exitUsage},
		{"-H @control", nil, "--header control, line 1: X-A must not hold control characters", "", exitUsage},
		{"-H @host", nil, "--header host, line 3: Host is a header that each URL decides", "", exitUsage},
		{"-H @large", nil, "--header large: larger than 16 MiB", "", exitUsage},
		{"--data-file missing", nil, "--data-file " + missing, "", exitLocal},
		{"--data-file .", nil, "--data-file .: is a directory", "", exitLocal},
		{"--data-file body -d hush", nil, "--data and --data-file are both given", "one of them is possible", exitUsage},
		{"--data-file body", map[string]string{"SCRAPE_DATA": "hush"}, "SCRAPE_DATA and --data-file are both given", "one of them is possible", exitUsage},
		{"-u name", nil, "--user has no password", "give it as SCRAPE_PASSWORD in the environment, or as --user 'NAME:' if there is none", exitUsage},
		{"", map[string]string{"SCRAPE_USER": "name"}, "SCRAPE_USER has no password", "give it as SCRAPE_PASSWORD in the environment, or as --user 'NAME:' if there is none", exitUsage},
		{"-n", map[string]string{"NETRC": "missing"}, "--netrc " + missing, "", exitLocal},
		{"-n", map[string]string{"NETRC": "netrc"}, `--netrc netrc: line 2: the file ends after "password"`, "", exitUsage},
		{"--load-cookies missing", nil, "--load-cookies " + missing, "", exitLocal},
		{"--load-cookies missing --save-cookies other", nil, "--load-cookies " + missing, "", exitLocal},
		{"--load-cookies cookies", nil, "--load-cookies cookies: line 1: the expiry, field 5, must be in seconds since 1970", "", exitUsage},
		{"--save-cookies nowhere/file", nil, "nowhere/file: no such directory", "make it first: mkdir -p nowhere", exitLocal},
		{"--save-cookies .", nil, ".: is a directory", "name a file in it", exitLocal},
		{"--cacert missing", nil, "--cacert " + missing, "", exitLocal},
		{"--cacert none.pem", nil, "--cacert: no certificate in PEM among the authorities", "", exitUsage},
		{"--cert none.pem", nil, "--cert: the client's certificate and key: failed to find any PEM data in certificate input", "", exitUsage},
		{"--cert cert.pem", nil, "--cert: the client's certificate and key: found a certificate rather than a key in the PEM for the private key", "", exitUsage},
		{"--key key.pem", nil, "--key: a client's key without its certificate", "", exitUsage},
		{"--dns-server nowhere", nil, `--dns-server: name server "nowhere" is no address, nor an address and a port`, "", exitUsage},
		{"", map[string]string{"HTTP_PROXY": "ftp://u:hush@h"}, `HTTP_PROXY: a proxy of scheme "ftp" is not supported (http, https, socks5 and socks5h are)`, "unset it, or mend it", exitUsage},
		{"", map[string]string{"all_proxy": "http://u:hush@h:0"}, "all_proxy: the proxy's port is none (http://host:port is wanted)", "unset it, or mend it", exitUsage},
		{"-x http://127.0.0.1:1", map[string]string{"NO_PROXY": "a.example:"}, `NO_PROXY: "a.example:" has no port behind its colon`, "unset it, or mend it", exitUsage},
	} {
		want := "scrape: " + test.want + "\n"
		if test.hint != "" {
			want += "scrape: " + test.hint + "\n"
		}
		environment := maps.Clone(test.environment)
		_, errs, code := call(t, environment, append(strings.Fields(test.args), "http://127.0.0.1:1/")...)
		if code != test.code || errs != want {
			t.Errorf("%v scrape %s: exit %d:\n got %s\nwant %s", test.environment, test.args, code, errs, want)
		}
	}
}

// A jar is written through links and into devices, which stay what they are.
func TestCookiesAreWrittenWhereTheyAreMeant(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("jar", []byte("# Netscape HTTP Cookie File\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("jar", "link"); err != nil {
		t.Skip("symbolic links: ", err)
	}
	asked(t, nil, "--save-cookies", "link")
	if info, err := os.Lstat("link"); err != nil || info.Mode().Type() != os.ModeSymlink {
		t.Errorf("the link is now %v, %v", info, err)
	}
	if info, err := os.Lstat("jar"); err != nil || info.Mode() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	asked(t, nil, "--save-cookies", os.DevNull)
	if info, err := os.Lstat(os.DevNull); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		t.Fatalf("%s is now %v, %v", os.DevNull, info, err)
	}
}
