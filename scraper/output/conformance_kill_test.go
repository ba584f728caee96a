package output

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"scrape/results"
)

// victimVariable names, in the environment of this test's own program, the directory
// in which it is to be killed, or whose files are limited.
const victimVariable = "SCRAPE_OUTPUT_VICTIM"

// child runs a test of this program again, as a process of its own.
func child(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), victimVariable+"="+dir)
	return cmd
}

// syncedAfter is how many records are durable when the process is killed.
var syncedAfter = []int{0, 1, 7, len(few())}

// A process that is killed leaves files that can be opened again where they were
// durable, and end as if nothing had happened.
func TestKilledAndReopened(t *testing.T) {
	if dir := os.Getenv(victimVariable); dir != "" {
		beKilled(t, dir)
		return
	}
	dir := t.TempDir()
	cmd := child(t, dir)
	told, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	positions := make(map[string]int64)
	lines := bufio.NewScanner(told)
	ready := false
	for !ready && lines.Scan() {
		var name string
		var position int64
		ready = lines.Text() == "ready"
		if _, err := fmt.Sscan(lines.Text(), &name, &position); err == nil {
			positions[name] = position
		} else if !ready {
			t.Error(lines.Text())
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // killed
	if !ready {
		t.Fatal("the process ended by itself")
	}
	for i, f := range formats(t) {
		for _, n := range syncedAfter {
			name := victimName(i, n)
			o := f.options
			o.Name, o.Mode, o.Position = filepath.Join(dir, name), Resume, positions[name]
			out, s := begin(t, o)
			records := few()
			mustGive(t, s, records[n:]...)
			finish(t, out)
			t.Run(fmt.Sprintf("%s after %d", f.name, n), func(t *testing.T) { f.check(t, o.Name, records) })
		}
	}
}

func victimName(format, synced int) string { return fmt.Sprintf("%d-%d", format, synced) }

// beKilled writes a file of each format for each number of durable records, more
// records than that, and waits.
func beKilled(t *testing.T, dir string) {
	for i, f := range formats(t) {
		for _, n := range syncedAfter {
			o := f.options
			o.Name = filepath.Join(dir, victimName(i, n))
			out, s := begin(t, o)
			records := few()
			mustGive(t, s, records[:n]...)
			if err := errors.Join(s.Sync(), out.Persist()); err != nil {
				t.Fatal(err)
			}
			fmt.Println(filepath.Base(o.Name), out.Position())
			mustGive(t, s, records[n:]...)
			if n%2 == 1 { // what is written and not told of is cut off
				if err := s.Sync(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	fmt.Println("ready")
	_, _ = os.Stdin.Read(make([]byte, 1))
}

// points is at how many places of a file its end is tried.
const points = 8

// A file that cannot grow any more is an error that names it, wherever that is, and
// the error of all that follows; and once there is room it is finished where it was
// durable. The limit is the system's (RLIMIT_FSIZE), which holds for a process.
func TestNoRoomAtEachPoint(t *testing.T) {
	if dir := os.Getenv(victimVariable); dir != "" {
		signal.Ignore(syscall.SIGXFSZ)
		each(t, func(t *testing.T, f format) { noRoom(t, f) })
		return
	}
	if out, err := child(t, t.TempDir()).CombinedOutput(); err != nil || !bytes.Contains(out, []byte("PASS")) {
		t.Errorf("%v\n%s", err, out)
	}
}

func noRoom(t *testing.T, f format) {
	records := few()
	out, s := begin(t, f.options)
	mustGive(t, s, records...)
	mustClose(t, out)
	size := int64(len(contents(t, out.name)))
	if err := out.Finish(context.Background()); err != nil {
		t.Fatal(err)
	}
	size = max(size, int64(len(contents(t, f.options.Name))))
	f.options.Mode = Overwrite
	failed := 0
	for point := range points {
		if noRoomAt(t, f, records, size*int64(point)/points) {
			failed++
		}
		if t.Failed() {
			t.Fatalf("at %d of %d", point, points)
		}
	}
	if failed < points/2 {
		t.Errorf("only %d of %d limits on %d bytes were met", failed, points, size)
	}
}

// A web archive that cannot grow any more holds whole records, also where one is so large
// that it was written in pieces.
func TestNoRoomForAnArchive(t *testing.T) {
	if dir := os.Getenv(victimVariable); dir == "" {
		if out, err := child(t, t.TempDir()).CombinedOutput(); err != nil || !bytes.Contains(out, []byte("PASS")) {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	payload := make([]byte, 1<<20+1) // which does not become smaller
	_, _ = rand.NewChaCha8([32]byte{}).Read(payload)
	name := filepath.Join(t.TempDir(), "out")
	write := func() error {
		out, s := begin(t, Options{Name: name, Format: results.WARC, Mode: Overwrite})
		err := give(s, few()...)
		for seq := range int64(2) {
			e := &results.Exchange{
				URL: "http://example.com/", Sent: time.Unix(1_700_000_000, 0), HTTPVersion: "1.1",
				Request: []byte("GET / HTTP/1.1\r\n\r\n"), Response: []byte("HTTP/1.1 200 OK\r\n\r\n"),
				Payload: results.Content{Size: int64(len(payload))}, PayloadSHA1: [20]byte{byte(seq)},
			}
			e.Open(bytes.NewReader(payload))
			err = errors.Join(err, results.Give(s, record(100+seq, "large"), e))
		}
		return errors.Join(err, out.Close())
	}
	if err := write(); err != nil {
		t.Fatal(err)
	}
	size := int64(len(contents(t, name)))
	limits := []int64{5, 600, 1500}
	for point := range int64(4) {
		// In a large one, and in what follows it; a time of another length is worth some bytes.
		limits = append(limits, size*(2*point+1)/8, size-100-point*200)
	}
	for _, room := range limits {
		lift := limitFiles(t, room)
		err := write()
		lift()
		if _, ok := errors.AsType[*Error](err); !ok {
			t.Errorf("room for %d of %d bytes: %v", room, size, err)
		}
		left := contents(t, name)
		if left == "" && room < size/8 {
			continue
		}
		r, err := Unpack(strings.NewReader(left), results.Gzip)
		if err != nil {
			t.Fatalf("room for %d bytes, of which %d are left: %v", room, len(left), err)
		}
		text, err := io.ReadAll(r)
		if err != nil || !bytes.HasSuffix(text, []byte("\r\n\r\n")) {
			t.Errorf("room for %d bytes, of which %d are left: %.50q at the end, %v", room, len(left), text[max(0, len(text)-50):], err)
		}
		if room > size*3/4 && len(left) < 1<<20 {
			t.Errorf("room for %d bytes, of which %d are left", room, len(left))
		}
	}
}

// noRoomAt writes records as far as there is room, and the rest where there is more.
func noRoomAt(t *testing.T, f format, records []*results.Record, room int64) (failed bool) {
	o := f.options
	lift := limitFiles(t, room)
	done, position, err := writeUntil(t, o, records)
	lift()
	if err == nil {
		f.check(t, o.Name, records)
		return false
	}
	if e, ok := errors.AsType[*Error](err); !ok || e.Name != o.Name && e.Name != spoolName(o.Name) || !strings.Contains(e.Error(), e.Name) {
		t.Errorf("room for %d bytes: %v", room, err)
	}
	// A database that could not be closed has its newest part beside it (-wal).
	if left := leftovers(t, o.Name); left != nil && o.Format != results.SQLite {
		t.Errorf("room for %d bytes: %q are left", room, left)
	}
	if done >= 0 {
		o.Mode, o.Position = Resume, position
	} else {
		done = 0 // it could not be begun
	}
	out, s := begin(t, o)
	mustGive(t, s, records[done:]...)
	finish(t, out)
	f.check(t, o.Name, records)
	return true
}

// writeUntil writes records until there is an error, and tells how many of them were
// durable, at which position; -1 where there was no sink.
func writeUntil(t *testing.T, o Options, records []*results.Record) (done int, position int64, err error) {
	t.Helper()
	out := mustOpen(t, o)
	s, err := out.Sink(Use{})
	if err != nil {
		_ = out.Close()
		return -1, 0, err
	}
	if err := errors.Join(s.Sync(), out.Persist()); err != nil {
		return -1, 0, errors.Join(err, out.Close())
	}
	position = out.Position()
	for i, r := range records {
		if err = give(s, r); err == nil && i%4 == 0 {
			if err = errors.Join(s.Sync(), out.Persist()); err == nil {
				done, position = i+1, out.Position()
			}
		}
		if err != nil {
			break
		}
	}
	if err != nil {
		if again := give(s, records[0]); again == nil {
			t.Errorf("a write after %v is none", err)
		}
	}
	if closing := out.Close(); err == nil {
		err = closing
	} else if closing == nil {
		t.Errorf("Close after %v is none", err)
	}
	if err == nil {
		err = out.Finish(context.Background())
	}
	return done, position, err
}

// limitFiles limits how large files can become, until lift is called.
func limitFiles(t *testing.T, size int64) (lift func()) {
	t.Helper()
	var whole syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &whole); err != nil {
		t.Fatal(err)
	}
	limit := whole
	setLimit(&limit.Cur, size)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &whole); err != nil {
			t.Fatal(err)
		}
	}
}

// setLimit is an assignment; systems have numbers of other types.
func setLimit[T int64 | uint64](to *T, size int64) { *to = T(size) }
