package frontier

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"scrape/scraper/tempfile"
)

// memoryFile is a file whose disk can fill up, or break.
type memoryFile struct {
	b      []byte
	full   int // no writing beyond; 0: no bound
	broken bool
	most   int
	closed bool
}

var errDisk = errors.New("no space left on device")

func (m *memoryFile) WriteAt(b []byte, at int64) (int, error) {
	end := int(at) + len(b)
	if m.full > 0 && end > m.full {
		return 0, errDisk
	}
	if end > len(m.b) {
		m.b = append(m.b, make([]byte, end-len(m.b))...)
	}
	m.most = max(m.most, len(m.b))
	return copy(m.b[at:], b), nil
}

func (m *memoryFile) ReadAt(b []byte, at int64) (int, error) {
	if m.broken || int(at) > len(m.b) {
		return 0, errors.New("input/output error")
	}
	return copy(b, m.b[at:]), nil
}

func (m *memoryFile) Truncate(size int64) error {
	m.b = m.b[:min(len(m.b), int(size))]
	return nil
}

func (m *memoryFile) Close() error {
	m.closed = true
	return nil
}

func (m *memoryFile) open() (tempfile.File, error) { return m, nil }

// TestSpillGivesBackWhatItTook puts and takes at random, while the number of
// what is live goes up and down.
func TestSpillGivesBackWhatItTook(t *testing.T) {
	for name, f := range map[string]*memoryFile{"a good disk": {}, "a full disk": {full: 3 * segmentSize}} {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			s := newSpill(f.open)
			type kept struct {
				r ref
				b string
			}
			var live []kept
			var room []byte
			peak := int64(0)
			for i := range 400_000 {
				filling := i/50_000%2 == 0
				if len(live) == 0 || rng.IntN(10) < 8 == filling {
					b := fmt.Sprintf("%d %s", i, strings.Repeat("x", rng.IntN(300)))
					if i%1000 == 0 {
						b = strings.Repeat("y", rng.IntN(segmentSize-headerSize))
					}
					if r, ok := s.put([]byte(b)); ok {
						live = append(live, kept{r, b})
					} else if s.err == nil || f.full == 0 {
						t.Fatalf("%d bytes were not taken: %v", len(b), s.err)
					}
					peak = max(peak, s.live)
				} else {
					at := rng.IntN(len(live))
					if rng.IntN(2) == 0 {
						at = min(at, 1000) // mostly old ones
					}
					b, err := s.take(live[at].r, room)
					if err != nil || string(b) != live[at].b {
						t.Fatalf("%v, %q came back, want %q", err, b, live[at].b)
					}
					room = b
					live[at] = live[len(live)-1]
					live = live[:len(live)-1]
				}
				if size := int64(len(s.segments)) * segmentSize; i%100 == 0 && s.err == nil && size > 2*s.live+spillSlack+16*segmentSize {
					t.Fatalf("%d: the file has %d bytes for %d live ones", i, size, s.live)
				}
			}
			for _, k := range live {
				if b, err := s.take(k.r, nil); err != nil || string(b) != k.b {
					t.Fatalf("%v, %q came back, want %q", err, b, k.b)
				}
			}
			if s.live != 0 || f.full == 0 && int64(f.most) > 2*peak+spillSlack+16*segmentSize {
				t.Errorf("%d bytes live at the end, the file had %d at most for %d live ones", s.live, f.most, peak)
			}
			if n := len(s.records); n > 260_000 {
				t.Errorf("%d refs", n)
			}
			s.close()
			if f.most > 0 && !f.closed {
				t.Error("the file was not closed")
			}
		})
	}
}

func TestSpillTakesNothingTooLarge(t *testing.T) {
	s := newSpill(new(memoryFile).open)
	if _, ok := s.put(make([]byte, segmentSize)); ok || s.err != nil {
		t.Errorf("taken %v, %v", ok, s.err)
	}
}

func TestTemporaryFileHasNoName(t *testing.T) {
	dir := t.TempDir()
	f, err := tempfile.In(dir)()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
		t.Errorf("%v, %v in the directory", err, names)
	}
	if _, err := tempfile.In(dir + "/missing")(); err == nil {
		t.Error("made in a directory that is missing")
	}
}
