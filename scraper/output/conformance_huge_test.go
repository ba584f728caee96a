//go:build !race

package output

import (
	"strings"
	"testing"

	"scrape/results/resultstest"
)

// A field of ten million bytes is one like any other.
func TestHugeField(t *testing.T) {
	all := resultstest.Examples()[:2]
	huge := resultstest.Example()
	huge.Title = strings.Repeat("a long title, with \"ü\"\n", 10<<20/23)
	all = append(all, huge, resultstest.Example())
	records := numbered(all)
	each(t, func(t *testing.T, f format) {
		out, s := begin(t, f.options)
		mustGive(t, s, records...)
		finish(t, out)
		f.check(t, f.options.Name, records)
	})
}
