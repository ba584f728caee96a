package scraper

import (
	"strings"

	"scrape/scraper/worker"
)

// homes makes tasks of one host the same worker's, which has connections to it.
// Hosts are numbered as they come, so that each worker is home to as many.
type homes struct{ numbers map[string]uint64 }

// maxHomes is of how many hosts the numbers are kept. Who comes back later may find
// another worker, and makes a connection more.
const maxHomes = 10_000

// of is a pool.Options.Affinity.
func (h *homes) of(task any) uint64 {
	key := task.(*worker.Task).Host()
	n, ok := h.numbers[key]
	if !ok {
		if h.numbers == nil || len(h.numbers) == maxHomes {
			h.numbers = make(map[string]uint64)
		}
		n = uint64(len(h.numbers))
		h.numbers[strings.Clone(key)] = n // it is part of a URL, which may be long
	}
	return n
}
