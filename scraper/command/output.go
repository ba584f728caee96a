package command

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"golang.org/x/term"

	"scrape/results"
)

// output is where records go, and how they look there.
type output struct {
	name   string // for messages; "stdout" or the file's
	flag   string // how messages name the flag, or the variable, that gave it
	file   *os.File
	stdout bool
	format results.Format
}

const formatHint = "known are .jsonl, .ndjson and .txt; for another name: --format text or --format jsonl"

// chooseOutput decides where records go and in which format, before anything
// is opened.
func (s *settings) chooseOutput(found func(name string) (called string, byFlag bool)) (*output, error) {
	format := s.format
	called, byFlag := found("format")
	chosenBy := called + " " + string(format)
	if jsonl, jsonlByFlag := found("jsonl"); s.jsonl && (jsonlByFlag || !byFlag) {
		if format == results.Text && jsonlByFlag == byFlag {
			return nil, usage("", "%s and %s contradict each other", jsonl, chosenBy)
		}
		format, chosenBy, byFlag = results.JSONL, jsonl, jsonlByFlag
	}
	o := &output{name: s.output, format: format}
	o.flag, _ = found("output")
	switch s.output {
	case "", "-", "/dev/stdout":
		o.name, o.stdout = "stdout", true
	}
	info, err := os.Stat(s.output)
	extension, known := results.FormatOf(s.output)
	switch {
	case o.stdout:
	case err == nil && info.IsDir():
		return nil, local(s.output, errors.New("is a directory"), "name a file in it, such as "+filepath.Join(s.output, "out.jsonl"))
	case known && format != "" && format != extension && byFlag:
		return nil, usage("the extension says "+string(extension), "%s %q: contradicts %s", o.flag, redacted(s.output), chosenBy)
	case known && !byFlag:
		o.format = extension
	case format == "" && (err != nil || info.Mode().IsRegular()): // the name of a device or a pipe says nothing
		if ext := filepath.Ext(s.output); ext != "" {
			return nil, usage(formatHint, "%s %q: no format has the extension %s", o.flag, redacted(s.output), ext)
		}
		return nil, usage(formatHint, "%s %q: has no extension to tell the format", o.flag, redacted(s.output))
	}
	if o.format == "" {
		o.format = results.Text
	}
	return o, nil
}

// open opens the output. A regular file that exists is emptied only when that
// is wanted, and never when it is one of the lists.
func (o *output) open(stdout *os.File, overwrite bool, lists []input) error {
	if o.stdout {
		o.file = stdout
		if info, err := stdout.Stat(); err == nil && info.Mode().IsRegular() && isList(info, lists) {
			return usage("", "stdout: is the list itself")
		}
		return nil
	}
	f, err := os.OpenFile(o.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		f, err = o.openExisting(overwrite, lists)
	}
	_, told := errors.AsType[*failure](err)
	switch {
	case told:
		return err
	case errors.Is(err, fs.ErrNotExist):
		missing, hint := errors.New("no such directory"), "make it first: mkdir -p "+filepath.Dir(o.name)
		if _, err := os.Lstat(o.name); err == nil {
			missing, hint = errors.New("is a symbolic link to a file that does not exist"), "remove it, or make its target"
		}
		return local(o.name, missing, hint)
	case err != nil:
		return local(o.name, err, "choose another place with --output")
	}
	o.file = f
	return nil
}

func (o *output) openExisting(overwrite bool, lists []input) (*os.File, error) {
	info, err := os.Stat(o.name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return os.OpenFile(o.name, os.O_WRONLY, 0)
	}
	if isList(info, lists) {
		return nil, usage("", "%s %q: is the list itself", o.flag, redacted(o.name))
	}
	if !overwrite {
		return nil, usage("to replace it: --overwrite", "%s %q: exists already", o.flag, redacted(o.name))
	}
	return os.OpenFile(o.name, os.O_WRONLY|os.O_TRUNC, 0o666)
}

func isList(info fs.FileInfo, lists []input) bool {
	return slices.ContainsFunc(lists, func(in input) bool { return in.info != nil && os.SameFile(in.info, info) })
}

// close closes a file; stdout stays open.
func (o *output) close() error {
	if o.stdout {
		return nil
	}
	if err := o.file.Close(); err != nil {
		return o.failed(err)
	}
	return nil
}

// Write implements io.Writer; its errors name the output.
func (o *output) Write(p []byte) (int, error) {
	n, err := o.file.Write(p)
	if err != nil {
		o.dropPart(p[:n])
		err = o.failed(err)
	}
	return n, err
}

// dropPart takes the beginning of a record off the file again, when there was
// no room for all of it: what is written is whole. Stdout may be shared: what
// others wrote behind it stays, and whoever writes next does so where it ended.
func (o *output) dropPart(written []byte) {
	part := int64(len(written) - 1 - bytes.LastIndexByte(written, '\n'))
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
	}
}

// failed is the error of a write as the user reads it.
func (o *output) failed(err error) error {
	if o.stdout && errors.Is(err, syscall.EPIPE) {
		return errStdoutClosed
	}
	hint := ""
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		hint = "make room, or write elsewhere with --output"
	}
	f := local(o.name, err, hint)
	f.unwritten = true
	return f
}

// sink makes the sink that writes to the output. onScreen says that the
// output shares a terminal with the bar. failed hears of the first failure.
func (o *output) sink(c *console, onScreen, quiet bool, failed func(error)) results.Sink {
	var w io.Writer = o
	if onScreen {
		w = screen{c, o}
	}
	batch := results.NewBatch(w, results.BatchOptions{Immediate: o.immediate(onScreen), Failed: failed})
	if o.format == results.JSONL {
		return results.NewJSONL(batch)
	}
	return results.NewText(batch, quiet && o.stdout)
}

// immediate tells whether records are written one at a time: on a terminal. With
// a bar below, they come in batches of a tenth of a second, so that each brings
// one new drawing of the bar.
func (o *output) immediate(onScreen bool) bool { return o.isTerminal() && !onScreen }

func (o *output) isTerminal() bool { return term.IsTerminal(int(o.file.Fd())) }

// isPipe tells whether another program takes the records.
func (o *output) isPipe() bool {
	info, err := o.file.Stat()
	return err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0
}

// screen writes above the progress bar.
type screen struct {
	console *console
	out     *output
}

func (s screen) Write(p []byte) (int, error) { return s.console.above(s.out, p) }
