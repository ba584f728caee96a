package list_test

import (
	"strings"
	"testing"

	"scrape/scraper/list"
	"scrape/scraper/weburl"
)

func TestParseLine(t *testing.T) {
	for in, want := range map[string]string{
		// As given.
		"https://example.com/x":               "https://example.com/x",
		"HTTP://EXAMPLE.com:80/A/../b/./c#d":  "http://example.com/b/c",
		"https://example.com:443":             "https://example.com/",
		"http://example.com/#":                "http://example.com/",
		"http://example.com/?#a":              "http://example.com/?",
		"https://user:pw@example.com/":        "https://user:pw@example.com/",
		"https://user:%2A%2A%2A@example.com/": "https://user:%2A%2A%2A@example.com/",
		"https://***:****@example.com/***":    "https://***:****@example.com/***",
		"http:example.com/x":                  "http://example.com/x",
		`https:\\example.com\x`:               "https://example.com/x",
		"http://intranet":                     "http://intranet/",
		"https://example.com/foo%":            "https://example.com/foo%",
		"https://example.com/straße/日本?ä=ö":   "https://example.com/stra%C3%9Fe/%E6%97%A5%E6%9C%AC?%C3%A4=%C3%B6",
		"https://bücher.example/":             "https://xn--bcher-kva.example/",
		"https://例え.テスト/":                     "https://xn--r8jz45g.xn--zckzah/",
		"https://exa\tmple.com/a\rb":          "https://example.com/ab",
		"https://example.com/a\x01b":          "https://example.com/a%01b",
		"https://example.com/caf\xe9":         "https://example.com/caf%E9",
		"https://example.com/\u202e":          "https://example.com/%E2%80%AE",
		"https://example.com/a b":             "https://example.com/a%20b",
		"https://example.com/%00":             "https://example.com/%00",
		"http://[2001:DB8::0:1]:8080":         "http://[2001:db8::1]:8080/",
		"\ufeffhttps://example.com/\r":        "https://example.com/",
		"\u00a0\u200b https://example.com/\t": "https://example.com/",
		"https://example.com/\u2060\u200e\v":  "https://example.com/",

		// Without a scheme.
		"example.com":                "https://example.com/",
		"example.com/x":              "https://example.com/x",
		"Example.COM:8080/x":         "https://example.com:8080/x",
		"example.com:443":            "https://example.com/",
		"example.com:80/x":           "http://example.com/x",
		"example.com?x":              "https://example.com/?x",
		"example.com:/x":             "https://example.com/x",
		"//example.com/x":            "https://example.com/x",
		"bücher.example/ä":           "https://xn--bcher-kva.example/%C3%A4",
		"例え。テスト":                     "https://xn--r8jz45g.xn--zckzah/",
		"intranet/x":                 "https://intranet/x",
		"intranet:8080":              "https://intranet:8080/",
		"user:pw@example.com/":       "https://user:pw@example.com/",
		"user:1234@example.com":      "https://user:1234@example.com/",
		"user:pw@localhost:8080/":    "http://user:pw@localhost:8080/",
		"user@example.com/x":         "https://user@example.com/x",
		"example.com/mail:x@y":       "https://example.com/mail:x@y",
		"example.com/?u=http://x/":   "https://example.com/?u=http://x/",
		"localhost":                  "http://localhost/",
		"LOCALHOST:8080/x":           "http://localhost:8080/x",
		"localhost:443":              "https://localhost/",
		"app.localhost/x":            "http://app.localhost/x",
		"127.0.0.1":                  "http://127.0.0.1/",
		"127.0.0.1:8080/x":           "http://127.0.0.1:8080/x",
		"192.0.2.1:443/x":            "https://192.0.2.1/x",
		"192.0.2.1:80/x":             "http://192.0.2.1/x",
		"0x7f.1":                     "http://127.0.0.1/",
		"[::1]":                      "http://[::1]/",
		"[::1]:8080/x":               "http://[::1]:8080/x",
		"//[::1]/":                   "http://[::1]/",
		"1.2.3.4.example":            "https://1.2.3.4.example/",
		"_dmarc.example.com":         "https://_dmarc.example.com/",
		"javascript.example:8080":    "https://javascript.example:8080/",
		"\u200bexample.com\u00a0":    "https://example.com/",
		"mailto.example/?a=mailto:b": "https://mailto.example/?a=mailto:b",
	} {
		if u, err := list.ParseLine(in); err != nil || u.String() != want {
			t.Errorf("ParseLine(%q) = %q, %v; want %q", in, u, err, want)
		}
	}
}

