package links

import (
	"strconv"
	"strings"

	"scrape/scraper/extract/document"
)

// candidates are what a srcset has a browser choose from. Entries whose URL or
// descriptor is none are left out.
func (r *imageReader) candidates(srcset string) []Candidate {
	var found []Candidate
	for ref, descriptors := range document.Candidates(srcset) {
		c, ok := describe(descriptors)
		if !ok {
			continue
		}
		if c.URL, ok = r.resolver.resource(ref); ok {
			found = append(found, c)
		}
	}
	return found
}

// describe reads the descriptors of an entry, of which a height is dropped.
func describe(s string) (c Candidate, ok bool) {
	for _, field := range strings.Fields(s) {
		number, unit := field[:len(field)-1], field[len(field)-1]
		var err error
		switch unit {
		case 'w':
			c.Width, err = strconv.Atoi(number)
		case 'x':
			c.Density, err = strconv.ParseFloat(number, 64)
		case 'h':
			_, err = strconv.Atoi(number)
		default:
			return c, false
		}
		// What is too large for JSON is no density.
		if err != nil || c.Width < 0 || !(c.Density >= 0 && c.Density < 1e6) {
			return c, false
		}
	}
	return c, true
}
