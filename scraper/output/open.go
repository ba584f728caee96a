package output

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"scrape/results"
)

// waysOut are what there is to do about a file that exists.
func (o *Output) waysOut() string {
	ways := "to replace it: --overwrite"
	if o.o.Format != results.Parquet {
		ways += "\nto write behind what is in it: --append"
		if o.o.Mode == Begin {
			ways += " instead of --resume"
		}
	}
	if o.o.Mode != Begin && !o.o.NoResume {
		ways += "\nto finish a run that was interrupted: --resume"
	}
	return ways
}

// Where there is nothing to resume, a run may begin, but not in a file that has
// something in it.
const nothingToResume = "exists already, and there is no journal of a run that wrote it"

// OpenAll opens several outputs, none of them twice, or none at all: after an
// error nothing is created, emptied or cut.
func OpenAll(all []Options) ([]*Output, error) {
	var open []*Output
	abandon := func(err error) ([]*Output, error) {
		for _, o := range open {
			o.Abandon()
		}
		return nil, err
	}
	names := make(map[string]bool)
	for _, options := range all {
		name := options.Name
		if IsStdout(name) {
			name = "stdout"
		} else if path, err := filepath.Abs(name); err == nil {
			name = path
		}
		if names[name] {
			return nil, refused(showName(options.Name), "is given twice", "")
		}
		names[name] = true
	}
	for _, options := range all {
		o, err := Open(options)
		if err != nil {
			return abandon(sameAs(open, err))
		}
		for _, other := range open {
			if o.info.Mode().IsRegular() && os.SameFile(o.info, other.info) {
				o.Abandon()
				return abandon(refused(o.name, "is the same file as "+other.name, ""))
			}
		}
		open = append(open, o)
	}
	return open, nil
}

// sameAs is what there is to say where a file is refused that exists because another
// output has just made it, under another name.
func sameAs(open []*Output, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.Refused {
		return err
	}
	info, statErr := os.Stat(e.Name)
	if statErr != nil || !info.Mode().IsRegular() {
		return err
	}
	for _, other := range open {
		if os.SameFile(info, other.info) {
			return refused(e.Name, "is the same file as "+other.name, "")
		}
	}
	return err
}

// Beside are the names of the files that an output of a format keeps beside its own.
func Beside(name string, format results.Format) []string {
	switch format {
	case results.Parquet:
		return []string{spoolName(name), besideName(resolved(name))}
	case results.SQLite:
		return besideDatabase(name)
	}
	return nil
}

// IsStdout tells the names that mean stdout.
func IsStdout(name string) bool { return name == "" || name == "-" || name == "/dev/stdout" }

func showName(name string) string {
	if IsStdout(name) {
		return "stdout"
	}
	return name
}

