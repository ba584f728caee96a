package pool

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

// Job is what a registered function is asked to do.
type Job[T any] struct {
	// Task is the value that the coordinator's iterator yielded.
	Task T
	// Attempt counts from 1, and is above 1 when an earlier worker was lost
	// while it held the task.
	Attempt int

	lease Lease // nil where the function is called by hand
}

// Func is a function that worker processes can run. It is made by Register
// and safe for concurrent use.
type Func[T, A any] struct {
	name    string
	tasks   codec[T]
	answers codec[A]
}

// Initializer is a registered function together with its argument, to be run
// once in every worker before its first task. See RegisterInitializer.
type Initializer struct {
	name    string
	arg     []byte
	passers []passer
	err     error
}

// handler runs a registered function in a worker: it decodes the task, and
// appends a verdict and the answer to dst.
type handler func(ctx context.Context, task []byte, l Lease, dst []byte) []byte

var registry = struct {
	sync.RWMutex
	funcs        map[string]handler
	initializers map[string]func(context.Context, []byte) error
}{
	funcs:        map[string]handler{},
	initializers: map[string]func(context.Context, []byte) error{},
}

// maxName is the longest name of a registered function, in bytes: its length
// crosses as one byte.
const maxName = 255

// Register makes do known by name, so that worker processes, which run the
// same binary, can be asked for it. Call it while package variables are
// initialised, so that it has happened in a worker before Main runs:
//
//	var Square = pool.Register("square", square)
//
// A []byte, a string, an integer, struct{} and a type with
// encoding.BinaryAppender and encoding.BinaryUnmarshaler cross raw, any other
// type as JSON. A []byte, and what UnmarshalBinary keeps of its argument, is
// only good until do returns.
//
// An error that do returns, and a panic in do, is the error of that one task.
// Register panics when the name is empty, too long (255 bytes) or taken.
func Register[T, A any](name string, do func(context.Context, Job[T]) (A, error)) Func[T, A] {
	f := Func[T, A]{name: name, tasks: codecOf[T](), answers: codecOf[A]()}
	register(registry.funcs, name, func(ctx context.Context, task []byte, l Lease, dst []byte) []byte {
		t, err := f.tasks.decode(task)
		if err != nil {
			return appendFailure(dst, fmt.Errorf("task of %q cannot be decoded: %w", name, err))
		}
		a, err := call(ctx, do, Job[T]{Task: t, Attempt: l.Attempt(), lease: l})
		for _, p := range f.tasks.passers(t) {
			if e, ok := p.(*end); ok {
				e.close(ErrPipeClosed) // the other end shall not wait for a garbage collector
			}
		}
		if err != nil {
			return appendFailure(dst, err)
		}
		out, err := encodeMessage(f.answers, a, append(dst, verdictOK))
		if err != nil {
			return appendFailure(dst, fmt.Errorf("answer of %q: %w", name, err))
		}
		return out
	})
	return f
}

// Runner is a type whose fields are the arguments of its Run.
type Runner interface{ Run(context.Context) error }

// RegisterRunner makes a type known whose Run is to be run by a Process, the
// way a class is derived from Process elsewhere. R may be a pointer type. Its
// exported fields cross, as JSON unless it says otherwise; the rules of Register
// hold.
func RegisterRunner[R Runner](name string) Func[R, struct{}] {
	return Register(name, func(ctx context.Context, j Job[R]) (struct{}, error) {
		return struct{}{}, j.Task.Run(ctx)
	})
}

// RegisterInitializer makes a function known by name that prepares a worker
// process. What it returns binds the argument: give that to
// Options.Initializer. The rules of Register hold. An argument that cannot be
// encoded is an error of New, and so is one that holds a PipeEnd, which can be in
// one process only. When do fails, the worker ends and another is tried; after
// three failures in a row the pool gives up with that error.
func RegisterInitializer[S any](name string, do func(context.Context, S) error) func(S) Initializer {
	c := codecOf[S]()
	register(registry.initializers, name, func(ctx context.Context, arg []byte) error {
		s, err := c.decode(arg)
		if err != nil {
			return fmt.Errorf("argument of %q cannot be decoded: %w", name, err)
		}
		_, err = call(ctx, func(ctx context.Context, j Job[S]) (struct{}, error) {
			return struct{}{}, do(ctx, j.Task)
		}, Job[S]{Task: s, Attempt: 1})
		return err
	})
	return func(s S) Initializer { return bind(name, c, s) }
}

