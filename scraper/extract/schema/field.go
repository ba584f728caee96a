package schema

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"scrape/scraper/extract/filter"
	"scrape/scraper/extract/rule"
)

// field is what is wanted under one name.
type field struct {
	name     string
	selector string     // as it stands in the file, without filters of their own key
	rule     *rule.Rule // nil only in an object of the scope around it
	many     bool
	required bool
	members  group // of an object
	id       int   // counts the fields of a shape, those in objects included
	path     string

	line, column int    // of its name in the file, from 1
	source       string // that line
}

// number gives fields, and those in them, their ids from next on and their paths.
func number(fields []*field, prefix string, next int) int {
	for _, f := range fields {
		f.id, f.path = next, prefix+f.name
		next = number(f.members.fields, f.path+".", next+1)
	}
	return next
}

// walk gives fields, and those in them, in the order of the file.
func walk(fields []*field, each func(*field)) {
	for _, f := range fields {
		each(f)
		walk(f.members.fields, each)
	}
}

// find is the field with a path, which may lie in an object; nil if there is none.
func find(fields []*field, path string) *field {
	for _, f := range fields {
		if f.path == path {
			return f
		}
		if strings.HasPrefix(path, f.path+".") {
			if inner := find(f.members.fields, path); inner != nil {
				return inner
			}
		}
	}
	return nil
}

// isObject tells an object, or a list of them, from a value.
func (f *field) isObject() bool { return len(f.members.fields) > 0 }

// valueColumn is what is known of the field's values.
func (f *field) valueColumn() Column {
	if f.isObject() {
		return Column{Name: f.name, List: f.many}
	}
	kind, list := f.rule.Kind(f.many)
	return Column{f.name, kind, list}
}

// group is fields that are looked for in the same place. The set has those that are
// no objects, in their order.
type group struct {
	fields []*field
	set    *rule.Set
}

func newGroup(fields []*field) group {
	var values []rule.Field
	for _, f := range fields {
		if !f.isObject() && f.rule != nil {
			values = append(values, rule.Field{Name: f.name, Many: f.many, Rule: f.rule})
		}
	}
	return group{fields, rule.NewSet(values)}
}

// readFields reads a mapping of names to fields; depth is 1 for those of a page.
func (s *source) readFields(n *yaml.Node, depth int) []*field {
	if depth > MaxDepth {
		s.on(n, fmt.Sprintf("objects nested more than %d deep", MaxDepth), "")
		return nil
	}
	before := len(s.errors)
	var all []*field
	lines := make(map[string]int)
	for _, e := range s.entries(n, "fields") {
		if s.fields++; s.fields == MaxFields+1 {
			s.on(e.key, fmt.Sprintf("more than %d fields", MaxFields), "")
		}
		if s.fields > MaxFields || s.full() {
			return nil
		}
		name, many := strings.CutSuffix(e.name, "[]")
		if !rule.IsName(name) {
			if strings.HasSuffix(name, ")") && isNull(e.value) {
				s.on(e.key, "no name for a field: "+strconv.Quote(short(e.name)), commaHint)
				continue
			}
			s.on(e.key, "no name for a field: "+strconv.Quote(short(e.name)), "letters, digits, _, - and ., at most 64, a letter or _ first; [] behind it for a list")
			continue
		}
		if line, ok := lines[name]; ok {
			s.on(e.key, fmt.Sprintf("%s is there twice: first in line %d", name, line), "")
			continue
		}
		lines[name] = e.key.Line
		f := s.readField(e.value, name, depth)
		if f == nil {
			continue
		}
		f.name = name
		f.line, f.column, f.source = e.key.Line, e.key.Column, s.line(e.key.Line)
		f.many = f.many || many
		if f.many && f.rule == nil {
			s.on(e.key, "a list of objects needs each", "each: SELECTOR finds the elements, one for each object")
		}
		all = append(all, f)
	}
	if len(all) == 0 && len(s.errors) == before {
		s.on(n, "no fields", "fields: {NAME: RULE}, such as  fields: {name: h1}")
	}
	return all
}

