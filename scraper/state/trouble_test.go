package state

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"scrape/results"
	"scrape/results/sqlite/conn"
	"scrape/scraper/fetch"
)

// Where there is no room, the error says so, it is final, and what was there before is
// whole.
func TestFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := begin(t, path, Options{Run: 1})
	s.judge(1, page(1), tag(1))
	s.end()
	s = begin(t, path, Options{Run: 2})
	if err := s.db.c.Exec("PRAGMA max_page_count=10"); err != nil {
		t.Fatal(err)
	}
	for key := range uint64(500) {
		s.judge(key, page(2), tag(2))
	}
	for range 2 {
		err := s.Persist()
		if e, ok := errors.AsType[*Error](err); !ok || e.Path != path || !errors.Is(err, syscall.ENOSPC) || e.Hint == "" {
			t.Fatalf("%#v", err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	s = begin(t, path, Options{Run: 2})
	defer s.end()
	if got := s.judge(1, page(2), tag(2)); got.Change != results.Changed {
		t.Errorf("%v", got.Change)
	}
	if got := s.judge(2, page(2), tag(2)); got.Change != results.Fresh {
		t.Errorf("%v", got.Change)
	}
}

// Files that are no state stay as they are, and damaged ones are told from full disks.
func TestForeignAndDamaged(t *testing.T) {
	prepare := func(statements string) string {
		path := filepath.Join(t.TempDir(), "state.db")
		s := begin(t, path, Options{Run: 1})
		s.judge(1, page(1), tag(1))
		s.end()
		c, err := conn.Dial(path, "rw")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.Exec(statements); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for statements, want := range map[string]string{
		"PRAGMA user_version=9":   "its tables have version 9, this scrape knows 1",
		"PRAGMA application_id=9": "it is another program's database",
	} {
		if _, err := Open(prepare(statements), Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", statements, err)
		} else if _, ok := errors.AsType[*ForeignError](err); !ok {
			t.Errorf("%s: %#v", statements, err)
		}
	}
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("a text\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(text, Options{}); err == nil || !strings.Contains(err.Error(), "no SQLite database") {
		t.Error(err)
	}
	if b, err := os.ReadFile(text); err != nil || string(b) != "a text\n" {
		t.Errorf("%q, %v", b, err)
	}

	for _, statements := range []string{"UPDATE pages SET known = x'01'", "UPDATE contents SET content = x'00ff'"} {
		s := begin(t, prepare(statements), Options{Run: 2})
		f := notModified()
		r := results.New(&f)
		r.Key = 1
		_, err := s.Judge(r, fetch.Validators{})
		if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Hint, "damaged") {
			t.Errorf("%s: %v", statements, err)
		}
		s.end()
	}
}

// Another program's database keeps its journal mode, too.
func TestForeignJournalMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "theirs.db")
	c, err := conn.Dial(path, "rwc")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Exec("PRAGMA journal_mode=WAL; CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)"), c.Close()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(path, Options{Run: 1})
	if _, ok := errors.AsType[*ForeignError](err); !ok {
		t.Errorf("%#v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("%d bytes became %d, or others: %v", len(before), len(after), err)
	}
	wantRows(t, path, "PRAGMA journal_mode", "wal")
}

// Whoever still reads the list when a run is over looks up in a state that is closed.
func TestUseWhileClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := begin(t, path, Options{Run: 1})
	s.most = 2 // write often
	s.judge(1, page(1), tag(1))
	if err := s.Persist(); err != nil {
		t.Fatal(err)
	}
	var users sync.WaitGroup
	looking := make(chan struct{}, 2)
	for _, use := range []func() error{
		func() error { _, err := s.Validators(1); return err },
		func() error {
			f := page(2)
			r := results.New(&f)
			r.Key = 2
			_, err := s.Judge(r, tag(2))
			return err
		},
	} {
		users.Go(func() {
			for i := 0; ; i++ {
				if err := use(); errors.Is(err, fs.ErrClosed) {
					return
				} else if err != nil {
					t.Error(err)
					return
				}
				if i == 0 {
					looking <- struct{}{}
				}
			}
		})
	}
	<-looking
	<-looking
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	users.Wait()
	if err := s.Persist(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Persist: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("again: %v", err)
	}
}