func TestParseLineError(t *testing.T) {
	for in, want := range map[string]string{
		"":                          "not a URL",
		"hello":                     "not a URL",
		"hello world":               "not a URL",
		"hello?x":                   "not a URL",
		"12345":                     "not a URL",
		"?x=y.z":                    "not a URL",
		"-v":                        "not a URL",
		":8080":                     "not a URL",
		"~/urls.txt":                "not a URL",
		`\\server\share`:            "not a URL",
		"/etc/passwd":               "a path, not a URL",
		"./urls.txt":                "a path, not a URL",
		"../urls.txt":               "a path, not a URL",
		"///etc/passwd":             "a path, not a URL",
		"ann@example.com":           "an e-mail address, not a URL",
		"mailto:ann@example.com":    "scheme mailto is not http or https",
		"tel:12345":                 "scheme tel is not http or https",
		"javascript:alert(1)":       "scheme javascript is not http or https",
		"data:text/html,x":          "scheme data is not http or https",
		"ftp://example.com/x":       "scheme ftp is not http or https",
		"FILE:///etc/passwd":        "scheme file is not http or https",
		"git+ssh://example.com/":    "scheme git+ssh is not http or https",
		`C:\urls.txt`:               "scheme c is not http or https",
		"foo:bar":                   "scheme foo is not http or https",
		"://example.com":            "no scheme",
		"http://":                   "no host",
		"https:///":                 "no host",
		"example.com:port/x":        "port is not a number",
		"example.com:65536":         "port out of range",
		"http://example.com:99999/": "port out of range",
		"http://[::1":               "not a valid IPv6 address",
		"[::1/x":                    "not a valid IPv6 address",
		"[::12345]":                 "not a valid IPv6 address",
		"256.1.1.1":                 "not a valid IPv4 address",
		"1.2.3.4.5/":                "not a valid IPv4 address",
		"see http://example.com":    "host has a character that is not allowed",
		"exa mple.com":              "host has a character that is not allowed",
		"http://a<b>.example/":      "host has a character that is not allowed",
		"caf\xe9.example":           "not a valid host name",
		"https://xn--a.example/":    "not a valid host name",
		"http://example.com/\x00":   "has a NUL byte",
		"http://exa\x00mple.com/":   "has a NUL byte",
		"https://u:***@h.example/":  "the password is ***, which records write for any: give the real one (%2A%2A%2A, should it be that)",
		"u:***@h.example":           "the password is ***, which records write for any: give the real one (%2A%2A%2A, should it be that)",
		"a.example/" + strings.Repeat("a", 64<<10-9): "longer than 64 KiB",
	} {
		u, err := list.ParseLine(in)
		if err == nil || err.Error() != want || !u.IsZero() {
			t.Errorf("ParseLine(%.100q) = %q, %v; want %q", in, u, err, want)
		}
	}
}

// A word must not become a host because of its letters.
func TestParseLineNoWord(t *testing.T) {
	for _, c := range "hello~-wörld日本!$&'()*+,;=_ " {
		word := "a" + string(c) + "b"
		if u, err := list.ParseLine(word); err == nil {
			t.Errorf("ParseLine(%q) = %q", word, u)
		}
	}
}

func FuzzParseLine(f *testing.F) {
	for _, s := range []string{"example.com", "u:p@h:1/", "[::1]:80", "//a", "mailto:a@b", "a.b:443", "1.2", "http:x#y", "\ufeffx.y\r", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		u, err := list.ParseLine(line)
		if err != nil {
			if !u.IsZero() || err.Error() == "" {
				t.Errorf("ParseLine(%q) = %q, %q", line, u, err)
			}
			return
		}
		if strings.Contains(u.String(), "#") || u.Hostname() == "" {
			t.Errorf("ParseLine(%q) = %q", line, u)
		}
		if again, err := list.ParseLine(u.String()); err != nil || again != u {
			if len(u.String()) <= weburl.MaxGiven {
				t.Errorf("ParseLine(%q) = %q, but of that %q, %v", line, u, again, err)
			}
		}
	})
}
