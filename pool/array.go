package pool

import (
	"context"
	"fmt"
	"reflect"
	"unsafe"
)

// Array is a number of values in memory that processes share, those it is
// passed to as an argument. It has a lock; a T has a fixed layout, as in a
// Value. It is safe for concurrent use, but for Slice.
type Array[T any] struct {
	// Lock guards the array. Get, Set and Update take it themselves. When its
	// last holder died with it, the array may be half-written: Abandoned tells
	// so, also within Update.
	Lock   *Lock
	memory *memory
}

// NewArray makes a shared array of n zero values. It takes an open file, as
// NewValue does. The error says that T has no
// fixed layout, that n is less than 1, or is the system's.
func NewArray[T any](n int) (*Array[T], error) {
	m, err := newMemory(reflect.TypeFor[T](), n)
	if err != nil {
		return nil, err
	}
	return &Array[T]{NewLock(), m}, nil
}

// Len is how many values the array has.
func (a *Array[T]) Len() int { return a.memory.len() }

// Slice is the array itself, for sync/atomic, or for use while Lock is held. It
// is good as long as the Array is reachable; nil when it is not shared.
func (a *Array[T]) Slice() []T { return unsafe.Slice((*T)(a.memory.at(0)), a.Len()) }

// Get reads one value under the lock. The error is a *MisuseError when i is out
// of range, or those of Update.
func (a *Array[T]) Get(ctx context.Context, i int) (v T, err error) {
	err = a.one(ctx, i, func(p *T) { v = *p })
	return v, err
}

// Set writes one value under the lock. The errors are Get's.
func (a *Array[T]) Set(ctx context.Context, i int, v T) error {
	return a.one(ctx, i, func(p *T) { *p = v })
}

func (a *Array[T]) one(ctx context.Context, i int, do func(*T)) error {
	if a.Lock == nil || a.memory == nil {
		return ErrNotShared
	}
	if i < 0 || i >= a.Len() {
		return &MisuseError{fmt.Sprintf("index %d of an array of %d", i, a.Len())}
	}
	return a.Update(ctx, func(all []T) { do(&all[i]) })
}

// Update calls change with the lock held. The errors are those of Lock.Lock
// and Unlock.
func (a *Array[T]) Update(ctx context.Context, change func([]T)) error {
	return guarded(ctx, a.Lock, a.memory, func() { change(a.Slice()) })
}

// MarshalText gives what crosses when a is an argument of a process or a task.
func (a *Array[T]) MarshalText() ([]byte, error) { return a.memory.text(a.Lock) }

// UnmarshalText makes a the array that was passed. The error is ErrNotShared
// when this process was not given it as an argument, or says that the text
// names no such thing.
func (a *Array[T]) UnmarshalText(text []byte) (err error) {
	a.Lock, a.memory, err = memoryOf(reflect.TypeFor[T](), text)
	return err
}

func (a *Array[T]) passers() []passer { return passersOfMemory(a.Lock, a.memory) }
