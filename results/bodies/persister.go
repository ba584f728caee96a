package bodies

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// Persister makes durable what a Sink is given. It is safe for concurrent use, also with
// the Sink's methods.
type Persister struct {
	persist func(files map[string]bool) error

	running sync.Mutex // held while Persist works
	failed  error      // of Persist

	mu   sync.Mutex
	used map[string]bool // bodies that a record may name, and that were not persisted since
}

func newPersister(dir string) *Persister {
	return &Persister{persist: func(files map[string]bool) error { return persist(dir, files) }}
}

// note notes that a record may name a body.
func (p *Persister) note(path string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.used == nil {
		p.used = make(map[string]bool)
	}
	p.used[path] = true
}

// Persist returns when the bodies that were given before its call are on the disk, with
// their names. The error names a file or a folder, and is final: what was not persisted
// then may never be.
func (p *Persister) Persist() error {
	p.running.Lock() // another call may be at work on what was given before this one
	defer p.running.Unlock()
	if p.failed != nil {
		return p.failed
	}
	p.mu.Lock()
	used := p.used
	p.used = nil
	p.mu.Unlock()
	if len(used) > 0 {
		p.failed = p.persist(used)
	}
	return p.failed
}

// persistFiles makes durable each file, and the folders above it up to that which dir is
// in (fsync(2)). What may not be read is the system's to take care of, and so are folders
// where it does not know how; a file that somebody has taken away since is not missed.
func persistFiles(dir string, files map[string]bool) error {
	folders := map[string]bool{dir: true, filepath.Dir(dir): true}
	for file := range files {
		if err := syncFile(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		folder := filepath.Dir(file)
		folders[folder], folders[filepath.Dir(folder)] = true, true
	}
	for folder := range folders {
		if err := syncFile(folder); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
			return err
		}
	}
	return nil
}

func syncFile(name string) error {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
