package command

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"scrape/scraper"
)

// maxValue is how much of a value is shown, in characters.
const maxValue = 60

// findings is what fields have found, for a person: a line for each, and what is
// inside of objects below it.
func findings(all []scraper.Finding) string {
	var b strings.Builder
	writeFindings(&b, all, "")
	return b.String()
}

func writeFindings(b *strings.Builder, all []scraper.Finding, indent string) {
	names, values := 0, 0
	for i := range all {
		names = max(names, utf8.RuneCountInString(all[i].Name))
		values = max(values, utf8.RuneCountInString(outcome(&all[i])))
	}
	for i := range all {
		f := &all[i]
		line := fmt.Sprintf("%s%-*s  %-*s", indent, names+1, printable(f.Name)+":", values, outcome(f))
		if f.Selector != "" {
			line += "  <- " + shortened(printable(f.Selector), maxValue)
		}
		fmt.Fprintln(b, strings.TrimRight(line, " "))
		if f.Stop != "" {
			fmt.Fprintf(b, "%s    %s\n", indent, printable(f.Stop))
		}
		if f.Hint != "" {
			fmt.Fprintf(b, "%s    %s\n", indent, printable(f.Hint))
		}
		if f.Element != "" {
			place := ""
			if f.Line > 0 {
				place = fmt.Sprintf(" (line %d, column %d)", f.Line, f.Column)
			}
			fmt.Fprintf(b, "%s    at %s%s\n", indent, printable(f.Element), place)
		}
		writeObjects(b, f, indent)
	}
}

// writeObjects shows the first objects of a field, and says how many more there are.
func writeObjects(b *strings.Builder, f *scraper.Finding, indent string) {
	for i, object := range f.Objects {
		if f.Count > 1 {
			fmt.Fprintf(b, "%s  [%d]\n", indent, i)
			writeFindings(b, object, indent+"    ")
		} else {
			writeFindings(b, object, indent+"  ")
		}
	}
	if more := f.Count - len(f.Objects); more > 0 {
		fmt.Fprintf(b, "%s  ... and %d more\n", indent, more)
	}
}

// outcome is what a field has found, in short.
func outcome(f *scraper.Finding) string {
	switch {
	case f.Value != "":
		return shortened(printable(f.Value), maxValue)
	case f.Empty:
		return count(int64(f.Count), "element") + ", nothing inside"
	case f.Count > 0:
		return count(int64(f.Count), "object")
	case f.Required:
		return "nothing, and is required"
	}
	return "nothing"
}

// shortened is the beginning of a text, if that is long.
func shortened(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}
