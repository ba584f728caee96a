package journal

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"scrape/results"
)

// head is one of two lists, the second a stream, and two outputs.
func head() Head {
	return Head{
		Lists:   []List{{Name: "a.txt", Size: 7, Sum: Digest{1}}, {Name: "-", Stream: true}},
		Asked:   Digest{2},
		Outputs: []OutputFile{{Name: "out.jsonl", Format: "jsonl", Base: 5}, {Name: "b\xff.csv", Format: "csv"}},
	}
}

// entryOf is an entry about lines that were scraped.
func entryOf(positions []int64, seqs ...int64) *entry {
	e := &entry{positions: positions, marks: []mark{{length: positions[0]}}}
	for _, seq := range seqs {
		e.lines = append(e.lines, line{seq, keyFor(seq)})
	}
	e.tally.Count(results.None, int64(len(seqs)))
	return e
}

// entries are those of the journal that written makes.
func entries() []*entry {
	late := entryOf([]int64{400, 80}, 1<<40, 2, 9)
	late.marks = []mark{{length: 12, complete: true, sum: Digest{9}}}
	late.tally.Count(results.DNS, 3)
	late.tally.Count(results.Duplicate, 1)
	return []*entry{entryOf([]int64{100, 20}, 3, 1, 4), entryOf([]int64{200, 30}, 5), late}
}

// written makes a journal with entries and returns its name and the lengths at
// which it is whole, from the head alone on.
func written(t testing.TB) (path string, whole []int64) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "out.jsonl.journal")
	j, err := Create(path, head())
	if err != nil {
		t.Fatal(err)
	}
	whole = []int64{size(t, path)}
	for _, e := range entries() {
		if err := j.append(e, doneFrame); err != nil {
			t.Fatal(err)
		}
		whole = append(whole, size(t, path))
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return path, whole
}

