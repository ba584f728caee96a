package command

import (
	"io/fs"
	"os"
	"path/filepath"

	"scrape/scraper/journal"
	"scrape/scraper/lock"
	"scrape/scraper/output"
)

// ownFile is a file that a run reads or writes.
type ownFile struct{ name, what string }

// checkFiles refuses a file that is to be two things at once.
func (p *program) checkFiles(chosen []output.Options, lists []input) error {
	s := &p.settings
	beside := besideOutputs(chosen, len(lists))
	var files []ownFile
	for _, out := range chosen {
		if output.IsStdout(out.Name) {
			continue
		}
		if what := taken(out.Name, beside, nil); what != "" { // all else is known when it is opened
			return usage("", "%s %q: is %s, too", originOf("output", out.Name, p.given), redacted(out.Name), what)
		}
		files = append(files, ownFile{out.Name, "an output"})
	}
	files = append(files, beside...)
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
		if what := taken(own.name, files, lists); what != "" {
			return usage("", "%s %q: is %s, too", called, redacted(own.name), what)
		}
		files = append(files, ownFile{own.name, own.what})
		if own.flag == "state" {
			for _, beside := range []string{"-wal", "-shm", "-journal", ".lock"} {
				files = append(files, ownFile{own.name + beside, "kept beside the state"})
			}
		}
	}
	return nil
}

// besideOutputs are the files that are kept beside outputs, in a run that reads so many lists.
func besideOutputs(chosen []output.Options, lists int) (files []ownFile) {
	for _, out := range chosen {
		if output.IsStdout(out.Name) {
			continue
		}
		names := append(journal.Files(out.Name, lists), lock.Path(out.Name))
		for _, name := range append(names, output.Beside(out.Name, out.Format)...) {
			files = append(files, ownFile{name, "kept beside an output"})
		}
	}
	return files
}

// taken tells what else a file is. Devices may be several things at once, where they do
// not have the same name.
func taken(name string, files []ownFile, lists []input) (what string) {
	info, err := os.Stat(name)
	same := func(other fs.FileInfo) bool { return err == nil && other != nil && os.SameFile(info, other) }
	for _, file := range files {
		other, _ := os.Stat(file.name)
		if samePath(name, file.name) || same(other) && other.Mode().IsRegular() {
			return file.what
		}
	}
	for _, in := range lists {
		if same(in.info) {
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
