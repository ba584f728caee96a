package weburl_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"scrape/scraper/weburl"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"http://example.com/foo%":           "http://example.com/foo%",
		"http://example.com/foo%zz?%":       "http://example.com/foo%zz?%",
		"http://example.com":                "http://example.com/",
		"HTTPS://EXAMPLE.COM:443/A":         "https://example.com/A",
		"http://example.com:80":             "http://example.com/",
		"http://example.com:0/":             "http://example.com:0/",
		"http://example.com:/":              "http://example.com/",
		"http://example.com:008080/":        "http://example.com:8080/",
		"http://example.com/a/./b/../c":     "http://example.com/a/c",
		"http://example.com/a/%2e%2E/b":     "http://example.com/b",
		"http://example.com/a/%2e":          "http://example.com/a/",
		"http://example.com/.well-known/x":  "http://example.com/.well-known/x",
		"http://example.com/..a/...":        "http://example.com/..a/...",
		`http:\\example.com\a`:              "http://example.com/a",
		"http:example.com":                  "http://example.com/",
		"http://example.com//a//":           "http://example.com//a//",
		"http://example.com/a b":            "http://example.com/a%20b",
		"http://exa\tmple.com/a\nb":         "http://example.com/ab",
		" \x01http://example.com/ \x1f":     "http://example.com/",
		"http://example.com/\x01x":          "http://example.com/%01x",
		"http://example.com/?it's":          "http://example.com/?it%27s",
		"http://example.com/it's":           "http://example.com/it's",
		"http://example.com/a^b?a^b#a^b":    "http://example.com/a%5Eb?a^b#a^b",
		"http://example.com/a`{}?`{}":       "http://example.com/a%60%7B%7D?`{}",
		"http://example.com/äö":             "http://example.com/%C3%A4%C3%B6",
		"http://example.com/caf\xe9":        "http://example.com/caf%E9",
		"http://example.com/caf\xe9?ä\xff":  "http://example.com/caf%E9?%C3%A4%FF",
		"http://bücher.example/":            "http://xn--bcher-kva.example/",
		"http://XN--BCHER-KVA.example/":     "http://xn--bcher-kva.example/",
		"http://faß.example/":               "http://xn--fa-hia.example/",
		"http://a_b.example/":               "http://a_b.example/",
		"http://r3---sn-x.example/":         "http://r3---sn-x.example/",
		"http://1.2":                        "http://1.0.0.2/",
		"http://0x7f.1/":                    "http://127.0.0.1/",
		"http://127.0.0.01/":                "http://127.0.0.1/",
		"http://127.0.0.1./":                "http://127.0.0.1/",
		"http://2130706433/":                "http://127.0.0.1/",
		"http://1.2.3.4.example/":           "http://1.2.3.4.example/",
		"http://4you/":                      "http://4you/",
		"http://[0:0:0:0:0:0:0:1]:80/":      "http://[::1]/",
		"http://[::ffff:1.2.3.4]:8080/x":    "http://[::ffff:102:304]:8080/x",
		"http://a:b:c@@h/":                  "http://a:b%3Ac%40@h/",
		"http://example.com?a":              "http://example.com/?a",
		"http://example.com#a":              "http://example.com/#a",
		"https://example.com:80/":           "https://example.com:80/",
		"http://example.com/a%2fb":          "http://example.com/a%2fb",
		"http://example.com/|[]%7E":         "http://example.com/|[]%7E",
		"http://example.com/#it's <>`\"^{}": "http://example.com/#it's%20%3C%3E%60%22^{}",
	} {
		u, err := weburl.Parse(in)
		if err != nil || u.String() != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", in, u, err, want)
		}
	}
}

// longHost is as long as a host can be.
var longHost = strings.Repeat("a.", 126) + "a"

// distinct is a host of n different characters, whose ASCII form takes longest.
func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteRune(rune(0x4e00 + i))
	}
	return b.String()
}

func TestParseLongHost(t *testing.T) {
	for in, want := range map[string]string{
		"http://" + longHost + "/x":                        "http://" + longHost + "/x",
		"http://" + longHost + "./x":                       "http://" + longHost + "./x",
		"HTTP://" + longHost + ":80":                       "http://" + longHost + "/",
		"http://" + strings.Repeat("%61", 253) + ":080":    "http://" + strings.Repeat("a", 253) + "/",
		"http://" + strings.Repeat("e\u0301.", 26):         "http://" + strings.Repeat("xn--9ca.", 26) + "/",
		"http://h:" + strings.Repeat("0", 300) + "8080/":   "http://h:8080/",
		"http://h/" + strings.Repeat("a", 300) + ":80":     "http://h/" + strings.Repeat("a", 300) + ":80",
		"http://u:" + strings.Repeat("p", 300) + "@h.":     "http://u:" + strings.Repeat("p", 300) + "@h./",
		"http://[::1]:" + strings.Repeat("0", 300) + "80/": "http://[::1]/",
	} {
		if u, err := weburl.Parse(in); err != nil || u.String() != want {
			t.Errorf("Parse(%.100q) = %q, %v; want %q", in, u, err, want)
		}
	}
}

