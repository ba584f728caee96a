package pool

import (
	"context"
	"errors"
	"reflect"
	"runtime"
)

// Value is one value in memory that processes share, those it is passed to as
// an argument. It has a lock; a T has a fixed layout: numbers, bools, arrays
// and structs of them. It is safe for concurrent use, but for Pointer.
type Value[T any] struct {
	// Lock guards the value. Load, Store and Update take it themselves. When
	// its last holder died with it, the value may be half-written: Abandoned
	// tells so, also within Update.
	Lock   *Lock
	memory *memory
}

// NewValue makes a shared value. It takes an open file, until nothing refers to
// it and the garbage collector has seen that. The error says that T has no fixed layout, or
// is the system's.
func NewValue[T any](v T) (*Value[T], error) {
	m, err := newMemory(reflect.TypeFor[T](), 1)
	if err != nil {
		return nil, err
	}
	s := &Value[T]{NewLock(), m}
	*s.Pointer() = v
	return s, nil
}

// Pointer is the value itself, for sync/atomic, or for use while Lock is held.
// It is good as long as the Value is reachable; nil when it is not shared.
func (s *Value[T]) Pointer() *T { return (*T)(s.memory.at(0)) }

// Load reads the value under its lock. The errors are those of Lock.Lock.
func (s *Value[T]) Load(ctx context.Context) (v T, err error) {
	err = s.Update(ctx, func(p *T) { v = *p })
	return v, err
}

// Store writes the value under its lock. The errors are those of Lock.Lock.
func (s *Value[T]) Store(ctx context.Context, v T) error {
	return s.Update(ctx, func(p *T) { *p = v })
}

// Update calls change with the lock held. The errors are those of Lock.Lock
// and Unlock.
func (s *Value[T]) Update(ctx context.Context, change func(*T)) error {
	return guarded(ctx, s.Lock, s.memory, func() { change(s.Pointer()) })
}

func guarded(ctx context.Context, l *Lock, m *memory, do func()) (err error) {
	if l == nil || m == nil {
		return ErrNotShared
	}
	if err := l.Lock(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Unlock()) }()
	do()
	runtime.KeepAlive(m)
	return nil
}

// MarshalText gives what crosses when s is an argument of a process or a task.
func (s *Value[T]) MarshalText() ([]byte, error) { return s.memory.text(s.Lock) }

// UnmarshalText makes s the value that was passed. The error is ErrNotShared
// when this process was not given it as an argument, or says that the text
// names no such thing.
func (s *Value[T]) UnmarshalText(text []byte) (err error) {
	s.Lock, s.memory, err = memoryOf(reflect.TypeFor[T](), text)
	return err
}

func (s *Value[T]) passers() []passer { return passersOfMemory(s.Lock, s.memory) }
