package schema

import "slices"

// Shapes are the documents of the file, in their order.
func (s *Schema) Shapes() []*Shape { return slices.Clone(s.shapes) }

// Name is that of the shape's file.
func (sh *Shape) Name() string { return sh.name }

// At is where the field with a path is asked for, as a mistake with its place and no
// message; nil where there is none.
func (sh *Shape) At(path string) *Error {
	f := find(sh.fields.fields, path)
	if f == nil {
		return nil
	}
	return &Error{Name: sh.name, Line: f.line, Column: f.column, Source: f.source}
}

// Shared is the path of the first field that another shape has as well, in the order of
// the file; "" where there is none.
func (sh *Shape) Shared(other *Shape) (path string) {
	paths := make(map[string]bool, other.count)
	walk(other.fields.fields, func(f *field) { paths[f.path] = true })
	walk(sh.fields.fields, func(f *field) {
		if path == "" && paths[f.path] {
			path = f.path
		}
	})
	return path
}

// Clash finds which of others, that come before the shape and have a field of its own,
// keeps it from having that, too: one of the two is for every page, or others say before
// all that its match says. It is nil where nothing does: then whoever comes first has the
// pages that both are for.
func (sh *Shape) Clash(others []*Shape) *Shape {
	if len(others) == 0 {
		return nil
	}
	all := slices.IndexFunc(others, func(other *Shape) bool { return len(other.match) == 0 })
	switch {
	case all >= 0:
		return others[all]
	case len(sh.match) == 0, sh.isRepeated(others):
		return others[0]
	}
	return nil
}
