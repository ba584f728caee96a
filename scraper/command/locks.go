package command

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"scrape/scraper/lock"
	"scrape/scraper/output"
)

// release gives locks back.
func release(locks []*lock.Lock) {
	for _, l := range locks {
		l.Release()
	}
}

// locked are the files that nobody else may write to meanwhile.
func (p *program) locked(chosen []output.Options, files []int) (names []string) {
	for _, i := range files {
		names = append(names, chosen[i].Name)
	}
	if p.settings.state != "" {
		names = append(names, p.settings.state)
	}
	return names
}

// lock takes the locks of files, in an order in which no two runs wait for each other.
func (p *program) lock(ctx context.Context, files []string) (locks []*lock.Lock, err error) {
	var names []string
	for _, file := range files {
		name, err := filepath.Abs(file)
		if err != nil {
			return nil, local(file, err, "")
		}
		names = append(names, name)
	}
	slices.Sort(names)
	ctx, stop := p.untilSignal(ctx)
	defer stop()
	if p.settings.wait > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.settings.wait)
		defer cancel()
	}
	for _, name := range slices.Compact(names) {
		l, err := lock.Try(name)
		held, ok := errors.AsType[*lock.HeldError](err)
		if ok && slices.ContainsFunc(locks, func(own *lock.Lock) bool { return own.Is(held) }) {
			continue // one file by two names, which is refused when it is opened
		}
		if ok && p.settings.wait > 0 {
			if !p.settings.quiet {
				p.console.say("%v: waiting for up to %v", held, p.settings.wait)
			}
			l, err = lock.Take(ctx, name)
		}
		if err = p.lockError(name, err); err != nil {
			release(locks)
			return nil, err
		}
		locks = append(locks, l)
	}
	return locks, nil
}

// lockError is why a file cannot be locked, as the user reads it.
func (p *program) lockError(name string, err error) error {
	held, ok := errors.AsType[*lock.HeldError](err)
	s, left := errors.AsType[signalled](err)
	switch {
	case err == nil:
		return nil
	case !ok:
		return local(name, err, "it is locked beside itself: choose a folder that can be written to")
	case left:
		return &failure{code: exitSignal + int(s.signal), text: held.Error() + ": " + s.Error() + " while waiting for it", cause: err}
	case p.settings.wait > 0:
		return &failure{code: exitLocked, text: held.Error() + ", still after " + p.settings.wait.String(), cause: err}
	}
	return &failure{code: exitLocked, text: held.Error(), hint: "to wait for it: --wait 10m", cause: err}
}
