package command

import (
	"cmp"
	"fmt"
	"slices"

	"scrape/results"
)

// Of each kind of failure so many are shown, and fewer where there are many kinds:
// all of it fits on a screen.
const (
	mostExamples = 3
	mostLines    = 18
	maxExample   = 160 // characters of one
)

// failures are the first of each kind, for the last words of a run that was to be
// quiet. It is used by one goroutine at a time.
type failures struct {
	kinds []*failedKind // in the order in which they came up
}

type failedKind struct {
	kind  results.Kind
	count int64
	first []string
}

// observe keeps a record that is among the first of its kind.
func (f *failures) observe(r *results.Record) {
	if r.Outcome == results.Scraped || r.Kind == results.Duplicate {
		return
	}
	i := slices.IndexFunc(f.kinds, func(k *failedKind) bool { return k.kind == r.Kind })
	if i < 0 {
		i = len(f.kinds)
		f.kinds = append(f.kinds, &failedKind{kind: r.Kind})
	}
	k := f.kinds[i]
	k.count++
	if len(k.first) == mostExamples {
		return
	}
	if fields, err := r.Fields(); err == nil && fields.Error != nil {
		k.first = append(k.first, example(cmp.Or(fields.URL, fields.Input), fields.Error.Message))
	}
}

func example(url, message string) string {
	return shortened(printable(url)+": "+printable(message), maxExample)
}

// lines are the last words: the most frequent kinds first. where is what has all
// the records, "" where nothing does.
func (f *failures) lines(where string) []string {
	kinds := slices.Clone(f.kinds)
	slices.SortStableFunc(kinds, func(a, b *failedKind) int { return cmp.Compare(b.count, a.count) })
	examples := mostExamples
	if len(kinds)*(examples+1) > mostLines {
		examples = 1
	}
	var lines []string
	hidden := false
	for _, k := range kinds {
		shown := k.first[:min(examples, len(k.first))]
		for _, e := range shown {
			lines = append(lines, fmt.Sprintf("%v: %s", k.kind, e))
		}
		more := k.count - int64(len(shown))
		hidden = hidden || more > 0
		if more > 0 && examples > 1 {
			lines = append(lines, fmt.Sprintf("%v: and %s more", k.kind, grouped(more)))
		}
	}
	if hidden && where != "" {
		lines = append(lines, "all of them: "+where)
	}
	return lines
}
