package schema

import (
	"encoding/json"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/rule"
)

// maxRead is how many bytes of text all lists of objects of a page may hold
// together: elements found inside of one another repeat their texts.
const maxRead = 64 << 20

// Read reads a page: a Value for each of the shape's fields, in the order of the
// file. An element of a list of objects in which nothing was found is left out,
// unless one of its fields is required. Lists end where the page's objects have
// come to hold more than 64 MiB of text. The error is that of the document's
// context, or one that rule.OfField tells: the Values are those of the other fields, then.
func (sh *Shape) Read(d *document.Document) ([]Value, error) {
	r := reading{doc: d, met: make([]met, sh.count)}
	values, err := r.all(sh.fields, nil)
	if err != nil {
		return nil, err
	}
	for i, f := range sh.fields.fields {
		values[i].Inside = r.inside(f)
	}
	return values, r.failed
}

// reading is one page being read.
type reading struct {
	doc    *document.Document
	held   int   // bytes of text in objects so far
	failed error // why a field has nothing, that of one where it is of several
	met    []met // by the fields' ids
}

// met is what became of a field so far.
type met struct{ asked, found bool }

// inside tells what became of the fields in an object.
func (r *reading) inside(f *field) (all []Met) {
	walk(f.members.fields, func(f *field) {
		if m := r.met[f.id]; m.asked {
			all = append(all, Met{f.path, m.found})
		}
	})
	return all
}

func (r *reading) scope(n *html.Node) rule.Scope {
	return rule.Scope{Doc: r.doc, Node: n}
}

// ofField tells an error that ends only what needs the one field.
func ofField(err error, d *document.Document) bool {
	return rule.OfField(err) && d.Context().Err() == nil
}

// ended is the error that ends the reading, if err is one.
func (r *reading) ended(err error) error {
	if ofField(err, r.doc) {
		r.failed = err
		return nil
	}
	return err
}

// all reads fields in the scope of an element; nil is the whole page.
func (r *reading) all(g group, n *html.Node) ([]Value, error) {
	found, err := g.set.Values(r.scope(n))
	if err := r.ended(err); err != nil {
		return nil, err
	}
	values := make([]Value, len(g.fields))
	for i, f := range g.fields {
		v := &values[i]
		v.Name, v.Required = f.name, f.required
		if !f.isObject() {
			if len(found) > 0 {
				v.Value, found = found[0], found[1:]
			}
			if n != nil {
				r.held += size(v.Value)
			}
		} else if err := r.objects(f, n, v); err != nil {
			return nil, err
		}
		if v.Required && v.Value == nil && len(v.Missing) == 0 {
			v.Missing = []string{f.name}
		}
		m := &r.met[f.id]
		m.asked, m.found = true, m.found || v.Value != nil
	}
	return values, nil
}

// objects reads a field that is an object, or a list of them.
func (r *reading) objects(f *field, n *html.Node, v *Value) error {
	if f.rule == nil {
		return r.object(f, n, v)
	}
	elements, err := f.rule.Elements(r.scope(n))
	if err := r.ended(err); err != nil {
		return err
	}
	switch {
	case f.many:
		return r.list(f, elements, v)
	case len(elements) > 0:
		return r.object(f, elements[0], v)
	}
	return nil
}

// object reads an object's fields in an element.
func (r *reading) object(f *field, n *html.Node, v *Value) error {
	values, err := r.all(f.members, n)
	if err != nil {
		return err
	}
	if o := Object(values); o.found() {
		v.Value = o
	}
	for _, path := range allMissing(values) {
		v.Missing = append(v.Missing, f.name+"."+path)
	}
	return nil
}

// list reads an object of each element.
func (r *reading) list(f *field, elements []*html.Node, v *Value) error {
	var list []any
	told := make(map[string]bool) // paths without places in lists
	for _, n := range elements {
		if err := r.doc.Context().Err(); err != nil {
			return err
		}
		if r.held > maxRead {
			break
		}
		values, err := r.all(f.members, n)
		if err != nil {
			return err
		}
		missing := allMissing(values)
		if len(missing) == 0 && !Object(values).found() {
			continue
		}
		for _, path := range missing {
			if field := withoutPlaces(path); !told[field] {
				told[field] = true
				v.Missing = append(v.Missing, f.name+"["+strconv.Itoa(len(list))+"]."+path)
			}
		}
		list = append(list, Object(values))
	}
	if len(list) > 0 {
		v.Value = list
	}
	return nil
}

func allMissing(values []Value) (paths []string) {
	for _, v := range values {
		paths = append(paths, v.Missing...)
	}
	return paths
}

// withoutPlaces is a path without the numbers of elements: offers.price.
func withoutPlaces(path string) string {
	var b strings.Builder
	for path != "" {
		name, rest, _ := strings.Cut(path, "[") // which no name has
		_, path, _ = strings.Cut(rest, "]")
		b.WriteString(name)
	}
	return b.String()
}

// size is about how many bytes a value takes. Objects were counted by their parts.
func size(v any) int {
	const small = 16
	switch v := v.(type) {
	case string:
		return small + len(v)
	case json.Number:
		return small + len(v)
	case []any:
		sum := small
		for _, one := range v {
			sum += size(one)
		}
		return sum
	case map[string]any:
		sum := small
		for name, one := range v {
			sum += len(name) + size(one)
		}
		return sum
	}
	return small
}
