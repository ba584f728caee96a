package pool

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// InputPanic is what Run and RunOrdered panic with when the sequence of tasks
// panics: it runs on another goroutine, where nobody could recover that.
type InputPanic struct {
	Value any    // what the sequence panicked with
	Stack []byte // where
}

// Error gives the value and the stack, since nobody may recover this panic.
func (e *InputPanic) Error() string {
	return fmt.Sprintf("pool: the sequence of tasks panicked: %v\n\n%s", e.Value, e.Stack)
}

// Unwrap gives the value when it is an error.
func (e *InputPanic) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// input is the goroutine on which a run's tasks are drawn, in the eyes of its
// reader.
type input struct {
	ended    chan struct{}
	returned bool
	panicked *InputPanic
}

// draw has a run's tasks drawn, and tells it when no more will come.
func (in *input) draw(r *run, all func()) {
	defer close(in.ended)
	defer r.close()
	defer func() {
		if v := recover(); v != nil {
			in.panicked = &InputPanic{Value: v, Stack: debug.Stack()}
		}
	}()
	all()
	in.returned = true
}

// end waits for the goroutine, and ends the reader's as that one ended.
func (in *input) end() {
	<-in.ended
	switch {
	case in.panicked != nil:
		panic(in.panicked)
	case !in.returned:
		runtime.Goexit()
	}
}
