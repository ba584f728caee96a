package output

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// Error is why records cannot go somewhere.
type Error struct {
	Name string // of the file, or "stdout"
	Err  error  // without operation and name
	Hint string // what to do about it; "" when there is nothing to say
	// Refused says that it was asked for wrongly; otherwise this machine failed.
	Refused bool
	// Unwritten says that records are lost: the file was open.
	Unwritten bool
	// Lost says that a file to be resumed has not what it had.
	Lost bool
}

// Error names the output and what is wrong.
func (e *Error) Error() string { return e.Name + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// ErrStdoutClosed is the end of a run whose reader has left, as in `| head`.
var ErrStdoutClosed = errors.New("stdout was closed")

// refused is a mistake of whoever asked for the output.
func refused(name, text, hint string) *Error {
	return &Error{Name: name, Err: errors.New(text), Hint: hint, Refused: true}
}

// unopened is something this machine failed at before anything was written.
func unopened(name string, err error, hint string) *Error {
	return &Error{Name: name, Err: bare(err), Hint: hint}
}

// failed is the error of a write as the user reads it.
func (o *Output) failed(err error) error {
	if o.stdout && errors.Is(err, syscall.EPIPE) {
		return ErrStdoutClosed
	}
	hint := ""
	if isFull(err) {
		hint = "make room, or write elsewhere with --output"
	}
	return &Error{Name: o.name, Err: bare(err), Hint: hint, Unwritten: true}
}

// bare is an error of the operating system without operation and path.
func bare(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
