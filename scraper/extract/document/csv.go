package document

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// Records are the rows of a CSV document, which need not be equally long. Nobody may
// change them. Tabs separate the values of text/tab-separated-values, which has no
// quotes; those of CSV (RFC 4180) what is most often in its first line of comma,
// semicolon and tab. Empty lines are none, and quotes astray are part of their value.
// It waits for memory as Tree does. The error wraps ErrNoTree where it is no CSV or
// would take too much of it, or is the context's.
func (d *Document) Records() ([][]string, error) {
	return d.records.get(func() ([][]string, error) {
		if d.Kind() != CSV {
			return nil, fmt.Errorf("%w: %s is no CSV", ErrNoTree, d.MediaType())
		}
		text, separator := d.Text(), '\t'
		tabs := d.MediaType() == "text/tab-separated-values"
		if !tabs {
			separator = separatorOf(text)
		}
		if err := d.hold(recordsCost(text, separator)); err != nil {
			return nil, err
		}
		if tabs {
			return d.splitLines(text)
		}
		r := csv.NewReader(guarded{d, strings.NewReader(text)})
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = separator, -1, true
		var all [][]string
		for {
			record, err := r.Read()
			switch {
			case d.ctx.Err() != nil:
				return nil, d.ctx.Err()
			case err == io.EOF:
				return all, nil
			case err != nil:
				return nil, fmt.Errorf("%w: %w", ErrNoTree, err)
			}
			all = append(all, record)
		}
	})
}

// recordsCost estimates what rows take of memory, in bytes, and what is made of them.
func recordsCost(text string, separator rune) int64 {
	const perRow, perValue = 128, 2 * 32
	lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1
	return int64(perRow*lines + perValue*strings.Count(text, string(separator)) + 2*len(text))
}

// separatorOf is what separates the values of CSV: what is most often outside quotes in its first line.
func separatorOf(text string) rune {
	var commas, semicolons, tabs int
	quoted := false
	for _, c := range []byte(text) {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ',':
			commas++
		case c == ';':
			semicolons++
		case c == '\t':
			tabs++
		}
		if (c == '\n' || c == '\r') && !quoted && commas+semicolons+tabs > 0 {
			break
		}
	}
	switch {
	case semicolons > commas && semicolons >= tabs:
		return ';'
	case tabs > commas:
		return '\t'
	}
	return ','
}

// splitLines gives the values between tabs.
func (d *Document) splitLines(text string) ([][]string, error) {
	var all [][]string
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if len(all)%1024 == 0 && d.ctx.Err() != nil {
			return nil, d.ctx.Err()
		}
		all = append(all, strings.Split(line, "\t"))
	}
	return all, nil
}
