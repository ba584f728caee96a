// Package journal remembers what a run has done, so that the same command can
// finish what was interrupted, by whatever it was: over all runs together every
// line gets exactly one record.
//
// A journal is a file beside the run's first output, for which Path has the name.
// It says which lists the run reads, what was asked for and where the records go;
// then, in groups, which lines are done and how long each output was when they were.
// A Sink writes it: it gives records to the outputs, and at most a second after a
// record it makes the outputs durable first and then the group that says so. On
// resuming, each output is cut back to its Position, and the lines that are Done are
// passed over. What is at the file's end and was not written whole does not count.
//
// The order in which a run begins matters. It locks its outputs (package lock),
// makes the journal, and only then empties or extends an output: whenever it is
// killed, the journal says no more than what is there.
package journal

import (
	"cmp"
	"io"
	"os"
	"path/filepath"
	"slices"

	"scrape/results"
	"scrape/scraper/directory"
	"scrape/scraper/lineset"
)

// Path is the name of the journal for an output.
func Path(output string) string { return output + ".journal" }

// Files are the names of all that there can be of a journal for an output and so many
// lists: the journal, what is to take its place, and the copies of streams.
func Files(output string, lists int) []string {
	path := Path(output)
	names := []string{path, besidePath(path), stdinPath(path)}
	for list := range lists {
		names = append(names, listPath(path, list))
	}
	return names
}

// besidePath is where a journal is written that is to take another's place.
func besidePath(path string) string { return path + ".new" }

// file is what is written to.
type file interface {
	io.Writer
	Sync() error
	Close() error
}

// Journal is an open journal. What it tells of earlier runs stays the same while
// this one goes on. One goroutine at a time may use Done, and another the Sink.
type Journal struct {
	path string
	head Head
	file file
	sum  uint32 // of the last frame

	// Of earlier runs.
	done      lineset.Set
	carried   *stock // nil where nothing was done of another list
	before    results.Tally
	positions []int64
	paused    bool
	complete  bool

	copied bool     // streams have copies of the run that is resumed
	spools []*spool // by the list's number; nil for what is none
	marks  []mark   // as they stand in the file, one for each stream
	total  results.Tally
}

// Create makes a journal in the place of any that was there, also where the
// machine fails half-way: then there is the old one or the new one. Errors name
// the file.
func Create(path string, h Head) (*Journal, error) {
	sum, err := replace(path, func(w *frameWriter) error { return w.frame(h.append(nil)) })
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, err
	}
	j := &Journal{path: path, head: h, file: f, sum: sum}
	j.begin()
	return j, nil
}

// begin is where things stand before the first entry.
func (j *Journal) begin() {
	for _, o := range j.head.Outputs {
		j.positions = append(j.positions, o.Base)
	}
	j.marks = make([]mark, j.head.streams())
	j.spools = make([]*spool, len(j.head.Lists))
}

// Open opens a journal to go on with, and cuts off what was not written whole. The
// error matches fs.ErrNotExist where there is none; it can be a *CorruptError, when
// the head cannot be read, or a *VersionError. Any other is the file's.
func Open(path string) (*Journal, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	j := &Journal{path: path, file: f, copied: true}
	if err := j.resume(f); err != nil {
		f.Close()
		return nil, err
	}
	return j, nil
}

// resume reads the file, and leaves it ready to be gone on with.
func (j *Journal) resume(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	end, err := j.read(f, info.Size())
	if err != nil {
		return err
	}
	if info.Size() > end {
		if err := f.Truncate(end); err != nil {
			return err
		}
	}
	_, err = f.Seek(end, io.SeekStart)
	return err
}

// read reads a journal of so many bytes, and returns where the last entry that counts
// ends.
func (j *Journal) read(from io.Reader, size int64) (end int64, err error) {
	r, err := readFrames(from, size, j.path)
	if err != nil {
		return 0, err
	}
	content, err := r.next()
	if err != nil && err != io.EOF {
		return 0, err
	}
	var ok bool
	if j.head, ok = parseHead(content); !ok || err != nil {
		return 0, &CorruptError{Path: j.path}
	}
	j.begin()
	end, j.sum = r.end, r.sum
	var carried []uint64
	for !j.complete {
		content, err := r.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return 0, err
		}
		e, kind, ok := parseEntry(content)
		if !ok || len(e.positions) != len(j.positions) || len(e.marks) != len(j.marks) {
			break
		}
		end, j.sum = r.end, r.sum
		for _, l := range e.lines {
			if kind == doneFrame {
				j.done.Add(l.seq)
			} else {
				carried = append(carried, l.key)
			}
		}
		j.before.Join(&e.tally)
		j.positions, j.marks = e.positions, e.marks
		j.paused, j.complete = kind == pausedFrame, kind == completeFrame
	}
	if carried != nil {
		j.carried = newStock(carried)
	}
	j.total = j.before
	return end, nil
}

