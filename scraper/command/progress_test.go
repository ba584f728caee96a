package command

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"scrape/scraper/output"
)

// However narrow the screen, the bar stays on one line of it and says as much
// as fits.
func TestBarFits(t *testing.T) {
	for _, line := range []barLine{
		{},
		{scraped: 5, notScraped: 2, rate: 3.4},
		{total: 1000, scraped: 400, notScraped: 20, rate: 312},
		{total: 1000, scraped: 980, notScraped: 20, rate: 312, colour: true},
		{total: 10, scraped: 980, notScraped: 20},
		{total: 9e9, scraped: 4e9, notScraped: 4e8, duplicates: 12, rate: 1e5, colour: true},
	} {
		for columns := 1; columns < 200; columns++ {
			text, width := line.fit(columns)
			if plain := uncolour(text); len(plain) != width || width > columns-1 {
				t.Fatalf("%d columns: %d claimed, %d wide: %q", columns, width, len(plain), text)
			}
			if strings.ContainsAny(text, "\r\n") || !line.colour && strings.Contains(text, "\x1b") {
				t.Fatalf("%d columns: %q", columns, text)
			}
		}
	}
	line := barLine{total: 1000, scraped: 400, notScraped: 20, rate: 290}
	for columns, want := range map[int]string{
		80: "42% [==========>..............] 420/1,000: 400 scraped, 20 not scraped, 290/s, ETA 2s",
		50: "42% [=====>........] 420/1,000: 20 not, 290/s, ETA 2s",
		20: "42% 420/1,000",
		6:  "42%",
		3:  "",
	} {
		got, _ := line.fit(columns)
		if shape := regexp.MustCompile(`\[.*\]`); shape.ReplaceAllString(got, "") != shape.ReplaceAllString(want, "") {
			t.Errorf("%d columns: %q, want %q", columns, got, want)
		}
	}
}

func uncolour(s string) string { return regexp.MustCompile(`\x1b\[[0-9]*m`).ReplaceAllString(s, "") }

// The screen is drawn ten times a second at most, however many records pass.
func TestDrawRate(t *testing.T) {
	var out strings.Builder
	bar := &progress{out: &out, width: func() int { return 80 }, shared: true}
	now := time.Unix(0, 0)
	for range 1000 { // 10 s
		now = now.Add(10 * time.Millisecond)
		bar.erase()
		bar.drawIfDue(now)
	}
	if draws := strings.Count(out.String(), "URLs"); draws > 100 || draws < 50 {
		t.Errorf("%d drawings in 10 s", draws)
	}
}

// terminal is the program on a terminal of its own.
type terminal struct {
	*exec.Cmd
	screen *os.File
	seen   strings.Builder
}

// onTerminal starts a command with stderr, and stdout if it has no other, on a
// new terminal.
func onTerminal(t *testing.T, columns int, cmd *exec.Cmd) *terminal {
	t.Helper()
	screen, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	x := &terminal{Cmd: cmd, screen: screen}
	x.resize(t, columns)
	x.Env = append(x.Environ(), "TERM=xterm")
	x.Stderr = tty
	if x.Stdout == nil {
		x.Stdout = tty
	}
	x.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 2}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		x.Process.Kill()
		screen.Close()
	})
	return x
}

func (x *terminal) resize(t *testing.T, columns int) {
	t.Helper()
	if err := pty.Setsize(x.screen, &pty.Winsize{Rows: 24, Cols: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
}

// until reads the terminal until it shows what matches, from here on.
func (x *terminal) until(t *testing.T, pattern string) {
	t.Helper()
	from := x.seen.Len()
	buf := make([]byte, 4096)
	for !regexp.MustCompile(pattern).MatchString(x.seen.String()[from:]) {
		n, err := x.screen.Read(buf)
		x.seen.Write(buf[:n])
		if err != nil {
			t.Fatalf("%q never showed: %v; only %q", pattern, err, x.seen.String()[from:])
		}
	}
}

// end reads the rest and returns the exit code.
func (x *terminal) end(t *testing.T) int {
	t.Helper()
	buf := make([]byte, 4096)
	for {
		// On Linux the end of a terminal is EIO.
		n, err := x.screen.Read(buf)
		x.seen.Write(buf[:n])
		if err != nil {
			break
		}
	}
	x.Wait()
	return x.ProcessState.ExitCode()
}

// The last lines of a screen, after all that moves the cursor.
func lines(seen string) []string {
	seen = regexp.MustCompile(`[^\n]*\r\x1b\[K`).ReplaceAllString(uncolour(seen), "")
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(seen, "\r\n", "\n"), "\n"), "\n")
}

