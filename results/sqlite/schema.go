package sqlite

import (
	"fmt"
	"strings"

	"scrape/results"
	"scrape/results/sqlite/conn"
)

const (
	// applicationID marks a database as ours: "scrp" (sqlite.org/fileformat2,
	// section 1.3.17).
	applicationID = 0x73637270
	// version is that of the tables. Columns may be added under the next one,
	// never renamed.
	version = 2
)

// ForeignError says that a file is there which is no database of this package's,
// or of a version that it does not know.
type ForeignError = conn.ForeignError

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

// recognise tells which version the tables of the database have, and refuses one that
// has others; 0: it has none yet.
func recognise(c conn.Conn, path string) (v int64, err error) {
	v, err = c.Recognise(path, applicationID)
	if v == 0 || err != nil {
		return 0, err
	}
	if v > version {
		return 0, &ForeignError{Path: path, Reason: fmt.Sprintf("its tables have version %d, this scrape knows %d", v, version)}
	}
	ours, err := c.Number("SELECT count(*) FROM sqlite_schema WHERE name IN ('runs', 'records', 'latest')")
	if err != nil {
		return 0, err
	}
	if ours != 3 {
		return 0, &ForeignError{Path: path, Reason: "its tables runs and records, or the view latest, are gone"}
	}
	return v, nil
}

// since says which columns the tables had not before a version.
var since = map[string]int64{"change": 2, "diff": 2}

// upgrade adds the columns that tables of an earlier version lack.
func upgrade(c conn.Conn, from int64) error {
	return c.Transaction(func() error {
		for _, column := range results.RowColumns() {
			if since[column.Name] <= from {
				continue
			}
			if err := c.Exec(fmt.Sprintf("ALTER TABLE records ADD COLUMN %s %s", column.Name, columnTypes[column.Type])); err != nil {
				return err
			}
		}
		return c.Exec(fmt.Sprintf("PRAGMA user_version=%d", version))
	})
}
