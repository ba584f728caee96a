package pool

import (
	"bytes"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"
)

// ringPair is both ends of a ring.
func ringPair(t testing.TB) (from, to *ring) {
	t.Helper()
	from, f, err := newRing()
	if err != nil {
		t.Skip("no rings here: ", err)
	}
	defer f.Close()
	to, err = openRing(f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { from.close(); to.close() })
	return from, to
}

func TestRingCarriesFramesInOrder(t *testing.T) {
	from, to := ringPair(t)
	const frames = 20_000
	rest := make(chan []byte)
	go func() {
		var all []byte
		for count := 0; count < frames; {
			b, err := to.take()
			if err != nil {
				t.Error(err)
				break
			}
			if len(b) == 0 {
				runtime.Gosched()
			}
			for all = append(all, b...); ; count++ {
				kind, payload, behind, ok := cutFrame(all)
				if !ok {
					break
				}
				if f := fieldsOf(payload); kind != frameAsk || f.uint() != uint64(count) {
					t.Errorf("frame %d is of kind %d: %x", count, kind, payload[:min(9, len(payload))])
				}
				all = behind
			}
		}
		rest <- all
	}()
	for i := range frames {
		frame := beginFrame(nil, frameAsk)
		frame = appendUints(frame, uint64(i))
		frame = endFrame(append(frame, make([]byte, rand.IntN(300))...), 0)
		for {
			if ok, _ := from.put(frame); ok {
				break
			}
			runtime.Gosched()
		}
	}
	if left := <-rest; len(left) > 0 {
		t.Errorf("%d bytes are left over", len(left))
	}
}

func TestRingRefuses(t *testing.T) {
	from, to := ringPair(t)
	if ok, _ := from.put(make([]byte, maxTold+1)); ok {
		t.Error("a frame that is too long was taken")
	}
	n := 0
	for ok := true; ok; n++ {
		ok, _ = from.put(make([]byte, maxTold))
	}
	if n != ringData/maxTold+1 {
		t.Errorf("%d frames fit", n-1)
	}
	if b, err := to.take(); len(b) != ringData || err != nil {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	// The reader believes nothing.
	from.tail.Store(to.head.Load() + ringData + 1)
	if _, err := to.take(); err == nil {
		t.Error("more than fits was believed")
	}
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(ringSize); err != nil {
		t.Fatal(err)
	}
	if _, err := openRing(f); err == nil {
		t.Error("a file that can be shortened was mapped")
	}
}

func TestRingWakesItsReader(t *testing.T) {
	from, to := ringPair(t)
	if _, wake := from.put([]byte("x")); wake {
		t.Error("a reader that is awake is woken")
	}
	to.asleep.Store(1)
	if _, wake := from.put([]byte("x")); !wake {
		t.Error("a reader that sleeps is not woken")
	}
	if _, wake := from.put([]byte("x")); wake {
		t.Error("it is woken twice")
	}
}

// TestLargeItemsKeepTheirPlace mixes items that go through the ring with some
// that do not fit.
func TestLargeItemsKeepTheirPlace(t *testing.T) {
	q := NewQueue[string](0)
	a := newPuppet(t, things{Queue: q})
	large := string(bytes.Repeat([]byte("x"), 3*maxTold))
	for i := range 10 {
		a.begin(pull{Do: "put many", N: 100, Text: string(rune('a' + i))})
		a.end()
		a.do(pull{Do: "put", Text: large})
	}
	for i := range 10 {
		for range 100 {
			if v, err := q.Get(within(t)); v != string(rune('a'+i)) || err != nil {
				t.Fatalf("%.10q, %v", v, err)
			}
		}
		if v, err := q.Get(within(t)); v != large || err != nil {
			t.Fatalf("%.10q, %v", v, err)
		}
	}
}

func FuzzCutFrame(f *testing.F) {
	f.Add(appendNumber(appendNumber(nil, frameAsk, 1), frameForget, 2))
	f.Add([]byte{255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		for {
			kind, payload, rest, ok := cutFrame(b)
			if !ok {
				return
			}
			if again := endFrame(append(beginFrame(nil, kind), payload...), 0); !bytes.Equal(again, b[:len(b)-len(rest)]) {
				t.Fatalf("%x is cut to kind %d and %x", b, kind, payload)
			}
			b = rest
		}
	})
}