// Check tells whether the journal is about the same run as h. The error is, in this
// order, an *OutputsError, an *AskedError or a *ChangedError. Nothing is known of
// the content of a stream before it is read: see Spool.
func (j *Journal) Check(h Head) error {
	if how := differentOutputs(h.Outputs, j.head.Outputs); how != "" {
		return &OutputsError{Path: j.path, How: how}
	}
	if h.Asked != j.head.Asked {
		return &AskedError{Path: j.path}
	}
	return changed(h.Lists, j.head.Lists)
}

// Run is the number of the run that the journal is about, as its Head had it.
func (j *Journal) Run() uint64 { return j.head.Run }

// Completed tells that an earlier run came to its end.
func (j *Journal) Completed() bool { return j.complete }

// Paused tells that the earlier run, or the last of them, was ended by Pause.
func (j *Journal) Paused() bool { return j.paused }

// Positions tell how long each output is, in bytes, up to where it agrees with
// what is done. Any more of it was written, but is not remembered.
func (j *Journal) Positions() []int64 { return slices.Clone(j.positions) }

// Bases tell how long each output was before the first record of the run.
func (j *Journal) Bases() (all []int64) {
	for _, o := range j.head.Outputs {
		all = append(all, o.Base)
	}
	return all
}

// Tally counts the records of earlier runs.
func (j *Journal) Tally() results.Tally { return j.before }

// Done tells whether an earlier run has done a line, given its number and the key
// of what it asks for, as in list.Item. After Merge, a line of the list as it was
// stands for one of the list as it is: so ask once for each, in their order.
func (j *Journal) Done(seq int64, key uint64) bool {
	return j.done.Has(seq) || j.carried != nil && j.carried.take(key)
}

// append writes an entry, durably. After an error the journal must not be written
// to again: what was written of the entry is cut off by Open.
func (j *Journal) append(e *entry, kind byte) error {
	slices.SortFunc(e.lines, func(a, b line) int { return cmp.Compare(a.seq, b.seq) })
	frame, sum := appendFrame(nil, e.append(nil, kind), j.sum)
	if _, err := j.file.Write(frame); err != nil {
		return err
	}
	if err := j.file.Sync(); err != nil {
		return err
	}
	j.sum, j.marks = sum, e.marks
	j.total.Join(&e.tally)
	j.positions = e.positions
	return nil
}

// Pause says that the run was ended in order before its lists were, as whoever started
// it had wished, so that what it has written is all that was to be had of it. The Sink
// was closed without an error; the journal is to be closed. The error names the file.
func (j *Journal) Pause() error {
	return j.append(&entry{positions: j.positions, marks: j.marks}, pausedFrame)
}

// Continue says that a run that was paused goes on: of what it finds out from now on
// nobody may have heard when it is killed. It is to be called before the Sink is made, and
// does nothing where the run was not paused. The error names the file.
func (j *Journal) Continue() error {
	if !j.paused {
		return nil
	}
	j.paused = false
	return j.append(&entry{positions: j.positions, marks: j.marks}, doneFrame)
}

// Complete says that the run came to its end: every line of the lists is done, and
// the Sink was closed without an error. All that is left then is the head and that it
// is complete; the copies of streams are removed. Errors name the file.
func (j *Journal) Complete() error {
	end := &entry{positions: j.positions, marks: j.marks}
	if err := j.append(end, completeFrame); err != nil {
		return err
	}
	j.complete = true
	end.tally = j.total
	// A journal that is complete and long says the same. That it could not be made
	// short is no reason to call a run failed in which all is done.
	_, _ = replace(j.path, func(w *frameWriter) error {
		if err := w.frame(j.head.append(nil)); err != nil {
			return err
		}
		return w.frame(end.append(nil, completeFrame))
	})
	for i, l := range j.head.Lists {
		if l.Stream {
			_ = os.Remove(j.spoolPath(i)) // nor is this
		}
	}
	return nil
}

// Close closes the files. Nothing is written by it: what the Sink has not made
// durable is not remembered.
func (j *Journal) Close() error {
	for _, s := range j.spools {
		if s != nil {
			s.closeFile()
		}
	}
	return j.file.Close()
}

// frameWriter writes frames one after the other.
type frameWriter struct {
	w   io.Writer
	sum uint32
}

func (w *frameWriter) frame(content []byte) (err error) {
	frame, sum := appendFrame(nil, content, w.sum)
	w.sum = sum
	_, err = w.w.Write(frame)
	return err
}

// replace writes a journal beside the one that is there, and puts it in its place
// when it is whole and durable. It returns the sum of the last frame. Whoever may
// use the outputs may not be the only one who may write to their directory: a link
// that stands in the way is not followed.
func replace(path string, write func(*frameWriter) error) (sum uint32, err error) {
	beside := besidePath(path)
	_ = os.Remove(beside) // of a run that was killed
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	w := &frameWriter{w: f}
	_, err = io.WriteString(f, firstLine)
	if err == nil {
		err = write(w)
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(beside, path)
	}
	if err != nil {
		_ = os.Remove(beside)
		return 0, err
	}
	return w.sum, directory.Sync(filepath.Dir(path))
}
