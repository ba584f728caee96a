package extract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/head"
	"scrape/scraper/extract/markup"
	"scrape/scraper/extract/schema"
)

type (
	// Finding is what a field finds.
	Finding = schema.Finding
	// Mistake is one in a Spec, with its place.
	Mistake = schema.Error
)

// Report is what there is on a page of what a Spec asks for.
type Report struct {
	Findings []Finding // of Spec.Extract, then of the schema
	Missing  []string  // paths of required fields that were not found
	Notes    []string  // what else is worth a word
	// Shapeless says that no schema has a document for the page.
	Shapeless bool
}

// InlineName is what mistakes in Spec.Extract have for the name of a file; their lines
// count its elements.
const InlineName = "--extract"

// Mistakes are all that are wrong in a Spec, those of Extract first; none if there are
// none. What Compile refuses has at least one.
func (s Spec) Mistakes() (all []*Mistake) {
	for i, value := range s.Extract {
		if e, ok := errors.AsType[*Error](new(Plan).addValue(value, s.Extract)); ok {
			all = append(all, e.inline(i+1))
		}
	}
	for _, file := range s.Schemas {
		if mistakes, ok := errors.AsType[schema.Errors](second(schema.Parse(file.Name, file.Text))); ok {
			all = slices.Concat(all, mistakes)
		}
	}
	if len(all) > 0 {
		return all
	}
	// What is right by itself may make no sense together.
	_, err := Compile(s)
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return nil
	}
	if i := slices.Index(s.Extract, e.Value); i >= 0 {
		return []*Mistake{e.inline(i + 1)}
	}
	return []*Mistake{{Name: e.Value, Line: max(e.Line, 1), Column: max(e.Column, 1), Message: e.Message, Hint: e.Hint, Source: e.source}}
}

func second[T any](_ T, err error) error { return err }

// Try tells, for a person, what all fields of a Spec without Mistakes find on a page, or
// why they find nothing. A page without a URL is taken to be one of those that the
// first document of each schema is for. The error is that of ctx.
func (s Spec) Try(ctx context.Context, page Source) (Report, error) {
	t := trial{reading: newReading(ctx, page, nil), page: page}
	defer t.doc.Release()
	for _, value := range s.Extract {
		if err := t.value(value); err != nil {
			return t.report, err
		}
	}
	err := t.schemas(s.Schemas)
	for i := range t.report.Findings {
		if f := &t.report.Findings[i]; s.MaxField > 0 && int64(len(f.Value)) > s.MaxField {
			f.Value = strings.ToValidUTF8(f.Value[:s.MaxField], "") + "…"
		}
	}
	return t.report, err
}

// trial is one page being tried.
type trial struct {
	*reading
	page   Source
	report Report
}

// value tries an element of Spec.Extract.
func (t *trial) value(value string) error {
	if strings.Contains(value, "=") {
		s, err := schema.Inline(InlineName, []string{value})
		if err != nil {
			return err
		}
		return t.shape(s.For(t.doc.URL()))
	}
	for name := range strings.SplitSeq(value, ",") {
		name = markup.TrimSpace(name)
		i := slices.IndexFunc(readyMades, func(f readyMade) bool { return f.name == name })
		if i < 0 {
			continue // none
		}
		f, err := t.readyMade(&readyMades[i])
		if err != nil {
			return err
		}
		t.report.Findings = append(t.report.Findings, f)
	}
	return nil
}

// readyMade tries a field that needs only to be named.
func (t *trial) readyMade(f *readyMade) (Finding, error) {
	found := Finding{Name: f.key()}
	value, err := t.read(f)
	if ended := t.doc.Context().Err(); ended != nil {
		return found, ended
	}
	text, encodeErr := encode(value)
	if encodeErr != nil {
		return found, encodeErr
	}
	switch {
	case !isEmpty(text):
		found.Value = schema.Shown(string(text))
	case !slices.Contains(f.kinds, t.doc.Kind()):
		found.Stop, found.Unreachable = "the page is "+t.doc.MediaType()+", which has none", true
	case err != nil:
		found.Stop, found.Unreachable = err.Error(), true
	default:
		found.Stop = "not on the page: " + f.help
		if broken := head.BrokenJSONLD(t.doc); f.name == "jsonld" && broken != "" {
			found.Stop += ": " + broken
		}
		if m := t.mistake(); m != nil {
			found.Stop += ": " + m.Error()
		}
	}
	return found, nil
}

// mistake is where the page stops being read; nil where that is its end.
func (t *trial) mistake() *document.Mistake {
	if t.doc.XHTML() {
		t.doc.Markup() // a title is read without it
	}
	return t.doc.Mistake()
}

func (t *trial) read(f *readyMade) (any, error) {
	if f.read != nil {
		return f.read(t.reading)
	}
	title, err := Compile(Spec{})
	if err != nil {
		return nil, err
	}
	content, err := title.Read(t.doc.Context(), t.page)
	return content.Title, err
}

// schemas tries of each file the first document that is for the page, as Plan.Read does.
func (t *trial) schemas(files []SchemaFile) error {
	u := t.doc.URL()
	plan, err := Compile(Spec{Schemas: files})
	if err != nil {
		return err
	}
	t.report.Shapeless = len(files) > 0
	var shapes []*schema.Shape // that were tried
	for _, s := range plan.schemas {
		shape := s.For(u)
		if shape == nil {
			t.report.Notes = append(t.report.Notes, fmt.Sprintf("no document of %s matches %s%s", s.Name(), u.Redacted(), because(s.Almost(u))))
			continue
		}
		if rival := plan.rivalOf(shape, shapes); rival != nil {
			t.report.Notes = append(t.report.Notes, fmt.Sprintf("nothing of %s is looked for: %s, which has %s too, comes first", s.Name(), rival.Name(), shape.Shared(rival)))
			continue
		}
		shapes = append(shapes, shape)
		if patterns := shape.Patterns(); u.IsZero() && len(patterns) > 0 {
			t.report.Notes = append(t.report.Notes, fmt.Sprintf("read as a page of %s: --url says which URL it is of", strings.Join(patterns, " or ")))
		}
		t.report.Shapeless = false
		if err := t.shape(shape); err != nil {
			return err
		}
	}
	return nil
}

// because puts a reason behind a note, if there is one.
func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

func (t *trial) shape(s *schema.Shape) error {
	found, missing, err := s.Find(t.doc)
	if t.doc.Kind() == document.HTML {
		hintAtReadyMades(found)
	}
	t.report.Findings = append(t.report.Findings, found...)
	t.report.Missing = append(t.report.Missing, missing...)
	return err
}

// hintAtReadyMades tells of selectors that are names of ready-made fields, and so find
// nothing on a page of HTML. Those that are elements of it may be meant.
func hintAtReadyMades(all []Finding) {
	for i := range all {
		f := &all[i]
		name := f.TypeSelector()
		switch name {
		case "title", "html", "article", "meta", "text": // text is an element of SVG
			continue
		}
		ready := slices.ContainsFunc(readyMades, func(f readyMade) bool { return f.name == name })
		if ready && !f.Found() {
			f.Hint = fmt.Sprintf("%s is a ready-made field: --extract %[1]s; here it is a selector for elements of that name", name)
		}
		for _, object := range f.Objects {
			hintAtReadyMades(object)
		}
	}
}
