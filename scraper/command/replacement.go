package command

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// replacing says how a file is replaced as a whole or not at all.
type replacing struct {
	prefix string      // of what is beside it until then
	mode   fs.FileMode // its permissions, as far as the umask and the file before leave them
	lost   string      // the hint where it could not be
}

// replacement is a file that takes the place of another once it is complete.
type replacement struct {
	replacing
	name    string
	file    *os.File
	special bool
}

// isSpecial tells a device or a pipe, which is opened once and written to as it
// is.
func isSpecial(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir() && !info.Mode().IsRegular()
}

// create makes a file beside that which it is to replace.
func (how replacing) create(name string) (*replacement, error) {
	mode := how.mode
	if info, err := os.Stat(name); err == nil {
		if info.IsDir() {
			return nil, local(name, errors.New("is a directory"), "name a file in it")
		}
		mode &= info.Mode().Perm()
	}
	if isSpecial(name) {
		file, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, local(name, err, "")
		}
		return &replacement{how, name, file, true}, nil
	}
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target // which the link goes on to lead to
	}
	dir := filepath.Dir(name)
	file, err := os.OpenFile(filepath.Join(dir, how.prefix+rand.Text()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, local(name, errors.New("no such directory"), "make it first: mkdir -p "+dir)
	}
	if err != nil {
		return nil, local(name, err, "")
	}
	return &replacement{how, name, file, false}, nil
}

// try finds out whether a file could be replaced, and does not do it.
// What is special is not opened: a pipe has a reader that takes its closing for the
// end.
func (how replacing) try(name string) error {
	if isSpecial(name) {
		return nil
	}
	r, err := how.create(name)
	if err != nil {
		return err
	}
	return r.discard()
}

// keep puts the file into its place.
func (r *replacement) keep() error {
	err := r.file.Close()
	if !r.special {
		if err == nil {
			err = os.Rename(r.file.Name(), r.name)
		}
		if err != nil {
			os.Remove(r.file.Name())
		}
	}
	if err != nil {
		return local(r.name, err, r.lost)
	}
	return nil
}

// fill keeps what write writes, or leaves the other file as it was.
func (r *replacement) fill(write func(io.Writer) error) error {
	if err := write(r.file); err != nil {
		return errors.Join(local(r.name, err, r.lost), r.discard())
	}
	return r.keep()
}

// discard leaves the other file as it was.
func (r *replacement) discard() error {
	err := r.file.Close()
	if !r.special {
		err = errors.Join(err, os.Remove(r.file.Name()))
	}
	if err != nil {
		return local(r.name, err, "")
	}
	return nil
}
