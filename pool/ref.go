package pool

import (
	"context"
	"fmt"
	"os"
	"runtime"
)

// station is where a primitive lives, seen from here: this process's own hub,
// or a remote.
type station interface {
	hubID() uint64
	// ask has an operation done and waits for its answer. When ctx is done
	// the call is withdrawn: the answer then is outcomeCancelled, unless it
	// was done in time. The error tells that nobody can answer.
	ask(ctx context.Context, id uint64, o op, body []byte) (reply, error)
	// tell has an operation done of which there is no answer.
	tell(id uint64, o op, body []byte) error
	// forget takes back one reference.
	forget(id uint64)
	// meet takes in a process at the other end of far, known by key, and
	// introduce lets it use a resource. Both close far.
	meet(key uint64, name string, far *os.File) error
	introduce(id, key uint64)
}

// ref is one reference to a primitive's state, counted as long as it can be
// reached.
type ref struct {
	at station
	id uint64
}

func newRef(at station, id uint64) *ref {
	r := &ref{at, id}
	runtime.AddCleanup(r, func(id uint64) { at.forget(id) }, id)
	return r
}

// ask asks and translates what may happen to every call.
func (r *ref) ask(ctx context.Context, o op, body []byte) (reply, error) {
	if r == nil {
		return reply{}, ErrNotShared
	}
	a, err := r.at.ask(ctx, r.id, o, body)
	runtime.KeepAlive(r)
	switch {
	case err != nil:
		return a, err
	case a.outcome == outcomeCancelled:
		return a, context.Cause(ctx)
	case a.outcome == outcomeMisuse:
		return a, &MisuseError{string(a.body)}
	}
	return a, nil
}

func (r *ref) tell(o op, body []byte) error {
	if r == nil {
		return ErrNotShared
	}
	err := r.at.tell(r.id, o, body)
	runtime.KeepAlive(r)
	return err
}

// text is what crosses of a reference: the process that gets it must have been
// introduced, once for each time that it is decoded.
func (r *ref) text(kind string) ([]byte, error) {
	if r == nil {
		return nil, ErrNotShared
	}
	return fmt.Appendf(nil, "%s %x %x", kind, r.at.hubID(), r.id), nil
}

func refOf(kind string, text []byte) (*ref, error) {
	var hub, id uint64
	if _, err := fmt.Sscanf(string(text), kind+" %x %x", &hub, &id); err != nil {
		return nil, fmt.Errorf("pool: %q names no %s", text, kind)
	}
	if own := ownHub(); own.id == hub {
		if own.readopt(id) {
			return newRef(own, id), nil
		}
	} else if at := remoteOf(hub); at != nil && claimRef(resourceOf{hub, id}) {
		at.hold(id)
		return newRef(at, id), nil
	}
	return nil, fmt.Errorf("%s: %w", kind, ErrNotShared)
}
