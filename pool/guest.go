package pool

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"sync"
)

// guest is a child to which primitives are passed: before a value that holds
// some arrives there, it is introduced to the processes that keep them.
type guest struct {
	name string
	sock channel
	keys map[uint64]uint64 // by hub: how the child is known there
}

func newGuest(name string, sock channel) *guest {
	return &guest{name: name, sock: sock, keys: map[uint64]uint64{}}
}

// seeOff waits until this process has taken back what the guest held.
func (g *guest) seeOff() {
	own := ownHub()
	if key, met := g.keys[own.id]; met {
		own.seeOff(key)
	}
}

// passer is a primitive in a value that goes to another process.
type passer interface {
	// claim is called when the value is encoded. The error says why it cannot
	// be passed.
	claim() error
	// passTo makes a process ready to decode it. It is called at each delivery.
	passTo(g *guest, task uint64) error
	// settle is called when there will be no more deliveries, and tells
	// whether there was any.
	settle(passed bool)
}

// sendFile gives the child an open file, which is part of a task.
func (g *guest) sendFile(token, task uint64, f *os.File) error {
	return g.sock.sendFile(endFrame(appendUints(beginFrame(nil, frameFile), token, task), 0), f)
}

// introduce lets the child use what a reference stands for, as part of a task.
func (g *guest) introduce(r *ref, task uint64) error {
	hub := r.at.hubID()
	key, met := g.keys[hub]
	if !met {
		ours, theirs, err := socketPair()
		if err != nil {
			return err
		}
		defer theirs.Close()
		key = rand.Uint64()
		if err := r.at.meet(key, g.name, ours); err != nil {
			return err
		}
		if err := g.sock.sendFile(appendNumber(nil, frameLink, hub), theirs); err != nil {
			return err
		}
		g.keys[hub] = key
	}
	r.at.introduce(r.id, key)
	_, err := g.sock.Write(endFrame(appendUints(beginFrame(nil, frameRef), hub, r.id, task), 0))
	return err
}

// pass makes the child ready for the primitives in a task, or with 0 in what
// its hello says.
func (g *guest) pass(task uint64, ps []passer) error {
	for _, p := range ps {
		if err := p.passTo(g, task); err != nil {
			return err
		}
	}
	return nil
}

// claimAll claims each, or none.
func claimAll(ps []passer) error {
	for i, p := range ps {
		if err := p.claim(); err != nil {
			settleAll(ps[:i], false)
			return err
		}
	}
	return nil
}

func settleAll(ps []passer, passed bool) {
	for _, p := range ps {
		p.settle(passed)
	}
}

// encodeArgument appends a value that may hold primitives to dst, and claims
// these.
func encodeArgument[T any](c codec[T], dst []byte, v T) ([]byte, []passer, error) {
	passers := c.passers(v)
	if err := claimAll(passers); err != nil {
		return nil, nil, err
	}
	encoded := false
	defer func() {
		if !encoded { // an encoder may also panic
			settleAll(passers, false)
		}
	}()
	dst, err := c.encode(dst, v)
	if err != nil {
		return nil, nil, err
	}
	encoded = true
	return dst, passers, nil
}

// encoded is a task as it goes to a process: the name of its function, the
// value and, beside it, the primitives that the value holds.
type encoded struct {
	bytes   []byte
	passers []passer
}

// claim implements passer for all that is a reference.
func (r *ref) claim() error {
	if r == nil {
		return ErrNotShared
	}
	return nil
}

func (r *ref) passTo(g *guest, task uint64) error { return g.introduce(r, task) }

func (r *ref) settle(bool) {}

// passable is a type that users know, with what makes it one to be passed.
type passable interface{ passers() []passer }

var (
	passableType = reflect.TypeFor[passable]()
	passing      sync.Map // reflect.Type → bool: see mayPass
)

// mayPass tells whether a value of type t can hold primitives.
func mayPass(t reflect.Type) bool {
	if known, ok := passing.Load(t); ok {
		return known.(bool)
	}
	found := holds(t, map[reflect.Type]bool{}, true)
	passing.Store(t, found)
	return found
}

// holds looks for primitives in a type. What an interface holds is not known:
// it counts as asked.
func holds(t reflect.Type, seen map[reflect.Type]bool, interfaces bool) bool {
	if t.Implements(passableType) {
		return true
	}
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return holds(t.Elem(), seen, interfaces)
	case reflect.Interface:
		return interfaces
	case reflect.Struct:
		for f := range t.Fields() {
			if f.IsExported() && holds(f.Type, seen, interfaces) {
				return true
			}
		}
	}
	return false
}

// misheld says why primitives in values of type t would be lost on their way,
// if there are such.
func misheld(t reflect.Type, seen map[reflect.Type]bool) error {
	if seen[t] || t.Implements(passableType) {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return misheld(t.Elem(), seen)
	case reflect.Struct:
		if reflect.PointerTo(t).Implements(passableType) {
			return fmt.Errorf("it holds a %v: hold a pointer to it", t)
		}
		for f := range t.Fields() {
			if !f.IsExported() && holds(f.Type, map[reflect.Type]bool{}, false) {
				return fmt.Errorf("the field %s of %v holds a primitive and is not exported, so it does not cross", f.Name, t)
			}
			if err := misheld(f.Type, seen); err != nil {
				return err
			}
		}
	}
	return nil
}

// passersOf finds the primitives in a value, in a fixed order but for maps.
func passersOf(v reflect.Value, ps []passer) []passer {
	return passersOn(map[any]bool{}, v, ps)
}

// passersOn looks for primitives below a path of pointers, maps and slices. A
// value that leads back to one of them has no end, and the encoder refuses it.
func passersOn(path map[any]bool, v reflect.Value, ps []passer) []passer {
	if !v.IsValid() || !mayPass(v.Type()) {
		return ps
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice:
		if v.IsNil() {
			return ps
		}
		if p, ok := v.Interface().(passable); ok {
			return append(ps, p.passers()...)
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		step := [2]any{v.Type(), v.UnsafePointer()}
		if path[step] {
			return ps
		}
		path[step] = true
		defer delete(path, step)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return passersOn(path, v.Elem(), ps)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			ps = passersOn(path, v.Index(i), ps)
		}
	case reflect.Map:
		for _, e := range v.Seq2() {
			ps = passersOn(path, e, ps)
		}
	case reflect.Struct:
		for f, e := range v.Fields() {
			if f.IsExported() {
				ps = passersOn(path, e, ps)
			}
		}
	}
	return ps
}

// errPassed is the error of a primitive in a message.
func errPassed[T any]() error {
	return fmt.Errorf("pool: %v holds a Lock, Queue or the like: give these to a process as arguments, they cannot be messages", reflect.TypeFor[T]())
}
