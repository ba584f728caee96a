package scraper

import (
	"os"
	"syscall"

	"scrape/pool"
	"scrape/results"
	"scrape/scraper/worker"
)

// needs are those of all sinks.
func (o *Options) needs() (all results.Needs) {
	for _, s := range o.Sinks {
		if s, ok := s.(results.ExchangeSink); ok {
			all = all.Or(s.Needs())
		}
	}
	return all
}

// keep is what workers are told of it.
func (o *Options) keep() worker.Keep {
	needs := o.needs()
	k := worker.Keep{Needs: needs, Digest: o.BodySHA256 || o.Memory != nil || needs.Any(), Validators: o.Memory != nil}
	if needs.Any() {
		k.Dir = os.TempDir()
	}
	return k
}

// files is how many answers may be here or on the way with their bodies: as many as
// there are requests in flight and some more, so that nobody waits while the outputs are
// busy for a moment, but well below what this process may have open.
func (o *Options) files() int {
	if !o.needs().Any() {
		return 0
	}
	const (
		spare = 256
		most  = 4096
	)
	n := min(o.Concurrency+spare, most)
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil {
		n = max(1, int(min(uint64(n), uint64(limit.Cur)/2)))
	}
	return n
}

// exchange is what was said for an answer, nil if nobody wants it. Its contents can be
// read until the answer's file is closed.
func (r *run) exchange(a pool.Answer[*worker.Task, worker.Answer]) *results.Exchange {
	e := a.Value.Exchange
	if e == nil {
		return nil
	}
	if a.File != nil {
		e.Open(a.File)
	}
	if e.RequestBody = a.Task.Body; a.Task.CommonBody {
		e.RequestBody = r.options.Request.Body
	}
	return e
}
