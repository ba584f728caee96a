// Package output opens the files that records are written to, and closes them:
// what a name means, what may be replaced or continued, how long a file is whose
// records are safe. What records look like is the business of package results.
package output

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"scrape/results"
	"scrape/scraper/directory"
)

// Mode says what becomes of a file that exists already.
type Mode int

const (
	Create    Mode = iota // it is refused
	Begin                 // it is refused, unless it is empty: a run was killed before it had remembered anything
	Overwrite             // it is emptied
	Append                // records go behind those in it, which must be whole and of the same kind
	Resume                // it is cut to Options.Position, and written on from there
)

// Options say what an output is.
type Options struct {
	// Name is that of a file. "", "-" and "/dev/stdout" mean Stdout, which is
	// written to as it is, whatever the Mode.
	Name   string
	Stdout *os.File
	// Format and Compression are what Choose says.
	Format      results.Format
	Compression results.Compression
	Mode        Mode
	Position    int64 // for Resume: what Output.Position said, and Persist made safe
	Base        int64 // for Resume: what Output.Position said when the run began
	NoResume    bool  // who is refused a file that exists cannot resume a run instead
	// Lists are the files that are read in the meantime. None of them is written
	// to; nil entries are left out.
	Lists []fs.FileInfo
	Look  Look
}

// Look says how records look, beyond the format. What is for another format
// than the output's does not matter.
type Look struct {
	Quiet      bool // text on stdout: failures only
	Template   *results.Template
	Projection *results.Projection
	Columns    results.Columns
	Defuse     bool
	Data       []results.Column // of Parquet: members of data with a column of their own
	Version    string           // of the program, for formats that say who wrote them
	Command    string           // that the program was given, likewise, without secrets
	Started    time.Time        // when the run began
}

// Output is one place that records go to. Sink, Abandon and Close are for one
// goroutine; the rest may be called at any time from any.
type Output struct {
	o        Options
	name     string // of the file that is open, for messages
	target   string // what it is for; another one for Parquet
	file     *os.File
	info     fs.FileInfo // of the file as it was opened
	stdout   bool
	created  bool // the file was not there before
	sink     results.Sink
	position atomic.Int64 // -1: not to be cut
	once     sync.Once    // of the directory's fsync
	unfit    map[string]int64

	mu   sync.Mutex
	end  int64   // length of what was written; counted for regular files only
	last int64   // of a web archive: where the newest write begins that begins with a record
	pack *packer // nil: not compressed
	err  error   // the first failure to write
}

// Name is what messages call the output: stdout, or the file's name.
func (o *Output) Name() string { return o.target }

// File is what records are written to, until Finish: another file than Name for Parquet.
func (o *Output) File() string { return o.name }

// Stdout tells whether it is the process's own output.
func (o *Output) Stdout() bool { return o.stdout }

// Format is that of the Options.
func (o *Output) Format() results.Format { return o.o.Format }

// IsTerminal tells whether a person looks at the records as they come.
func (o *Output) IsTerminal() bool { return term.IsTerminal(int(o.file.Fd())) }

// IsPipe tells whether another program takes the records.
func (o *Output) IsPipe() bool { return o.info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0 }

// Position is the length that the file had after the last Sync of the Sink: cut
// to it, the file is whole. Of a database it is the id of the last record. It is -1 for what cannot be cut: stdout, and whatever
// is no regular file.
func (o *Output) Position() int64 { return o.position.Load() }

// Persist returns when what was synced before is on the disk, and the file's name
// in its directory too (fsync). Others may write meanwhile. It does nothing for
// what has no Position.
func (o *Output) Persist() error {
	if o.Position() < 0 {
		return nil
	}
	if _, ok := o.sink.(*database); !ok {
		if err := o.file.Sync(); err != nil {
			return o.failed(err)
		}
	}
	var err error
	o.once.Do(func() { err = directory.Sync(filepath.Dir(o.name)) })
	if err != nil {
		return o.failed(err)
	}
	return nil
}

// Abandon closes an output that was never written to, and leaves the directory as
// it was.
func (o *Output) Abandon() {
	if o.stdout {
		return
	}
	if o.created {
		if now, err := os.Lstat(o.name); err == nil && os.SameFile(now, o.info) {
			_ = os.Remove(o.name)
		}
	}
	_ = o.file.Close()
}

// Close closes the Sink, and the file unless that is stdout. The error names the
// output. Closing again does nothing but repeat it.
func (o *Output) Close() error {
	if o.sink != nil {
		if err := o.sink.Close(); err != nil {
			if !o.stdout {
				_ = o.file.Close()
			}
			return err
		}
	}
	if o.stdout {
		return nil
	}
	if err := o.file.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
		return o.failed(err)
	}
	return nil
}

// Write writes whole records, or to stdout whatever else belongs there; it is
// what the Sink does, and to be mixed with that by nobody. Errors are *Error or
// ErrStdoutClosed, and final.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return 0, o.err
	}
	if o.pack != nil {
		return len(p), o.pack.add(p, o.write)
	}
	return o.write(p)
}

// settle has everything written, a member of compressed data ended, and the
// position moved behind it. With the last of it, compressed data is not left without
// a member: no reader would take it.
func (o *Output) settle(last bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	if o.pack != nil {
		if err := o.pack.end(o.write, last && o.end == 0); err != nil {
			return err
		}
	}
	if o.position.Load() >= 0 {
		o.position.Store(o.end)
	}
	return nil
}

// beginsMember tells whether a write begins with a record of a web archive: each is a
// member of gzip, packed fast, without a name (RFC 1952, section 2.3), and begins a
// write, alone or with others behind it. The six bytes that are the same in all of them
// are at the beginning of a later piece of one by a chance of 1 in 2^48.
func beginsMember(p []byte) bool {
	return len(p) >= 10 && string(p[:4]) == "\x1f\x8b\x08\x00" && string(p[8:10]) == "\x04\xff"
}

// write writes to the file. The lock is held.
func (o *Output) write(p []byte) (int, error) {
	if o.o.Format == results.WARC && beginsMember(p) {
		o.last = o.end
	}
	n, err := o.file.Write(p)
	o.end += int64(n)
	if err != nil {
		o.dropPart(p[:n])
		o.err = o.failed(err)
	}
	return n, o.err
}

// dropPart takes the beginning of a record off the file again, when there was
// no room for all of it: what is written is whole. Stdout may be shared: what
// others wrote behind it stays, and whoever writes next does so where it ended.
func (o *Output) dropPart(written []byte) {
	part := int64(len(written) - o.whole(written))
	if o.o.Format == results.WARC {
		part = o.end - max(o.last, o.position.Load()) // a large one comes in pieces
	}
	end, err := o.file.Seek(0, io.SeekCurrent)
	if err != nil || part <= 0 {
		return // a pipe or a terminal has nothing to cut
	}
	info, err := o.file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() != end {
		return
	}
	if o.file.Truncate(end-part) == nil {
		_, _ = o.file.Seek(end-part, io.SeekStart)
		o.end -= part
	}
}

// whole is how much of the beginning of a write is whole records, as far as their
// bytes tell.
func (o *Output) whole(p []byte) int {
	switch {
	case o.pack != nil || o.o.Format == results.Text && o.o.Look.Template != nil:
		return 0 // the end of a record looks like anything else
	case o.o.Format == results.CSV || o.o.Format == results.TSV:
		return lastRow(p)
	}
	return lastLine(p)
}