// readField reads a rule, or a mapping that has one; nil where that is a mistake.
func (s *source) readField(n *yaml.Node, name string, depth int) *field {
	if n.Kind != yaml.MappingNode {
		text, ok := s.text(n, "the rule of "+name)
		if !ok {
			return nil
		}
		return s.simple(text, []part{{node: n}})
	}
	d := s.describe(n, name, depth)
	if d == nil {
		return nil
	}
	return s.build(d)
}

// part is where a stretch of a rule's text comes from.
type part struct {
	node  *yaml.Node
	start int    // of it in the whole text
	text  string // of filters
}

// simple compiles a rule that was put together from parts.
func (s *source) simple(text string, parts []part) *field {
	r, err := rule.Parse(text)
	if err != nil {
		s.rule(err, parts)
		s.behind(err, text, parts)
		return nil
	}
	return &field{selector: text, rule: r, required: r.Required()}
}

// rule notes what is wrong with a rule, in the part that it is in.
func (s *source) rule(err error, parts []part) {
	at := parts[0]
	e, ok := errors.AsType[*filter.Error](err)
	if !ok {
		s.on(at.node, err.Error(), "")
		return
	}
	for _, p := range parts {
		if p.start <= e.Offset {
			at = p
		}
	}
	s.inside(at.node, e.Offset-at.start, e.Message, cmp.Or(s.cutShort(at.node), e.Hint))
}

// behind notes what is wrong with the filters behind a mistake in a rule, which is the
// first of it.
func (s *source) behind(err error, text string, parts []part) {
	e, ok := errors.AsType[*filter.Error](err)
	if !ok {
		return
	}
	for i, p := range parts {
		end := len(text)
		if i+1 < len(parts) {
			end = parts[i+1].start - len(" | ")
		}
		if end < e.Offset {
			continue
		}
		if p.start <= e.Offset && s.cutShort(p.node) != "" {
			return // what follows belongs to it
		}
		at := p.start
		if i == 0 { // the selector stands before the filters
			at = end - max(len(selectorOf(text[:end]).filters)-1, 0)
		}
		for _, one := range split(text[at:end], '|') {
			if at > e.Offset {
				s.filters(one, at-p.start, p.node)
			}
			at += len(one) + 1
		}
	}
}

// filters notes what is wrong with filters that stand in a node, from an offset on.
func (s *source) filters(text string, offset int, n *yaml.Node) {
	_, err := filter.Parse(text)
	if e, ok := errors.AsType[*filter.Error](err); ok {
		s.inside(n, offset+e.Offset, e.Message, e.Hint)
	}
}

var (
	fieldKeys   = []string{"select", "filters", "all", "required", "each", "fields"}
	fieldHabits = map[string]string{
		"css": "a CSS selector is select: SELECTOR", "xpath": "select: 'xpath:…'", "jsonpath": "select: 'jsonpath:…'",
		"regex": "select: 're:…', or the filter regex", "re": "select: 're:…'", "path": "did you mean select?",
		"attr": "select: 'a::attr(href)'", "attribute": "select: 'a::attr(href)'",
		"type": "filters: [number], or date, int, bool, url", "default": "filters: ['default(…)']",
		"many": "did you mean all?", "multiple": "did you mean all?", "list": "did you mean all?", "array": "did you mean all?",
		"optional": "a field is optional unless it has required: true", "items": "did you mean each?", "children": "did you mean fields?",
	}
)

// described is a field's mapping, key by key; nodes are nil where there is none.
type described struct {
	selects, each, filters, all, fields *yaml.Node
	text                                string // of select or each
	pipeline                            []part // of filters
	many, required                      bool
	members                             []*field
}

