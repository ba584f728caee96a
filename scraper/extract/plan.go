package extract

import (
	"bytes"
	"context"
	"io"
	"slices"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/rule"
	"scrape/scraper/extract/schema"
)

// Plan is a Spec that was compiled. It is safe for concurrent use.
type Plan struct {
	title    bool
	titled   bool // it was named
	refresh  bool
	maxField int
	fields   []field
	rules    []rule.Field
	inline   *rule.Set // of rules
	schemas  []*schema.Schema
	rivals   map[*schema.Shape][]*schema.Shape // of other files, that have a field of the shape and come before it
	named    []string
	places   map[string]int // in named
	expected []string
}

// Named are the names that the user gave: of inline fields, and of the fields of schemas, those in objects with
// their paths (offers.price). Each is there once.
func (p *Plan) Named() []string { return p.named }

// Expected are the ready-made fields that were asked for, and that a page rarely lacks: title, description,
// canonical, author, published, article and jsonld. They are looked for in HTML alone.
func (p *Plan) Expected() []string { return p.expected }

// Columns are the fields that Content.Data may have, with what is known of their values.
// The order is that in which they were asked for.
func (p *Plan) Columns() []Column {
	var columns []Column
	for _, f := range p.fields {
		if !f.ready || f.name != "links" { // those stand beside data
			columns = append(columns, Column{Name: f.name, Kind: f.kind, List: f.list})
		}
	}
	return append(columns, schema.Columns(p.schemas)...)
}

// Column is a field and what is known of its values before there are any.
type Column = schema.Column

// count is how many fates there are before those of the fields that are expected.
func (p *Plan) count() int { return len(p.named) + min(len(p.schemas), 1) }

// Whole says that Read is to be used, with the whole page; otherwise Stream is enough.
func (p *Plan) Whole() bool { return len(p.fields)+len(p.schemas) > 0 }

// Stream reads the page's title, and where it sends its reader, without keeping the page. It reads no further
// than it has to, as Title says. The error is r's own.
func (p *Plan) Stream(r io.Reader, contentType string) (Content, error) {
	page, err := p.page(r, contentType)
	c := Content{Page: page}
	p.shorten(&c)
	if p.titled && page.Charset != "" {
		w := writer{content: &c}
		w.expect(p, "title", page.Title != "")
	}
	return c, err
}

// shorten cuts the title, as truncate does other fields.
func (p *Plan) shorten(c *Content) {
	title, cut := shortTitle(c.Title, !c.cut, p.maxField)
	if c.Title, c.cut = title, false; cut {
		c.Truncated = append(c.Truncated, "title")
	}
}

func (p *Plan) page(r io.Reader, contentType string) (Page, error) {
	if !p.title && !p.refresh {
		return Page{}, nil
	}
	page, err := read(r, contentType, p.refresh)
	if !p.title {
		page.Title, page.Charset, page.cut = "", "", false
	}
	return page, err
}

// Read reads all that was asked for, of a page that is there as a whole. What a page does not have, or what does
// not apply to it, is absent. The error is a *FieldError, and the Content holds what was found nevertheless; or it
// is ctx's own, and the Content holds the Page: then it wraps ErrNoMemory besides where the page waited for the
// memory that others had.
func (p *Plan) Read(ctx context.Context, s Source) (Content, error) {
	s.MaxField = p.maxField
	r := newReading(ctx, s, p.inline)
	defer r.doc.Release()
	contentType := s.ContentType
	if (p.title || p.refresh) && shownAsHTML(contentType, r.doc.Kind()) {
		// Of a stream less may have been read when its charset is guessed.
		mediaType := r.doc.MediaType()
		if r.doc.Kind() == document.XML {
			mediaType = "text/html"
		}
		contentType = mediaType + "; charset=" + r.doc.Charset()
	}
	page, _ := p.page(bytes.NewReader(s.Body), contentType)
	page.MediaType = unlike(s.ContentType, r.doc.MediaType(), s.Body)
	c := Content{Page: page}
	p.shorten(&c)
	if c.Charset == "" {
		c.Charset = r.doc.Charset()
	}
	w := writer{max: p.maxField, content: &c}
	if p.titled && r.doc.Kind() == document.HTML {
		w.expect(p, "title", c.Title != "")
	}
	for i := range p.fields {
		f := &p.fields[i]
		value, err := f.read(r)
		found := w.add(r, f.name, f.ready, value, err)
		if f.required && !found {
			w.missing(f.name)
		}
		switch {
		case !f.ready:
			w.fate(p, f.name, found)
		case r.doc.Kind() == document.HTML:
			w.expect(p, f.name, found)
		}
		if ctx.Err() != nil {
			return Content{Page: c.Page}, r.ended()
		}
	}
	if err := p.readShapes(r, &w); err != nil {
		return Content{Page: c.Page}, err
	}
	w.close(r.doc)
	if w.failure != nil {
		return c, w.failure
	}
	return c, nil
}

// readShapes reads, of each schema, the fields of the first shape that is for the page,
// unless one of a schema before has one of these fields.
func (p *Plan) readShapes(r *reading, w *writer) error {
	var shapes []*schema.Shape // that were read
	for _, s := range p.schemas {
		shape := s.For(r.doc.URL())
		if shape == nil || p.rivalOf(shape, shapes) != nil {
			continue
		}
		shapes = append(shapes, shape)
		if err := p.readShape(r, w, shape); err != nil {
			return err
		}
	}
	if len(p.schemas) > 0 {
		w.shaped(p, len(shapes) > 0)
	}
	return nil
}

// rivalOf is the first of those shapes that have a field of a shape, and come before it; nil where none has.
func (p *Plan) rivalOf(shape *schema.Shape, among []*schema.Shape) *schema.Shape {
	for _, rival := range p.rivals[shape] {
		if slices.Contains(among, rival) {
			return rival
		}
	}
	return nil
}

// readShape reads the fields of a shape.
func (p *Plan) readShape(r *reading, w *writer, shape *schema.Shape) error {
	values, err := shape.Read(r.doc)
	if r.doc.Context().Err() != nil {
		return r.ended()
	}
	names := shape.Fields()
	for _, v := range values {
		found := w.add(r, v.Name, false, v.Value, nil)
		for _, path := range v.Missing {
			w.missing(path)
		}
		w.fate(p, v.Name, found)
		for _, m := range v.Inside {
			w.fate(p, m.Path, m.Found)
		}
		if i := slices.Index(names, v.Name); i >= 0 {
			names = slices.Delete(slices.Clone(names), i, i+1)
		}
	}
	for _, name := range names { // what an error has left out
		w.fate(p, name, false)
	}
	if err != nil {
		w.unreachable(r, "", err)
	}
	return nil
}
