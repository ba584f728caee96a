package schema

import (
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/rule"
)

// Finding is what a field finds on a page, for a person who tries a schema out. It
// crosses between processes as JSON.
type Finding struct {
	Name     string `json:"name"`
	Selector string `json:"selector,omitempty"` // with its filters; "": the fields are looked for where the object is
	Required bool   `json:"required,omitempty"`
	// Value is the beginning of what was found of a field that is no object, as JSON;
	// "": nothing.
	Value string `json:"value,omitempty"`
	// Count is how many elements Selector finds that become objects.
	Count int `json:"count,omitempty"`
	// Objects are what is found in the first of these, MaxShown at most.
	Objects [][]Finding `json:"objects,omitempty"`
	// Inside tells what became of the fields in the objects, as that of Value does.
	Inside []Met `json:"inside,omitempty"`
	// Empty says that nothing was found in any of the objects.
	Empty bool `json:"empty,omitempty"`
	// Stop says how far the selector gets where nothing was found, in one line, and
	// Element where: "html > body > div.product".
	Stop    string `json:"stop,omitempty"`
	Element string `json:"element,omitempty"`
	// Line and Column are where the page's text has that element, from 1; 0: unknown.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Hint says what may have been meant; "": nothing is known.
	Hint string `json:"hint,omitempty"`
	// Unreachable says that nothing could be found whatever the page held: it is of a
	// kind that the selector does not apply to, no tree can be built of it, or an XPath
	// expression fails on it.
	Unreachable bool `json:"unreachable,omitempty"`
}

// Limits on what Find tells.
const (
	MaxShown    = 3    // objects of a list
	maxValue    = 4096 // bytes of a Value
	maxFindings = 2000 // of all objects together
)

// Find reads a page as Read does, and says of each field what it finds, or why it
// finds nothing. missing are the paths of required fields that are not there, as in
// Value. An error that rule.OfField tells is what its field stops at: the error
// of Find is that of the document's context alone.
func (sh *Shape) Find(d *document.Document) (all []Finding, missing []string, err error) {
	values, err := sh.Read(d)
	if err != nil && !ofField(err, d) {
		return nil, nil, err
	}
	for _, v := range values {
		missing = append(missing, v.Missing...)
	}
	t := tracer{doc: d}
	all, err = t.all(sh.fields.fields, nil)
	for i := range all {
		all[i].Inside = counted(values[i])
		all[i].Empty = all[i].Count > 0 && values[i].Value == nil
	}
	return all, missing, err
}

// counted is what became of the fields in an object: one that is required, and missing
// in an element of a list, is not found, whatever the others have.
func counted(v Value) []Met {
	inside := slices.Clone(v.Inside)
	for _, path := range v.Missing {
		path = withoutPlaces(path)
		if i := slices.IndexFunc(inside, func(m Met) bool { return m.Path == path }); i >= 0 {
			inside[i].Found = false
		}
	}
	return inside
}

// tracer is one page being looked at.
type tracer struct {
	doc    *document.Document
	told   int     // findings so far
	places *places // nil: not asked for yet
}

func (t *tracer) all(fields []*field, n *html.Node) ([]Finding, error) {
	t.told += len(fields)
	all := make([]Finding, len(fields))
	for i, f := range fields {
		found, err := t.one(f, n)
		if err != nil && !ofField(err, t.doc) {
			return nil, err
		}
		if err != nil {
			found.Stop, found.Unreachable = err.Error(), true
		}
		all[i] = found
	}
	return all, nil
}

func (t *tracer) one(f *field, n *html.Node) (Finding, error) {
	found := Finding{Name: f.name, Selector: strings.TrimSpace(f.selector), Required: f.required}
	scope := rule.Scope{Doc: t.doc, Node: n}
	found.Hint = swallowed(selectorOf(found.Selector))
	if !f.isObject() {
		v, err := f.rule.Value(scope, f.many)
		if err != nil {
			return found, err
		}
		if v == nil {
			return found, t.miss(&found, scope)
		}
		found.Value, err = asText(v)
		return found, err
	}
	elements := []*html.Node{n}
	if f.rule != nil {
		var err error
		if elements, err = f.rule.Elements(scope); err != nil {
			return found, err
		}
		if !f.many {
			elements = elements[:min(len(elements), 1)]
		}
	}
	if found.Count = len(elements); found.Count == 0 {
		return found, t.miss(&found, scope)
	}
	for _, n := range elements[:min(len(elements), MaxShown)] {
		if t.told > maxFindings {
			break
		}
		object, err := t.all(f.members.fields, n)
		if err != nil {
			return found, err
		}
		found.Objects = append(found.Objects, object)
	}
	return found, nil
}

// asText is a value as JSON, cut where it is long.
func asText(v any) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return Shown(strings.TrimSuffix(b.String(), "\n")), nil
}

// Shown is a Value, cut where it is long.
func Shown(text string) string {
	if len(text) <= maxValue {
		return text
	}
	return strings.ToValidUTF8(text[:maxValue], "") + "…"
}

// Found tells whether anything was found, as a record has it.
func (f *Finding) Found() bool { return !f.Empty && (f.Value != "" || f.Count > 0) }

// Tally is how many fields were looked for, those in objects included, and how many
// of these were found.
func (f *Finding) Tally() (found, of int) {
	if of = 1; f.Found() {
		found = 1
	}
	for _, m := range f.Inside {
		if of++; m.Found {
			found++
		}
	}
	return found, of
}
