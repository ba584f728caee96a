package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unicode"

	"scrape/scraper/weburl"
)

// failure is an error as its reader sees it: one line, lower case, then what
// to do about it.
type failure struct {
	code  int // the exit code it asks for
	text  string
	hint  string // "" when there is nothing to say
	cause error  // for errors.Is; its text is already in text
	// unwritten says that records could not be written.
	unwritten bool
	// lost says that an output to be resumed has not what it had.
	lost bool
	// open says that no password can be in the text, so that nothing in it is hidden.
	open bool
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.cause }

// usage is a mistake in how the program was called.
func usage(hint, format string, args ...any) *failure {
	return &failure{code: exitUsage, text: fmt.Sprintf(format, args...), hint: hint}
}

// badExtract is a mistake in a value of --extract, called as the user did. A field's
// rule is shown as it is: JSONPath and XPath have @ and colons, and no passwords.
func badExtract(called, value, text, hint string) *failure {
	if !isField(value) {
		return usage(hint, "%s %q: %s", called, redacted(value), text)
	}
	f := usage(hint, "%s %q: %s", called, value, text)
	f.open = true
	return f
}

// isField tells NAME=RULE from what cannot be meant as one, such as a URL.
func isField(value string) bool {
	name, _, found := strings.Cut(value, "=")
	return found && !strings.HasPrefix(name, "-") && !strings.ContainsAny(name, ":/@?")
}

// local is something this machine failed at; name says on what.
func local(name string, err error, hint string) *failure {
	err = bare(err)
	text := err.Error()
	if err == syscall.ENOENT {
		text = "no such file"
	}
	return &failure{code: exitLocal, text: weburl.HideLine(name) + ": " + text, hint: hint, cause: err}
}

// roomHint is what to do where a disk is full.
func roomHint(err error) string {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return "make room, or write elsewhere with --output"
	}
	return ""
}

// bare is an error of the operating system without operation and path, which
// the message has already.
func bare(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}

// printable shows a text from outside without its control characters, which
// must not reach a terminal.
func printable(s string) string {
	clean := func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) }
	if !strings.ContainsFunc(s, clean) {
		return s
	}
	quoted := strconv.Quote(s)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}
