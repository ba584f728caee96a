package extract

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"scrape/scraper/extract/filter"
	"scrape/scraper/extract/markup"
	"scrape/scraper/extract/rule"
	"scrape/scraper/extract/schema"
	"scrape/scraper/nearest"
)

// none is asked for where nothing is wanted.
const none = "none"

// helpHint is where all that can be asked for is listed.
const helpHint = "for the list: --extract help"

// checkHint is for what is wrong in a file.
const checkHint = "to try it: scrape check SCHEMA PAGE"

// Compile makes the Plan of a Spec. Errors are *Error.
func Compile(s Spec) (*Plan, error) {
	p := &Plan{title: true, refresh: s.Refresh, maxField: DefaultMaxField}
	if s.MaxField > 0 {
		p.maxField = int(s.MaxField)
	}
	for _, value := range s.Extract {
		if err := p.addValue(value, s.Extract); err != nil {
			return nil, err
		}
	}
	p.inline = rule.NewSet(p.rules)
	for _, file := range s.Schemas {
		if err := p.addSchema(file); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// addValue adds what one element of Spec.Extract asks for; all are for messages.
func (p *Plan) addValue(value string, all []string) error {
	if strings.Contains(value, "=") {
		return p.addInline(value)
	}
	start := 0 // of the name, in value
	for part := range strings.SplitSeq(value, ",") {
		name := markup.TrimSpace(part)
		if name == none {
			isReady := func(other string) bool { return other != value && !strings.Contains(other, "=") }
			if strings.Contains(value, ",") || slices.ContainsFunc(all, isReady) {
				return &Error{Value: value, Message: "none stands alone, or beside fields of your own", Hint: "leave it out, or the other ready-made fields"}
			}
			p.title = false
			return nil
		}
		if err := p.addReadyMade(value, start+strings.Index(part, name), name); err != nil {
			return err
		}
		start += len(part) + 1
	}
	return nil
}

func (p *Plan) addReadyMade(value string, offset int, name string) error {
	if name == "" {
		return (&Error{Value: value, Message: "a name is missing", Hint: helpHint}).at(offset)
	}
	i := slices.IndexFunc(readyMades, func(f readyMade) bool { return f.name == name })
	if i < 0 {
		return (&Error{Value: value, Message: "there is no field " + name, Hint: suggestion(name)}).at(offset)
	}
	f := &readyMades[i]
	if f.expected && !slices.Contains(p.expected, name) {
		p.expected = append(p.expected, name)
	}
	if f.read != nil {
		return p.add(value, offset, field{name: f.key(), ready: true, kind: f.kind, read: f.read})
	}
	if p.titled {
		return asksTwice(value, offset, name)
	}
	p.titled = true // it is read in any case
	return nil
}

func (p *Plan) addInline(value string) error {
	name, many, r, err := rule.ParseField(value)
	if err != nil {
		e := &Error{Value: value, Message: err.Error(), Hint: helpHint}
		if at, ok := errors.AsType[*filter.Error](err); ok {
			e.Hint = cmp.Or(apart(value), at.Hint, helpHint)
			return e.at(at.Offset)
		}
		return e
	}
	p.name(name)
	index := len(p.rules)
	p.rules = append(p.rules, rule.Field{Name: name, Many: many, Rule: r})
	read := func(of *reading) (any, error) { return of.value(index) }
	f := field{name: name, required: r.Required(), read: read}
	f.kind, f.list = r.Kind(many)
	return p.add(value, 0, f)
}

// apart is the hint at a value that has ready-made fields before one of the user's own; ""
// where it has none.
func apart(value string) string {
	equals := strings.IndexByte(value, '=')
	comma := strings.LastIndexByte(value[:max(equals, 0)], ',')
	if comma < 0 {
		return ""
	}
	names, own := markup.TrimSpace(value[:comma]), markup.TrimSpace(value[comma+1:])
	for name := range strings.SplitSeq(names, ",") {
		if !slices.ContainsFunc(readyMades, func(f readyMade) bool { return f.name == markup.TrimSpace(name) }) {
			return ""
		}
	}
	return fmt.Sprintf("give it twice: --extract %s --extract '%s'", strings.ReplaceAll(names, " ", ""), own)
}

// add adds a field, whose name must not be there yet.
func (p *Plan) add(value string, offset int, f field) error {
	if p.has(f.name) {
		return asksTwice(value, offset, f.name)
	}
	p.fields = append(p.fields, f)
	return nil
}

// name notes a field that the user has named.
func (p *Plan) name(path string) {
	if _, ok := p.places[path]; ok {
		return
	}
	if p.places == nil {
		p.places = make(map[string]int)
	}
	p.places[path] = len(p.named)
	p.named = append(p.named, path)
}

func asksTwice(value string, offset int, name string) error {
	return (&Error{Value: value, Message: fmt.Sprintf("field %s is asked for twice", name), Hint: "each field has a name of its own"}).at(offset)
}

func (p *Plan) has(name string) bool {
	return slices.ContainsFunc(p.fields, func(f field) bool { return f.name == name })
}

func (p *Plan) addSchema(file SchemaFile) error {
	s, err := schema.Parse(file.Name, file.Text)
	if err != nil {
		e := &Error{Value: file.Name, Message: err.Error(), Hint: checkHint}
		if at, ok := errors.AsType[*schema.Error](err); ok {
			e.Message, e.Hint = at.Message, cmp.Or(at.Hint, e.Hint)
			e.in(at)
		}
		if all, ok := errors.AsType[schema.Errors](err); ok && len(all) > 1 {
			e.Message += fmt.Sprintf(" (the first of %d mistakes)", len(all))
		}
		return e
	}
	for _, path := range s.Paths() {
		if p.has(path) {
			return &Error{Value: s.Name(), Message: fmt.Sprintf("field %s is asked for by --extract, too", path), Hint: "each field has a name of its own"}
		}
	}
	for _, shape := range s.Shapes() {
		if err := p.addRivals(shape); err != nil {
			return err
		}
	}
	for _, path := range s.Paths() {
		p.name(path)
	}
	p.schemas = append(p.schemas, s)
	return nil
}

// addRivals notes the shapes of other files that have a field of a shape, and come before
// it.
func (p *Plan) addRivals(shape *schema.Shape) error {
	var rivals []*schema.Shape
	for _, other := range p.schemas {
		for _, rival := range other.Shapes() {
			if shape.Shared(rival) != "" {
				rivals = append(rivals, rival)
			}
		}
	}
	if rival := shape.Clash(rivals); rival != nil {
		path := shape.Shared(rival)
		at := rival.At(path)
		e := &Error{
			Value:   shape.Name(),
			Message: fmt.Sprintf("field %s is asked for by %s:%d:%d, too", path, at.Name, at.Line, at.Column),
			Hint:    "give it a name of its own, or both documents a match, for different pages",
		}
		return e.in(shape.At(path))
	}
	if len(rivals) > 0 {
		if p.rivals == nil {
			p.rivals = make(map[*schema.Shape][]*schema.Shape)
		}
		p.rivals[shape] = rivals
	}
	return nil
}

// suggestion is the hint after a name that is none.
func suggestion(name string) string {
	names := make([]string, len(readyMades))
	for i, f := range readyMades {
		names[i] = f.name
	}
	if best := nearest.Name(name, names); best != "" {
		return "did you mean " + best + "?"
	}
	if end := strings.IndexAny(name, " :=.#[]"); end > 0 {
		name = name[:end] // what follows is meant for a selector
	}
	return helpHint + "; a field of your own has a selector: " + name + "='…'"
}
