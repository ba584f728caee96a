package results

import (
	"path/filepath"
	"strings"
)

// Sink is where records go. It is used by one goroutine at a time.
type Sink interface {
	// Write takes one record. It may keep its bytes until Sync, not the
	// record. After a failed write every further one fails alike.
	Write(*Record) error
	// Sync returns when everything written so far is with the operating
	// system, or with the error that kept it from getting there.
	Sync() error
	// Close is Sync and the release of everything but what the caller opened.
	// Writing after it is an error; closing again is not.
	Close() error
}

// Format is the name of a way to write records.
type Format string

const (
	Text  Format = "text"  // a line for people: NewText
	JSONL Format = "jsonl" // JSON Lines, a record on each: NewJSONL
)

// FormatOf tells the format from the extension of a file's name, in any case:
// .txt, .jsonl and .ndjson. It reports whether it could.
func FormatOf(path string) (Format, bool) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".txt":
		return Text, true
	case ".jsonl", ".ndjson":
		return JSONL, true
	}
	return "", false
}
