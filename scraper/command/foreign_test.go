package command

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// packages are readers that npm has; the test says how to have them here.
const packages = "../../testdata/readers/node_modules"

// foreignReaders are programs that print number, status and title of each record in a
// file, with tabs between them. A script is for the interpreter that it needs first.
var foreignReaders = []struct {
	name, file string
	needs      []string // programs
	script     string
}{
	{"jq", "all.jsonl", []string{"sh", "jq"}, `jq -r '[.seq, .status, .title] | @tsv' "$0"`},
	{"gzip", "all.jsonl.gz", []string{"sh", "gzip", "jq"}, `gzip -dc "$0" | jq -r '[.seq, .status, .title] | @tsv'`},
	{"zstd", "all.jsonl.zst", []string{"sh", "zstd", "jq"}, `zstd -dc "$0" | jq -r '[.seq, .status, .title] | @tsv'`},
	{"DuckDB", "all.parquet", []string{"sh", "duckdb"},
		`duckdb -list -noheader -separator "$(printf '\t')" -c "SELECT seq, status, coalesce(title, '') FROM '$0'"`},
	{"Python's csv", "all.csv", []string{"python3"}, `
import csv, sys
for row in csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8"), strict=True):
    print(row["seq"], row["status"], row["title"], sep="\t")`},
	{"Python's sqlite3", "all.sqlite", []string{"python3"}, `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
for row in db.execute("SELECT seq, status, coalesce(title, '') FROM latest"):
    print(*row, sep="\t")`},
	{"DuckDB for Node", "all.parquet", []string{"node", packages}, "duckdb"},
	{"warcio", "all.warc.gz", []string{"node", packages}, "warcio"},
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
				if _, err := os.Stat(program); program == packages && err != nil {
					t.Skip("not tried: ", err, "; to have it: npm install --no-package-lock, in testdata/readers")
				} else if _, err := exec.LookPath(program); program != packages && err != nil {
					t.Skip("not tried: ", err)
				}
			}
			args := []string{"-c", r.script}
			if r.needs[0] == "node" {
				args = []string{filepath.Join(packages, "..", "read.mjs"), r.script}
			}
			read := exec.Command(r.needs[0], append(args, filepath.Join(dir, r.file))...)
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
