package command

import (
	"syscall"

	"scrape/scraper"
)

// Of the files that a worker may have open some are its own; and a connection
// in use has at most one beside it that is kept for later.
const (
	ownFiles          = 20
	filesPerRequest   = 2
	plentyDescriptors = 1 << 20
)

// fitDescriptors lowers the concurrency to what the limit on open files lets
// each worker do: otherwise pages would be blamed for this machine's shortage.
func (p *program) fitDescriptors(o *scraper.Options) error {
	concurrency := o.Concurrency
	if concurrency == 0 {
		concurrency = scraper.DefaultConcurrency
	}
	procs := o.Procs
	if procs == 0 {
		procs = scraper.DefaultProcs(concurrency)
	}
	procs = min(procs, concurrency)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Max >= plentyDescriptors {
		return nil
	}
	// Workers raise their limit to the highest allowed, as all Go programs do.
	each := (int(limit.Max) - ownFiles) / filesPerRequest
	if each < 1 {
		return &failure{code: exitLocal, text: "too few open files are allowed here", hint: "raise the limit: ulimit -n 1024"}
	}
	if each*procs < concurrency {
		p.console.say("only %d open files are allowed here, so the concurrency is %d; ulimit -n raises the limit", limit.Max, each*procs)
		o.Concurrency = each * procs
	}
	return nil
}
