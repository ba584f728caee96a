package pool

import "fmt"

// logf tells Options.Logf, if there is one.
func (p *Pool) logf(format string, args ...any) {
	if p.opts.Logf != nil {
		p.opts.Logf(format, args...)
	}
}

// print gives Options.Stderr, if there is one, a line in one Write.
func (p *Pool) print(name string, line []byte) {
	if p.opts.Stderr == nil {
		return
	}
	p.printing.Lock()
	defer p.printing.Unlock()
	_, _ = fmt.Fprintf(p.opts.Stderr, "%s: %s\n", name, line) // a deaf hearer is no reason to stop
}

// printer is who hears the lines of a worker.
func (p *Pool) printer(name string) func(line []byte) {
	if p.opts.Stderr == nil {
		return nil
	}
	return func(line []byte) { p.print(name, line) }
}
