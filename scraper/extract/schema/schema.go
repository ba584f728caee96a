// Package schema reads files that say what is wanted of a page, and reads pages
// with them.
//
// A file is YAML 1.2 (or JSON), with a document for each kind of page:
//
//	match: https://*.example.com/products/*
//	fields:
//	  name: h1
//	  price: {select: .price, filters: [number], required: true}
//	  tags[]: .tag
//	  offers:
//	    each: table.offers tr
//	    fields: {shop: td.shop, price: "td.price | number"}
//
// A field is a rule as package rule reads it, or a mapping:
//
//	select    the rule
//	filters   what is done with what it finds: a text, or a list of texts
//	all       true: all that it finds, as a list; the same as [] behind the name
//	required  true: a page without it is an error
//	fields    an object of fields, looked for in the element that select finds
//	each      with fields: a list of objects, one for each element it finds
//
// White space around a text means nothing; where an expression of re: ends in some, it
// stands in back quotes.
//
// The file schema.json beside this one says the same in JSON Schema (draft
// 2020-12), for editors.
package schema

import (
	"slices"
	"strings"

	"scrape/scraper/extract/filter"
	"scrape/scraper/weburl"
)

// Limits on what is read. A schema that somebody has written is far below.
const (
	// MaxSize is the limit on a file, in bytes.
	MaxSize = 1 << 20
	// MaxDepth is how deep objects may lie in one another.
	MaxDepth = 16
	// MaxFields is the limit on the fields of a file, those of objects included.
	MaxFields = 10_000
)

// Schema is a file that was read. It does not change, and is safe for concurrent
// use.
type Schema struct {
	name   string
	shapes []*Shape
}

// Shape is one document of a file: what is wanted of one kind of page. It does not
// change, and is safe for concurrent use.
type Shape struct {
	name   string    // of the file
	match  []pattern // none: every page
	fields group
	count  int // of fields, those in objects included
}

// Name is that of the file.
func (s *Schema) Name() string { return s.name }

// For finds the shape for a page: the first whose match fits its URL, or that has
// none; nil if no shape fits. Of the zero URL it is the first of all.
func (s *Schema) For(u weburl.URL) *Shape {
	for _, sh := range s.shapes {
		if u.IsZero() || sh.fits(u) {
			return sh
		}
	}
	return nil
}

func (sh *Shape) fits(u weburl.URL) bool {
	return len(sh.match) == 0 || sh.fitsParts(u.Origin(), u.RequestURI())
}

func (sh *Shape) fitsParts(origin, rest string) bool {
	return slices.ContainsFunc(sh.match, func(p pattern) bool { return p.fits(origin, rest) })
}

// isRepeated tells that each pattern of a shape's match is that of another one.
func (sh *Shape) isRepeated(others []*Shape) bool {
	for _, p := range sh.match {
		if !slices.ContainsFunc(others, func(other *Shape) bool { return slices.Contains(other.match, p) }) {
			return false
		}
	}
	return len(sh.match) > 0
}

// Almost says why no shape is for a page that one would be for but for the port, or the
// query, of its URL; "" where it is not as simple as that.
func (s *Schema) Almost(u weburl.URL) string {
	origin, withoutPort := u.Origin(), u.Origin()
	if port := u.Port(); port != "" {
		withoutPort = strings.TrimSuffix(origin, ":"+port)
	}
	rest := u.RequestURI()
	path, _, _ := strings.Cut(rest, "?")
	const port, query = "the URL has a port: write it behind the host", "the URL has a query: end the pattern in *"
	for _, without := range []struct{ origin, rest, reason string }{
		{withoutPort, rest, port},
		{origin, path, query},
		{withoutPort, path, port + "; " + query},
	} {
		if slices.ContainsFunc(s.shapes, func(sh *Shape) bool { return sh.fitsParts(without.origin, without.rest) }) {
			return without.reason
		}
	}
	return ""
}

// Fields are the names of the shape's fields, without those inside of objects, in
// the order of the file.
func (sh *Shape) Fields() []string {
	names := make([]string, len(sh.fields.fields))
	for i, f := range sh.fields.fields {
		names[i] = f.name
	}
	return names
}

// Columns are the fields of all shapes of schemas, without those inside of objects, each
// once, in the order of the files.
func Columns(schemas []*Schema) []Column {
	var columns []Column
	places := make(map[string]int)
	for _, s := range schemas {
		for _, sh := range s.shapes {
			for _, f := range sh.fields.fields {
				c := f.valueColumn()
				i, ok := places[c.Name]
				switch {
				case !ok:
					places[c.Name] = len(columns)
					columns = append(columns, c)
				case columns[i].List == c.List:
					columns[i].Kind = columns[i].Kind.Both(c.Kind)
				default:
					columns[i] = Column{Name: c.Name}
				}
			}
		}
	}
	return columns
}

// Column is what is known of a field's values before there are any.
type Column struct {
	Name string
	Kind filter.Kind // of the values, or of the elements of the list; objects are filter.Anything
	List bool
}

// Paths are the paths of all shapes' fields, those in objects included
// (offers.price), each once, in the order of the file.
func (s *Schema) Paths() []string {
	var paths []string
	seen := make(map[string]bool)
	for _, sh := range s.shapes {
		walk(sh.fields.fields, func(f *field) {
			if !seen[f.path] {
				seen[f.path] = true
				paths = append(paths, f.path)
			}
		})
	}
	return paths
}

// Patterns are those of the shape's match, as they were normalised; none: it is
// for every page.
func (sh *Shape) Patterns() []string {
	var all []string
	for _, p := range sh.match {
		all = append(all, p.String())
	}
	return all
}
