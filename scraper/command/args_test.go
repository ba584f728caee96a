package command

import (
	"strings"
	"testing"
)

// shown writes arguments as "name=value … | operand …".
func shown(a arguments) string {
	var words []string
	for _, g := range a.flags {
		words = append(words, g.spec.name+"="+g.value)
	}
	words = append(words, "|")
	return strings.Join(append(words, a.operands...), " ")
}

func TestArrange(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "|"},
		{[]string{"urls.txt", "--procs", "3"}, "procs=3 | urls.txt"},
		{[]string{"--procs", "3", "urls.txt"}, "procs=3 | urls.txt"},
		{[]string{"a", "--procs=3", "b"}, "procs=3 | a b"},
		{[]string{"a", "-p", "3"}, "procs=3 | a"},
		{[]string{"a", "-p3"}, "procs=3 | a"},
		{[]string{"a", "-p=3"}, "procs=3 | a"},
		{[]string{"-p", "-1"}, "procs=-1 |"},
		{[]string{"-jq", "a"}, "jsonl=true quiet=true | a"},
		{[]string{"-jp3", "a"}, "jsonl=true procs=3 | a"},
		{[]string{"-A", "-jz"}, "user-agent=-jz |"},
		{[]string{"-jqp", "3", "a"}, "jsonl=true quiet=true procs=3 | a"},
		{[]string{"--jsonl=false"}, "jsonl=false |"},
		{[]string{"-j=false"}, "jsonl=false |"},
		{[]string{"-h=1"}, "help=1 |"},
		{[]string{"-jq=0"}, "jsonl=true quiet=0 |"},
		{[]string{"-jp=3"}, "jsonl=true procs=3 |"},
		{[]string{"-"}, "| -"},
		{[]string{"-o", "-", "a"}, "output=- | a"},
		{[]string{"-o-", "a"}, "output=- | a"},
		{[]string{"--output="}, "output= |"},
		{[]string{"--", "--procs", "-j"}, "| --procs -j"},
		{[]string{"-j", "--", "--", "a"}, "jsonl=true | -- a"},
		{[]string{"-H", "Accept: a, b", "-H", "X: y=z"}, "header=Accept: a, b header=X: y=z |"},
		{[]string{"--header=X: y=z"}, "header=X: y=z |"},
		{[]string{"-A", "--made-up"}, "user-agent=--made-up |"},
		{[]string{"--procs", "3", "--procs", "4"}, "procs=3 procs=4 |"},
	} {
		a, err := arrange(test.args)
		if got := shown(a); err != nil || strings.TrimSpace(got) != test.want {
			t.Errorf("arrange(%q) = %q, %v; want %q", test.args, got, err, test.want)
		}
	}
}

func TestArrangeRefuses(t *testing.T) {
	for _, test := range []struct {
		args       []string
		text, hint string
	}{
		{[]string{"--proc", "3"}, "unknown flag --proc", "did you mean --procs?"},
		{[]string{"--concurency=3"}, "unknown flag --concurency", "did you mean --concurrency?"},
		{[]string{"--workers", "3"}, "unknown flag --workers", "did you mean --procs?"},
		{[]string{"--json"}, "unknown flag --json", "did you mean --jsonl?"},
		{[]string{"--PROCS=3"}, "unknown flag --PROCS", "did you mean --procs?"},
		{[]string{"--zzz"}, "unknown flag --zzz", helpHint},
		{[]string{"--=3"}, "unknown flag --", helpHint},
		{[]string{"--\x1b[2J"}, `unknown flag --\x1b[2J`, helpHint},
		{[]string{"-procs", "3"}, "-procs: a long flag takes two dashes", "did you mean --procs?"},
		{[]string{"-procs=3"}, "-procs: a long flag takes two dashes", "did you mean --procs?"},
		{[]string{"-output"}, "-output: a long flag takes two dashes", "did you mean --output?"},
		{[]string{"-z"}, "unknown flag -z", helpHint},
		{[]string{"-jz"}, "unknown flag -z in -jz", helpHint},
		{[]string{"-=3"}, "unknown flag -=…", helpHint},
		{[]string{"-5"}, "unknown flag -5", helpHint},
		{[]string{"-p"}, "--procs needs a value (N)", helpHint},
		{[]string{"a", "--procs"}, "--procs needs a value (N)", helpHint},
		{[]string{"--procs", "--jsonl", "a"}, "--procs needs a value (N)", "if --jsonl is its value: --procs=--jsonl"},
		{[]string{"-A", "-q"}, "--user-agent needs a value (TEXT)", "if -q is its value: --user-agent=-q"},
		{[]string{"-A", "-jq"}, "--user-agent needs a value (TEXT)", "if -jq is its value: --user-agent=-jq"},
		{[]string{"--headers=X: secret"}, "unknown flag --headers", "did you mean --header?"},
		{[]string{"--header X: secret"}, "unknown flag --header", "a flag and its value are two arguments, or have a = between them"},
		{[]string{"--header:secret"}, "unknown flag --header", "a flag and its value are two arguments, or have a = between them"},
		{[]string{"--jsonl x"}, "unknown flag --jsonl", "did you mean --jsonl?"},
		{[]string{"-o", "--header=X: secret"}, "--output needs a value (FILE)", "if --header… is its value: --output=--header…"},
		{[]string{"-o", "--header X: secret"}, "--output needs a value (FILE)", "if --header… is its value: --output=--header…"},
		{[]string{"-p", "-HX: secret"}, "--procs needs a value (N)", "if -H… is its value: --procs=-H…"},
		{[]string{"-p", "-qHX: secret"}, "--procs needs a value (N)", "if -qH… is its value: --procs=-qH…"},
		{[]string{"-qzHX: secret"}, "unknown flag -z in -qz…", helpHint},
		{[]string{"-zHX: secret"}, "unknown flag -z…", helpHint},
		{[]string{"-heade=X: secret"}, "unknown flag -e in -he…", "did you mean --header?"},
		{[]string{"-\xffsecret"}, `unknown flag -\xff…`, helpHint},
		{[]string{"--template", "a", "--template", "b"}, "--template is given twice: one is possible", ""},
	} {
		_, err := arrange(test.args)
		f, ok := err.(*failure)
		if !ok || f.code != exitUsage || f.text != test.text || f.hint != test.hint {
			t.Errorf("arrange(%q): %#v; want %q, hint %q", test.args, err, test.text, test.hint)
		}
	}
}

