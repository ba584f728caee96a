package worker

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"

	"scrape/scraper/fetch"
)

// Pages that together take no more than there is do not wait for one another, whatever they may yet come to.
func TestPagesDoNotWait(t *testing.T) {
	m := memory{free: sharedMemory}
	never, cancel := context.WithCancel(t.Context())
	cancel()
	for range 40 { // of 2 MiB and a bit
		s := share{of: &m}
		defer s.release()
		for range 2 {
			if err := s.grow(never, smallPage); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// However pages grow, all end, and never take more than the shared memory and one page of the largest size.
func TestPagesEnd(t *testing.T) {
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			m := memory{free: sharedMemory}
			var mu sync.Mutex
			var now, most int64
			count := func(bytes int64) {
				mu.Lock()
				defer mu.Unlock()
				now += bytes
				most = max(most, now)
			}
			var pages sync.WaitGroup
			for range 30 {
				pages.Go(func() {
					s := share{of: &m}
					size := int64(smallPage)
					for size < fetch.DefaultMaxBody && rand.IntN(10) > 0 {
						if err := s.grow(t.Context(), size); err != nil {
							t.Error(err)
						}
						count(size)
						size *= 2
					}
					if rand.IntN(2) > 0 {
						s.settle()
					}
					count(smallPage - size)
					s.release()
				})
			}
			pages.Wait()
			if most > sharedMemory+fetch.DefaultMaxBody {
				t.Errorf("%d MiB were in use at once", most>>20)
			}
			if !isUntouched(&m) {
				t.Errorf("not all was given back: %+v", &m)
			}
		})
	}
}

// Whoever waits has what another gives back, be it shared memory or the reserve, and nothing if its time ends.
func TestWaitForMemory(t *testing.T) {
	for name, test := range map[string]struct {
		give    func(shared, reserve *share)
		granted bool
	}{
		"shared memory":        {func(shared, _ *share) { shared.release() }, true},
		"the reserve":          {func(_, reserve *share) { reserve.release() }, true},
		"a reserve not needed": {func(shared, reserve *share) { shared.release(); reserve.settle() }, true},
		"nothing":              {func(_, reserve *share) { reserve.settle() }, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := memory{free: sharedMemory}
				shared, reserve, late := share{of: &m}, share{of: &m}, share{of: &m}
				if err := errors.Join(shared.grow(t.Context(), sharedMemory), reserve.grow(t.Context(), sharedMemory)); err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				end := make(chan error, 1)
				go func() { end <- late.grow(ctx, smallPage) }()
				synctest.Wait()
				if len(end) > 0 {
					t.Fatal("there was nothing left to have")
				}
				test.give(&shared, &reserve)
				synctest.Wait()
				if granted := len(end) > 0; granted != test.granted {
					t.Errorf("granted: %v", granted)
				}
				cancel()
				if err := <-end; (err == nil) != test.granted {
					t.Error(err)
				}
				for _, s := range []*share{&shared, &reserve, &late} {
					s.release()
				}
				if !isUntouched(&m) {
					t.Errorf("not all was given back: %+v", &m)
				}
			})
		})
	}
}
