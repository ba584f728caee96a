package pool

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// point crosses as it says itself.
type point struct{ x, y uint32 }

func (p *point) AppendBinary(b []byte) ([]byte, error) {
	if p.x == math.MaxUint32 {
		return b, errors.New("too far out")
	}
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, p.x), p.y), nil
}

func (p *point) UnmarshalBinary(b []byte) error {
	if len(b) != 8 {
		return errors.New("a point has 8 bytes")
	}
	p.x, p.y = binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
	return nil
}

type document struct {
	Name string
	Tags []string
}

func roundTrip[T any](t *testing.T, raw bool, values ...T) {
	t.Helper()
	c := codecOf[T]()
	for _, v := range values {
		b, err := c.append([]byte("before"), v)
		if err != nil {
			t.Errorf("%T %v: %v", v, v, err)
			continue
		}
		b = b[len("before"):]
		got, err := c.decode(b)
		if err != nil || !reflect.DeepEqual(got, v) {
			t.Errorf("%T %v came back as %v, %v", v, v, got, err)
		}
		if isJSON := len(b) > 0 && strings.ContainsRune(`{["`, rune(b[0])); raw && isJSON {
			t.Errorf("%T crosses as %q, want raw", v, b)
		}
	}
}

func TestValuesCross(t *testing.T) {
	roundTrip(t, true, []byte{}, []byte{0, 255})
	roundTrip(t, true, "", "word", string([]byte{0xff, 0}))
	roundTrip(t, true, struct{}{})
	roundTrip(t, true, 0, -1, math.MaxInt, math.MinInt)
	roundTrip[uint64](t, true, 0, math.MaxUint64)
	roundTrip[int8](t, true, -128, 127)
	roundTrip(t, true, point{1, 2})
	roundTrip(t, true, &point{3, 4})
	roundTrip(t, false, document{"a", []string{"\ufffd", `\ufffd`}})
	roundTrip(t, false, map[string]int{"a": 1})
	roundTrip(t, false, 1.5)
}

func TestWhatCannotBeEncoded(t *testing.T) {
	for name, err := range map[string]error{
		"func":          encodingError(func() {}),
		"channel":       encodingError(make(chan int)),
		"NaN":           encodingError(math.NaN()),
		"invalid UTF-8": encodingError(document{Name: "a\xffb"}),
		"binary":        encodingError(point{math.MaxUint32, 0}),
		"nil pointer":   encodingError[*point](nil),
	} {
		if err == nil {
			t.Errorf("%s was encoded", name)
		}
	}
}

func encodingError[T any](v T) error {
	_, err := codecOf[T]().append(nil, v)
	return err
}

func TestValueOfTheWrongLength(t *testing.T) {
	if _, err := codecOf[int]().decode([]byte{1}); err == nil {
		t.Error("one byte was decoded as an int")
	}
	if _, err := codecOf[point]().decode([]byte{1}); err == nil {
		t.Error("one byte was decoded as a point")
	}
}

func TestFramesAreRead(t *testing.T) {
	var stream []byte
	want := [][]byte{{}, []byte("a"), bytes.Repeat([]byte("long "), 1<<20)}
	for _, payload := range want {
		start := len(stream)
		stream = endFrame(append(beginFrame(stream, frameTasks), payload...), start)
	}
	r := newFrameReader(bytes.NewReader(stream))
	for _, payload := range want {
		kind, got, err := r.next()
		if err != nil || kind != frameTasks || !bytes.Equal(got, payload) {
			t.Fatalf("kind %d, %d bytes, %v; want %d bytes", kind, len(got), err, len(payload))
		}
	}
	if _, _, err := r.next(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	frame := stream[:frameHeader+frameHeader+1] // the empty one, and "a"
	for cut := range frame {
		r := newFrameReader(bytes.NewReader(frame[:cut]))
		var err error
		for err == nil {
			_, _, err = r.next()
		}
		atBoundary := cut == 0 || cut == frameHeader
		if want := map[bool]error{true: io.EOF, false: io.ErrUnexpectedEOF}[atBoundary]; err != want {
			t.Errorf("cut at %d: %v, want %v", cut, err, want)
		}
	}
}

func TestAbsurdLengthIsRefused(t *testing.T) {
	for _, header := range [][]byte{{0xff, 0xff, 0xff, 0xff, 1}, {0, 0, 0, 0, 1}} {
		if _, _, err := newFrameReader(bytes.NewReader(header)).next(); !errors.Is(err, errMalformed) {
			t.Errorf("header %x: %v", header, err)
		}
	}
	// A gigabyte that never comes must not be allocated.
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	header := []byte{0, 0, 0, 0x3f, 1}
	if _, _, err := newFrameReader(bytes.NewReader(header)).next(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("header %x: %v", header, err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 8<<20 {
		t.Errorf("%d bytes were allocated for a header", n)
	}
}

func FuzzFields(f *testing.F) {
	f.Add([]byte{})
	f.Add(appendBytes(appendUints(nil, 1, 2), []byte("abc")))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, payload []byte) {
		d := fieldsOf(payload)
		for d.more() {
			before := len(d.b)
			d.uint()
			d.bytes()
			if d.ok && len(d.b) >= before {
				t.Fatal("no progress")
			}
		}
	})
}

func FuzzFrames(f *testing.F) {
	f.Add(endFrame(beginFrame(nil, framePing), 0))
	f.Add([]byte{1, 0, 0, 0, 9, 3, 0, 0, 0, 1, 1})
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := newFrameReader(bytes.NewReader(stream))
		for read := 0; ; {
			_, payload, err := r.next()
			if err != nil {
				return
			}
			if read += frameHeader + len(payload); read > len(stream) {
				t.Fatal("more was read than there is")
			}
		}
	})
}

func TestBadTasksHarmNoOther(t *testing.T) {
	p := newPool(t, Options{Procs: 2})
	tasks := make([]string, 100)
	for i := range tasks {
		tasks[i] = "fine"
		if i%10 == 0 {
			tasks[i] = "a\xffb" // a JSON string could not carry it
		}
	}
	bad := 0
	for a := range quoted.Run(t.Context(), p, slices.Values(documents(tasks))) {
		if a.Err != nil {
			bad++
		} else if a.Value.Name != "fine" {
			t.Errorf("%q", a.Value.Name)
		}
	}
	if bad != 10 {
		t.Errorf("%d tasks failed, want 10", bad)
	}
	for a := range quoted.Run(t.Context(), p, slices.Values(documents([]string{"break the answer"}))) {
		if a.Err == nil || !strings.Contains(a.Err.Error(), "cannot be encoded") {
			t.Errorf("an answer that cannot be encoded: %v", a.Err)
		}
	}
}

func documents(names []string) (ds []document) {
	for _, n := range names {
		ds = append(ds, document{Name: n})
	}
	return ds
}
