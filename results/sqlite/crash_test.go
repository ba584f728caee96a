package sqlite

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"scrape/results"
	"scrape/results/resultstest"
	"scrape/results/sqlite/conn"
)

// Whoever is killed leaves a database that has everything up to the position it
// told, and can be resumed there: every record once, none missing.
func TestKilled(t *testing.T) {
	file := path(t)
	s := open(t, file, Options{})
	write(t, s, pages(1, 10)...)
	closeSink(t, s)
	position := int64(0)
	for round := range 5 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childFile+"="+file)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		told := bufio.NewScanner(out)
		for range 1 + 3*round {
			if !told.Scan() {
				break
			}
		}
		position, err = strconv.ParseInt(told.Text(), 10, 64)
		if err != nil {
			t.Error(err)
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for told.Scan() { // what it told before it was dead is as good
			if position, err = strconv.ParseInt(told.Text(), 10, 64); err != nil {
				t.Error(err)
			}
		}
		child.Wait() // killed
		if t.Failed() {
			return
		}

		before := seqsOf(t, file, position)
		s = open(t, file, Options{Resume: true, Position: position})
		write(t, s, pages(int64(len(before))+1, int64(len(before))+5)...)
		closeSink(t, s)
		if after := readAll(t, file, Newest); len(after) != len(before)+5 {
			t.Errorf("%d records, want %d and 5", len(after), len(before))
		} else {
			for i, seq := range seqs(after) {
				if seq != int64(i+1) {
					t.Fatalf("record %d has the seq %d", i+1, seq)
				}
			}
		}
	}
	wantRows(t, file, "PRAGMA integrity_check", "ok")
	wantRows(t, file, "SELECT count(*) FROM runs", "6")
	wantRows(t, file, "SELECT count(*) FROM records WHERE run = 1", "10")
	alone(t, file)
}

// seqsOf are those of the newest run up to a position.
func seqsOf(t *testing.T, file string, position int64) []string {
	t.Helper()
	return query(t, file, fmt.Sprintf("SELECT seq FROM records WHERE run = (SELECT max(id) FROM runs) AND id <= %d", position))
}

// What fits no more is an error for ever after, and what was committed before
// is whole.
func TestFull(t *testing.T) {
	big := resultstest.Page(1000)
	big.Title = strings.Repeat("t", 1<<20)
	file := path(t)
	s := open(t, file, Options{})
	write(t, s, pages(1, 50)...)
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
	position := s.Position()
	// As many pages as there are, which SQLite takes for a full disk.
	if err := s.c.Exec("PRAGMA max_page_count=1"); err != nil {
		t.Fatal(err)
	}
	err := s.Write(results.New(big))
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Write: %v", err)
	}
	for name, call := range map[string]func() error{
		"Write": func() error { return s.Write(pages(51, 51)[0]) },
		"Sync":  s.Sync, "Persist": s.Persist,
	} {
		if got := call(); got != err {
			t.Errorf("%s after %v: %v", name, err, got)
		}
	}
	if got := s.Position(); got != position {
		t.Errorf("position %d, want %d", got, position)
	}
	if got := s.Close(); got != err {
		t.Errorf("Close: %v", got)
	}
	wantRows(t, file, "PRAGMA integrity_check", "ok")
	wantRows(t, file, "SELECT count(*) FROM latest", "50")
	s = open(t, file, Options{Resume: true, Position: position})
	write(t, s, results.New(big))
	closeSink(t, s)
	wantRows(t, file, "SELECT count(*), max(length(title)) FROM records", "51|1048576")
}

// A commit that fails is an error of every later call.
func TestCommitFails(t *testing.T) {
	file := path(t)
	s := open(t, file, Options{})
	write(t, s, pages(1, 5)...)
	if err := s.c.Exec("ROLLBACK"); err != nil { // behind its back
		t.Fatal(err)
	}
	err := s.Sync()
	if err == nil {
		t.Fatal("nothing was committed, and Sync says nothing")
	}
	if got := s.Write(pages(6, 6)[0]); got != err {
		t.Errorf("Write: %v", got)
	}
	if got := s.Close(); got != err {
		t.Errorf("Close: %v", got)
	}
	if s.Position() != 0 {
		t.Errorf("position %d", s.Position())
	}
}

// Another writer is waited for.
func TestBusy(t *testing.T) {
	file := path(t)
	s := open(t, file, Options{})
	other, err := conn.Dial(file, "rw")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Exec("BEGIN IMMEDIATE; UPDATE runs SET command = 'other'"); err != nil {
		t.Fatal(err)
	}
	written := make(chan error)
	go func() { written <- s.Write(pages(1, 1)[0]) }()
	select {
	case err := <-written:
		t.Fatalf("written beside another's transaction: %v", err)
	default:
	}
	if err := other.Exec("COMMIT"); err != nil {
		t.Fatal(err)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
	closeSink(t, s)
	wantRows(t, file, "SELECT command FROM runs", "other")
}

// A run longer than a transaction commits by itself.
func TestMostRows(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 20,000 records")
	}
	s := open(t, path(t), Options{})
	r := resultstest.Page(0)
	for range mostRows + 10 {
		write(t, s, results.New(r))
	}
	if got := s.Position(); got != mostRows {
		t.Errorf("position %d, want %d", got, mostRows)
	}
	closeSink(t, s)
}
