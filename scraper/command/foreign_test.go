package command

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// foreignReaders are programs that print number, status and title of each record in a
// file, with tabs between them.
var foreignReaders = []struct {
	name, file string
	needs      []string // programs
	module     string   // of Python, where the script is for that, and not for a shell
	script     string
}{
	{"jq", "all.jsonl", []string{"jq"}, "", `jq -r '[.seq, .status, .title] | @tsv' "$0"`},
	{"gzip", "all.jsonl.gz", []string{"gzip", "jq"}, "", `gzip -dc "$0" | jq -r '[.seq, .status, .title] | @tsv'`},
	{"zstd", "all.jsonl.zst", []string{"zstd", "jq"}, "", `zstd -dc "$0" | jq -r '[.seq, .status, .title] | @tsv'`},
	{"DuckDB", "all.parquet", []string{"duckdb"}, "",
		`duckdb -list -noheader -separator "$(printf '\t')" -c "SELECT seq, status, coalesce(title, '') FROM '$0'"`},
	{"Python's csv", "all.csv", []string{"python3"}, "csv", `
import csv, sys
for row in csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8"), strict=True):
    print(row["seq"], row["status"], row["title"], sep="\t")`},
	{"Python's csv, with tabs", "all.tsv", []string{"python3"}, "csv", `
import csv, sys
for row in csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8"), dialect="excel-tab", strict=True):
    print(row["seq"], row["status"], row["title"], sep="\t")`},
	{"Python's sqlite3", "all.sqlite", []string{"python3"}, "sqlite3", `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
for row in db.execute("SELECT seq, status, coalesce(title, '') FROM latest"):
    print(*row, sep="\t")`},
	{"Arrow", "all.parquet", []string{"python3"}, "pyarrow", `
import pyarrow.parquet, sys
for row in pyarrow.parquet.read_table(sys.argv[1], columns=["seq", "status", "title"]).to_pylist():
    print(row["seq"], row["status"], row["title"] or "", sep="\t")`},
	{"warcio", "all.warc.gz", []string{"python3"}, "warcio", `
import json, sys
from warcio.archiveiterator import ArchiveIterator
for record in ArchiveIterator(open(sys.argv[1], "rb"), check_digests="raise"):
    content = record.content_stream().read()
    if record.rec_type == "metadata":
        row = json.loads(content)
        print(row["seq"], row["status"], row.get("title", ""), sep="\t")
    elif record.rec_type == "response":
        assert record.http_headers.get_statuscode() in ("200", "404")`},
}

// Other programs, as far as they are here, find in each format what was scraped.
func TestForeignReaders(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/missing" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintf(w, "<!doctype html><meta charset=utf-8><title>%s, “ä €” &quot;😀&quot; &lt;b> 'x'; -- =1+1</title>", r.URL.Path)
	}))
	t.Cleanup(site.Close)
	const lines = 30
	list := listOf(t, lines, func(n int) string { return fmt.Sprint(site.URL, "/", n) }) + "," + listOf(t, 1, func(int) string { return site.URL + "/missing" })
	want := []string{fmt.Sprint(lines+1, "\t404\t")}
	for n := range lines {
		want = append(want, fmt.Sprintf("%d\t200\t/%d, “ä €” \"😀\" <b> 'x'; -- =1+1", n+1, n))
	}
	slices.Sort(want)
	dir := t.TempDir()
	args := append(strings.Split(list, ","), "-q", "-p1", "--no-robots", "--fail-on", "none")
	for _, r := range foreignReaders {
		if file := filepath.Join(dir, r.file); !slices.Contains(args, file) {
			args = append(args, "-o", file)
		}
	}
	if _, stderr, code := call(t, nil, args...); code != exitOK {
		t.Fatalf("exit %d, %s", code, stderr)
	}
	for _, r := range foreignReaders {
		t.Run(r.name, func(t *testing.T) {
			for _, program := range r.needs {
				if _, err := exec.LookPath(program); err != nil {
					t.Skip("not tried: ", err)
				}
			}
			interpreter := "sh"
			if r.module != "" {
				interpreter = "python3"
				if said, err := exec.Command("python3", "-c", "import "+r.module).CombinedOutput(); err != nil {
					t.Skipf("not tried: %s", said)
				}
			}
			read := exec.Command(interpreter, "-c", r.script, filepath.Join(dir, r.file))
			var trouble bytes.Buffer
			read.Stderr = &trouble
			out, err := read.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, trouble.String())
			}
			got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%q\nwant %q", got, want)
			}
		})
	}
}
