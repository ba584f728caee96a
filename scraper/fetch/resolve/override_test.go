package resolve

import (
	"fmt"
	"testing"
)

func TestParseOverride(t *testing.T) {
	for s, want := range map[string]string{
		"example.com:80:127.0.0.1":          "{example.com 80 [127.0.0.1]}",
		"Example.COM.:443:127.0.0.1":        "{example.com. 443 [127.0.0.1]}",
		"bücher.example:443:127.0.0.1":      "{xn--bcher-kva.example 443 [127.0.0.1]}",
		"a.example:80:127.0.0.1,::1, [::2]": "{a.example 80 [127.0.0.1 ::1 ::2]}",
		"a.example:80:[::ffff:127.0.0.1]":   "{a.example 80 [127.0.0.1]}",
		"[::1]:80:127.0.0.2":                "{::1 80 [127.0.0.2]}",
		"127.0.0.1:80:127.0.0.2":            "{127.0.0.1 80 [127.0.0.2]}",
		"*:8080:127.0.0.1":                  "{* 8080 [127.0.0.1]}",
		"":                                  "no port",
		"a.example":                         "no port",
		":80:127.0.0.1":                     "no port",
		"a.example:80":                      "no address",
		"a.example:80:":                     `"" is no address`,
		"a.example:80:b.example":            `"b.example" is no address`,
		"a.example:80:127.0.0.1,":           `"" is no address`,
		"a.example:80:[127.0.0.1]":          `"[127.0.0.1]" is no address`,
		"a.example:0:127.0.0.1":             `"0" is no port`,
		"a.example:http:127.0.0.1":          `"http" is no port`,
		"a.example:65536:127.0.0.1":         `"65536" is no port`,
		"a b:80:127.0.0.1":                  `"a b" is no host`,
		"user@a.example:80:127.0.0.1":       `"user@a.example" is no host`,
		"a.example/x:80:127.0.0.1":          `"a.example/x" is no host`,
		"http://a.example:80:127.0.0.1":     `"//a.example" is no port`,
	} {
		o, err := ParseOverride(s)
		got := fmt.Sprint(o)
		if err != nil {
			got = err.Error()
			want += " (host:port:address[,address] is wanted)"
		}
		if s == "http://a.example:80:127.0.0.1" { // whichever part is named
			if err == nil {
				t.Errorf("%s is accepted", s)
			}
			continue
		}
		if got != want {
			t.Errorf("%s: got  %s\nwant %s", s, got, want)
		}
	}
}