func TestParseError(t *testing.T) {
	for in, want := range map[string]string{
		"":                                  "no scheme",
		"example.com/x":                     "no scheme",
		"//example.com/x":                   "no scheme",
		"/etc/passwd":                       "no scheme",
		"ftp://example.com/":                "scheme ftp is not http or https",
		"MAILTO:x@y.example":                "scheme mailto is not http or https",
		"data:," + strings.Repeat("a", 2e6): "scheme data is not http or https",
		"http://":                           "no host",
		"http:///":                          "no host",
		"http://?q":                         "no host",
		"http://u:p@/":                      "no host",
		"http://:80/":                       "no host",
		"http://example.com:65536/":         "port out of range",
		"http://example.com:99999999999999": "port out of range",
		"http://example.com:80a/":           "port is not a number",
		"http://example.com:-1/":            "port is not a number",
		"http://[::1/":                      "not a valid IPv6 address",
		"http://[1::2::3]/":                 "not a valid IPv6 address",
		"http://[fe80::1%25eth0]/":          "not a valid IPv6 address",
		"http://256.1.1.1/":                 "not a valid IPv4 address",
		"http://1.2.3.4.5/":                 "not a valid IPv4 address",
		"http://a.09/":                      "not a valid IPv4 address",
		"http://-1/":                        "not a valid host name",
		"http://0x%2B1/":                    "not a valid host name",
		"http://1.0x\uff0d1/":               "not a valid host name",
		"http://a b/":                       "host has a character that is not allowed",
		"http://a^b/":                       "host has a character that is not allowed",
		"http://a%00b/":                     "host has a character that is not allowed",
		"http://xn--a/":                     "not a valid host name",
		"http://caf\xe9.example/":           "not a valid host name",
		"http://a_\u0130.example/":          "not a valid host name",
		"http://a;\u0130/":                  "not a valid host name",
		"http://\u00ad/":                    "not a valid host name",
		"http://" + strings.Repeat("@", 5e3) + "h/":        "user name and password longer than 4 KiB",
		"http://" + strings.Repeat("@", 3e3) + "h/":        "user name and password longer than 4 KiB",
		"http://h/" + strings.Repeat(`a\`, 1001):           "more than 1000 slashes",
		"http:xn--bcher-kva" + strings.Repeat("/a", 999):   "more than 1000 slashes",
		"http://h/" + strings.Repeat("a", 1<<18):           "longer than 256 KiB",
		"http://h/" + strings.Repeat(" ", 1<<18-100) + "x": "longer than 256 KiB",
		"http://h?" + strings.Repeat("a", 1<<18-9):         "longer than 256 KiB",
		"http://" + longHost + "a/":                        "host longer than 253 characters",
		"http://" + longHost + "a./":                       "host longer than 253 characters",
		"HTTP://u:p@" + longHost + "a:80/":                 "host longer than 253 characters",
		"http://" + strings.Repeat("%61", 255) + "/":       "host longer than 253 characters",
		"http://" + strings.Repeat("\u00fc", 255) + "/":    "host longer than 253 characters",
		"http://" + strings.Repeat("\u00fc.", 40) + "/":    "host longer than 253 characters",
		"http://" + distinct(20_000) + ".example/":         "host longer than 253 characters",
	} {
		u, err := weburl.Parse(in)
		wantError(t, in[:min(len(in), 100)], u, err)
		if err == nil || err.Error() != want {
			t.Errorf("Parse(%.100q): %q, want %q", in, err, want)
		}
	}
}

func TestErrorInput(t *testing.T) {
	for in, want := range map[string]string{
		"http://u:secret@:80/":                        "http://u:***@:80/",
		"http://a b/caf\xe9":                          "http://a b/caf\uFFFD",
		"http://:/" + strings.Repeat("a", 300):        "http://:/" + strings.Repeat("a", 191) + "…",
		"http://:/" + strings.Repeat("aä", 150):       "http://:/" + strings.Repeat("aä", 63) + "a…",
		"http://u:" + strings.Repeat("p", 300) + "@:": "http://u:***@:",
	} {
		_, err := weburl.Parse(in)
		var e *weburl.Error
		if !errors.As(err, &e) || e.Input != want {
			t.Errorf("Parse(%q): input %q, want %q", in, e.Input, want)
		}
	}
}

func TestResolve(t *testing.T) {
	const base = "https://user:pw@example.com:8443/a/b?c#d"
	for ref, want := range map[string]string{
		"":                                     "https://user:pw@example.com:8443/a/b?c",
		"#x":                                   "https://user:pw@example.com:8443/a/b?c#x",
		"?x":                                   "https://user:pw@example.com:8443/a/b?x",
		"x":                                    "https://user:pw@example.com:8443/a/x",
		"/x":                                   "https://user:pw@example.com:8443/x",
		"/x/../y":                              "https://user:pw@example.com:8443/y",
		"//other.example":                      "https://other.example/",
		`/\other.example`:                      "https://other.example/",
		"/\t/other.example":                    "https://other.example/",
		"https:x":                              "https://user:pw@example.com:8443/a/x",
		"http:x":                               "http://x/",
		"http://x":                             "http://x/",
		"https://x/y":                          "https://x/y",
		"/caf\xe9":                             "https://user:pw@example.com:8443/caf%E9",
		" /x ":                                 "https://user:pw@example.com:8443/x",
		"x:y":                                  "scheme x is not http or https",
		"javascript:void(0)":                   "scheme javascript is not http or https",
		"http://":                              "no host",
		"//" + strings.Repeat("@", 5e3) + "h/": "user name and password longer than 4 KiB",
		strings.Repeat("a", 5e3) + "@":         "https://user:pw@example.com:8443/a/" + strings.Repeat("a", 5e3) + "@",
	} {
		u, err := mustParse(t, base).Resolve(ref)
		got := u.String()
		if err != nil {
			wantError(t, ref, u, err)
			got = err.Error()
		}
		if got != want {
			t.Errorf("Resolve(%.100q) = %q, want %q", ref, got, want)
		}
	}
	if u, err := mustParse(t, "http://a/b").Resolve("/c?d"); err != nil || u.String() != "http://a/c?d" {
		t.Errorf("got %q, %v", u, err)
	}
}

func TestHidePassword(t *testing.T) {
	for in, want := range map[string]string{
		"https://u:secret@h/":           "https://u:***@h/",
		"https://u:sec:r@et@h/":         "https://u:***@h/",
		"u:secret@example.com/x":        "u:***@example.com/x",
		"//u:secret@example.com/x":      "//u:***@example.com/x",
		"ftp://u:secret@h/":             "ftp://u:***@h/",
		`http:\\u:secret@h\`:            `http:\\u:***@h\`,
		"http:u:secret@h":               "http:u:***@h",
		"ht\ttp://u:secret@h/":          "http://u:***@h/",
		"\x01http://u:secret@h/":        "http://u:***@h/",
		"http://u:sec/ret@h/":           "http://u:***@h/",
		"http://u:sec#r?et@h:99999/":    "http://u:***@h:99999/",
		"http://:secret@h/":             "http://:***@h/",
		"http://u:@h/":                  "http://u:@h/",
		"http://u@h/":                   "http://u@h/",
		"http://h:80/@x":                "http://h:80/@x",
		"http://[::1]:80/@x":            "http://[::1]:80/@x",
		"http://h/a:b@c":                "http://h/a:b@c",
		"https://h/?u=http://u:p@other": "https://h/?u=http://u:p@other",
		"mailto:ann@example.com":        "mailto:ann@example.com",
		"http://h/":                     "http://h/",
		"@":                             "@",
		":@":                            ":@",
		"":                              "",
	} {
		if got := weburl.HidePassword(in); got != want {
			t.Errorf("HidePassword(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzParse checks what holds for every input.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"http://example.com/", "https://u:p@EXAMPLE.com:8443/a/../b?c'd#e", "http://[::1]:80/", "http://1.2/",
		"http://bücher.example/ä\xff", "http:a", "ftp://x", "http://xn--a.example/", "//a/%2e/b", "u:p@h/x",
	} {
		f.Add(s)
	}
	base := mustParse(f, "https://example.com/a/b?c")
	f.Fuzz(func(t *testing.T, s string) {
		for name, parse := range map[string]func(string) (weburl.URL, error){"Parse": weburl.Parse, "Resolve": base.Resolve} {
			u, err := parse(s)
			if err != nil {
				wantError(t, s, u, err)
				var e *weburl.Error
				if errors.As(err, &e); !utf8.ValidString(e.Input) || len(e.Input) > 210 {
					t.Errorf("%s(%q): input is %q", name, s, e.Input)
				}
				continue
			}
			if again, err := weburl.Parse(u.String()); err != nil || again != u {
				t.Errorf("%s(%q) = %q, which is parsed as %q, %v", name, s, u, again, err)
			}
			for _, c := range []byte(u.String()) {
				if c <= ' ' || c > '~' {
					t.Fatalf("%s(%q) = %q", name, s, u)
				}
			}
			if p := u.Password(); len(p) > 10 && strings.Contains(u.Redacted(), p) && !strings.Contains(u.Username()+u.Host()+u.RequestURI()+u.Fragment(), p) {
				t.Errorf("%q shows the password", u.Redacted())
			}
		}
	})
}
