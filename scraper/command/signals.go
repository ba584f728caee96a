package command

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"

	"scrape/scraper"
)

// errLeave is why a run ended that a second signal told to end at once.
var errLeave = errors.New("interrupted")

// watch turns signals into the end of a run: the first drains it, the second
// cancels it.
type watch struct {
	drain chan struct{} // closed by the first signal
	leave chan struct{} // closed by the second
	last  atomic.Int64  // the last signal; 0: none

	signals chan os.Signal // that ask for the end
	asks    chan os.Signal // that ask how things stand
	stopped chan struct{}
	running sync.WaitGroup
}

// catchSignals has c told of signals. Those that were ignored when the process
// began, as by nohup, stay so.
func catchSignals(c chan<- os.Signal, signals ...os.Signal) {
	for _, s := range signals {
		if !signal.Ignored(s) {
			signal.Notify(c, s)
		}
	}
}

// signalled is why a context has ended that a signal ends.
type signalled struct{ signal syscall.Signal }

// Error says what the signal asked for.
func (s signalled) Error() string { return signalName(s.signal) }

// catchEnds has c told of signals that ask for the end.
func (p *program) catchEnds(c chan<- os.Signal) {
	catchSignals(c, syscall.SIGINT, syscall.SIGTERM)
	if p.watching.hangups == nil {
		catchSignals(c, syscall.SIGHUP)
	}
}

// untilSignal returns a context that the first signal ends which asks for the end, with
// a signalled for its cause. What it returns beside is to be called at the end.
func (p *program) untilSignal(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 1)
	p.catchEnds(signals)
	var waiting sync.WaitGroup
	waiting.Go(func() {
		for {
			select {
			case <-p.watching.hangups:
				p.reopenLog()
			case s := <-signals:
				number, _ := s.(syscall.Signal)
				cancel(signalled{number})
				return
			case <-ctx.Done():
				return
			}
		}
	})
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
		waiting.Wait()
	}
}

// watchSignals begins to watch.
func (p *program) watchSignals(cancel context.CancelCauseFunc) *watch {
	w := &watch{
		drain:   make(chan struct{}),
		leave:   make(chan struct{}),
		signals: make(chan os.Signal, 2),
		asks:    make(chan os.Signal, 1),
		stopped: make(chan struct{}),
	}
	p.catchEnds(w.signals)
	catchSignals(w.asks, askSignals...)
	w.running.Go(func() { p.oblige(w) })
	w.running.Go(func() {
		for count := 1; count <= 2; count++ {
			select {
			case s := <-w.signals:
				number, _ := s.(syscall.Signal)
				w.last.Store(int64(number))
				if count == 1 {
					close(w.drain)
					// Aside: a terminal that has been stopped must not keep
					// the second signal from being heard.
					w.running.Go(func() {
						p.watching.log.Signal(signalName(number), "no new URL is started")
						p.console.say("%s: no new URL is started, those in flight have %v to finish; again to leave now",
							signalName(number), scraper.DrainGrace)
					})
				} else {
					cancel(errLeave)
					close(w.leave)
					p.watching.log.Signal(signalName(number), "the run is left")
				}
			case <-w.stopped:
				return
			}
		}
	})
	return w
}

// oblige does what signals ask for that do not ask for the end.
func (p *program) oblige(w *watch) {
	for {
		select {
		case <-w.asks:
			p.tellSnapshot()
		case <-p.watching.hangups:
			p.reopenLog()
		case <-w.stopped:
			return
		}
	}
}

// stop ends the watch. Signals stay caught: the process ends now, by its exit
// code.
func (w *watch) stop() {
	close(w.stopped)
	w.running.Wait()
}

// signal is the last one that came, 0 if none did.
func (w *watch) signal() syscall.Signal { return syscall.Signal(w.last.Load()) }

func signalName(s syscall.Signal) string {
	switch s {
	case syscall.SIGINT:
		return "interrupted"
	case syscall.SIGTERM:
		return "terminated"
	}
	return "hung up"
}
