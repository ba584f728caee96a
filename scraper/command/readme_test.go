package command

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"scrape/results"
)

// firstColumn returns the first cells of the README's table with that heading.
func firstColumn(t *testing.T, readme, heading string) (cells []string) {
	t.Helper()
	_, table, found := strings.Cut(readme, "\n"+heading)
	if !found {
		t.Fatalf("the README has no table that begins with %q", heading)
	}
	lines := strings.Split(table, "\n")[2:] // the heading's rest, and the rule below it
	for _, line := range lines {
		if !strings.HasPrefix(line, "| ") {
			break
		}
		cell, _, _ := strings.Cut(line[2:], " |")
		cells = append(cells, cell)
	}
	return cells
}

// quoted finds what stands between back quotes in the cells.
func quoted(cells []string) (names []string) {
	for _, cell := range cells {
		for _, match := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cell, -1) {
			names = append(names, match[1])
		}
	}
	return names
}

// known are the names that there are, as the refusal of one that is not has them.
func known(t *testing.T, refusal error) (names []string) {
	t.Helper()
	unknown, ok := errors.AsType[*results.NameError](refusal)
	if !ok {
		t.Fatalf("%v is no refusal of a name", refusal)
	}
	for _, name := range unknown.Known {
		if !strings.HasSuffix(name, ".NAME") { // of what is asked for
			names = append(names, name)
		}
	}
	return names
}

// The README names the flags, exit codes, kinds, keys and names in templates that
// there are.
func TestReadmeTables(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)

	var flags, codes, kinds []string
	for i := range flagTable() {
		f := &flagTable()[i]
		if !f.takenBy("") {
			continue
		}
		if f.short != "" {
			flags = append(flags, "-"+f.short)
		}
		flags = append(flags, strings.TrimSpace("--"+f.name+" "+f.value))
	}
	for _, e := range exitTable {
		codes = append(codes, e.codes)
	}
	for kind := results.None + 1; ; kind++ {
		if _, err := results.ParseKind(kind.String()); err != nil {
			break
		}
		kinds = append(kinds, kind.String())
	}
	_, badKey := results.ParseProjection([]string{"no_such_key"})
	_, badName := results.ParseTemplate("{{.NoSuchName}}")
	_, templates, _ := strings.Cut(readme, "\n**Templates** are")
	templates, _, _ = strings.Cut(templates, "\n\n")
	var dotted []string
	for _, name := range quoted([]string{templates}) {
		if first, _, _ := strings.Cut(strings.TrimPrefix(name, "."), "."); strings.HasPrefix(name, ".") {
			dotted = append(dotted, "."+first) // .Error.Kind is of .Error
		}
	}
	slices.Sort(dotted)
	for name, test := range map[string]struct{ got, want []string }{
		"flags":              {quoted(firstColumn(t, readme, "| flag |")), flags},
		"exit codes":         {firstColumn(t, readme, "| exit code |"), codes},
		"kinds":              {quoted(firstColumn(t, readme, "| kind |")), kinds},
		"keys":               {quoted(firstColumn(t, readme, "| key |")), known(t, badKey)},
		"names in templates": {slices.Compact(dotted), known(t, badName)},
	} {
		slices.Sort(test.got) // the README has an order of its own
		slices.Sort(test.want)
		if !slices.Equal(test.got, test.want) {
			t.Errorf("%s in the README:\n got %q\nwant %q", name, test.got, test.want)
		}
	}

	sentence := "Every flag but `" + strings.Join(withoutVariable(), "` and `") + "` has a variable"
	if !strings.Contains(readme, sentence) {
		t.Errorf("the README does not say %q", sentence)
	}
	for _, f := range flagTable() {
		if f.only != "" && !strings.Contains(readme, "scrape "+f.only+" --"+f.name) {
			t.Errorf("the README says nothing of scrape %s --%s", f.only, f.name)
		}
	}
}
