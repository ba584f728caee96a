package pool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// hello is what a coordinator tells a new child.
type hello struct {
	once   bool // it runs one task and ends: a Process, and no worker of a Pool
	serial string
	self   ProcessInfo // its pid it knows
	parent ProcessInfo

	// Of a worker.
	slots       int
	timeout     time.Duration
	takesFiles  bool
	initializer string
	argument    []byte
}

// helloTo is the part of a hello that all children are told.
func helloTo(serial, name string, daemon bool) hello {
	return hello{
		serial: serial,
		self:   ProcessInfo{Name: name, Daemon: daemon},
		parent: Current(),
	}
}

func (h hello) append(dst []byte) []byte {
	start := len(dst)
	dst = beginFrame(dst, frameHello)
	dst = appendUints(dst, wireVersion)
	dst = appendBytes(dst, []byte(binaryID()))
	dst = appendUints(dst, bit(h.once))
	dst = appendBytes(dst, []byte(h.serial))
	dst = appendBytes(dst, []byte(h.self.Name))
	dst = appendUints(dst, bit(h.self.Daemon))
	dst = appendBytes(dst, []byte(h.parent.Name))
	dst = appendUints(dst, uint64(h.parent.Pid), bit(h.parent.Daemon))
	dst = appendUints(dst, uint64(h.slots), uint64(h.timeout), bit(h.takesFiles))
	dst = appendBytes(dst, []byte(h.initializer))
	dst = appendBytes(dst, h.argument)
	return endFrame(dst, start)
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// hello reads the coordinator's. One of another version of the program is
// refused before anything else of it is looked at.
func (c *conn) hello() (h hello, err error) {
	kind, payload, err := c.frames.next()
	for err == nil && (kind == frameLink || kind == frameFile || kind == frameRef) { // for the initializer's argument
		if err = c.receive(kind, payload); err == nil {
			kind, payload, err = c.frames.next()
		}
	}
	if err != nil {
		return h, err
	}
	f := fieldsOf(payload)
	version, id := f.uint(), string(f.bytes())
	if kind != frameHello || version != wireVersion || id != binaryID() {
		return h, ErrOtherProgram
	}
	h.once = f.uint() != 0
	h.serial = string(f.bytes())
	h.self.Name = string(f.bytes())
	h.self.Daemon = f.uint() != 0
	h.self.Pid = os.Getpid()
	h.parent.Name = string(f.bytes())
	h.parent.Pid = int(f.uint())
	h.parent.Daemon = f.uint() != 0
	h.slots = int(f.uint())
	h.timeout = time.Duration(f.uint())
	h.takesFiles = f.uint() != 0
	h.initializer = string(f.bytes())
	h.argument = f.bytes()
	if !f.ok {
		return h, errMalformed
	}
	return h, nil
}

// prepare runs the initializer.
func (h hello) prepare() error {
	if h.initializer == "" {
		return nil
	}
	registry.RLock()
	do := registry.initializers[h.initializer]
	registry.RUnlock()
	if do == nil {
		return fmt.Errorf("no initializer is registered as %q in this worker: is it registered while packages are initialised?", h.initializer)
	}
	if err := do(context.Background(), h.argument); err != nil {
		return fmt.Errorf("initializer %q: %w", h.initializer, err)
	}
	return nil
}

func (h hello) handler() Handler {
	if h.timeout == 0 {
		return handle
	}
	return func(ctx context.Context, l Lease, dst []byte) []byte {
		ctx, cancel := context.WithTimeout(ctx, h.timeout)
		defer cancel()
		return handle(ctx, l, dst)
	}
}

// ready tells the coordinator that tasks may come, or why not.
func (c *conn) ready(failure error) error {
	text := ""
	if failure != nil {
		text = failure.Error()
	}
	_, err := c.c.Write(readyFrame(text))
	return err
}

func readyFrame(text string) []byte {
	out := beginFrame(nil, frameReady)
	out = appendUints(out, wireVersion)
	out = appendBytes(out, []byte(binaryID()))
	return endFrame(appendBytes(out, []byte(text)), 0)
}

// readReady waits for a child to be ready. The error is a *startFailure when
// the child is not, and says why.
func readReady(frames frameReader) error {
	kind, payload, err := frames.next()
	if err != nil {
		return err
	}
	f := fieldsOf(payload)
	version, id := f.uint(), string(f.bytes())
	if kind == frameReady && (version != wireVersion || id != binaryID()) {
		return &startFailure{ErrOtherProgram}
	}
	text := f.bytes()
	if !f.ok || kind != frameReady {
		return fmt.Errorf("%w of kind %d instead of a ready one", errMalformed, kind)
	}
	if len(text) > 0 {
		return &startFailure{errors.New(printable(string(text)))}
	}
	return nil
}

// startFailure is why a child did not get as far as its first task.
type startFailure struct{ reason error }

func (e *startFailure) Error() string { return e.reason.Error() }
func (e *startFailure) Unwrap() error { return e.reason }
