package document

import "scrape/scraper/weburl"

const (
	// MaxBase is how long a URL may be that a document gives for others to be resolved against, in bytes: each
	// of them holds it again. A longer one does not count.
	MaxBase = 8 << 10
	// maxURLs is how many bytes the URLs may be in all that one Resolver makes, besides the document's length: what
	// makes them long, the base, is there but once.
	maxURLs = 32 << 20
)

// Resolver makes URLs of the references in a document. It makes no more of them than a
// document has that is not built to be out of all proportion to its size: of 32 MiB in
// all, besides its own length. Once its context has ended it makes none. It is not safe
// for concurrent use.
type Resolver struct {
	d     *Document
	left  int // bytes of URLs
	asked int // references
	err   error
}

// NewResolver makes a Resolver of a document's references, with an allowance of its own.
func (d *Document) NewResolver() *Resolver {
	return &Resolver{d: d, left: maxURLs + len(d.source.Body)}
}

// Resolve resolves a reference against the document's Base; text is the URL without a
// password. It is not ok where that is no http or https URL, where there were too many,
// and where the context has ended, see Err.
func (r *Resolver) Resolve(ref string) (u weburl.URL, text string, ok bool) {
	return r.ResolveFrom(r.d.Base(), ref)
}

// ResolveFrom is Resolve against another base.
func (r *Resolver) ResolveFrom(base weburl.URL, ref string) (u weburl.URL, text string, ok bool) {
	if r.asked++; r.asked%1024 == 0 && r.err == nil {
		r.err = r.d.ctx.Err()
	}
	if r.left <= 0 || r.err != nil {
		return weburl.URL{}, "", false
	}
	u, err := base.Resolve(ref)
	if err != nil {
		return weburl.URL{}, "", false
	}
	text = u.Redacted()
	r.left -= len(text)
	return u, text, true
}

// Err is the context's error, once a reference was not resolved because of that.
func (r *Resolver) Err() error { return r.err }
