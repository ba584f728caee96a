package journal

import "fmt"

// CorruptError tells that a file is no journal, or one whose head cannot be read.
type CorruptError struct{ Path string }

// Error names the file.
func (e *CorruptError) Error() string { return e.Path + ": is no journal, or a broken one" }

// VersionError tells that a journal was written by another version of the
// program.
type VersionError struct {
	Path    string
	Version int // of the journal's form
}

// Error names the file.
func (e *VersionError) Error() string {
	return fmt.Sprintf("%s: a journal of version %d, where this program knows version %d", e.Path, e.Version, version)
}

// ChangedError tells that a list is not the one that the journal is about.
type ChangedError struct {
	List string // its name; "" where there are more or fewer lists than there were
	How  string // what differs, in lower case
}

// Error names the list and what differs.
func (e *ChangedError) Error() string {
	switch e.List {
	case "":
		return "the lists are not what they were: " + e.How
	case "-":
		return "stdin is not what it was: " + e.How
	}
	return fmt.Sprintf("list %s is not what it was: %s", e.List, e.How)
}

// OutputsError tells that a journal is about other outputs.
type OutputsError struct {
	Path string // the journal's
	How  string // what differs, in lower case
}

// Error names the journal and what differs.
func (e *OutputsError) Error() string {
	return fmt.Sprintf("%s: is about other outputs: %s", e.Path, e.How)
}

// AskedError tells that something else was asked for than now.
type AskedError struct{ Path string }

// Error names the journal.
func (e *AskedError) Error() string {
	return e.Path + ": the run was asked for something else then"
}

// SpoolError is a failure of the file that keeps what stdin said. It does not
// unwrap to a *fs.PathError, so that its text keeps the file's name wherever the
// list's stands already.
type SpoolError struct {
	Path string
	Err  error
}

// Error names the file and the cause.
func (e *SpoolError) Error() string { return fmt.Sprintf("%s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *SpoolError) Unwrap() error { return e.Err }