// Every name in the table is there once: a second would never be found.
func TestFlagTable(t *testing.T) {
	seen := make(map[string]bool)
	for _, f := range flagTable() {
		for _, name := range []string{"--" + f.name, "-" + f.short, f.env()} {
			if name != "-" && name != "" && seen[name] {
				t.Errorf("%s is there twice", name)
			}
			seen[name] = true
		}
		if f.help == "" || f.group == "" || f.set == nil {
			t.Errorf("--%s lacks help, group or set", f.name)
		}
	}
}

// Help is read on a terminal of 80 columns, or in a pager.
func TestHelpFits(t *testing.T) {
	for _, command := range []string{"", "demo", "check", "convert", "config"} {
		for line := range strings.Lines(help(command)) {
			if len(strings.TrimSuffix(line, "\n")) > 84 {
				t.Errorf("scrape %s --help: %d columns: %s", command, len(line)-1, line)
			}
		}
	}
}

func FuzzArrange(f *testing.F) {
	f.Add("--procs\n3\nurls.txt")
	f.Add("-jqp3\n--\n-x")
	f.Add("-H\nA: b, c\n-o\n-")
	f.Add("-\xff=\n--é")
	f.Fuzz(func(t *testing.T, lines string) {
		args := strings.Split(lines, "\n")
		a, err := arrange(args)
		if err != nil {
			return
		}
		// What was taken can be written down in order, and means the same.
		var again []string
		for _, g := range a.flags {
			again = append(again, "--"+g.spec.name+"="+g.value)
		}
		again = append(append(again, "--"), a.operands...)
		b, err := arrange(again)
		if err != nil || shown(a) != shown(b) {
			t.Errorf("arrange(%q) = %q, but arrange(%q) = %q, %v", args, shown(a), again, shown(b), err)
		}
	})
}

// Help and version are asked for by a switch like any other.
func TestHelpAndVersion(t *testing.T) {
	const url = "http://127.0.0.1:1/"
	for _, test := range []struct {
		args   []string
		stdout string // its beginning
		stderr string
		code   int
	}{
		{[]string{"--help"}, "scrape fetches", "", exitOK},
		{[]string{"-h"}, "scrape fetches", "", exitOK},
		{[]string{"--help=1"}, "scrape fetches", "", exitOK},
		{[]string{"-h=TRUE", url}, "scrape fetches", "", exitOK},
		{[]string{"--help=false", "--help"}, "scrape fetches", "", exitOK},
		{[]string{"demo", "--help=t"}, "scrape demo serves", "", exitOK},
		{[]string{"--version=TRUE"}, "scrape devel", "", exitOK},
		{[]string{"-V=1"}, "scrape devel", "", exitOK},
		{[]string{"--version", "--help=0"}, "scrape devel", "", exitOK},
		{[]string{"--help=maybe"}, "", "scrape: --help \"maybe\": must be true or false\n", exitUsage},
		{[]string{"-V=maybe", url}, "", "scrape: --version \"maybe\": must be true or false\n", exitUsage},
		{[]string{"--help=false", "--version=F", "-q", "--retry=0", url}, "URL " + url + " not Scraped", "", exitNotScraped},
	} {
		stdout, stderr, code := call(t, nil, test.args...)
		stderr, _, _ = strings.Cut(stderr, "scrape: 1 URL in ")
		if !strings.HasPrefix(stdout, test.stdout) || test.stdout == "" && stdout != "" || stderr != test.stderr || code != test.code {
			t.Errorf("scrape %q: exit %d, %.40q, %q", test.args, code, stdout, stderr)
		}
	}
}

// What looks like a flag is shown to its name: what follows may be a secret.
func TestRedacted(t *testing.T) {
	for arg, want := range map[string]string{
		"":                     "",
		"-":                    "-",
		"--":                   "--",
		"3":                    "3",
		"a: b":                 "a: b",
		"-10":                  "-10",
		"-jq":                  "-jq",
		"-p3":                  "-p…",
		"-H":                   "-H",
		"-HX: secret":          "-H…",
		"-qHX: secret":         "-qH…",
		"--heade=X: secret":    "--heade…",
		"--made-up":            "--made-up",
		"http://u:a secret@h/": "http://u:***@h/",
		"u:a secret@h.csv":     "u:***@h.csv",
	} {
		if got := redacted(arg); got != want {
			t.Errorf("redacted(%q) = %q, want %q", arg, got, want)
		}
	}
}
