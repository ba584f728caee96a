package frontier

import (
	"fmt"
	"hash/maphash"
	"net/http"
	"strings"
	"time"

	"scrape/results"
)

// note is what is kept of a host or budget that was forgotten. Nothing bounds their
// number, so they are small.
type note struct {
	until time.Duration // after Frontier.began; no start before
	wish  wish          // of a host that is to be left alone
}

// wish is what a host asked for that is to be left alone; its zero value is none.
type wish struct {
	status uint16
	rest   time.Duration // 0: it did not ask, but was overloaded after every rest
}

// leaveAlone has all tasks of a host refused for the rest of the run.
func (h *host[T]) leaveAlone(w wish) {
	status := strings.TrimSpace(fmt.Sprint(w.status, " ", http.StatusText(int(w.status))))
	message := fmt.Sprintf("%s: the host asked to be left alone for %v", status, w.rest.Round(time.Second))
	if w.rest == 0 {
		message = fmt.Sprintf("%s: the host is overloaded after each of %d rests", status, maxRests)
	}
	h.wish = w
	h.alone = &Refusal{
		Kind:      results.HTTPStatus,
		Message:   message,
		Retryable: true,
	}
}

func budgetKey(key string) string { return "budget " + key }

func (f *Frontier[T]) remember(key string, n note, now time.Time) {
	if len(f.notes) >= f.sweepAt {
		for k, n := range f.notes {
			if n.wish == (wish{}) && n.until <= now.Sub(f.began) {
				delete(f.notes, k)
			}
		}
		f.sweepAt = max(1024, 2*len(f.notes))
	}
	f.notes[maphash.String(f.seed, key)] = n
}

// recall gives back a note once: it now is the host's.
func (f *Frontier[T]) recall(key string) (n note, ok bool) {
	if len(f.notes) == 0 {
		return n, false
	}
	k := maphash.String(f.seed, key)
	n, ok = f.notes[k]
	delete(f.notes, k)
	return n, ok
}