// errEndForMany refuses what could be one worker's only.
var errEndForMany = errors.New("it holds a PipeEnd, which goes to one process: an initializer runs in every worker")

// bind makes an Initializer. Its error, and a panic in a method that encodes, is
// for New to tell.
func bind[S any](name string, c codec[S], s S) (i Initializer) {
	i.name = name
	defer func() {
		if v := recover(); v != nil {
			i.err = fmt.Errorf("panic: %v", v)
		}
		if i.err != nil {
			i.err = fmt.Errorf("pool: argument of %q cannot be encoded: %w", name, i.err)
		}
	}()
	for _, p := range c.passers(s) {
		if _, ok := p.(*end); ok {
			i.err = errEndForMany
			return i
		}
	}
	i.arg, i.passers, i.err = encodeArgument(c, nil, s)
	return i
}

func register[F any](to map[string]F, name string, f F) {
	registry.Lock()
	defer registry.Unlock()
	if name == "" || len(name) > maxName {
		panic(fmt.Sprintf("pool: Register: name %q must have 1 to %d bytes", name, maxName))
	}
	if _, taken := to[name]; taken {
		panic(fmt.Sprintf("pool: Register: name %q is taken", name))
	}
	to[name] = f
}

// errGoexit is a task's error when its function ended its goroutine.
var errGoexit = errors.New("the function called runtime.Goexit")

// call runs do and makes its panic an error.
func call[T, A any](ctx context.Context, do func(context.Context, Job[T]) (A, error), j Job[T]) (a A, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &TaskError{Panic: true, Text: fmt.Sprint(v), Stack: string(debug.Stack())}
		}
	}()
	return do(ctx, j)
}

// appendFailure appends the verdict for err to dst: what crosses of an error
// is whether it was a panic, its text and the stack.
func appendFailure(dst []byte, err error) []byte {
	e, ok := err.(*TaskError)
	if !ok {
		e = &TaskError{Text: err.Error()}
	}
	verdict := verdictError
	if e.Panic {
		verdict = verdictPanic
	} else if errors.Is(err, context.DeadlineExceeded) {
		verdict = verdictTimeout
	}
	dst = append(dst, verdict)
	dst = appendBytes(dst, []byte(e.Text))
	return append(dst, e.Stack...)
}

// failureOf is the error that a verdict, with what follows it, stands for; nil
// when it is none.
func failureOf(verdict []byte) *TaskError {
	if verdict[0] == verdictOK {
		return nil
	}
	f := fieldsOf(verdict[1:])
	text := f.bytes()
	return &TaskError{
		Panic:   verdict[0] == verdictPanic,
		Timeout: verdict[0] == verdictTimeout,
		Text:    string(text),
		Stack:   string(f.b),
	}
}

// handle answers one task in a worker: its bytes name the function first.
func handle(ctx context.Context, l Lease, dst []byte) (out []byte) {
	returned := false
	defer func() {
		if v := recover(); v != nil { // in a method that decodes or encodes
			out = appendFailure(dst, &TaskError{Panic: true, Text: fmt.Sprint(v), Stack: string(debug.Stack())})
		} else if !returned { // Goexit
			_ = l.Done(ctx, appendFailure(nil, errGoexit)) // fails only with the connection
		}
	}()
	out = answer(ctx, l, dst)
	returned = true
	return out
}

func answer(ctx context.Context, l Lease, dst []byte) []byte {
	name, task, ok := cutName(l.Task())
	if !ok {
		return appendFailure(dst, errors.New("task names no function"))
	}
	registry.RLock()
	h := registry.funcs[string(name)]
	registry.RUnlock()
	if h == nil {
		return appendFailure(dst, fmt.Errorf("no function is registered as %q in this worker: is it registered while packages are initialised?", name))
	}
	return h(ctx, task, l, dst)
}
