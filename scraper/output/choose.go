package output

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"scrape/results"
)

// Formats are those that can be written, in the order of the help.
var Formats = []results.Format{results.Text, results.JSONL, results.CSV, results.TSV, results.Parquet, results.SQLite, results.WARC}

// Choose tells the format and compression of an output by the extension of its
// name. What has none, such as stdout or a device, gets what was asked for, or
// else text; of the name of a file that would say nothing the *Error tells.
func Choose(name string, asked results.Format) (results.Format, results.Compression, error) {
	if IsStdout(name) {
		return cmp.Or(asked, results.Text), "", nil
	}
	info, err := os.Stat(name)
	format, compression, known := results.FormatOf(name)
	switch {
	case err == nil && info.IsDir():
		return "", "", &Error{Name: name, Err: errors.New("is a directory"), Hint: "name a file in it, such as " + filepath.Join(name, "out.jsonl")}
	case known && slices.Contains(Formats, format):
		return format, compression, nil
	case asked == "" && (err != nil || info.Mode().IsRegular()):
		text := "has no extension to tell the format"
		ext := filepath.Ext(name)
		if compression != "" { // such as of .parquet.gz
			ext = filepath.Ext(strings.TrimSuffix(name, ext)) + ext
		}
		if ext != "" {
			text = "no format has the extension " + ext
		}
		return "", "", refused(name, text, formatHint())
	}
	return cmp.Or(asked, results.Text), compression, nil
}

func formatHint() string {
	var packable, others, names []string
	for _, f := range Formats {
		if f.Packable() {
			packable = append(packable, results.Extensions(f)...)
		} else {
			others = append(others, results.Extensions(f)...)
		}
		names = append(names, "--format "+string(f))
	}
	return fmt.Sprintf("known are %s, also with .gz or .zst behind, and %s\nfor another name: %s",
		strings.Join(packable, ", "), strings.Join(others, ", "), strings.Join(names, ", "))
}
