package pool

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"strings"
	"unsafe"
)

// Value is one value in memory that processes share, those it is passed to as
// an argument. It has a lock; a T has a fixed layout: numbers, bools, arrays
// and structs of them. It is safe for concurrent use, but for Pointer.
type Value[T any] struct {
	// Lock guards the value. Load, Store and Update take it themselves.
	Lock   *Lock
	memory *memory
}

// NewValue makes a shared value. The error says that T has no fixed layout, or
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
// when this process was not given it as an argument.
func (s *Value[T]) UnmarshalText(text []byte) (err error) {
	s.Lock, s.memory, err = memoryOf(reflect.TypeFor[T](), text)
	return err
}

func (s *Value[T]) passers() []passer { return passersOfMemory(s.Lock, s.memory) }

// Array is a number of values in memory that processes share, those it is
// passed to as an argument. It has a lock; a T has a fixed layout, as in a
// Value. It is safe for concurrent use, but for Slice.
type Array[T any] struct {
	// Lock guards the array. Get, Set and Update take it themselves.
	Lock   *Lock
	memory *memory
}

// NewArray makes a shared array of n zero values. The error says that T has no
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
// of range, or those of Lock.Lock.
func (a *Array[T]) Get(ctx context.Context, i int) (v T, err error) {
	err = a.one(ctx, i, func(p *T) { v = *p })
	return v, err
}

// Set writes one value under the lock. The errors are Get's.
func (a *Array[T]) Set(ctx context.Context, i int, v T) error {
	return a.one(ctx, i, func(p *T) { *p = v })
}

func (a *Array[T]) one(ctx context.Context, i int, do func(*T)) error {
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
// when this process was not given it as an argument.
func (a *Array[T]) UnmarshalText(text []byte) (err error) {
	a.Lock, a.memory, err = memoryOf(reflect.TypeFor[T](), text)
	return err
}

func (a *Array[T]) passers() []passer { return passersOfMemory(a.Lock, a.memory) }

// memory is a mapping that other processes can have too. It goes when nothing
// here or there refers to it.
type memory struct {
	token uint64
	n     int
	bytes []byte
	file  *os.File // without a name in any directory
}

func newMemory(t reflect.Type, n int) (*memory, error) {
	if !hasFixedLayout(t) || t.Size() == 0 {
		return nil, fmt.Errorf("pool: %v has no fixed layout: numbers, bools, arrays and structs of them have", t)
	}
	if n < 1 || uintptr(n) > maxValue/t.Size() {
		return nil, fmt.Errorf("pool: a shared array of %d %v is too short or too large", n, t)
	}
	f, err := anonymousFile(int64(n) * int64(t.Size()))
	if err != nil {
		return nil, err
	}
	return mapMemory(rand.Uint64(), f, t, n)
}

// mapMemory takes f over.
func mapMemory(token uint64, f *os.File, t reflect.Type, n int) (*memory, error) {
	b, err := mapFile(f, n*int(t.Size()))
	if err != nil {
		f.Close()
		return nil, err
	}
	m := &memory{token, n, b, f}
	runtime.AddCleanup(m, unmap, b)
	return m, nil
}

func (m *memory) len() int {
	if m == nil {
		return 0
	}
	return m.n
}

func (m *memory) at(i int) unsafe.Pointer {
	if m == nil {
		return nil
	}
	return unsafe.Pointer(&m.bytes[i])
}

const kindMemory = "memory"

func (m *memory) text(l *Lock) ([]byte, error) {
	if m == nil || l == nil {
		return nil, ErrNotShared
	}
	lock, err := l.MarshalText()
	return fmt.Appendf(nil, "%s %x %d; %s", kindMemory, m.token, m.n, lock), err
}

func memoryOf(t reflect.Type, text []byte) (*Lock, *memory, error) {
	own, lock, _ := strings.Cut(string(text), "; ")
	var token uint64
	var n int
	if _, err := fmt.Sscanf(own, kindMemory+" %x %d", &token, &n); err != nil || n < 1 {
		return nil, nil, fmt.Errorf("pool: %q names no %s", text, kindMemory)
	}
	l := new(Lock)
	if err := l.UnmarshalText([]byte(lock)); err != nil {
		return nil, nil, err
	}
	f := claim(token)
	if f == nil {
		return nil, nil, fmt.Errorf("%s: %w", kindMemory, ErrNotShared)
	}
	if size, err := f.Stat(); err != nil || !hasFixedLayout(t) || size.Size() < int64(n)*int64(t.Size()) {
		f.Close()
		return nil, nil, fmt.Errorf("pool: shared memory is no %d %v", n, t)
	}
	m, err := mapMemory(token, f, t, n)
	return l, m, err
}

func passersOfMemory(l *Lock, m *memory) []passer {
	if l == nil {
		return []passer{(*ref)(nil)}
	}
	return []passer{l.ref, m}
}

// claim implements passer.
func (m *memory) claim() error {
	if m == nil {
		return ErrNotShared
	}
	return nil
}

// passTo implements passer.
func (m *memory) passTo(g *guest, task uint64) error {
	return g.sendFile(m.token, task, m.file)
}

// settle implements passer.
func (m *memory) settle(bool) {}

func hasFixedLayout(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr,
		reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		return true
	case reflect.Array:
		return hasFixedLayout(t.Elem())
	case reflect.Struct:
		for f := range t.Fields() {
			if !hasFixedLayout(f.Type) {
				return false
			}
		}
		return true
	}
	return false
}
