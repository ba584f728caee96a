package results

import (
	"path/filepath"
	"strings"
)

// Format is the name of a way to write records.
type Format string

const (
	Text    Format = "text"    // a line for people: NewText, NewTemplate
	JSONL   Format = "jsonl"   // JSON Lines, a record on each: NewJSONL, NewProjected
	CSV     Format = "csv"     // comma-separated values: NewCSV
	TSV     Format = "tsv"     // the same with tabs
	Parquet Format = "parquet" // Apache Parquet
	SQLite  Format = "sqlite"  // a database of SQLite
	WARC    Format = "warc"    // WARC 1.1, each of its records compressed by itself
)

// Compression is how a whole file is compressed, if it is.
type Compression string

const (
	Gzip Compression = "gzip" // RFC 1952
	Zstd Compression = "zstd" // RFC 8878
)

// extensions are all there is to know about names of files.
var extensions = []struct {
	extension string
	format    Format
	packable  bool // what compresses by itself is not compressed again
}{
	{".txt", Text, true},
	{".jsonl", JSONL, true},
	{".ndjson", JSONL, true},
	{".csv", CSV, true},
	{".tsv", TSV, true},
	{".parquet", Parquet, false},
	{".sqlite", SQLite, false},
	{".db", SQLite, false},
	{".warc.gz", WARC, false},
}

var compressions = []struct {
	extension   string
	compression Compression
}{{".gz", Gzip}, {".zst", Zstd}}

// FormatOf tells the format from the extension of a file's name, in any case,
// such as .csv, and the compression from one behind that, such as .csv.gz. ok
// tells whether the format is known; the compression is told even where it is
// not.
func FormatOf(path string) (f Format, c Compression, ok bool) {
	name := strings.ToLower(filepath.Base(path))
	for _, e := range extensions {
		if strings.HasSuffix(name, e.extension) {
			return e.format, "", true
		}
	}
	for _, z := range compressions {
		if inner, packed := strings.CutSuffix(name, z.extension); packed {
			for _, e := range extensions {
				if e.packable && strings.HasSuffix(inner, e.extension) {
					return e.format, z.compression, true
				}
			}
			return "", z.compression, false
		}
	}
	return "", "", false
}

// Packable tells whether a file of the format can be compressed as a whole.
func (f Format) Packable() bool {
	for _, e := range extensions {
		if e.format == f && e.packable {
			return true
		}
	}
	return false
}

// Extensions are those that mean the format, the usual one first.
func Extensions(f Format) (all []string) {
	for _, e := range extensions {
		if e.format == f {
			all = append(all, e.extension)
		}
	}
	return all
}
