package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"scrape/scraper"
)

// files are what flags name that is read before the run or written after it, and what else can be
// made of flags and environment only when all are known.
type files struct {
	headers     []string
	data        []string // texts, not files
	dataFile    string
	user        string // "name" or "name:password"
	netrc       bool
	loadCookies string
	saveCookies string
	caCert      string
	cert, key   string
	schemas     []string
	report      string
}

// maxSetting is the limit on a file that a flag names, in bytes, but for that
// of --data-file.
const maxSetting = 16 << 20

// complete reads the files and the environment that the options need.
func (p *program) complete() error {
	f, o := &p.settings.files, &p.settings.options
	for _, name := range f.headers {
		if err := p.readHeaders(name); err != nil {
			return err
		}
	}
	for _, pem := range []struct {
		flag, name string
		into       *[]byte
	}{
		{"cacert", f.caCert, &o.Network.CACerts},
		{"cert", f.cert, &o.Network.ClientCert},
		{"key", f.key, &o.Network.ClientKey},
	} {
		if pem.name == "" {
			continue
		}
		called, _ := p.found(pem.flag)
		b, err := readSetting(called, pem.name)
		if err != nil {
			return err
		}
		*pem.into = b
	}
	for _, step := range []func() error{p.readData, p.readUser, p.readNetrc, p.readCookies, p.chooseProxies, p.checkNetwork, p.readSchemas} {
		if err := step(); err != nil {
			return err
		}
	}
	if f.cert != "" && f.key == "" && !bytes.Contains(o.Network.ClientCert, []byte("PRIVATE KEY")) {
		return usage("", "%s: no private key in it: give that as --key FILE", f.cert)
	}
	if err := o.Check(); err != nil {
		return usage("", "%s", strings.TrimPrefix(err.Error(), "scraper: "))
	}
	return nil
}

// checkNetwork finds what makes no sense in a flag by itself, so that the message
// can name it.
func (p *program) checkNetwork() error {
	n := p.settings.options.Network
	certFlag := "cert"
	if len(n.ClientCert) == 0 {
		certFlag = "key"
	}
	for _, part := range []struct {
		flag string
		is   scraper.Network
	}{
		{"cacert", scraper.Network{CACerts: n.CACerts}},
		{certFlag, scraper.Network{ClientCert: n.ClientCert, ClientKey: n.ClientKey}},
		{"dns-server", scraper.Network{DNSServer: n.DNSServer}},
	} {
		if err := (scraper.Options{Network: part.is}).Check(); err != nil {
			called, _ := p.found(part.flag)
			return usage("", "%s: %s", called, strings.TrimPrefix(err.Error(), "scraper: "))
		}
	}
	return nil
}

// readHeaders reads what -H @FILE names.
func (p *program) readHeaders(name string) error {
	called := originOf("header", "@"+name, p.given)
	b, err := readSetting(called, name)
	if err != nil {
		return err
	}
	number := 0
	for line := range strings.Lines(string(b)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := p.settings.addHeader(line); err != nil {
			return usage("", "%s %s, line %d: %v", called, name, number, err)
		}
	}
	return nil
}

func (p *program) readData() error {
	f, own := &p.settings.files, &p.settings.options.Request
	switch {
	case f.dataFile != "" && len(f.data) > 0:
		text, _ := p.found("data")
		file, _ := p.found("data-file")
		return usage("one of them is possible", "%s and %s are both given", text, file)
	case f.dataFile != "":
		b, err := os.ReadFile(f.dataFile)
		if err != nil {
			called, _ := p.found("data-file")
			return local(called+" "+f.dataFile, err, "")
		}
		own.Body = b
	case len(f.data) > 0:
		own.Body = []byte(strings.Join(f.data, "&"))
	}
	if own.Method == "" && len(own.Body) == 0 && (f.dataFile != "" || len(f.data) > 0) {
		own.Method = http.MethodPost // of nothing
	}
	return nil
}

// passwordVariable has the password that --user does not.
const passwordVariable = "SCRAPE_PASSWORD"

func (p *program) readUser() error {
	user := p.settings.files.user
	if user != "" && !strings.Contains(user, ":") {
		password, ok := p.env.Lookup(passwordVariable)
		if !ok {
			called, _ := p.found("user")
			return usage("give it as "+passwordVariable+" in the environment, or as --user 'NAME:' if there is none", "%s has no password", called)
		}
		user += ":" + password
	}
	p.settings.options.Request.Login = user
	return nil
}

func (p *program) readNetrc() error {
	if !p.settings.files.netrc {
		return nil
	}
	name, ok := p.env.Lookup("NETRC")
	if !ok || name == "" {
		home, _ := p.env.Lookup("HOME")
		name = filepath.Join(home, ".netrc")
	}
	called, _ := p.found("netrc")
	return parseFile(called, name, func(r io.Reader) (err error) {
		p.settings.options.Request.Netrc, err = scraper.ReadNetrc(r)
		return err
	})
}

// chooseProxies takes them from --proxy, else from the variables that other
// programs know; the names in small letters go first.
func (p *program) chooseProxies() error {
	variable := func(names ...string) (value, name string) {
		for _, upper := range names {
			for _, name := range []string{strings.ToLower(upper), upper} {
				if value, _ := p.env.Lookup(name); value != "" {
					return value, name
				}
			}
		}
		return "", ""
	}
	const mend = "unset it, or mend it"
	proxies := &p.settings.options.Network.Proxies
	if p.settings.proxy != "" {
		proxies.HTTP, proxies.HTTPS = p.settings.proxy, p.settings.proxy
	}
	for _, of := range []struct {
		into *string
		name string
	}{{&proxies.HTTP, "HTTP_PROXY"}, {&proxies.HTTPS, "HTTPS_PROXY"}} {
		value, name := variable(of.name, "ALL_PROXY")
		if value == "" || p.settings.proxy != "" {
			continue
		}
		if _, err := scraper.ParseProxy(value); err != nil {
			return usage(mend, "%s: %v", name, err)
		}
		*of.into = value
	}
	if proxies.HTTP == "" && proxies.HTTPS == "" {
		return nil // NO_PROXY is for others
	}
	var name string
	proxies.None, name = variable("NO_PROXY")
	exceptions := scraper.Options{}
	exceptions.Network.Proxies.None = proxies.None
	if err := exceptions.Check(); err != nil {
		return usage(mend, "%s: %s", name, strings.TrimPrefix(err.Error(), "scraper: "))
	}
	return nil
}

// readSetting reads a file that a flag names.
func readSetting(flag, name string) (b []byte, err error) {
	err = parseFile(flag, name, func(r io.Reader) error {
		b, err = io.ReadAll(io.LimitReader(r, maxSetting+1))
		if err == nil && len(b) > maxSetting {
			return fmt.Errorf("larger than %d MiB", maxSetting>>20)
		}
		return err
	})
	return b, err
}

// parseFile has a file read that a flag names. What is wrong in it is a mistake of
// its writer.
func parseFile(flag, name string, read func(io.Reader) error) error {
	if name == "-" {
		return usage("/dev/stdin is a file, and ./- one of that name", "%s -: a file is wanted, and stdin is for the list or the page", flag)
	}
	file, err := os.Open(name)
	if err != nil {
		return local(flag+" "+name, err, "")
	}
	defer file.Close()
	if err := read(file); err != nil {
		if _, system := errors.AsType[*fs.PathError](err); system {
			return local(flag+" "+name, err, "")
		}
		return usage("", "%s %s: %v", flag, name, err)
	}
	return nil
}
