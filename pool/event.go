package pool

import "context"

// Event is a flag that processes can wait for, of those it is passed to as an
// argument, or inside one. It is safe for concurrent use.
type Event struct{ ref *ref }

// NewEvent makes an event that is not set.
func NewEvent() *Event { return &Event{ownHub().share(&flag{})} }

// Set sets the event, and wakes all who wait for it. The error is ErrOwnerGone
// or ErrNotShared.
func (e *Event) Set() error { return e.order(opSet) }

// Clear takes it back: who waits from now on waits for the next Set. The error
// is ErrOwnerGone or ErrNotShared.
func (e *Event) Clear() error { return e.order(opClear) }

func (e *Event) order(o op) error {
	_, err := e.ref.ask(context.Background(), o, nil)
	return err
}

// IsSet tells whether the event is set now. The error is ErrOwnerGone or
// ErrNotShared.
func (e *Event) IsSet() (bool, error) {
	n, err := e.ref.number(opValue)
	return n == 1, err
}

// Wait waits until the event is set. The error is the cause of ctx,
// ErrOwnerGone or ErrNotShared.
func (e *Event) Wait(ctx context.Context) error {
	_, err := e.ref.ask(ctx, opWait, nil)
	return err
}

const kindEvent = "event"

// MarshalText gives what crosses when e is an argument of a process or a task.
func (e *Event) MarshalText() ([]byte, error) { return e.ref.text(kindEvent) }

// UnmarshalText makes e the event that was passed. The error is ErrNotShared
// when this process was not given it as an argument, or says that the text
// names no such thing.
func (e *Event) UnmarshalText(text []byte) (err error) {
	e.ref, err = refOf(kindEvent, text)
	return err
}

func (e *Event) passers() []passer { return []passer{e.ref} }

// flag is the state of an Event.
type flag struct {
	set     bool
	waiting requests
}

func (e *flag) do(c *request) {
	switch c.op {
	case opSet:
		e.set = true
		for len(e.waiting) > 0 {
			e.waiting.pop().answer(outcomeOK, nil)
		}
		c.answer(outcomeOK, nil)
	case opClear:
		e.set = false
		c.answer(outcomeOK, nil)
	case opValue:
		value := byte(0)
		if e.set {
			value = 1
		}
		c.answer(outcomeOK, []byte{value})
	case opWait:
		if e.set {
			c.answer(outcomeOK, nil)
		} else {
			e.waiting.push(c)
		}
	default:
		c.refuse("unknown operation")
	}
}

func (e *flag) cancel(c *request) {
	if e.waiting.remove(c) {
		c.answer(outcomeCancelled, nil)
	}
}

func (e *flag) bury(p *peer) { e.waiting.bury(p) }
