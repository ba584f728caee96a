package command

import (
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

// The README names the flags, exit codes and kinds that there are.
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
	for name, test := range map[string]struct{ got, want []string }{
		"flags":      {quoted(firstColumn(t, readme, "| flag |")), flags},
		"exit codes": {firstColumn(t, readme, "| exit code |"), codes},
		"kinds":      {quoted(firstColumn(t, readme, "| kind |")), kinds},
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
