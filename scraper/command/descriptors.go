package command

import (
	"cmp"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"scrape/scraper"
)

// Of the files that a worker may have open some are its own. A request that looks
// up its host has two open, one for each family of addresses, before it has a
// connection; and beside it at most one connection is kept for later.
const (
	ownFiles          = 20
	filesPerRequest   = 3
	plentyDescriptors = 1 << 20
)

// closedAtStart tells whether a stream was closed when the process began. Go's
// runtime has put /dev/null in its place then, open in both directions, as a
// shell's redirection is not. Some programs start their children with the same,
// who cannot be told apart.
func closedAtStart(stream *os.File) bool {
	flags, err := unix.FcntlInt(stream.Fd(), unix.F_GETFL, 0)
	if err != nil || flags&unix.O_ACCMODE != unix.O_RDWR {
		return false
	}
	info, err := stream.Stat()
	null, nullErr := os.Stat(os.DevNull)
	return err == nil && nullErr == nil && os.SameFile(info, null)
}

// fitDescriptors lowers the concurrency to what the limit on open files lets
// each worker do: otherwise pages would be blamed for this machine's shortage.
func (p *program) fitDescriptors(o *scraper.Options) error {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil || limit.Max >= plentyDescriptors {
		return nil
	}
	// Workers raise their limit to the highest allowed, as all Go programs do.
	fits := concurrencyFor(int(limit.Max), *o)
	if fits < 1 {
		return &failure{code: exitLocal, text: "too few open files are allowed here", hint: "raise the limit: ulimit -n 1024"}
	}
	if fits < cmp.Or(o.Concurrency, scraper.DefaultConcurrency) {
		p.console.say("only %d open files are allowed here, so the concurrency is %d; ulimit -n raises the limit", limit.Max, fits)
		o.Concurrency = fits
	}
	return nil
}

// concurrencyFor is the concurrency that a limit on open files allows, at most
// the one that is asked for; less than 1 if it allows none.
func concurrencyFor(files int, o scraper.Options) int {
	concurrency := cmp.Or(o.Concurrency, scraper.DefaultConcurrency)
	procs := min(cmp.Or(o.Procs, scraper.DefaultProcs(concurrency)), concurrency)
	return min(concurrency, (files-ownFiles)/filesPerRequest*procs)
}
