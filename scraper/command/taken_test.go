package command

import (
	"strings"
	"testing"

	"scrape/results"
)

// No output is a file that another one needs.
func TestOutputsBesideOutputs(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, test := range []struct {
		outputs, taken string
	}{
		{"a.jsonl b.jsonl c.csv d.sqlite e.parquet f.warc.gz", ""},
		{"a.jsonl a.jsonl.gz a.parquet -", ""},
		{"a.jsonl a.jsonl.journal", "a.jsonl.journal"},
		{"./a.jsonl.journal a.jsonl", "./a.jsonl.journal"},
		{"a.jsonl a.jsonl.journal.new", "a.jsonl.journal.new"},
		{"a.jsonl a.jsonl.journal.stdin", "a.jsonl.journal.stdin"},
		{"a.jsonl a.jsonl.journal.list1", "a.jsonl.journal.list1"},
		{"a.jsonl a.jsonl.journal.list2", "a.jsonl.journal.list2"},
		{"a.jsonl a.jsonl.journal.list3", ""}, // there is no third list
		{"a.jsonl a.jsonl.lock", "a.jsonl.lock"},
		{"a.sqlite a.sqlite-wal", "a.sqlite-wal"},
		{"a.sqlite a.sqlite-shm", "a.sqlite-shm"},
		{"a.sqlite a.sqlite-journal", "a.sqlite-journal"},
		{"a.jsonl a.jsonl-wal", ""},
		{"a.parquet a.parquet.jsonl", "a.parquet.jsonl"},
		{"a.parquet .a.parquet.new", ".a.parquet.new"},
		{"a.csv a.csv.jsonl", ""},
	} {
		p := &program{operands: []string{"first.txt", "second.txt"}}
		p.settings.outputs, p.settings.format = strings.Fields(test.outputs), results.JSONL
		want := ""
		if test.taken != "" {
			want = `--output "` + test.taken + `": is kept beside an output, too`
		}
		got := ""
		if err := p.checkFiles(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", test.outputs, got, want)
		}
	}
}
