package extract

import (
	"fmt"
	"unicode/utf8"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/schema"
)

// Spec says what is wanted of every page. Its zero value is the title alone. It is plain data, so that it can be
// sent to another process, and compiled there.
type Spec struct {
	// Extract are names of ready-made fields, several of them separated by commas, or one inline field
	// NAME=SELECTOR | FILTER…; with NAME[]= all that the selector finds. The title is wanted in any case, but for
	// "none", which takes it away, and stands beside inline fields only.
	Extract []string
	// Schemas are files of whole shapes. Of each the first shape whose match fits a page's URL is read, but of two
	// that have a field of the same name only that of the first file. Such shapes have a match each, and not the same.
	Schemas []SchemaFile
	// MaxField is how long a field's value may be, in bytes of the JSON that is written, without the quotes of one
	// that is a text. 0: DefaultMaxField.
	MaxField int64
	// Refresh asks for where a page sends its reader, too.
	Refresh bool
}

// SchemaFile is a schema's text, and what its messages call it.
type SchemaFile struct {
	Name string
	Text []byte
}

// DefaultMaxField is the limit on a field's value, in bytes of JSON.
const DefaultMaxField = 1 << 20

// Source is a page as it was received.
type Source = document.Source

// Content is what was read of a page.
type Content struct {
	Page
	// Links are those of the ready-made field of that name, as JSON.
	Links []byte
	// Data is a JSON object of all other fields that were found, in the order in which they were asked for; nil
	// if there is none.
	Data []byte
	// Truncated names the fields whose values were cut.
	Truncated []string
	// Fields tells what became of each of Plan.Named; behind them, where there are schemas, whether one has a
	// shape for the page; and behind that what became of each of Plan.Expected. What is at its end is left out
	// where it was not asked for.
	Fields []Fate
}

// Fate is what became of a field on a page.
type Fate byte

// Fates of fields.
const (
	NotAsked Fate = iota // the page is of another shape, or has not the object that the field lies in
	Missed
	Found
)

// Error is a mistake in a Spec.
type Error struct {
	Value string // the element of Extract, or the name of a schema's file
	Place string // where in it: "column 9", or line and column "3:9" of a file; "" for all of it
	// Line is that of a file, and Column that in the line, or in an element of Extract. They count from 1;
	// 0: all of it.
	Line, Column int
	source       string // that line of a file
	Message      string
	Hint         string // what to do about it, "" if there is nothing to say
}

// Error names the value and what is wrong with it.
func (e *Error) Error() string { return fmt.Sprintf("%q: %s", e.Value, e.Text()) }

// Text is what Error says behind the value.
func (e *Error) Text() string {
	if e.Place == "" {
		return e.Message
	}
	return e.Place + ": " + e.Message
}

// at puts the mistake at a byte of the value.
func (e *Error) at(offset int) *Error {
	offset = min(max(offset, 0), len(e.Value))
	e.Column = utf8.RuneCountInString(e.Value[:offset]) + 1
	e.Place = fmt.Sprintf("column %d", e.Column)
	return e
}

// in puts the mistake at a place in a file.
func (e *Error) in(at *schema.Error) *Error {
	e.Line, e.Column, e.source = at.Line, at.Column, at.Source
	e.Place = fmt.Sprintf("%d:%d", at.Line, at.Column)
	return e
}

// inline is the mistake as one of a schema made of the elements of Extract, of which
// it is in the nth.
func (e *Error) inline(n int) *schema.Error {
	return &schema.Error{Name: InlineName, Line: n, Column: max(e.Column, 1), Message: e.Message, Hint: e.Hint, Source: e.Value}
}

// FieldError is why a page is not what was asked for, although it arrived: a required field is not there, no
// parser can reach one, or its XPath expression fails on the page.
type FieldError struct {
	Field   string // with its path inside of lists: offers[2].price
	Message string
	// Required tells that the field was required and is not on the page.
	Required bool
}

// Error is one line.
func (e *FieldError) Error() string { return e.Message }
