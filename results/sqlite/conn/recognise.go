package conn

import (
	"fmt"
	"os"

	lib "modernc.org/sqlite/lib"
)

// ForeignError says that a file is there which is no database of whoever opens it,
// or of a version that it does not know.
type ForeignError struct {
	Path   string
	Reason string // such as "it is another program's database"
}

// Error names the file and the reason.
func (e *ForeignError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Reason) }

// Recognise tells which version the tables of a database have (PRAGMA user_version),
// 0 where there is nothing in it yet. Where the file is something else than a database
// with the application id, the error is a *ForeignError.
func (c Conn) Recognise(path string, applicationID int64) (version int64, err error) {
	id, err := c.Number("PRAGMA application_id")
	if Code(err)&0xff == lib.SQLITE_NOTADB {
		return 0, &ForeignError{path, "it is no SQLite database"}
	}
	if err != nil {
		return 0, err
	}
	pages, err := c.Number("PRAGMA page_count")
	if err != nil {
		return 0, err
	}
	if pages == 0 {
		// To SQLite a file of few bytes is as good as none.
		if info, err := os.Stat(path); err != nil {
			return 0, err
		} else if info.Size() > 0 {
			return 0, &ForeignError{path, "it is no SQLite database"}
		}
		return 0, nil
	}
	things, err := c.Number("SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return 0, err
	}
	if id == 0 && things == 0 {
		return 0, nil // killed while it was made
	}
	if id != applicationID {
		return 0, &ForeignError{path, "it is another program's database"}
	}
	version, err = c.Number("PRAGMA user_version")
	if version == 0 && err == nil {
		return 0, &ForeignError{path, "its tables have no version"}
	}
	return version, err
}
