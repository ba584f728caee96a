package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// spelt is a list of flags as a command line would have them.
func spelt(flags []given) (all []string) {
	for _, g := range flags {
		all = append(all, "--"+g.spec.name+"="+g.value)
	}
	return all
}

func TestParseConfig(t *testing.T) {
	for _, test := range []struct {
		text    string
		want    []string
		profile []string // of the profile "night"
	}{
		{"", nil, nil},
		{"# nothing\n", nil, nil},
		{"~\n", nil, nil},
		{"rate: 5/s\nprocs: 3\n", []string{"--rate=5/s", "--procs=3"}, nil},
		{"quiet: true\n", []string{"--quiet=true"}, nil},
		{"quiet: no\n", []string{"--quiet=no"}, nil},
		{"timeout: 30\n", []string{"--timeout=30"}, nil},
		{"--rate: 5/s\n", []string{"--rate=5/s"}, nil},
		{"header: ['A: b', 'C: d']\n", []string{"--header=A: b", "--header=C: d"}, nil},
		{"extract:\n- title,links\n- price=.price | number\n", []string{"--extract=title,links", "--extract=price=.price | number"}, nil},
		{`{"rate": "5/s"}`, []string{"--rate=5/s"}, nil},
		{"rate: 5/s\nprofiles:\n  night: {rate: 1/s, quiet: yes}\n  day:\n", []string{"--rate=5/s"}, []string{"--rate=1/s", "--quiet=yes"}},
		{"a: &x 5/s\n", nil, nil},
	} {
		c, err := parseConfig("scrape.yaml", []byte(test.text))
		if test.want == nil && strings.HasPrefix(test.text, "a:") {
			if err == nil {
				t.Errorf("%q: no error", test.text)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", test.text, err)
			continue
		}
		if got := spelt(c.flags); !slices.Equal(got, test.want) {
			t.Errorf("%q: %q", test.text, got)
		}
		if got := spelt(c.profiles["night"]); !slices.Equal(got, test.profile) {
			t.Errorf("%q: profile %q", test.text, got)
		}
	}
}

func TestParseConfigRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"ratee: 5/s":                        "scrape.yaml:1:1: unknown name ratee|did you mean rate?",
		"\n# x\nprofile: night":             "scrape.yaml:3:1: unknown name profile|",
		"config: other.yaml":                "scrape.yaml:1:1: unknown name config|",
		"profils: {}":                       "scrape.yaml:1:1: unknown name profils|did you mean profiles?",
		"- rate":                            "scrape.yaml:1:1: a configuration must have names and values|one NAME: VALUE on a line",
		"rate: 5/s\nrate: 1/s":              "scrape.yaml:2:1: rate: is there twice|several values are a list: [A, B]",
		"rate: {a: b}":                      "scrape.yaml:1:7: rate: must be a value, or a list of them|",
		"rate:":                             "scrape.yaml:1:6: rate: must be a value, or a list of them|",
		"header: [[a]]":                     "scrape.yaml:1:10: header: must be a value, or a list of them|",
		"profiles: 1":                       "scrape.yaml:1:11: profiles must have names and values|one NAME: VALUE on a line",
		"profiles:\n  night:\n    prox: x":  "scrape.yaml:3:5: unknown name prox|did you mean proxy?",
		"[a]: b":                            "scrape.yaml:1:1: a name must be a word|",
		"rate: 'x\n":                        "scrape.yaml: line 2: found unexpected end of stream|",
		"profiles: {a: {config: x}, b: {}}": "scrape.yaml:1:16: unknown name config|",
	} {
		_, err := parseConfig("scrape.yaml", []byte(text))
		f, ok := errors.AsType[*failure](err)
		if !ok || f.code != exitUsage || !strings.HasPrefix(f.text+"|"+f.hint, want) {
			t.Errorf("%q: %v|%v", text, err, f)
		}
	}
}

// What a flag is from the command line outweighs the environment, and that the
// files, of which the nearer one does.
func TestOverride(t *testing.T) {
	flag := func(name, value string) given {
		return given{spec: findFlag(func(f *flagSpec) bool { return f.name == name }), value: value}
	}
	under := []given{flag("rate", "1/s"), flag("header", "A: b"), flag("header", "C: d"), flag("procs", "2")}
	over := []given{flag("header", "E: f"), flag("procs", "3")}
	if got, want := fmt.Sprint(spelt(override(under, over))), "[--rate=1/s --header=E: f --procs=3]"; got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add("rate: 5/s\nheader: ['A: b']\nprofiles:\n  night:\n    quiet: true\n")
	f.Add("{rate: *x}")
	f.Add("a: &a [*a]")
	f.Add("<<: {rate: 1}")
	f.Add("\xff: \x00")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseConfig("scrape.yaml", []byte(text))
		if err != nil {
			if _, ok := errors.AsType[*failure](err); !ok {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		for _, g := range c.flags {
			if g.spec == nil || !g.spec.configurable() || g.from == "" {
				t.Errorf("%q: %+v", text, g)
			}
		}
	})
}
