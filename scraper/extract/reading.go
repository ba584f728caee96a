package extract

import (
	"context"
	"errors"
	"fmt"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/feed"
	"scrape/scraper/extract/head"
	"scrape/scraper/extract/prose"
	"scrape/scraper/extract/rule"
)

// reading is one page while its fields are read: what several of them need is made once.
type reading struct {
	doc       *document.Document
	main      *prose.Main
	inline    *rule.Set
	own       *head.Head // nil: not read yet
	ownErr    error
	items     *feed.Feed // nil: none
	itemsErr  error
	itemsRead bool
	values    []any // of inline; nil: not read yet
	valuesErr error
}

func newReading(ctx context.Context, s Source, inline *rule.Set) *reading {
	d := document.New(ctx, s)
	return &reading{doc: d, main: prose.NewMain(d), inline: inline}
}

// ErrNoMemory is that a page's time was over while it waited for the memory that the trees of others had: what is
// found on it says nothing of the page.
var ErrNoMemory = errors.New("no memory for the page's tree")

// ended is the error of a reading whose context has ended.
func (r *reading) ended() error {
	err := r.doc.Context().Err()
	if r.doc.Waited() {
		return fmt.Errorf("%w: %w", ErrNoMemory, err)
	}
	return err
}

// value is that of an inline field. All are looked for at once.
func (r *reading) value(i int) (any, error) {
	if r.values == nil {
		r.values, r.valuesErr = r.inline.Values(rule.Scope{Doc: r.doc})
	}
	if failed, ok := errors.AsType[rule.Failed](r.valuesErr); ok {
		return r.values[i], failed[i] // whatever is wrong with another one
	}
	if r.valuesErr != nil {
		return nil, r.valuesErr
	}
	return r.values[i], nil
}

// head is what the page says of itself; never nil.
func (r *reading) head() (*head.Head, error) {
	if r.own == nil {
		r.own, r.ownErr = head.Read(r.doc)
		if r.own == nil {
			r.own = new(head.Head)
		}
	}
	return r.own, r.ownErr
}

// feed is the feed that the page is; nil where it is none.
func (r *reading) feed() (*feed.Feed, error) {
	if !r.itemsRead {
		r.items, r.itemsErr = feed.Read(r.doc)
		r.itemsRead = true
	}
	return r.items, r.itemsErr
}
