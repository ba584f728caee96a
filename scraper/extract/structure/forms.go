package structure

import (
	"cmp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// Form is one form element, as the page itself says: scripts may change all of
// it.
type Form struct {
	Action  string  `json:"action,omitempty"`  // where it is sent to, absolute; none where that is no URL
	Method  string  `json:"method"`            // get, post or dialog
	Enctype string  `json:"enctype,omitempty"` // of a post
	Name    string  `json:"name,omitempty"`
	ID      string  `json:"id,omitempty"`
	Fields  []Field `json:"fields"`
}

// Forms returns the forms of a page in tree order, each with its fields: the
// buttons and the input, select and textarea elements that are in it or that
// name it in a form attribute (https://html.spec.whatwg.org/#form-owner).
func Forms(d *document.Document) ([]Form, error) {
	root, err := tree(d)
	if err != nil {
		return nil, err
	}
	form, byID := map[*html.Node]int{}, map[string]int{}
	var forms []Form
	r := d.NewResolver()
	self := d.URL().WithoutFragment().Redacted()
	err = walk(d, root, func(n *html.Node) {
		i := none
		if document.IsHTML(n, atom.Form) {
			i = len(forms)
			form[n] = i
			forms = append(forms, readForm(r, self, n))
		}
		if id := value(n, "id"); id != "" {
			if _, taken := byID[id]; !taken {
				byID[id] = i
			}
		}
	})
	if err = cmp.Or(err, r.Err()); err != nil || len(forms) == 0 {
		return nil, err
	}
	f := fieldReader{d: d, forms: forms, form: form, byID: byID}
	if err := f.read(root, none); err != nil {
		return nil, err
	}
	return forms, nil
}

func readForm(r *document.Resolver, self string, n *html.Node) Form {
	f := Form{
		Action: self,
		Method: "get",
		Name:   value(n, "name"),
		ID:     value(n, "id"),
		Fields: []Field{},
	}
	if action := markup.TrimSpace(value(n, "action")); action != "" {
		f.Action = absolute(r, action)
	}
	switch method := strings.ToLower(value(n, "method")); method {
	case "dialog":
		f.Method = method
	case "post":
		f.Method = method
		f.Enctype = "application/x-www-form-urlencoded"
		switch enctype := strings.ToLower(value(n, "enctype")); enctype {
		case "multipart/form-data", "text/plain":
			f.Enctype = enctype
		}
	}
	return f
}
