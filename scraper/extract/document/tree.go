package document

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/sync/semaphore"

	"scrape/scraper/extract/xhtml"
)

// ErrNoTree is what Tree's, XML's and JSON's errors wrap, but for those of the task's end.
var ErrNoTree = errors.New("no tree can be built of the page")

// ErrTooLarge is what they wrap besides where it would take too much memory or
// time: a page too large, too deep, or built to exhaust a parser.
var ErrTooLarge = errors.New("its tree would be too large")

const (
	// maxTree is what one tree may take of memory, by estimate.
	maxTree = 256 << 20
	// maxTrees is what all trees of the process may take at once. The process is ended at 1 GiB, and the bodies
	// and their texts stand beside their trees.
	maxTrees = 320 << 20
)

const (
	// maxEmbedded is what the values of the JSON within one page may take of memory, by estimate.
	maxEmbedded = maxTrees - maxTree
	// maxBeside is what all such values may take that are asked for when there is a tree already.
	maxBeside = maxEmbedded
)

// trees is the memory for trees, and for the values of JSON within pages. A document takes of it once.
var trees = semaphore.NewWeighted(maxTrees)

// beside is the memory for values of JSON within pages that hold some of trees already. Only those wait for it,
// and whoever has it waits for nothing more, so that nobody waits for ever.
var beside = semaphore.NewWeighted(maxBeside)

// tooLarge makes an error that is both ErrNoTree and ErrTooLarge.
func tooLarge(format string, args ...any) error {
	return &sizeError{fmt.Sprintf(format, args...)}
}

type sizeError struct{ reason string }

func (e *sizeError) Error() string   { return ErrNoTree.Error() + ": " + e.reason }
func (e *sizeError) Unwrap() []error { return []error{ErrNoTree, ErrTooLarge} }

// hold takes memory for a tree, and waits until there is some.
func (d *Document) hold(bytes int64) error {
	if bytes > maxTree {
		return tooLarge("it would take %d MiB of memory", bytes>>20)
	}
	if bytes <= d.forTree {
		return nil // holdEmbedded took it along
	}
	if err := d.take(trees, bytes); err != nil {
		return err
	}
	d.held += bytes
	d.forTree = bytes
	return nil
}

// take takes memory, and waits until there is some. The error is the context's.
func (d *Document) take(from *semaphore.Weighted, bytes int64) error {
	if from.TryAcquire(bytes) {
		return nil
	}
	err := from.Acquire(d.ctx, bytes)
	d.waited = d.waited || err != nil
	return err
}

// Waited tells that the task ended while the document waited for the memory that
// others had.
func (d *Document) Waited() bool { return d.waited }

// holdEmbedded takes memory for values beside the tree, and waits until there is some. Where there is no tree yet
// it takes that of the tree along, for which it could not wait later on.
func (d *Document) holdEmbedded(bytes int64) error {
	if bytes > maxEmbedded {
		return tooLarge("its JSON would take %d MiB of memory", bytes>>20)
	}
	if d.held > 0 {
		if err := d.take(beside, bytes); err != nil {
			return err
		}
		d.beside = bytes
		return nil
	}
	tree, err := d.treeCost()
	if err != nil || tree > maxTree {
		tree = 0 // there will be none
	}
	if err := d.take(trees, tree+bytes); err != nil {
		return err
	}
	d.held, d.forTree = tree+bytes, tree
	return nil
}

// treeCost estimates what the tree of an HTML document, XHTML or not, takes of memory, in bytes. The error is Cost's.
func (d *Document) treeCost() (int64, error) {
	text := d.Text()
	if !d.XHTML() {
		return Cost(bytesOf(text))
	}
	// Nothing is opened anew, nor copied as it grows: a tag is at most an element and the text behind it.
	cost := leastCost + 2*nodeCost*strings.Count(text, "<") + attributeCost*strings.Count(text, "=") + 2*len(text)
	return int64(cost), nil
}

// Release gives back the memory for the document's tree and values. No tree, records, XML or JSON
// value of it may be used from then on, nor asked for: there is none. It may be
// called more than once.
func (d *Document) Release() {
	d.tree = once[*html.Node]{done: true, err: ErrNoTree}
	d.xml.done, d.xml.value, d.xml.err = true, nil, ErrNoTree
	d.json = once[any]{done: true, err: ErrNoTree}
	d.records = once[[][]string]{done: true, err: ErrNoTree}
	d.embedded = once[[]any]{done: true, err: ErrNoTree}
	trees.Release(d.held)
	beside.Release(d.beside)
	d.held, d.forTree, d.beside = 0, 0, 0
}

// Tree is the tree of an HTML document, as a browser with scripting on builds it; of
// XHTML that is up to the first mistake (xhtml.Parse).
// Nobody may change it. It waits while the trees of other documents take all the
// memory there is for them. The error, which wraps ErrNoTree, says why there is
// none: elements nested deeper than 512, a page built to exhaust a parser, no
// HTML; where the task ended it is the context's.
func (d *Document) Tree() (*html.Node, error) {
	return d.tree.get(func() (*html.Node, error) {
		if d.Kind() != HTML {
			return nil, fmt.Errorf("%w: %s is no HTML", ErrNoTree, d.MediaType())
		}
		cost, err := d.treeCost()
		if err != nil {
			return nil, err
		}
		if err := d.hold(cost); err != nil {
			return nil, err
		}
		text := guarded{d, strings.NewReader(d.Text())}
		var tree *html.Node
		var mistake *xhtml.Mistake
		if d.XHTML() {
			tree, mistake, err = xhtml.Parse(text)
		} else {
			tree, err = html.Parse(text)
		}
		switch {
		case d.ctx.Err() != nil:
			return nil, d.ctx.Err()
		case err != nil:
			return nil, tooLarge("%v", err) // the parsers have no other
		}
		d.note(mistake)
		return tree, nil
	})
}
