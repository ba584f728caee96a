package command

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// started is the program as a process of its own, with stderr read as it comes.
type started struct {
	*exec.Cmd
	stdout bytes.Buffer
	stderr *bufio.Scanner
	said   strings.Builder // what was read of stderr
}

func start(t *testing.T, cmd *exec.Cmd) *started {
	t.Helper()
	p := &started{Cmd: cmd}
	if p.Stdout == nil {
		p.Stdout = &p.stdout
	}
	stderr, err := p.StderrPipe()
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	p.stderr = bufio.NewScanner(stderr)
	p.stderr.Split(lineOrDrawing)
	t.Cleanup(func() { p.Process.Kill() })
	return p
}

// lineOrDrawing splits at line feeds, and at the carriage returns with which
// the bar begins.
func lineOrDrawing(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexAny(data, "\n\r"); i >= 0 {
		return i + 1, data[:i+1], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// says reads stderr to the line that holds a text.
func (p *started) says(t *testing.T, text string) {
	t.Helper()
	for p.stderr.Scan() {
		p.said.WriteString(p.stderr.Text())
		if strings.Contains(p.stderr.Text(), text) {
			return
		}
	}
	t.Fatalf("%q was never said, only:\n%s", text, p.said.String())
}

// end reads the rest of stderr and returns the exit code.
func (p *started) end(t *testing.T) int {
	t.Helper()
	for p.stderr.Scan() {
		p.said.WriteString(p.stderr.Text())
	}
	if err := p.Wait(); err != nil {
		if _, ok := err.(*exec.ExitError); !ok {
			t.Fatal(err)
		}
	}
	return p.ProcessState.ExitCode()
}

// hanging is a list of 3 pages, and of one that answers when it is released.
func hanging(t *testing.T, s *site) string {
	name := s.list(t, 3)
	text, err := os.ReadFile(name)
	if err == nil {
		err = os.WriteFile(name, fmt.Appendf(text, "%s/hang/1\n", s.URL), 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestFirstSignalDrains(t *testing.T) {
	for _, test := range []struct {
		signal syscall.Signal
		code   int
		word   string
	}{
		{syscall.SIGINT, 130, "interrupted"},
		{syscall.SIGTERM, 143, "terminated"},
		{syscall.SIGHUP, 129, "hung up"},
	} {
		t.Run(test.word, func(t *testing.T) {
			s := newSite(t)
			p := start(t, exec.Command("scrape", hanging(t, s), "-p2"))
			<-s.hung
			p.Process.Signal(test.signal)
			p.says(t, "scrape: "+test.word+": no new URL is started, those in flight have 10s to finish; again to leave now")
			s.release() // what is in flight is still finished
			if code := p.end(t); code != test.code {
				t.Errorf("exit %d, want %d", code, test.code)
			}
			if got := strings.Count(p.stdout.String(), " Scraped\n"); got != 4 {
				t.Errorf("%d records, want 4:\n%s", got, p.stdout.String())
			}
			if !strings.Contains(p.said.String(), "\nscrape: 4 URLs in ") {
				t.Errorf("stderr:\n%s", p.said.String())
			}
		})
	}
}

func TestSecondSignalLeaves(t *testing.T) {
	s := newSite(t)
	p := start(t, exec.Command("scrape", hanging(t, s), "-p2"))
	<-s.hung
	p.Process.Signal(syscall.SIGINT)
	p.says(t, "again to leave now")
	p.Process.Signal(syscall.SIGTERM)
	if code := p.end(t); code != 143 {
		t.Errorf("exit %d, want 143", code)
	}
	if strings.Contains(p.stdout.String(), "/hang/1") {
		t.Errorf("a record for what was not finished:\n%s", p.stdout.String())
	}
	scraped, left := 0, 0
	fmt.Sscanf(p.said.String()[strings.LastIndex(p.said.String(), ": ")+2:], "%d scraped; %d line", &scraped, &left)
	if left == 0 || scraped+left != 4 {
		t.Errorf("stderr:\n%s", p.said.String())
	}
}

// Lines that were never read are not finished either, whichever signal was last.
func TestUnreadLinesAreCounted(t *testing.T) {
	s := newSite(t)
	name := s.list(t, 0)
	const lines = 20_000 // some of which do not fit in what is read ahead
	if err := os.WriteFile(name, []byte(strings.Repeat(s.URL+"/hang/1?"+strings.Repeat("long", 100)+"\n", lines)), 0o666); err != nil {
		t.Fatal(err)
	}
	p := start(t, exec.Command("scrape", name, "-p1", "--no-dedupe"))
	<-s.hung
	p.Process.Signal(syscall.SIGINT)
	p.says(t, "again to leave now")
	p.Process.Signal(syscall.SIGINT)
	if code := p.end(t); code != 130 {
		t.Errorf("exit %d, want 130", code)
	}
	if !strings.HasSuffix(p.said.String(), ": 0 scraped; 20,000 lines not finished\n") {
		t.Errorf("stderr:\n%s", p.said.String())
	}
}

// Where nobody reads stdout, a write never ends; a second signal must do.
func TestSecondSignalLeavesAStuckOutput(t *testing.T) {
	s := newSite(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	fill(t, w)
	cmd := exec.Command("scrape", s.list(t, 2000), "-j", "-p2", "--progress", "always")
	cmd.Stdout = w
	p := start(t, cmd)
	for some := regexp.MustCompile(`: [1-9]\d* scraped`); !some.MatchString(p.said.String()); {
		p.says(t, "/2,000") // and by now a record has nowhere to go
	}
	p.Process.Signal(syscall.SIGINT)
	p.says(t, "again to leave now")
	p.Process.Signal(syscall.SIGINT)
	if code := p.end(t); code != 130 {
		t.Errorf("exit %d, want 130", code)
	}
	last := regexp.MustCompile(`\r\x1b\[K(scrape: interrupted: [^\r]*\n)?scrape: left without waiting any longer: stdout may lack records\n$`)
	if !last.MatchString(p.said.String()) {
		t.Errorf("the last words are not alone: %q", p.said.String())
	}
}

// fill leaves no room in a pipe for a single byte.
func fill(t *testing.T, pipe *os.File) {
	t.Helper()
	raw, err := pipe.SyscallConn()
	if err == nil {
		err = raw.Write(func(fd uintptr) bool {
			for page := make([]byte, 4096); len(page) > 0; page = page[:len(page)/2] {
				for err := error(nil); err != unix.EAGAIN; {
					_, err = unix.Write(int(fd), page)
				}
			}
			return true
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// nohup ignores SIGHUP, and so does what it starts.
func TestHangupStaysIgnored(t *testing.T) {
	s := newSite(t)
	p := start(t, exec.Command("sh", "-c", `trap "" HUP; exec scrape "$@"`, "sh", hanging(t, s), "-p2"))
	<-s.hung
	p.Process.Signal(syscall.SIGHUP)
	s.release()
	if code := p.end(t); code != exitOK {
		t.Errorf("exit %d, want 0; stderr:\n%s", code, p.said.String())
	}
}

// So does the demo's site. The process's mask of ignored signals tells, where the
// system shows it: that a signal does nothing cannot be waited for.
func TestServeLeavesHangupIgnored(t *testing.T) {
	p := start(t, exec.Command("sh", "-c", `trap "" HUP; exec scrape demo --serve`))
	p.says(t, "in another terminal")
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	p.Process.Signal(syscall.SIGTERM)
	p.end(t)
	if err != nil {
		t.Skip("no /proc here: ", err)
	}
	var mask uint64
	for line := range strings.Lines(string(status)) {
		fmt.Sscanf(line, "SigIgn: %x", &mask)
	}
	if mask>>(syscall.SIGHUP-1)&1 == 0 {
		t.Errorf("SIGHUP is not ignored any more:\n%s", status)
	}
}

// The demo's site stays up until it is told to go.
func TestServeEndsWithASignal(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		p := start(t, exec.Command("scrape", "demo", "--serve"))
		p.says(t, "in another terminal")
		p.Process.Signal(signal)
		if code := p.end(t); code != exitOK {
			t.Errorf("%v: exit %d", signal, code)
		}
	}
}

func TestClosedStdout(t *testing.T) {
	s := newSite(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	for _, args := range [][]string{{s.list(t, 20), "-p2"}, {"--help"}} {
		cmd := exec.Command("scrape", args...)
		cmd.Stdout = w
		p := start(t, cmd)
		if code := p.end(t); code != 141 || p.said.Len() > 0 {
			t.Errorf("scrape %q: exit %d, want 141 without a word: %s", args, code, p.said.String())
		}
	}
	w.Close()
}
