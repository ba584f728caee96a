package command

import (
	"io/fs"
	"os"
	"path/filepath"

	"scrape/results"
	"scrape/scraper/output"
)

// ownFile is a file that a run reads or writes.
type ownFile struct{ name, what string }

// checkFiles refuses a file that is to be two things at once.
func (p *program) checkFiles(chosen []output.Options, lists []input) error {
	s := &p.settings
	files := outputFiles(chosen)
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

// outputFiles are those that outputs need.
func outputFiles(chosen []output.Options) (files []ownFile) {
	for _, out := range chosen {
		if output.IsStdout(out.Name) {
			continue
		}
		files = append(files, ownFile{out.Name, "an output"})
		besides := []string{".journal", ".journal.new", ".journal.stdin", ".lock"}
		if out.Format == results.Parquet {
			besides = append(besides, ".jsonl")
		}
		for _, beside := range besides {
			files = append(files, ownFile{out.Name + beside, "kept beside an output"})
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
