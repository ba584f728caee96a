package pool

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

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
		return nil, fmt.Errorf("pool: a shared array of %d %v is too short or too large: 1 at least, %d bytes at most", n, t, maxValue)
	}
	f, err := anonymousFile(int64(n) * int64(t.Size()))
	for tries := 0; errors.Is(err, syscall.EMFILE) && tries < 10; tries++ {
		runtime.GC() // there may be some that nobody has any more
		time.Sleep(time.Millisecond)
		f, err = anonymousFile(int64(n) * int64(t.Size()))
	}
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
