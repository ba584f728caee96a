package output

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"scrape/results"
	"scrape/results/parquet"
	"scrape/scraper/directory"
)

// spoolName is where the records of a file are kept that can only be written once
// all are known: JSON Lines beside it.
func spoolName(name string) string { return name + ".jsonl" }

// besideName is where such a file is made that is to take its place.
func besideName(target string) string {
	return filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+".new")
}

// Finish makes the file of a format that has its end last, once the run has come to
// its own: Parquet. It appears whole or not at all. The Sink must be closed; other
// formats have nothing left to do. Where the context ends first, the error is its cause.
func (o *Output) Finish(ctx context.Context) error {
	if o.o.Format != results.Parquet {
		return nil
	}
	spool, err := os.Open(o.name)
	if err != nil {
		return o.failed(err)
	}
	defer spool.Close()
	target := resolved(o.target)
	beside := besideName(target)
	_ = os.Remove(beside) // of a run that was killed
	file, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return unopened(o.target, err, "")
	}
	defer os.Remove(beside) // where it was not renamed
	err = func() error {
		w := bufio.NewWriterSize(file, 1<<20)
		built, err := parquet.Build(ctx, w, spool, parquet.Options{Data: o.o.Look.Data, Version: o.o.Look.Version})
		if err != nil {
			return err
		}
		o.unfit = built.Unfit
		if err := w.Flush(); err != nil {
			return err
		}
		if err := file.Chmod(o.info.Mode().Perm()); err != nil {
			return err
		}
		return file.Sync()
	}()
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(beside, target)
	}
	if err == nil {
		err = directory.Sync(filepath.Dir(target))
	}
	if errors.Is(err, context.Canceled) {
		return context.Cause(ctx)
	}
	if err != nil {
		e := o.failed(err)
		if told, ok := errors.AsType[*Error](e); ok {
			told.Name = o.target
			told.Hint = "its records are whole in " + o.name
		}
		return e
	}
	return nil
}

// Unfit counts, by the name of a member of data, the values that are not of the type of
// its column, and stand in the column data alone. Finish finds them.
func (o *Output) Unfit() map[string]int64 { return o.unfit }

// Tidy removes what is of no use once a run is known to be complete.
func (o *Output) Tidy() { TidyAll([]Options{o.o}) }

// TidyAll does so for outputs of a run that came to its end before.
func TidyAll(all []Options) {
	for _, o := range all {
		if o.Format == results.Parquet && !IsStdout(o.Name) {
			_ = os.Remove(spoolName(o.Name))
		}
	}
}

// checkTarget refuses a Parquet file that may not be written, before its spool is
// opened.
func (o *Output) checkTarget() error {
	if o.stdout {
		return refused(o.target, "Parquet cannot be written there", "name a file")
	}
	if o.o.Mode == Append {
		return refused(o.target, "a Parquet file cannot be written behind", "write to another file, and read both")
	}
	info, err := os.Stat(o.target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(o.target); err == nil {
			return unopened(o.target, errDangling, danglingHint)
		}
		if _, err := os.Stat(o.name); err == nil && o.o.Mode == Create {
			return refused(o.name, "a run that was interrupted has left it", o.waysOut())
		}
		return nil
	case err != nil:
		return unopened(o.target, err, "")
	case !info.Mode().IsRegular():
		return refused(o.target, "is no regular file", "name one")
	case isList(info, o.o.Lists):
		return refused(o.target, "is the list itself", "")
	case o.o.Mode == Create:
		return refused(o.target, "exists already", o.waysOut())
	case o.o.Mode == Begin && info.Size() > 0:
		return refused(o.target, nothingToResume, o.waysOut())
	}
	return nil
}
