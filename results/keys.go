package results

import (
	"fmt"
	"strings"
)

// recordKey is one key of a record.
type recordKey struct {
	name    string
	holds   ColumnType
	members []Column // of an object of ours; tables have a column for each
	column  string   // what the column of a member is called
	open    bool     // an object of whatever was asked for: a path may lead into it
}

// keys are those of a record, in its order. Keys may be added, never renamed.
var keys = []recordKey{
	{name: "schema", holds: IntegerColumn},
	{name: "seq", holds: IntegerColumn},
	{name: "list", holds: TextColumn},
	{name: "line", holds: IntegerColumn},
	{name: "input", holds: TextColumn},
	{name: "method", holds: TextColumn},
	{name: "url", holds: TextColumn},
	{name: "final_url", holds: TextColumn},
	{name: "outcome", holds: TextColumn},
	{name: "status", holds: IntegerColumn},
	{name: "content_type", holds: TextColumn},
	{name: "media_type", holds: TextColumn},
	{name: "charset", holds: TextColumn},
	{name: "http_version", holds: TextColumn},
	{name: "remote_addr", holds: TextColumn},
	{name: "wire_bytes", holds: IntegerColumn},
	{name: "body_bytes", holds: IntegerColumn},
	{name: "body_sha256", holds: TextColumn},
	{name: "body_file", holds: TextColumn},
	{name: "redirects", holds: TextsColumn},
	{name: "attempts", holds: IntegerColumn},
	{name: "error", members: []Column{{"kind", TextColumn}, {"message", TextColumn}, {"retryable", BooleanColumn}}, column: "error_%s"},
	{name: "title", holds: TextColumn},
	{name: "links", holds: JSONColumn},
	{name: "data", holds: JSONColumn, open: true},
	{name: "truncated", holds: TextsColumn},
	{name: "fetched_at", holds: TimeColumn},
	{name: "timing_ms", members: []Column{{"queue", DoubleColumn}, {"dns", DoubleColumn}, {"connect", DoubleColumn}, {"tls", DoubleColumn}, {"first_byte", DoubleColumn}, {"total", DoubleColumn}}, column: "timing_%s_ms"},
	{name: "worker", holds: IntegerColumn},
	{name: "meta", holds: JSONColumn, open: true},
	{name: "change", holds: TextColumn},
	{name: "diff", holds: TextColumn},
}

// openPath splits data.price into the names that lead there; nil for what does
// not lead into an object that is open.
func openPath(name string) []string {
	path := strings.Split(name, ".")
	for _, k := range keys {
		if k.open && k.name == path[0] && len(path) > 1 {
			for _, step := range path {
				if step == "" {
					return nil
				}
			}
			return path
		}
	}
	return nil
}

// NameError tells that records have nothing of a name.
type NameError struct {
	What, Name string   // such as "column" and "titel"
	Known      []string // what there is
}

// Error names what there is, too.
func (e *NameError) Error() string { return e.Text() + "; there are " + strings.Join(e.Known, ", ") }

// Text is Error without what there is.
func (e *NameError) Text() string { return fmt.Sprintf("there is no %s %q", e.What, e.Name) }

// unknownName refuses the name of a key or column.
func unknownName(what, name string, known []string) error {
	return &NameError{what, name, append(known, "data.NAME", "meta.NAME")}
}
