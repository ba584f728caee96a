package scraper

import (
	"fmt"

	"scrape/results"
	"scrape/scraper/extract"
	"scrape/scraper/extract/filter"
	"scrape/scraper/worker"
)

// What a program needs to say what is to be taken out of pages.
type (
	// Extract says what is wanted of every page.
	Extract = extract.Spec
	// SchemaFile is a file of whole shapes.
	SchemaFile = extract.SchemaFile
	// ExtractError is a mistake in Extract, with its place and a hint.
	ExtractError = extract.Error
)

// DefaultMaxField is the limit on a field's value, in bytes of JSON.
const DefaultMaxField = extract.DefaultMaxField

// ExtractHelp lists, for people, what can be taken out of pages.
func ExtractHelp() string { return extract.Help() }

// CheckExtract tells what is wrong with the wish, if anything is: an *ExtractError.
func CheckExtract(e Extract) error {
	_, err := extract.Compile(e)
	return err
}

// ExtractsData tells whether more than a title is wanted, which only records in JSON
// have a place for.
func ExtractsData(e Extract) bool {
	plan, err := extract.Compile(e)
	return err == nil && plan.Whole()
}

// DataColumns are the members that the data of records may have, each with the type of a
// column that holds its values; JSON where nothing more is known of them.
func DataColumns(e Extract) []results.Column {
	plan, err := extract.Compile(e)
	if err != nil {
		return nil
	}
	var columns []results.Column
	for _, c := range plan.Columns() {
		columns = append(columns, results.Column{Name: c.Name, Type: columnType(c)})
	}
	return columns
}

func columnType(c extract.Column) results.ColumnType {
	switch {
	case c.List && c.Kind == filter.TextKind:
		return results.TextsColumn
	case c.List:
		return results.JSONColumn
	}
	switch c.Kind {
	case filter.TextKind:
		return results.TextColumn
	case filter.NumberKind:
		return results.DoubleColumn
	case filter.IntegerKind:
		return results.IntegerColumn
	case filter.TruthKind:
		return results.BooleanColumn
	case filter.DateKind:
		return results.TimeColumn
	}
	return results.JSONColumn
}

// setFields begins the count of the fields that the user has named, and of those that
// are expected.
func (r *run) setFields() error {
	plan, err := extract.Compile(r.options.extract())
	if err != nil {
		return fmt.Errorf("scraper: Options.Extract: %w", err)
	}
	for _, name := range plan.Named() {
		if name == "title" || name == "links" {
			name = "data." + name // beside what a record has by that name itself
		}
		r.fields = append(r.fields, FieldCount{Name: name})
	}
	for _, name := range plan.Expected() {
		r.expected = append(r.expected, FieldCount{Name: name})
	}
	switch schemas := r.options.Extract.Schemas; len(schemas) {
	case 0:
	case 1:
		r.shaped.Name = schemas[0].Name
	default:
		r.shaped.Name = fmt.Sprintf("the %d schemas", len(schemas))
	}
	return nil
}

// FieldCount is how often a field was found.
type FieldCount struct {
	Name  string
	Found int64
	Of    int64 // pages that were looked at for it
}

// extract is what workers are told of the wish.
func (o *Options) extract() Extract {
	e := o.Extract
	e.Refresh = e.Refresh || o.MetaRefresh
	return e
}

// countFields counts what a page had.
func (r *run) countFields(told *worker.Told) {
	fates := told.Fields
	if len(fates) == 0 && !told.Lacking {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if told.Lacking {
		r.lacking++
	}
	for i := range r.fields {
		fates = r.fields[i].add(fates)
	}
	if r.shaped.Name != "" {
		fates = r.shaped.add(fates)
	}
	for i := range r.expected {
		fates = r.expected[i].add(fates)
	}
}

// add counts the first fate, if there is one, and gives the others.
func (c *FieldCount) add(fates []extract.Fate) []extract.Fate {
	if len(fates) == 0 {
		return nil
	}
	switch fates[0] {
	case extract.Found:
		c.Found++
		c.Of++
	case extract.Missed:
		c.Of++
	}
	return fates[1:]
}
