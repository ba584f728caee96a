package structure

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
)

// Field is what a form sends, or sends it.
type Field struct {
	Name     string   `json:"name,omitempty"`
	Type     string   `json:"type"`            // of an input or button, as the page says; textarea, select-one, select-multiple
	Value    string   `json:"value,omitempty"` // at first; of a select that of the first selected option
	Checked  bool     `json:"checked,omitempty"`
	Required bool     `json:"required,omitempty"`
	Disabled bool     `json:"disabled,omitempty"`
	Options  []Option `json:"options,omitempty"` // of a select
}

// Option is one option of a select element.
type Option struct {
	Value    string `json:"value"`
	Text     string `json:"text"`
	Selected bool   `json:"selected,omitempty"`
	Disabled bool   `json:"disabled,omitempty"`
}

// none is the index of no form.
const none = -1

// fieldReader gives forms their fields.
type fieldReader struct {
	d     *document.Document
	forms []Form
	form  map[*html.Node]int // indices of forms
	byID  map[string]int     // those of the first element with the ID: none where it is no form
	seen  int                // elements
}

// read reads what is below n, where fields belong to the given form. It is
// recursive: a tree is at most 512 elements deep.
func (r *fieldReader) read(n *html.Node, owner int) error {
	if r.seen++; r.seen%1024 == 0 {
		if err := r.d.Context().Err(); err != nil {
			return err
		}
	}
	if document.IsHTML(n, atom.Template) {
		return nil
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		if isField(c) {
			r.add(c, owner)
		}
		inside := owner
		if form, ok := r.form[c]; ok {
			inside = form
			// A form between the tags of a table is empty in the tree, and owns
			// what stands behind it there: the standard's form element pointer.
			if c.FirstChild == nil && isTablePart(n) {
				owner = form
			}
		}
		if err := r.read(c, inside); err != nil {
			return err
		}
	}
	return nil
}

func (r *fieldReader) add(n *html.Node, form int) {
	if id, ok := document.Attribute(n, "form"); ok {
		if form, ok = r.byID[id]; !ok {
			return
		}
	}
	if form != none {
		r.forms[form].Fields = append(r.forms[form].Fields, readField(n))
	}
}

func isTablePart(n *html.Node) bool {
	return document.IsHTML(n, atom.Table) || document.IsHTML(n, atom.Tbody) || document.IsHTML(n, atom.Thead) || document.IsHTML(n, atom.Tfoot) || document.IsHTML(n, atom.Tr)
}

func isField(n *html.Node) bool {
	return document.IsHTML(n, atom.Input) || document.IsHTML(n, atom.Button) || document.IsHTML(n, atom.Select) || document.IsHTML(n, atom.Textarea)
}

func readField(n *html.Node) Field {
	f := Field{
		Name:     value(n, "name"),
		Type:     strings.ToLower(value(n, "type")),
		Value:    value(n, "value"),
		Required: has(n, "required"),
		Disabled: has(n, "disabled"),
	}
	switch n.DataAtom {
	case atom.Input:
		f.readInput(n)
	case atom.Button:
		if f.Type != "reset" && f.Type != "button" {
			f.Type = "submit"
		}
	case atom.Textarea:
		f.Type = "textarea"
		f.Value = textContent(n)
	case atom.Select:
		f.readSelect(n)
	}
	return f
}

func (f *Field) readInput(n *html.Node) {
	if f.Type == "" {
		f.Type = "text"
	}
	if f.Type != "checkbox" && f.Type != "radio" {
		return
	}
	f.Checked = has(n, "checked")
	if !has(n, "value") {
		f.Value = "on"
	}
}

func (f *Field) readSelect(n *html.Node) {
	f.Type = "select-one"
	f.Value = ""
	multiple := has(n, "multiple")
	if multiple {
		f.Type = "select-multiple"
	}
	shown := none // the option that is selected where none says that it is, or the last that does
	for c := n; c != nil; c = document.Next(c, n) {
		if !document.IsHTML(c, atom.Option) {
			continue
		}
		o := readOption(c)
		if o.Selected && !multiple {
			if shown != none {
				f.Options[shown].Selected = false
			}
			shown = len(f.Options)
		}
		f.Options = append(f.Options, o)
	}
	if shown == none && !multiple && isDropDown(n) {
		f.selectFirst()
	}
	for _, o := range f.Options {
		if o.Selected {
			f.Value = o.Value
			break
		}
	}
}

// selectFirst selects the first option that can be, as a drop-down list does.
func (f *Field) selectFirst() {
	for i := range f.Options {
		if o := &f.Options[i]; !o.Disabled {
			o.Selected = true
			return
		}
	}
}

// isDropDown tells whether a select element that is not multiple shows one
// option.
func isDropDown(n *html.Node) bool {
	return span(value(n, "size"), maxColspan) <= 1
}

func readOption(n *html.Node) Option {
	o := Option{
		Text:     document.ShownText(n, nil),
		Selected: has(n, "selected"),
		Disabled: has(n, "disabled") || document.IsHTML(n.Parent, atom.Optgroup) && has(n.Parent, "disabled"),
	}
	o.Value = o.Text
	if v, ok := document.Attribute(n, "value"); ok {
		o.Value = v
	}
	return o
}