// describe reads the keys; nil where one of those that the field hangs on is a
// mistake.
func (s *source) describe(n *yaml.Node, name string, depth int) *described {
	d, good, before := new(described), true, len(s.errors)
	for _, e := range s.entries(n, "the field "+name) {
		ok := true
		switch e.name {
		case "select":
			d.selects = e.value
			d.text, ok = s.text(e.value, "select")
		case "each":
			d.each = e.value
			if text, is := s.text(e.value, "each"); is {
				d.text = text
			} else {
				ok = false
			}
		case "filters":
			d.filters = e.value
			d.pipeline, ok = s.readFilters(e.value)
		case "all":
			d.all = e.value
			d.many, ok = s.truth(e.value, "all")
		case "required":
			d.required, ok = s.truth(e.value, "required")
		case "fields":
			d.fields = e.value
			members := s.readFields(e.value, depth+1)
			d.members, ok = members, len(members) > 0
		default:
			s.unknown(e, "a field", fieldKeys, fieldHabits)
		}
		good = good && ok
	}
	if !good || len(s.errors) > before {
		s.try(d)
		return nil
	}
	if !s.consistent(d, n, name) {
		return nil
	}
	return d
}

// try notes what is wrong with the rule of a field that has another mistake.
func (s *source) try(d *described) {
	switch {
	case d.each != nil && d.selects != nil:
	case d.text != "":
		s.build(d)
	default:
		for _, p := range d.pipeline {
			s.filters(p.text, 0, p.node)
		}
	}
}

// consistent refuses keys that say nothing together.
func (s *source) consistent(d *described, n *yaml.Node, name string) bool {
	before := len(s.errors)
	switch {
	case d.each != nil && d.selects != nil:
		s.on(d.each, name+" has select and each", "each makes a list of objects, select one object or a value")
	case d.each != nil && d.fields == nil:
		s.on(d.each, name+" has each, and no fields", "for a list of values: select: SELECTOR and all: true")
	case d.selects == nil && d.each == nil && d.fields == nil:
		s.on(n, name+" has no select", "select: SELECTOR")
	case d.each != nil && d.all != nil && !d.many:
		s.on(d.all, "each finds all: all: false says nothing", "for the first alone: select in place of each")
	}
	if d.fields != nil && d.filters != nil {
		s.on(d.filters, "filters of "+name+", which is an object", "put them at its fields")
	}
	return len(s.errors) == before
}

// readFilters reads a text, or a list of them.
func (s *source) readFilters(n *yaml.Node) (parts []part, ok bool) {
	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode && s.plain(n) {
		list = n.Content
	}
	ok = true
	for _, one := range list {
		if text, is := s.text(one, "a filter"); is {
			parts = append(parts, part{node: one, text: text})
		} else {
			ok = false
		}
	}
	return parts, ok
}

// build makes the field of what its mapping says.
func (s *source) build(d *described) *field {
	if d.fields != nil {
		return s.object(d)
	}
	at := d.selects
	if at == nil {
		at = d.each // of a field that has another mistake
	}
	text, parts := d.text, []part{{node: at}}
	if sel := selectorOf(text); sel.Language == rule.Regexp && len(d.pipeline) > 0 && !sel.isQuoted() {
		if i := strings.IndexByte(text, '`'); i >= 0 {
			s.inside(at, i, "a back quote in an expression that has filters", `write \x60`)
			return nil
		}
		text = text[:sel.SelectorAt] + "`" + sel.Selector + "`" // else all of it were the expression
		parts[0].start = 1
	}
	for _, p := range d.pipeline {
		p.start = len(text) + len(" | ")
		text += " | " + p.text
		parts = append(parts, p)
	}
	f := s.simple(text, parts)
	if f == nil {
		return nil
	}
	f.many = d.many
	f.required = f.required || d.required
	return f
}

// object makes a field of fields. Its selector has to find elements.
func (s *source) object(d *described) *field {
	f := &field{members: newGroup(d.members), many: d.many || d.each != nil, required: d.required}
	at := d.each
	if at == nil {
		at = d.selects
	}
	if at == nil {
		return f
	}
	sel := selectorOf(d.text)
	if i, found := sel.Pseudo(); found {
		s.inside(at, i, "an object is looked for in an element, and this finds none", "a CSS selector without ::text or ::attr, or xpath:")
		return nil
	}
	if filters := strings.TrimSpace(sel.Filters); filters != "" && filters != "required" {
		s.inside(at, sel.FiltersAt-1, "filters of an object", "put them at its fields")
		return nil
	}
	simple := s.simple(d.text, []part{{node: at}})
	if simple == nil {
		return nil
	}
	f.selector, f.rule = d.text, simple.rule
	f.required = f.required || simple.required
	return f
}