func TestBarAndRecordsShareATerminal(t *testing.T) {
	for _, output := range []string{"-", "/dev/tty", "/dev/stderr"} {
		t.Run(output, func(t *testing.T) {
			s := newSite(t)
			x := onTerminal(t, 80, exec.Command("scrape", hanging(t, s), "-p2", "-o", output))
			<-s.hung
			x.until(t, `75% \[.*\] 3/4: 3 scraped, 0 not scraped`)
			s.release()
			if code := x.end(t); code != exitOK {
				t.Errorf("exit %d", code)
			}
			got := lines(x.seen.String())
			if len(got) != 5 {
				t.Fatalf("%d lines: %q", len(got), got)
			}
			for _, line := range got[:4] {
				if !regexp.MustCompile(`^URL http://127\.0\.0\.1:\d+/(page|hang)/\d Scraped$`).MatchString(line) {
					t.Errorf("not whole: %q", line)
				}
			}
			if !strings.HasPrefix(got[4], "scrape: 4 URLs in ") {
				t.Errorf("last line %q", got[4])
			}
		})
	}
}

func TestBarOnNarrowTerminal(t *testing.T) {
	s := newSite(t)
	x := onTerminal(t, 20, exec.Command("scrape", hanging(t, s), "-p2", "-o", os.DevNull))
	<-s.hung
	x.until(t, `75% 3/4: 0 not`)
	x.resize(t, 100) // it is told nothing, and sees for itself
	x.until(t, `75% \[.*\] 3/4: 3 scraped`)
	x.resize(t, 10)
	x.until(t, `\x1b\[A\x1b\[J75% 3/4`) // the long line had become several
	s.release()
	if code := x.end(t); code != exitOK {
		t.Errorf("exit %d", code)
	}
}

// How much stdin holds nobody knows: the bar is a count.
func TestBarOfStdin(t *testing.T) {
	s := newSite(t)
	cmd := exec.Command("scrape", "-p2", "-o", os.DevNull)
	cmd.Stdin = strings.NewReader(s.URL + "/page/1\n" + s.URL + "/hang/1\n")
	x := onTerminal(t, 80, cmd)
	<-s.hung
	x.until(t, `[-|/\\] 1 URL: 1 scraped, 0 not scraped, `)
	s.release()
	if code := x.end(t); code != exitOK {
		t.Errorf("exit %d", code)
	}
}

func TestColour(t *testing.T) {
	for environment, want := range map[string]bool{"NO_COLOR=1": false, "OTHER=1": true} {
		s := newSite(t)
		cmd := exec.Command("scrape", "-p2", s.URL+"/404", s.URL+"/hang/1")
		cmd.Env = append(cmd.Environ(), environment)
		x := onTerminal(t, 80, cmd)
		<-s.hung
		x.until(t, `1 not`)
		s.release()
		x.end(t)
		if got := strings.Contains(x.seen.String(), red); got != want {
			t.Errorf("%s: colour %v, want %v: %q", environment, got, want, x.seen.String())
		}
	}
}

// Where stderr is no terminal, or nobody wants one, there is not a byte of it.
func TestNoBar(t *testing.T) {
	s := newSite(t)
	p := start(t, exec.Command("scrape", s.list(t, 3), "-p2"))
	p.end(t)
	if strings.ContainsAny(p.said.String(), "\r\x1b") || strings.Count(p.said.String(), "\n") != 1 {
		t.Errorf("stderr %q", p.said.String())
	}
	for _, test := range [][]string{{"--progress", "never"}, {"-q"}} {
		x := onTerminal(t, 80, exec.Command("scrape", append(test, s.list(t, 3), "-p2")...))
		x.end(t)
		if strings.Contains(x.seen.String(), "\x1b") || strings.Contains(x.seen.String(), "%") {
			t.Errorf("%q: %q", test, x.seen.String())
		}
	}
	p = start(t, exec.Command("scrape", hanging(t, s), "-p2", "--progress", "always"))
	p.says(t, "75%")
	s.release()
	p.end(t)
}

// Behind a pipe may be a program that writes to the same terminal.
func TestNoBarBesideAPipe(t *testing.T) {
	screen, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	defer tty.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	none := func(string) (string, bool) { return "", false }
	for _, test := range []struct {
		name string
		out  *os.File
		when string
		want bool
	}{
		{"pipe", w, "auto", false},
		{"pipe, asked for", w, "always", true},
		{"terminal", tty, "auto", true},
		{"file", null, "auto", true},
	} {
		p := newProgram(Env{null, w, tty, none, nil}, nil)
		p.settings.progress = test.when
		out, err := output.Open(output.Options{Stdout: test.out})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.wantsBar([]*output.Output{out}); got != test.want {
			t.Errorf("records into a %s: bar %v, want %v", test.name, got, test.want)
		}
	}
}
