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

	signals chan os.Signal
	stopped chan struct{}
	running sync.WaitGroup
}

// catchSignals has c told of the signals that ask for the end. Those that were
// ignored when the process began, as by nohup, stay so.
func catchSignals(c chan<- os.Signal) {
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signal.Notify(c, s)
		}
	}
}

// untilSignal returns a context that the first signal ends. What it returns
// beside is to be called at the end.
func untilSignal(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 1)
	catchSignals(signals)
	var waiting sync.WaitGroup
	waiting.Go(func() {
		select {
		case <-signals:
			cancel()
		case <-ctx.Done():
		}
	})
	return ctx, func() {
		signal.Stop(signals)
		cancel()
		waiting.Wait()
	}
}

// watchSignals begins to watch.
func (p *program) watchSignals(cancel context.CancelCauseFunc) *watch {
	w := &watch{
		drain:   make(chan struct{}),
		leave:   make(chan struct{}),
		signals: make(chan os.Signal, 2),
		stopped: make(chan struct{}),
	}
	catchSignals(w.signals)
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
						p.console.say("%s: no new URL is started, those in flight have %v to finish; again to leave now",
							signalName(number), scraper.DrainGrace)
					})
				} else {
					cancel(errLeave)
					close(w.leave)
				}
			case <-w.stopped:
				return
			}
		}
	})
	return w
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