// Open opens an output, and refuses what the Options do not allow; the error is
// an *Error. What is in a file stays as it is until Sink is called.
func Open(options Options) (*Output, error) {
	o := &Output{o: options, name: showName(options.Name), stdout: IsStdout(options.Name), pack: newPacker(options.Compression)}
	o.target = o.name
	o.position.Store(-1)
	if options.Format == results.Parquet {
		o.name = spoolName(o.name)
		if err := o.checkTarget(); err != nil {
			return nil, err
		}
	}
	if options.Format == results.SQLite && o.stdout {
		return nil, refused(o.name, "a database cannot be written there", "name a file")
	}
	if o.stdout {
		o.file = options.Stdout
		info, err := o.file.Stat()
		if err != nil {
			return nil, unopened(o.name, err, "")
		}
		if info.Mode().IsRegular() && isList(info, options.Lists) {
			return nil, refused(o.name, "is the list itself", "")
		}
		o.info = info
		return o, nil
	}
	file, err := os.OpenFile(o.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	o.created = err == nil
	if errors.Is(err, fs.ErrExist) {
		file, err = o.openExisting()
	}
	if _, told := errors.AsType[*Error](err); told {
		return nil, err
	}
	if err == nil {
		o.file = file
		if o.info, err = file.Stat(); err != nil {
			file.Close()
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		missing, hint := errors.New("no such directory"), "make it first: mkdir -p "+filepath.Dir(o.name)
		if _, err := os.Lstat(o.name); err == nil {
			missing, hint = errDangling, danglingHint
		}
		return nil, unopened(o.name, missing, hint)
	case err != nil:
		return nil, unopened(o.name, err, "choose another place with --output")
	}
	if o.info.Mode().IsRegular() {
		o.position.Store(0)
		if err := o.check(); err != nil {
			o.Abandon()
			return nil, err
		}
	}
	if o.o.Mode == Begin {
		o.o.Mode = Create // it is as if the file had not been there
	}
	return o, nil
}

// A link that leads nowhere is not followed: nobody knows whether it was to.
var errDangling = errors.New("is a symbolic link to a file that does not exist")

const danglingHint = "remove it, or make its target"

// resolved is the file that a name leads to, which is to be replaced, not the link.
func resolved(name string) string {
	if path, err := filepath.EvalSymlinks(name); err == nil {
		return path
	}
	return name
}

func (o *Output) openExisting() (*os.File, error) {
	info, err := os.Stat(o.name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() && o.o.Format == results.SQLite {
		return nil, refused(o.name, "is no regular file", "name one")
	}
	if info.Mode().IsRegular() {
		if isList(info, o.o.Lists) {
			return nil, refused(o.name, "is the list itself", "")
		}
		switch {
		case o.o.Mode == Create:
			return nil, refused(o.name, "exists already", o.waysOut())
		case o.o.Mode == Begin && info.Size() > 0:
			return nil, refused(o.name, nothingToResume, o.waysOut())
		}
	}
	return os.OpenFile(o.name, os.O_WRONLY, 0)
}

func isList(info fs.FileInfo, lists []fs.FileInfo) bool {
	return slices.ContainsFunc(lists, func(list fs.FileInfo) bool { return list != nil && os.SameFile(list, info) })
}

// check finds out where in a regular file the first record goes, and whether it
// may go there.
func (o *Output) check() error {
	if o.o.Format == results.SQLite {
		return o.checkDatabase()
	}
	size := o.info.Size()
	switch o.o.Mode {
	case Append:
		if err := o.checkWhole(); err != nil {
			return err
		}
		o.position.Store(size)
	case Resume:
		if size < o.o.Position {
			return isShorter(o.name)
		}
		o.position.Store(o.o.Position)
	}
	return nil
}

// isShorter is the error of a file that was cut since, or is another.
func isShorter(name string) *Error {
	e := refused(name, "has less in it than the run to be resumed had written", "bring it back, or start afresh: --resume --overwrite")
	e.Lost = true
	return e
}

// CheckComplete tells whether an output of a run that came to its end still has what was
// written: where it is gone, or a file whose position is a length is shorter than that,
// the error is an *Error that is Lost.
func CheckComplete(o Options, position int64) error {
	info, err := os.Stat(o.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return isShorter(o.Name)
	case err != nil:
		return unopened(o.Name, err, "")
	case o.Format != results.SQLite && o.Format != results.Parquet && info.Size() < position:
		return isShorter(o.Name)
	}
	return nil
}

// prepare empties or cuts a regular file as its Mode says.
func (o *Output) prepare() error {
	start := o.Position()
	if start < 0 {
		return nil
	}
	if o.o.Format == results.SQLite && o.o.Mode != Create && o.o.Mode != Overwrite {
		return nil
	}
	if o.o.Mode != Append {
		if err := o.file.Truncate(start); err != nil {
			return o.failed(err)
		}
	}
	if _, err := o.file.Seek(start, io.SeekStart); err != nil {
		return o.failed(err)
	}
	o.end = start
	return nil
}
