package demo

import (
	"context"
	"fmt"
	"io"
	"os"
)

// Serve writes the site's list to a temporary file, prints the name of that to
// w, and says what to do with it; program is how the reader can call this program.
// It waits until ctx is done, and removes the
// file. The site stays up: closing it is the caller's.
func (s *Site) Serve(ctx context.Context, w io.Writer, program string, say func(format string, args ...any)) error {
	name, err := s.save()
	if err != nil {
		return fmt.Errorf("writing the demo's list: %w", err)
	}
	defer os.Remove(name)
	say("a small site is up at %s until you press ctrl-c; its list is", s.URL())
	if _, err := fmt.Fprintln(w, name); err != nil {
		return err
	}
	say("in another terminal, try")
	say("  %s %s --procs 3 --timeout %v", program, name, tourTimeout)
	say("  %s %s --timeout %v --jsonl | jq .title", program, name, tourTimeout)
	say("  %s %s --timeout %v -o demo.jsonl", program, name, tourTimeout)
	say("  %s %s", program, s.URL())
	<-ctx.Done()
	return nil
}

// save writes the list to a new temporary file.
func (s *Site) save() (name string, err error) {
	f, err := os.CreateTemp("", "scrape-demo-*.txt")
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(s.text())
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}
