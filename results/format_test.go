package results

import "testing"

func TestFormatOf(t *testing.T) {
	type is struct {
		format      Format
		compression Compression
		ok          bool
	}
	for path, want := range map[string]is{
		"out.jsonl":         {JSONL, "", true},
		"a.b/OUT.NDJSON":    {JSONL, "", true},
		"out.txt":           {Text, "", true},
		"out.jsonl.txt":     {Text, "", true},
		".txt":              {Text, "", true},
		"out.csv":           {CSV, "", true},
		"out.TSV":           {TSV, "", true},
		"out.parquet":       {Parquet, "", true},
		"out.sqlite":        {SQLite, "", true},
		"out.db":            {SQLite, "", true},
		"out.warc.gz":       {WARC, "", true},
		"out.jsonl.gz":      {JSONL, Gzip, true},
		"out.Csv.Zst":       {CSV, Zstd, true},
		"out.txt.gz":        {Text, Gzip, true},
		"out.gz":            {"", Gzip, false},
		"out.parquet.gz":    {"", Gzip, false},
		"out.db.zst":        {"", Zstd, false},
		"out.gz.csv":        {CSV, "", true},
		"out.jsonl.gz.zst":  {"", Zstd, false},
		"":                  {},
		"-":                 {},
		"out":               {},
		"out.":              {},
		"out.json":          {},
		"out.warc":          {},
		"dir.jsonl/out":     {},
		"out.jsonl.partial": {},
	} {
		f, c, ok := FormatOf(path)
		if got := (is{f, c, ok}); got != want {
			t.Errorf("FormatOf(%q) = %v, want %v", path, got, want)
		}
	}
}
