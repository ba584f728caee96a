package results

import "iter"

// Tally counts records. The zero Tally is empty and ready; a copy counts on by
// itself. It is not safe for concurrent use.
type Tally struct {
	scraped int64
	failed  [256]int64 // by kind: a Kind is a byte, so that none is out of range
}

// Add counts r.
func (t *Tally) Add(r *Record) {
	if r.Outcome == Scraped {
		t.scraped++
	} else {
		t.failed[r.Kind]++
	}
}

// Count adds n records with an error of a kind; with None, n that were scraped.
func (t *Tally) Count(k Kind, n int64) {
	if k == None {
		t.scraped += n
	} else {
		t.failed[k] += n
	}
}

// Join adds what another Tally has counted.
func (t *Tally) Join(other *Tally) {
	t.scraped += other.scraped
	for k, n := range other.failed {
		t.failed[k] += n
	}
}

// Total is the number of records: Scraped, NotScraped and Duplicates together.
func (t *Tally) Total() int64 { return t.Scraped() + t.NotScraped() + t.Duplicates() }

// Scraped is the number of URLs that were scraped.
func (t *Tally) Scraped() int64 { return t.scraped }

// NotScraped is the number of URLs that were not, duplicates apart.
func (t *Tally) NotScraped() int64 {
	var sum int64
	for _, n := range t.Kinds() {
		sum += n
	}
	return sum
}

// Duplicates is the number of lines that named a URL again, which is no
// failure.
func (t *Tally) Duplicates() int64 { return t.failed[Duplicate] }

// Kinds yields the kinds of error that occurred, in their fixed order, and how
// often; they add up to NotScraped, so Duplicate is not among them.
func (t *Tally) Kinds() iter.Seq2[Kind, int64] {
	return func(yield func(Kind, int64) bool) {
		for k, n := range t.failed {
			if n > 0 && Kind(k) != Duplicate && !yield(Kind(k), n) {
				return
			}
		}
	}
}
