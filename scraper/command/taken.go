package command

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"scrape/results"
	"scrape/scraper/journal"
	"scrape/scraper/lock"
	"scrape/scraper/output"
)

// ownFile is a file that a run reads or writes.
type ownFile struct{ name, what string }

// checkFiles refuses a file that is to be two things at once. It goes by names, so that
// it can come before anything is opened, and does not mind what is not there.
func (p *program) checkFiles() error {
	s := &p.settings
	lists := p.listInfos()
	outputs, beside := outputFiles(s.outputs, s.format, max(len(p.operands), 1))
	for _, out := range outputs {
		if what := taken(out.name, beside, nil); what != "" { // all else is known when it is opened
			return usage("", "%s %q: is %s, too", originOf("output", out.name, p.given), redacted(out.name), what)
		}
	}
	if err := p.checkRead(beside); err != nil {
		return err
	}
	files := append(outputs, beside...)
	for _, own := range []struct{ flag, name, what string }{
		{"state", s.state, "the state"},
		{"log", s.log, "the log"},
		{"metrics-file", s.metricsFile, "that of --metrics-file"},
		{"report", s.files.report, "the report"},
	} {
		if own.name == "" {
			continue
		}
		called, _ := p.found(own.flag)
		if own.flag == "report" {
			lists = nil // checkReport has words of its own for them
		}
		if what := taken(own.name, files, lists); what != "" {
			return usage("", "%s %q: is %s, too", called, redacted(own.name), what)
		}
		files = append(files, ownFile{own.name, own.what})
		if own.flag == "state" {
			for _, beside := range []string{"-wal", "-shm", "-journal", ".lock"} {
				files = append(files, ownFile{own.name + beside, "kept beside the state"})
			}
			if err := p.checkRead(files[len(files)-4:]); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkRead refuses to read lines or records from a file that is written meanwhile.
func (p *program) checkRead(written []ownFile) error {
	for _, name := range p.operands {
		if name == "-" || isURL(name) {
			continue
		}
		if what := taken(name, written, nil); what != "" {
			return usage("give a copy of it", "%q: is %s", redacted(name), what)
		}
	}
	earlier := p.settings.retry.file
	if what := taken(earlier, written, nil); earlier != "" && what != "" {
		called, _ := p.found("retry-failed")
		return usage("give a copy of it", "%s %q: is %s", called, redacted(earlier), what)
	}
	return nil
}

// listInfos identify the files that are read for lines, as far as they are there.
func (p *program) listInfos() (infos []fs.FileInfo) {
	names := p.operands
	if earlier := p.settings.retry.file; earlier != "" {
		names = append(slices.Clone(names), earlier)
	} else if len(names) == 0 {
		names = []string{"-"}
	}
	for _, name := range names {
		var info fs.FileInfo
		var err error
		switch {
		case name == "-":
			info, err = p.env.Stdin.Stat()
		case !isURL(name):
			info, err = os.Stat(name)
		}
		if err == nil && info != nil {
			infos = append(infos, info)
		}
	}
	return infos
}

// outputFiles are the outputs, of which asked is the format where their names do not
// tell it, and what is kept beside them in a run that reads so many lists.
func outputFiles(names []string, asked results.Format, lists int) (outputs, beside []ownFile) {
	for _, name := range names {
		if output.IsStdout(name) {
			continue
		}
		outputs = append(outputs, ownFile{name, "an output"})
		format, _, _ := results.FormatOf(name)
		others := append(journal.Files(name, lists), lock.Path(name))
		for _, other := range append(others, output.Beside(name, cmp.Or(format, asked))...) {
			beside = append(beside, ownFile{other, "kept beside an output"})
		}
	}
	return outputs, beside
}

// taken tells what else a file is. Devices may be several things at once, where they do
// not have the same name.
func taken(name string, files []ownFile, lists []fs.FileInfo) (what string) {
	info, err := os.Stat(name)
	same := func(other fs.FileInfo) bool { return err == nil && other != nil && os.SameFile(info, other) }
	for _, file := range files {
		other, _ := os.Stat(file.name)
		if samePath(name, file.name) || same(other) && other.Mode().IsRegular() {
			return file.what
		}
	}
	for _, list := range lists {
		if same(list) {
			return "a list"
		}
	}
	return ""
}

func samePath(a, b string) bool {
	a, errA := filepath.Abs(a)
	b, errB := filepath.Abs(b)
	return errA == nil && errB == nil && a == b
}
