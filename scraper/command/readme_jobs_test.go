package command

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// blocks are what a section of the README has in a language.
func blocks(t *testing.T, language string) (all []string) {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile("(?s)\n```"+language+"\n(.*?)```").FindAllSubmatch(text, -1) {
		all = append(all, string(match[1]))
	}
	return all
}

// runsSilently has a shell run a command twice, with the list that it reads.
func runsSilently(t *testing.T, command string, environment ...string) {
	t.Helper()
	for range 2 {
		sh := exec.Command("sh", "-c", command)
		sh.Env = append(os.Environ(), environment...)
		if said, err := sh.CombinedOutput(); err != nil || len(said) > 0 {
			t.Errorf("%s: %v\n%s", command, err, said)
		}
	}
}

// A line of a crontab that says when (crontab(5)): each field a number, * or */N.
var cronLine = regexp.MustCompile(`^((?:[0-9]+|\*(?:/[0-9]+)?) ){5}(.*)$`)

// The crontab lines of the README are such, and what they run is silent each time.
func TestReadmeCrontabs(t *testing.T) {
	home := t.TempDir()
	list, err := os.ReadFile(newSite(t).list(t, 3))
	if err == nil {
		err = os.WriteFile(filepath.Join(home, "urls.txt"), list, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	jobs := 0
	for _, block := range blocks(t, "crontab") {
		for line := range strings.Lines(block) {
			line = strings.TrimSuffix(line, "\n")
			if regexp.MustCompile(`^[A-Z]+=\S+$`).MatchString(line) {
				continue
			}
			match := cronLine.FindStringSubmatch(line)
			if match == nil || regexp.MustCompile(`(^|[^\\])%`).MatchString(match[2]) {
				t.Errorf("no line of a crontab: %s", line)
				continue
			}
			jobs++
			runsSilently(t, strings.ReplaceAll(match[2], `\%`, "%"), "HOME="+home)
		}
	}
	if jobs < 2 {
		t.Errorf("only %d jobs", jobs)
	}
	for _, name := range []string{"out.jsonl", "news.jsonl"} {
		if _, err := os.Stat(filepath.Join(home, name)); err != nil {
			t.Error(err)
		}
	}
}

// The units of the README are understood by systemd, and what the service runs is
// silent each time.
func TestReadmeUnits(t *testing.T) {
	units := blocks(t, "ini")
	if len(units) != 2 {
		t.Fatalf("%d units", len(units))
	}
	dir := t.TempDir()
	program, err := exec.LookPath("scrape")
	if err != nil {
		t.Fatal(err)
	}
	const installed = "/usr/local/bin/scrape"
	service, timer := filepath.Join(dir, "scrape.service"), filepath.Join(dir, "scrape.timer")
	err = errors.Join(
		os.WriteFile(service, []byte(strings.ReplaceAll(units[0], installed, program)), 0o600),
		os.WriteFile(timer, []byte(units[1]), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	_, command, found := strings.Cut(units[0], "\nExecStart="+installed)
	command, _, _ = strings.Cut(command, "\n")
	if !found {
		t.Fatal("the service does not run what is installed")
	}
	list := newSite(t).list(t, 3)
	runsSilently(t, "scrape"+strings.ReplaceAll(command, "/etc/scrape/urls.txt", list), "STATE_DIRECTORY="+dir, "LOGS_DIRECTORY="+dir)

	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd has not looked at the units: ", err)
	}
	verify := exec.Command("systemd-analyze", "verify", "--man=no", service, timer)
	said, err := verify.CombinedOutput()
	t.Logf("systemd-analyze: %v\n%s", err, said) // it also looks at units of the system
	for line := range bytes.Lines(said) {
		if bytes.Contains(line, []byte("scrape.")) {
			t.Errorf("%s", line)
		}
	}
}
