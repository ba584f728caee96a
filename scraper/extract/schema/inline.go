package schema

import (
	"errors"
	"strings"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/filter"
	"scrape/scraper/extract/rule"
)

// Inline makes a schema of fields as they stand on a command line, NAME=RULE or
// NAME[]=RULE. name is what Errors call them; lines in those count fields.
func Inline(name string, fields []string) (*Schema, error) {
	s := &source{name: name, lines: fields}
	var all []*field
	seen := make(map[string]bool)
	for i, text := range fields {
		fieldName, many, r, err := rule.ParseField(text)
		if err != nil {
			offset, hint := 0, ""
			if e, ok := errors.AsType[*filter.Error](err); ok {
				offset, hint = e.Offset, e.Hint
			}
			_, column := document.Position(text, offset)
			s.at(i+1, column, err.Error(), hint)
			continue
		}
		if seen[fieldName] {
			s.at(i+1, 1, fieldName+" is there twice", "each field has a name of its own")
		}
		seen[fieldName] = true
		_, selector, _ := strings.Cut(text, "=")
		all = append(all, &field{name: fieldName, selector: selector, rule: r, many: many, required: r.Required()})
	}
	if err := s.err(); err != nil {
		return nil, err
	}
	return &Schema{name: name, shapes: []*Shape{{name: name, fields: newGroup(all), count: number(all, "", 0)}}}, nil
}
