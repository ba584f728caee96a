package command

import "testing"

// A command is shown so that it can be given again, but for what may be secret.
func TestCommandLine(t *testing.T) {
	environment := func(name string) (string, bool) { return "7", name == "SCRAPE_PROCS" }
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"urls.txt", "-o", "a.sqlite", "-q"}, "scrape --output=a.sqlite --quiet urls.txt"},
		{[]string{"-o", "it's a.sqlite", "--quiet=false", "https://a.example/?b&c"}, `scrape '--output=it'\''s a.sqlite' --quiet=false 'https://a.example/?b&c'`},
		{[]string{"-H", "Cookie: hush", "-u", "name:hush", "-d", "hush", "-x", "http://u:hush@p/"}, "scrape --header=*** --user=*** --data=*** --proxy=***"},
		{[]string{"https://u:hush@a.example/"}, "scrape 'https://u:***@a.example/'"},
		{[]string{"convert", "a.jsonl", "a.sqlite"}, "scrape convert a.jsonl a.sqlite"},
		{[]string{"a\x1b[2J"}, `scrape 'a\x1b[2J'`},
	} {
		a, err := arrange(test.args)
		if err != nil {
			t.Fatal(err)
		}
		p := &program{operands: a.operands, given: append(fromEnvironment(a, "", environment), a.flags...)}
		if a.operands != nil && a.operands[0] == "convert" {
			p.command, p.operands = "convert", a.operands[1:]
		}
		if got := p.commandLine(); got != test.want {
			t.Errorf("%q: %s, want %s", test.args, got, test.want)
		}
	}
}
