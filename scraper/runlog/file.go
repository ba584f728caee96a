package runlog

import (
	"os"
	"sync"
)

// file is the log's file. It is appended to, so that others may empty it meanwhile,
// and opened anew on demand, after others have moved it away. Safe for concurrent
// use.
type file struct {
	name   string
	failed func(error)

	mu   sync.Mutex
	f    *os.File
	torn bool // the last line is not whole
	ill  bool // the last write has failed
}

func open(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
}

// Write implements io.Writer, for one line. Of failures in a row the first is told.
func (f *file) Write(line []byte) (int, error) {
	n, news, err := f.write(line)
	if news {
		f.failed(err)
	}
	return n, err
}

func (f *file) write(line []byte) (n int, news bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.torn {
		line = append([]byte("\n"), line...) // what was torn is a line by itself
	}
	n, err = f.f.Write(line)
	switch {
	case err == nil:
		f.torn, f.ill = false, false
	case n > 0:
		f.torn = line[n-1] != '\n'
	}
	news = err != nil && !f.ill
	f.ill = err != nil
	return n, news, err
}

// reopen goes on in the file that has the name now, or in the old one after an
// error.
func (f *file) reopen() error {
	next, err := open(f.name)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	err = f.f.Close()
	f.f, f.torn = next, false
	return err
}

func (f *file) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ill = true // what comes now comes from a run that was left, and is no news
	return f.f.Close()
}