func size(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func reopen(t testing.TB, path string) *Journal {
	t.Helper()
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// checkFirst fails unless a journal remembers its first n entries, and no other.
func checkFirst(t *testing.T, j *Journal, n int) {
	t.Helper()
	var tally results.Tally
	positions, marks := []int64{5, 0}, []mark{{}}
	for i, e := range entries() {
		for _, l := range e.lines {
			if done := j.Done(l.seq, l.key); done != (i < n) {
				t.Errorf("after %d entries: line %d of entry %d is done: %v", n, l.seq, i, done)
			}
		}
		if i < n {
			tally.Join(&e.tally)
			positions, marks = e.positions, e.marks
		}
	}
	if !reflect.DeepEqual(j.Positions(), positions) || !reflect.DeepEqual(j.marks, marks) || j.Tally() != tally {
		t.Errorf("after %d entries: positions %v, marks %v, tally %v", n, j.Positions(), j.marks, j.Tally())
	}
	if j.Done(6, 0) || j.Completed() {
		t.Error("a line is done that is not, or all are")
	}
}

func TestReopen(t *testing.T) {
	path, whole := written(t)
	j := reopen(t, path)
	checkFirst(t, j, len(whole)-1)
	if err := j.Check(head()); err != nil {
		t.Error(err)
	}
	if !j.Spooled(1) {
		t.Error("the stream is not known to be whole")
	}
	// It goes on.
	more := entryOf([]int64{500, 90}, 6)
	if err := j.append(more, doneFrame); err != nil {
		t.Fatal(err)
	}
	j.Close()
	again := reopen(t, path)
	tally := again.Tally()
	if !again.Done(6, 0) || !again.Done(1<<40, 0) || again.Positions()[0] != 500 || tally.Total() != 12 {
		t.Errorf("it did not go on: %v, %v", again.Positions(), tally.Total())
	}
}

// A run that was paused is one that goes on, and then is not paused any more.
func TestPause(t *testing.T) {
	path, whole := written(t)
	j := reopen(t, path)
	if j.Paused() {
		t.Error("it is paused already")
	}
	if err := j.Pause(); err != nil {
		t.Fatal(err)
	}
	j.Close()
	j = reopen(t, path)
	checkFirst(t, j, len(whole)-1)
	if !j.Paused() {
		t.Error("it is not paused")
	}
	if err := j.Continue(); err != nil {
		t.Fatal(err)
	}
	j.Close() // as if killed before anything was done
	j = reopen(t, path)
	checkFirst(t, j, len(whole)-1)
	if j.Paused() {
		t.Error("it does not know that it went on")
	}
	if err := j.append(entryOf([]int64{500, 90}, 6), doneFrame); err != nil {
		t.Fatal(err)
	}
	j.Close()
	if j = reopen(t, path); j.Paused() || !j.Done(6, 0) || !j.Done(5, 0) {
		t.Error("it does not go on")
	}
}

// Whatever of a journal is there, what was whole counts and nothing else does, and it
// can be gone on with.
func TestTornAtEveryByte(t *testing.T) {
	path, whole := written(t)
	all, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, tail := range []string{"", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\xff\xff\xff\x00garbage garbage"} {
		for n := range all {
			text := string(all[:n]) + tail
			write(t, path, text)
			good := -1 // a tail can be what was to come
			for good+1 < len(whole) && strings.HasPrefix(text, string(all[:whole[good+1]])) {
				good++
			}
			j, err := Open(path)
			if good < 0 {
				if _, ok := errors.AsType[*CorruptError](err); !ok {
					t.Fatalf("%d bytes and %q: %v", n, tail, err)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%d bytes and %q: %v", n, tail, err)
			}
			checkFirst(t, j, good)
			if size(t, path) != whole[good] {
				t.Fatalf("%d bytes and %q: cut to %d, want %d", n, tail, size(t, path), whole[good])
			}
			j.Close()
		}
	}
}

// A byte that is another is noticed: what stands behind it does not count.
func TestEveryByteCounts(t *testing.T) {
	path, whole := written(t)
	all, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		for _, flip := range []byte{0x01, 0x80} {
			broken := bytes.Clone(all)
			broken[i] ^= flip
			write(t, path, string(broken))
			j, err := Open(path)
			if int64(i) < whole[0] {
				_, corrupt := errors.AsType[*CorruptError](err)
				_, other := errors.AsType[*VersionError](err)
				if !corrupt && !other {
					t.Fatalf("byte %d of the head: %v", i, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			good := 0
			for int64(i) >= whole[good+1] {
				good++
			}
			checkFirst(t, j, good)
			j.Close()
		}
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	_ = os.Remove(path) // some file systems take their time to empty one
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.journal")
	if _, err := Open(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no journal: %v", err)
	}
	for text, want := range map[string]string{
		"":                          path + ": is no journal, or a broken one",
		"{}\n":                      path + ": is no journal, or a broken one",
		firstLine:                   path + ": is no journal, or a broken one",
		"scrape journal 1":          path + ": is no journal, or a broken one",
		"scrape journal x\n":        path + ": is no journal, or a broken one",
		"scrape journal 3\nwhat so": path + ": a journal of version 3, where this program knows version 2",
	} {
		write(t, path, text)
		if _, err := Open(path); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := Open(dir); err == nil {
		t.Error("a directory is a journal")
	}
	if _, err := Create(filepath.Join(dir, "none", "x.journal"), Head{}); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "none/x.journal") {
		t.Errorf("no directory: %v", err)
	}
}

func TestCheck(t *testing.T) {
	path, _ := written(t)
	j := reopen(t, path)
	for name, c := range map[string]struct {
		change func(*Head)
		want   string
	}{
		"nothing":            {func(h *Head) {}, ""},
		"a list's name":      {func(h *Head) { h.Lists[0].Name = "b.txt" }, ""},
		"an output's length": {func(h *Head) { h.Outputs[0].Base = 99 }, ""},
		"a list's size":      {func(h *Head) { h.Lists[0].Size = 8 }, "list a.txt is not what it was: 8 bytes, which were 7"},
		"a list's content":   {func(h *Head) { h.Lists[0].Sum = Digest{7} }, "list a.txt is not what it was: other content of the same size"},
		"a file for stdin":   {func(h *Head) { h.Lists[1] = h.Lists[0] }, "list a.txt is not what it was: a file, which was a stream"},
		"stdin for a file":   {func(h *Head) { h.Lists[0] = h.Lists[1] }, "stdin is not what it was: a stream, which was a file"},
		"fewer lists":        {func(h *Head) { h.Lists = h.Lists[:1] }, "the lists are not what they were: 1, which were 2"},
		"what is asked for":  {func(h *Head) { h.Asked = Digest{}; h.Lists = nil }, path + ": the run was asked for something else then"},
		"an output":          {func(h *Head) { h.Outputs[1].Name = "c.csv"; h.Asked = Digest{} }, path + ": is about other outputs: c.csv, which was b\xff.csv"},
		"a format":           {func(h *Head) { h.Outputs[0].Format = "text" }, path + ": is about other outputs: out.jsonl in the format text, which was jsonl"},
		"more outputs":       {func(h *Head) { h.Outputs = append(h.Outputs, OutputFile{}) }, path + ": is about other outputs: 3, which were 2"},
	} {
		h := head()
		c.change(&h)
		got := ""
		if err := j.Check(h); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestComplete(t *testing.T) {
	path, whole := written(t)
	j := reopen(t, path)
	write(t, path+".stdin", "https://example.com/\n")
	if err := j.Complete(); err != nil {
		t.Fatal(err)
	}
	j.Close()
	if n := size(t, path); n > whole[0]+200 {
		t.Errorf("a complete journal has %d bytes", n)
	}
	if _, err := os.Stat(path + ".stdin"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the copy of stdin: %v", err)
	}
	again := reopen(t, path)
	if !again.Completed() || again.Tally() != j.total || again.Check(head()) != nil || again.Positions()[0] != 400 {
		t.Errorf("complete: %v, tally %v, positions %v", again.Completed(), again.Tally(), again.Positions())
	}
	if err := again.Merge(head().Lists); err != ErrForgotten {
		t.Errorf("Merge: %v", err)
	}
}

// Where there is no room to make it short, a complete journal is a long one.
func TestCompleteWithoutRoom(t *testing.T) {
	path, _ := written(t)
	j := reopen(t, path)
	before := size(t, path)
	if err := os.Mkdir(path+".new", 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(path+".new", "x"), "")
	if err := j.Complete(); err != nil {
		t.Fatal(err)
	}
	j.Close()
	if size(t, path) <= before {
		t.Error("it was made short")
	}
	again := reopen(t, path)
	if !again.Completed() || again.Tally() != j.total {
		t.Errorf("complete: %v, tally %v", again.Completed(), again.Tally())
	}
}

func TestCreateReplaces(t *testing.T) {
	path, whole := written(t)
	write(t, path+".new", "left by a run that was killed")
	j, err := Create(path, head())
	if err != nil {
		t.Fatal(err)
	}
	j.Close()
	if size(t, path) != whole[0] {
		t.Errorf("a new journal has %d bytes", size(t, path))
	}
	checkFirst(t, reopen(t, path), 0)
}

// To be written to, its directory need not be readable.
func TestCreateInHiddenDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o300); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700) // so that it can be removed
	j, err := Create(filepath.Join(dir, "journal"), Head{})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}

// A link beside the output that leads elsewhere is replaced, not written through.
func TestCreateFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	other, path := filepath.Join(dir, "other"), filepath.Join(dir, "x.journal")
	write(t, other, "mine")
	for _, name := range []string{path, path + ".new"} {
		if err := os.Symlink(other, name); err != nil {
			t.Fatal(err)
		}
	}
	j, err := Create(path, head())
	if err != nil {
		t.Fatal(err)
	}
	j.Close()
	if b, err := os.ReadFile(other); err != nil || string(b) != "mine" {
		t.Errorf("%q, %v", b, err)
	}
}

// memoryFile is a file that is appended to.
type memoryFile struct{ bytes.Buffer }

func (*memoryFile) Sync() error  { return nil }
func (*memoryFile) Close() error { return nil }

// Whatever is in a journal, it is refused, or can be gone on with.
func FuzzRead(f *testing.F) {
	path, whole := written(f)
	all, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(all)
	f.Add(all[:whole[1]-1])
	f.Add([]byte(firstLine))
	f.Fuzz(func(t *testing.T, b []byte) {
		var j Journal
		end, err := j.read(bytes.NewReader(b), int64(len(b)))
		if err != nil || j.complete {
			return
		}
		file := &memoryFile{}
		file.Write(b[:end])
		j.file = file
		e := &entry{lines: []line{{77, 1}}, positions: make([]int64, len(j.positions)), marks: make([]mark, len(j.marks))}
		e.tally.Count(results.None, 1)
		if err := j.append(e, doneFrame); err != nil {
			t.Fatal(err)
		}
		var again Journal
		end, err = again.read(bytes.NewReader(file.Bytes()), int64(file.Len()))
		if err != nil || end != int64(file.Len()) || again.before != j.total || !again.done.Has(77) {
			t.Fatalf("gone on with: %v, %d of %d bytes", err, end, file.Len())
		}
	})
}

// What is in a frame is read as it was written, whatever it is.
func FuzzContent(f *testing.F) {
	h := head()
	f.Add(h.append(nil))
	for _, e := range entries() {
		f.Add(e.append(nil, doneFrame))
		f.Add(e.append(nil, carriedFrame))
	}
	f.Add((&entry{}).append(nil, completeFrame))
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, ok := parseHead(b); ok {
			if again, ok := parseHead(h.append(nil)); !ok || !reflect.DeepEqual(h, again) {
				t.Fatalf("%+v came back as %+v", h, again)
			}
		}
		if e, kind, ok := parseEntry(b); ok {
			again, as, ok := parseEntry(e.append(nil, kind))
			if !ok || kind != as || !reflect.DeepEqual(e, again) {
				t.Fatalf("%+v came back as %+v", e, again)
			}
		}
	})
}
