package netrc_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"scrape/scraper/netrc"
)

const file = "\ufeff# my hosts\n" +
	"machine a.example login ann password secret\n" +
	"MACHINE B.Example\r\n" +
	"\tlogin bob # a comment\r\n\tpassword p#w\r\n\taccount login\r\n" +
	"machine a.example login late password late\n" +
	"machine \"c.example\" password \"a \\\"b\\\\\\n\\x # é\" login \"\"\n" +
	"machine ::1 login six port 443 password \\n\n" +
	"macdef init\n  cd /pub\n  machine x.example login x password x\n \t\n" +
	"machine d.example macdef other\nmachine y.example\n\n" +
	"login dora\n" +
	"default login anonymous password me@\n" +
	"default login second\n" +
	"machine e.example"

func TestLookup(t *testing.T) {
	f, err := netrc.Read(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]string{
		"a.example":  `"ann" "secret" true`,
		"A.EXAMPLE":  `"ann" "secret" true`,
		"b.example":  `"bob" "p#w" true`,
		"c.example":  `"" "a \"b\\\nx # é" true`,
		"[::1]":      `"six" "\\n" true`,
		"d.example":  `"dora" "" true`,
		"e.example":  `"" "" true`,
		"x.example":  `"anonymous" "me@" false`,
		"y.example":  `"anonymous" "me@" false`,
		"aa.example": `"anonymous" "me@" false`,
		"default":    `"anonymous" "me@" false`,
	} {
		login, password, named, ok := f.Lookup(host)
		if got := fmt.Sprintf("%q %q %v", login, password, named); got != want || !ok {
			t.Errorf("%s: %s, %v; want %s", host, got, ok, want)
		}
	}
}

func TestNothing(t *testing.T) {
	for _, text := range []string{"", "\n", "# machine a login b", "macdef x\nmachine a.example", "machine b.example login x"} {
		f, err := netrc.Read(strings.NewReader(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if login, password, named, ok := f.Lookup("a.example"); login != "" || password != "" || named || ok {
			t.Errorf("%q says %q %q", text, login, password)
		}
	}
}

func TestRefuses(t *testing.T) {
	const word = "there is a word that is none of machine, default, login, password, account, port, macdef: values with spaces need double quotes"
	for text, want := range map[string]string{
		"machine":                                    `line 1: the file ends after "machine"`,
		"machine a login\n\n":                        `line 2: the file ends after "login"`,
		"macdef":                                     `line 1: the file ends after "macdef"`,
		"\nlogin ann":                                `line 2: "login" stands before any machine`,
		"machine a\npassword my secret":              "line 2: " + word,
		"machine a\nlogin ann secret b":              "line 2: " + word,
		"hello":                                      "line 1: " + word,
		"machine a password \"secret":                "line 1: a double quote is not closed",
		"machine a password \"secret\\\"":            "line 1: a double quote is not closed",
		"machine a password \"secret\\":              "line 1: a double quote is not closed",
		"machine \"\" login x":                       "line 1: a machine has no name",
		"\n#" + strings.Repeat("x", 64<<10):          "line 2: longer than 64 KiB",
		"machine a\n\"\" login x password y default": "line 2: " + word,
	} {
		if f, err := netrc.Read(strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%.100q: %v, %v; want %s", text, f, err, want)
		}
	}
	broken := errors.New("broken")
	if _, err := netrc.Read(iotest.ErrReader(broken)); err != broken {
		t.Errorf("got %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file, "a.example")
	f.Add("machine api.heroku.com\n  login me@example.com\n  password 0123-4567\nmachine git.heroku.com\n  login me@example.com\n  password 0123-4567\n", "git.heroku.com")
	f.Add("machine a login \"\\\nmacdef\n\n", "a")
	f.Fuzz(func(t *testing.T, text, host string) {
		file, err := netrc.Read(strings.NewReader(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "line ") {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		login, password, named, ok := file.Lookup(host)
		if !ok && (login != "" || password != "" || named) {
			t.Errorf("%q says %q %q %v", text, login, password, named)
		}
		// An entry before all others counts.
		if strings.ContainsAny(host, "\"\\\r\n\ufeff") || strings.Trim(host, "[]") == "" || len(host) > 60<<10 {
			return
		}
		again, err := netrc.Read(strings.NewReader("machine \"" + host + "\" login l password \"\\\"\"\n" + strings.TrimPrefix(text, "\ufeff")))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if login, password, named, ok := again.Lookup(host); !named || !ok || password == "" || login == "" {
			t.Errorf("%q for %q: %q %q", text, host, login, password)
		}
	})
}
