package sqlite

import (
	"fmt"
	"os"
	"strings"

	lib "modernc.org/sqlite/lib"

	"scrape/results"
)

const (
	// applicationID marks a database as ours: "scrp" (sqlite.org/fileformat2,
	// section 1.3.17).
	applicationID = 0x73637270
	// version is that of the tables. Columns may be added under the next one,
	// never renamed.
	version = 1
)

// ForeignError says that a file is there which is no database of this package's,
// or of a version that it does not know.
type ForeignError struct {
	Path   string
	Reason string // such as "it is another program's database"
}

func (e *ForeignError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Reason) }

// columnTypes are SQLite's names; lists are text as JSON, like any JSON.
var columnTypes = map[results.ColumnType]string{
	results.TextColumn:    "TEXT",
	results.IntegerColumn: "INTEGER",
	results.DoubleColumn:  "REAL",
	results.BooleanColumn: "INTEGER",
	results.TimeColumn:    "TEXT",
	results.TextsColumn:   "TEXT",
	results.JSONColumn:    "TEXT",
}

// tables is the whole schema.
//
// The id counts up over all runs, so that the newest record of a URL is the one
// with the highest. The index of URLs is all that the view needs, for one URL as
// well as for all; that of failures answers what went wrong, and is small where
// little did.
func tables() string {
	var columns strings.Builder
	for _, c := range results.RowColumns() {
		fmt.Fprintf(&columns, ",\n\t%s %s", c.Name, columnTypes[c.Type])
	}
	return fmt.Sprintf(`
CREATE TABLE runs (
	id INTEGER PRIMARY KEY,
	started_at TEXT,
	ended_at TEXT,
	version TEXT,
	command TEXT
);
CREATE TABLE records (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL REFERENCES runs (id)%s
);
CREATE UNIQUE INDEX records_run_seq ON records (run, seq);
CREATE INDEX records_url ON records (url) WHERE error_kind IS NOT 'duplicate';
CREATE INDEX records_error_kind ON records (error_kind, run) WHERE error_kind IS NOT NULL;
CREATE VIEW latest AS
	SELECT * FROM records AS r
	WHERE error_kind IS NOT 'duplicate' AND url IS NOT NULL AND id = (
		SELECT max(id) FROM records WHERE url = r.url AND error_kind IS NOT 'duplicate');
PRAGMA application_id=%d;
PRAGMA user_version=%d;
`, columns.String(), applicationID, version)
}

// recognise tells whether the database has the tables, and refuses one that has
// others. A database without anything is new.
func recognise(c conn, path string) (known bool, err error) {
	foreign := func(format string, args ...any) (bool, error) {
		return false, &ForeignError{Path: path, Reason: fmt.Sprintf(format, args...)}
	}
	id, err := c.number("PRAGMA application_id")
	if code(err)&0xff == lib.SQLITE_NOTADB {
		return foreign("it is no SQLite database")
	}
	if err != nil {
		return false, err
	}
	pages, err := c.number("PRAGMA page_count")
	if err != nil {
		return false, err
	}
	if pages == 0 {
		// To SQLite a file of few bytes is as good as none.
		if info, err := os.Stat(path); err != nil {
			return false, err
		} else if info.Size() > 0 {
			return foreign("it is no SQLite database")
		}
		return false, nil
	}
	things, err := c.number("SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return false, err
	}
	if id == 0 && things == 0 {
		return false, nil // killed while it was made
	}
	if id != applicationID {
		return foreign("it is another program's database")
	}
	v, err := c.number("PRAGMA user_version")
	if err != nil {
		return false, err
	}
	if v != version {
		return foreign("its tables have version %d, this scrape knows %d", v, version)
	}
	ours, err := c.number("SELECT count(*) FROM sqlite_schema WHERE name IN ('runs', 'records', 'latest')")
	if err != nil {
		return false, err
	}
	if ours != 3 {
		return foreign("its tables runs and records, or the view latest, are gone")
	}
	return true, nil
}
