package pool

import (
	"bytes"
	"encoding"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
)

// codec carries values of one type across the process boundary.
type codec[T any] struct {
	append func(dst []byte, v T) ([]byte, error)
	decode func(b []byte) (T, error)
	// passes tells whether a T may hold primitives; nil: no T does.
	passes func() bool
}

// encode appends a value to dst. The error of one that is too large is ErrTooLarge.
func (c codec[T]) encode(dst []byte, v T) ([]byte, error) {
	start := len(dst)
	dst, err := c.append(dst, v)
	if err == nil && len(dst)-start > maxValue {
		err = ErrTooLarge
	}
	if err != nil {
		return nil, err
	}
	return dst, nil
}

// passers are the primitives that a value holds.
func (c codec[T]) passers(v T) []passer {
	if c.passes == nil || !c.passes() {
		return nil
	}
	return passersOf(reflect.ValueOf(&v).Elem(), nil)
}

var errShortValue = errors.New("value has the wrong length")

// codecOf chooses how T crosses: see Register.
func codecOf[T any]() codec[T] {
	var zero T
	switch any(zero).(type) {
	case []byte:
		return any(codec[[]byte]{
			append: appendText[[]byte],
			decode: func(b []byte) ([]byte, error) { return b, nil },
		}).(codec[T])
	case string:
		return any(codec[string]{
			append: appendText[string],
			decode: func(b []byte) (string, error) { return string(b), nil },
		}).(codec[T])
	case struct{}:
		return rawCodec(func(dst []byte, _ *struct{}) []byte { return dst },
			func(b []byte, _ *struct{}) error { return nil }).(codec[T])
	case int:
		return integerCodec[int]().(codec[T])
	case int8:
		return integerCodec[int8]().(codec[T])
	case int16:
		return integerCodec[int16]().(codec[T])
	case int32:
		return integerCodec[int32]().(codec[T])
	case int64:
		return integerCodec[int64]().(codec[T])
	case uint:
		return integerCodec[uint]().(codec[T])
	case uint8:
		return integerCodec[uint8]().(codec[T])
	case uint16:
		return integerCodec[uint16]().(codec[T])
	case uint32:
		return integerCodec[uint32]().(codec[T])
	case uint64:
		return integerCodec[uint64]().(codec[T])
	}
	if t := reflect.TypeFor[T](); isBinary(t) {
		return binaryCodec[T](t)
	}
	// When it is first needed: most processes use few of the functions that are
	// registered at their start.
	held := sync.OnceValues(func() (bool, error) {
		t := reflect.TypeFor[T]()
		return mayPass(t), misheld(t, map[reflect.Type]bool{})
	})
	return codec[T]{
		append: func(dst []byte, v T) ([]byte, error) {
			if _, err := held(); err != nil {
				return dst, err
			}
			return appendJSON(dst, v)
		},
		decode: func(b []byte) (v T, err error) {
			err = json.Unmarshal(b, &v)
			return v, err
		},
		passes: func() bool {
			passes, _ := held()
			return passes
		},
	}
}

// appendText copies nothing that is too large to be sent.
func appendText[T []byte | string](dst []byte, v T) ([]byte, error) {
	if len(v) > maxValue {
		return nil, ErrTooLarge
	}
	return append(dst, v...), nil
}

// rawCodec answers a codec[T] as any, since only codecOf's caller knows that
// its T is this one.
func rawCodec[T any](put func([]byte, *T) []byte, get func([]byte, *T) error) any {
	return codec[T]{
		append: func(dst []byte, v T) ([]byte, error) { return put(dst, &v), nil },
		decode: func(b []byte) (v T, err error) { err = get(b, &v); return v, err },
	}
}

func integerCodec[T int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64]() any {
	return rawCodec(
		func(dst []byte, v *T) []byte { return binary.LittleEndian.AppendUint64(dst, uint64(*v)) },
		func(b []byte, v *T) error {
			if len(b) != 8 {
				return errShortValue
			}
			*v = T(binary.LittleEndian.Uint64(b))
			return nil
		})
}

var (
	binaryAppender    = reflect.TypeFor[encoding.BinaryAppender]()
	binaryUnmarshaler = reflect.TypeFor[encoding.BinaryUnmarshaler]()
)

// isBinary tells whether a T can append itself and be read back, T being a
// value type or a pointer to one.
func isBinary(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		return t.Implements(binaryAppender) && t.Implements(binaryUnmarshaler)
	}
	p := reflect.PointerTo(t)
	return p.Implements(binaryAppender) && p.Implements(binaryUnmarshaler)
}

func binaryCodec[T any](t reflect.Type) codec[T] {
	if t.Kind() == reflect.Pointer {
		return codec[T]{
			append: func(dst []byte, v T) ([]byte, error) {
				if reflect.ValueOf(v).IsNil() {
					return dst, fmt.Errorf("%v is nil", t)
				}
				return any(v).(encoding.BinaryAppender).AppendBinary(dst)
			},
			decode: func(b []byte) (T, error) {
				v := reflect.New(t.Elem()).Interface()
				err := v.(encoding.BinaryUnmarshaler).UnmarshalBinary(b)
				return v.(T), err
			},
		}
	}
	return codec[T]{
		append: func(dst []byte, v T) ([]byte, error) {
			return any(&v).(encoding.BinaryAppender).AppendBinary(dst)
		},
		decode: func(b []byte) (v T, err error) {
			err = any(&v).(encoding.BinaryUnmarshaler).UnmarshalBinary(b)
			return v, err
		},
	}
}

var errInvalidUTF8 = errors.New("a string in it is not valid UTF-8: pass it as []byte")

func appendJSON[T any](dst []byte, v T) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return dst, err
	}
	if replacedUTF8(b) {
		return dst, errInvalidUTF8
	}
	return append(dst, b...), nil
}

// replacedUTF8 tells whether json.Marshal met bytes that are no UTF-8: it
// replaces each by the escape \ufffd, while it writes a true U+FFFD as it is.
func replacedUTF8(b []byte) bool {
	for {
		i := bytes.Index(b, []byte(`\ufffd`))
		if i < 0 {
			return false
		}
		backslashes := 0
		for j := i - 1; j >= 0 && b[j] == '\\'; j-- {
			backslashes++
		}
		if backslashes%2 == 0 {
			return true
		}
		b = b[i+1:]
	}
}
