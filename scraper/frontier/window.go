package frontier

import (
	"errors"
	"fmt"
	"io/fs"
)

// spillFactor is how many times the window may wait on disk.
const spillFactor = 16

// entrySize is the memory of a task that waits on disk: its place in its line and
// in the spill.
const entrySize = 32

// hasRoom tells whether one more task may be added. More than the window's memory
// is read only in search of a task that may start: a list in which there are
// always some never waits on disk.
func (f *Frontier[T]) hasRoom() bool {
	switch {
	case f.count == 0:
		return true
	case f.count >= f.opts.WindowLines, f.states >= maxStates && f.idle.oldest == nil:
		return false // those who are idle make room
	case !f.short():
		return true
	}
	return f.starving && !f.overgrown() && f.spill != nil && f.spill.err == nil && f.spill.live < int64(spillFactor*f.opts.Window)
}

// short tells whether the window's memory is used up, of which those who wait on
// disk need a little, too.
func (f *Frontier[T]) short() bool {
	most := f.opts.Window
	if f.spill != nil {
		most -= min(most/2, f.spill.waiting()*entrySize)
	}
	return f.bytes >= most
}

// overgrown tells whether tasks have outgrown the window by far.
func (f *Frontier[T]) overgrown() bool {
	if f.inFlight == 0 {
		return false
	}
	return f.bytes > 2*f.opts.Window || f.spill != nil && f.spill.live > int64(2*spillFactor*f.opts.Window)
}

// keep makes an entry of a task that waits: on disk when memory is short.
func (f *Frontier[T]) keep(t T) entry[T] {
	if f.short() && f.spill != nil && f.spill.err == nil {
		b, err := t.AppendBinary(f.encoding[:0])
		f.encoding = b[:0]
		if err == nil {
			r, ok := f.spill.put(b)
			f.tellSpill()
			if ok {
				return entry[T]{ref: r}
			}
		}
	}
	f.bytes += t.Size()
	return entry[T]{task: t}
}

// tellSpill tells, once, that what waits cannot be kept on disk any more. Nothing is
// lost by that: what is not on disk yet stays in memory, and less is read ahead.
func (f *Frontier[T]) tellSpill() {
	if f.spill.err == nil || f.spill.told {
		return
	}
	f.spill.told = true
	f.tell(Event{Kind: NoSpill, Text: fmt.Sprintf("%s: %v: lines that wait for their host's turn cannot be kept there, so the list is read ahead less far, and hosts further down may have to wait (TMPDIR names another folder)", f.opts.SpillDir, bare(f.spill.err))})
}

// bare is an error of the operating system without operation and path: the file has
// no name that would tell anything.
func bare(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// load brings a task back to memory, if it waits on disk. Where that fails, the
// frontier has failed.
func (f *Frontier[T]) load(e *entry[T]) bool {
	if e.ref == 0 {
		return true
	}
	if f.err != nil {
		return false
	}
	b, err := f.spill.take(e.ref, f.encoding)
	f.tellSpill()
	f.encoding = b[:0]
	t := f.opts.New()
	if err == nil {
		err = t.UnmarshalBinary(b)
	}
	if err != nil {
		f.err = fmt.Errorf("%s: lines that waited there for their host's turn cannot be read back: %w", f.opts.SpillDir, bare(err))
		notify(f.changed)
		return false
	}
	f.bytes += t.Size()
	e.task, e.ref = t, 0
	return true
}
