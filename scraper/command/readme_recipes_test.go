package command

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// recipe is what a reader of the README would copy into a shell, and what it shows.
type recipe struct{ script, output string }

// recipes are those of a section: blocks that are indented, or marked as a shell's.
func recipes(section string) (all []recipe) {
	for _, match := range regexp.MustCompile("(?s)(?:^|\n)```([a-z]*)\n(.*?)```").FindAllStringSubmatch(section, -1) {
		if match[1] == "sh" {
			all = append(all, recipe{script: match[2]})
		}
		section = strings.Replace(section, match[0], "", 1)
	}
	for block := range strings.SplitSeq(section, "\n\n") {
		var r recipe
		for line := range strings.Lines(strings.Trim(block, "\n") + "\n") {
			line, indented := strings.CutPrefix(line, "    ")
			switch output, shown := strings.CutPrefix(line, "  "); {
			case !indented:
			case shown:
				r.output += output
			default:
				r.script += line
			}
		}
		if r.script != "" {
			all = append(all, r)
		}
	}
	return all
}

// Each recipe about what comes before and behind a run does what the README says, as far
// as the programs that it takes are here.
func TestReadmeRecipes(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n### A job for cron or systemd\n")
	section, _, ends := strings.Cut(section, "\n## ")
	if !found || !ends {
		t.Fatal("the README has no recipes, or nothing behind them")
	}
	all := recipes(section)
	if len(all) < 6 {
		t.Fatalf("only %d recipes: %q", len(all), all)
	}
	site := newSite(t)
	t.Chdir(t.TempDir())
	mail := "#!/bin/sh\necho \"$@\" >mail.out; cat >>mail.out\n"
	list := strings.ReplaceAll("SITE/page/1\nSITE/page/2\nSITE/page/3\nSITE/404\n", "SITE", site.URL)
	if err := os.Mkdir("lists", 0o777); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"mail": mail, "urls.txt": list, "lists/a.txt": list, "lists/b.txt": site.URL + "/page/4\n"} {
		if err := os.WriteFile(name, []byte(content), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", ".:"+os.Getenv("PATH"))
	for _, r := range all {
		if missing := missingProgram(r.script); missing != "" {
			t.Logf("not tried, since there is no %s here: %s", missing, r.script)
			continue
		}
		sh := exec.Command("sh", "-c", r.script)
		sh.Stderr = os.Stderr
		out, err := sh.Output()
		code := 0
		if exit, ok := err.(*exec.ExitError); ok {
			code, err = exit.ExitCode(), nil
		}
		want := 0
		if strings.Contains(r.script, "xargs") {
			want = 123 // a page of a list is missing, and xargs says that somewhere something failed
		}
		if err != nil || code != want || string(out) != r.output {
			t.Errorf("%s: exit code %d, %v\n%s", r.script, code, err, out)
		}
	}
	for name, want := range map[string]string{
		"mail.out":          `^-s 5% or more was not scraped me@example\.com\nscrape: 4 URLs (.*\n)+`,
		"lists/b.txt.jsonl": `^\{"schema":1,.*\n$`,
		"lists/a.txt.jsonl": `^(\{"schema":1,.*\n){4}$`,
		"all.parquet":       `^PAR1`,
		"all.sqlite.lock":   `^$`,
	} {
		got, err := os.ReadFile(name)
		if err != nil || !regexp.MustCompile(want).Match(got) {
			t.Errorf("%s: %v: %.300s", name, err, got)
		}
	}
}

// missingProgram is one that a recipe takes and that is not here, "" if all are.
func missingProgram(script string) string {
	words := strings.Fields(script)
	for _, name := range []string{"jq", "sqlite3", "duckdb", "xargs"} {
		if _, err := exec.LookPath(name); err != nil && slices.Contains(words, name) {
			return name
		}
	}
	return ""
}
