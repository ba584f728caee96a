package rule

import (
	"errors"
	"slices"

	"scrape/scraper/extract/document"
)

// Field is a rule and what it is for.
type Field struct {
	Name string
	Many bool
	Rule *Rule
}

// Set is fields that are read from the same pages. All that have CSS selectors are
// looked for in a single walk over the tree. It is safe for concurrent use.
type Set struct {
	fields  []Field
	program *program // of the fields with CSS selectors
	xml     *program // the same for XML and XHTML
	walked  []int    // which those are
}

// NewSet makes a set of fields.
func NewSet(fields []Field) *Set {
	s := &Set{fields: fields, program: &program{}, xml: &program{exact: true}}
	for i, f := range fields {
		c, ok := f.Rule.selector.(css)
		if !ok {
			continue
		}
		s.program.append(c.program, len(s.walked))
		s.xml.append(c.xml, len(s.walked))
		s.walked = append(s.walked, i)
	}
	s.program.seal()
	s.xml.seal()
	return s
}

// Failed is why fields could not be looked for, in the order of their set; nil for the
// others.
type Failed []error

// Error is that of the first field: most often all have the same reason.
func (f Failed) Error() string {
	for _, err := range f {
		if err != nil {
			return err.Error()
		}
	}
	return ""
}

// Unwrap gives the errors of all fields to package errors.
func (f Failed) Unwrap() []error {
	return slices.DeleteFunc(slices.Clone(f), func(err error) bool { return err == nil })
}

// OfField tells an error that is one field's alone, and leaves others as they are: it
// wraps document.ErrNoTree, of a field that needs a tree that cannot be built,
// or is that of an XPath expression which asks a page for what cannot be done.
func OfField(err error) bool {
	return errors.Is(err, document.ErrNoTree) || errors.Is(err, errXPath)
}

// Values are what the fields are, as Rule.Value has it, in their order; nil where
// nothing is found. The error is the context's, or a Failed, of errors that OfField
// tells; the values of all other fields are there in that case.
func (s *Set) Values(sc Scope) ([]any, error) {
	sinks := make([]*sink, len(s.fields))
	for i, f := range s.fields {
		sinks[i] = newSink(sc, f.Rule, f.Many)
	}
	noTree := s.walk(sc, sinks)
	if noTree != nil && !OfField(noTree) {
		return nil, noTree
	}
	values := make([]any, len(s.fields))
	var failed Failed
	for i, f := range s.fields {
		err := noTree
		if _, ok := f.Rule.selector.(css); !ok {
			err = f.Rule.selector.find(sc, sinks[i])
		}
		if err == nil {
			values[i], err = f.Rule.finish(sc, sinks[i], f.Many)
		}
		switch {
		case OfField(err): // its filters would make a value of nothing
			if failed == nil {
				failed = make(Failed, len(s.fields))
			}
			failed[i] = err
		case err != nil:
			return nil, err
		}
	}
	if failed != nil {
		return values, failed
	}
	return values, nil
}

// walk finds what the CSS selectors of the set match.
func (s *Set) walk(sc Scope, sinks []*sink) error {
	if len(s.walked) == 0 {
		return nil
	}
	root, err := sc.root()
	if err != nil || root == nil {
		return err
	}
	walked := make([]*sink, len(s.walked))
	for i, field := range s.walked {
		walked[i] = sinks[field]
	}
	return newWalk(sc.choose(s.program, s.xml), sc, root, walked).run()
}

// append adds the selectors of a rule's program for the rule of a number in this one.
func (p *program) append(q *program, rule int) {
	shift := len(p.compounds)
	for _, c := range q.compounds {
		nests := make([]nested, len(c.nested))
		for i, n := range c.nested {
			nests[i].negate = n.negate
			for _, bit := range n.bits {
				nests[i].bits = append(nests[i].bits, bit+shift)
			}
		}
		hasses := make([]*has, len(c.has))
		for i, h := range c.has {
			moved := *h
			hasses[i] = &moved
		}
		c.nested, c.has = nests, hasses
		p.compounds = append(p.compounds, c)
	}
	for _, o := range q.outputs {
		p.outputs = append(p.outputs, output{bit: o.bit + shift, rule: rule, take: o.take})
	}
}
