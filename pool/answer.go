package pool

import (
	"errors"
	"fmt"
	"os"
)

// Answer is what became of one task.
type Answer[T, A any] struct {
	Task    T     // as it was given
	Value   A     // when Err is nil
	Err     error // *TaskError, *LostError, *DeadlineError, *StartError, or why a value could not cross
	Worker  int   // process id of the worker that answered, 0 if none did
	Attempt int   // deliveries of the task, from 1
	// File is what the function has attached: see Job.Attach. It is the
	// receiver's to close. nil: nothing.
	File *os.File
}

// encode makes a task cross: its bytes name the function first.
func (f Func[T, A]) encode(t T) (e encoded, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
		if err != nil {
			err = fmt.Errorf("pool: task for %q cannot be encoded: %w", f.name, err)
		}
	}()
	if f.tasks.append == nil {
		return e, errors.New("the function was not made by Register")
	}
	e.bytes, e.passers, err = encodeArgument(f.tasks, appendName(nil, f.name), t)
	return e, err
}

// value decodes what became of a task.
func (f Func[T, A]) value(d *finished) (a A, err error) {
	if d.err != nil {
		return a, d.err
	}
	if len(d.body) == 0 {
		return a, fmt.Errorf("pool: answer of %q is empty", f.name)
	}
	switch verdict := d.body[0]; {
	case verdict == verdictOK:
		return f.decode(d.body[1:])
	case verdict > verdictTimeout:
		return a, fmt.Errorf("pool: answer of %q has an unknown verdict %d", f.name, verdict)
	}
	return a, failureOf(d.body)
}

func (f Func[T, A]) decode(body []byte) (a A, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
		if err != nil {
			err = fmt.Errorf("pool: answer of %q cannot be decoded: %w", f.name, err)
		}
	}()
	return f.answers.decode(body)
}
