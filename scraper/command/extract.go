package command

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"scrape/results"
	"scrape/scraper"
	"scrape/scraper/nearest"
)

// addExtract takes one --extract, and finds what is wrong in it by itself.
func (s *settings) addExtract(value string) error {
	if strings.EqualFold(strings.TrimSpace(value), "help") {
		s.extractHelp = true
		return nil
	}
	e := &s.options.Extract
	e.Extract = append(e.Extract, value)
	return scraper.CheckExtract(scraper.Extract{Extract: []string{value}})
}

// readSchemas reads what --schema names, and finds what --extract and --schema say
// together that makes no sense.
func (p *program) readSchemas() error {
	e := &p.settings.options.Extract
	called, _ := p.found("schema")
	for _, name := range p.settings.files.schemas {
		b, err := readSetting(called, name)
		if err != nil {
			return err
		}
		e.Schemas = append(e.Schemas, scraper.SchemaFile{Name: name, Text: b})
	}
	err := scraper.CheckExtract(*e)
	mistake, ok := errors.AsType[*scraper.ExtractError](err)
	switch {
	case err == nil:
		return nil
	case !ok:
		return usage("", "%v", err)
	case slices.Contains(p.settings.files.schemas, mistake.Value):
		place := mistake.Value
		if mistake.Place != "" {
			place += ":" + mistake.Place
		}
		return usage(printable(mistake.Hint), "%s %s: %s", called, printable(place), printable(mistake.Message))
	}
	called, _ = p.found("extract")
	return badExtract(called, mistake.Value, printable(mistake.Text()), printable(mistake.Hint))
}

// mistakeOf is what a message says of a flag's value, and the hint below it.
func mistakeOf(err error) (text, hint string) {
	if e, ok := errors.AsType[*scraper.ExtractError](err); ok {
		return printable(e.Text()), printable(e.Hint)
	}
	if e, ok := errors.AsType[*results.NameError](err); ok {
		hint = "there are " + strings.Join(e.Known, ", ")
		if best := nearest.Name(e.Name, e.Known); best != "" {
			hint = "did you mean " + best + "?"
		}
		return e.Text(), hint
	}
	return err.Error(), ""
}

// mostMisses is how many fields the closing line names.
const mostMisses = 3

// fewFound is of how many pages one at most has a ready-made field that is worth a
// word: some pages without a description are on every site.
const fewFound = 10

// misses is the part of the closing line about the fields that pages have not, those
// with most misses first: "" if there is none, else with what separates it from the
// part before. Of the fields that the user has named every miss counts, of the
// ready-made ones that are expected only that few pages or none have them.
func misses(fields, expected []scraper.FieldCount) string {
	var missed []scraper.FieldCount
	for _, f := range fields {
		if f.Found < f.Of {
			missed = append(missed, f)
		}
	}
	for _, f := range expected {
		if f.Of > 0 && f.Found <= f.Of/fewFound {
			missed = append(missed, f)
		}
	}
	slices.SortStableFunc(missed, func(a, b scraper.FieldCount) int { return cmp.Compare(b.Of-b.Found, a.Of-a.Found) })
	var b strings.Builder
	for i, f := range missed {
		if i == mostMisses {
			fmt.Fprintf(&b, "; and %s", count(int64(len(missed)-i), "more field"))
			break
		}
		fmt.Fprintf(&b, "; %s: found in %s of %s", printable(f.Name), grouped(f.Found), grouped(f.Of))
	}
	return b.String()
}

// allMissed tells that a field was on no page at all, or no page one that a schema is
// for, which is worth a word even where none is wanted: the site may have changed.
func allMissed(s *scraper.Summary) bool {
	never := func(f scraper.FieldCount) bool { return f.Of > 0 && f.Found == 0 }
	return never(s.Shaped) || slices.ContainsFunc(s.Fields, never) || slices.ContainsFunc(s.Expected, never)
}
