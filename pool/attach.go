package pool

import (
	"errors"
	"os"
)

// filesAtOnce is how many files go with one frame: what one read can bring, see
// oobSpace.
const filesAtOnce = 16

var (
	errNoFiles  = errors.New("pool: this function is not run by a pool that takes files: see Options.Files")
	errAttached = errors.New("pool: the task has a file attached already")
	// errFileLost is the error of an answer whose file the system has dropped on
	// its way.
	errFileLost = errors.New("pool: the file that belongs to the answer did not arrive: too many open files in this process")
)

// attacher is a Lease whose answer can have an open file beside it.
type attacher interface{ attach(f *os.File) error }

// Attach hands an open file back beside the task's answer: what is in it need not
// be encoded, nor fit into memory. It arrives in Answer.File, with its offset as it
// is here, also when the function fails afterwards. One file can go with an answer.
//
// f belongs to the pool from here on, whatever comes of it: it is closed in this
// process. The error is that of a second file, or tells that nobody would take one:
// that Options.Files is 0, or that a Process runs the function.
func (j Job[T]) Attach(f *os.File) error {
	l, ok := j.lease.(attacher)
	if !ok {
		f.Close()
		return errNoFiles
	}
	return l.attach(f)
}

// attach implements attacher.
func (l *socketLease) attach(f *os.File) error {
	l.c.mu.Lock()
	defer l.c.mu.Unlock()
	err := errAttached
	switch {
	case !l.c.takesFiles:
		err = errNoFiles
	case l.file == nil:
		l.file = f
		return nil
	}
	f.Close()
	return err
}

// attachment is a file on its way, with the task whose answer it belongs to.
type attachment struct {
	task uint64
	file *os.File
}

// sendAttachments sends files ahead of their answers, and closes them in any case.
func (s *socket) sendAttachments(all []attachment) (err error) {
	for len(all) > 0 {
		n := min(len(all), filesAtOnce)
		if err == nil {
			err = s.sendFiles(attachedFrame(all[:n]), filesOf(all[:n])...)
		}
		for _, a := range all[:n] {
			a.file.Close()
		}
		all = all[n:]
	}
	return err
}

func attachedFrame(all []attachment) []byte {
	out := beginFrame(nil, frameAttached)
	for _, a := range all {
		out = appendUints(out, a.task)
	}
	return endFrame(out, 0)
}

// takeAttached books the files that have come with a frame. One that is missing has
// found no place among this process's open files.
func (w *worker) takeAttached(ids []uint64, files []*os.File) {
	p := w.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	w.sawSign()
	for i, id := range ids {
		l := w.holding.byID[id]
		switch {
		case i >= len(files):
			if l != nil {
				l.fileLost = true
			}
		case l == nil || l.file != nil || p.opts.Files == 0:
			files[i].Close()
		default:
			l.file = files[i]
		}
	}
	for _, f := range files[min(len(ids), len(files)):] {
		f.Close()
	}
}

// takeFile takes a lease's file off it, nil if there is none.
func (l *lease) takeFile() *os.File {
	f := l.file
	l.file, l.fileLost = nil, false
	return f
}

// dropFile closes a lease's file, if it has one: its answer will not come, or is
// not wanted.
func (l *lease) dropFile() { closeFile(l.takeFile()) }

func closeFile(f *os.File) {
	if f != nil {
		f.Close()
	}
}

// dropFiles closes the files of answers that nobody has taken.
func dropFiles(answers []finished) {
	for i := range answers {
		closeFile(answers[i].file)
		answers[i].file = nil
	}
}

func filesOf(all []attachment) []*os.File {
	files := make([]*os.File, len(all))
	for i, a := range all {
		files[i] = a.file
	}
	return files
}
