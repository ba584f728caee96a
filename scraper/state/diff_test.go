package state

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestDiffLines(t *testing.T) {
	many := func(n int, name string) (lines []string) {
		for i := range n {
			lines = append(lines, fmt.Sprint(name, i))
		}
		return lines
	}
	for name, test := range map[string]struct{ a, b, want string }{
		"the same":        {"a b c", "a b c", ""},
		"nothing":         {"", "", ""},
		"from nothing":    {"", "a b", "+a +b"},
		"to nothing":      {"a b", "", "-a -b"},
		"one in between":  {"a b c", "a x c", "-b +x"},
		"one more":        {"a b", "a x b", "+x"},
		"at both ends":    {"x a b y", "a b", "-x -y"},
		"repeated":        {"a a a", "a a", "-a"},
		"moved":           {"a b c d", "b c d a", "-a +a"},
		"the whole of it": {"a b", "c d", "-a -b +c +d"},
	} {
		got := strings.Join(strings.Split(strings.TrimSuffix(show(diff(strings.Fields(test.a), strings.Fields(test.b))), "\n"), "\n"), " ")
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	long := show(diff(many(10_000, "a"), many(10_000, "b")))
	if len(long) > mostDiff+50 || !strings.HasPrefix(long, "-a0\n-a1\n") || !strings.Contains(long, " more lines\n") {
		t.Errorf("%d bytes: %.100q", len(long), long)
	}
	if got := show(diff([]string{strings.Repeat("ä", 1000)}, nil)); got != "-"+strings.Repeat("ä", mostDiffLine/2)+"…\n" {
		t.Errorf("%q", got)
	}
}

// What is gone and what was added make one text of the other, and it is as little as
// can be.
func TestDiffIsTrue(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		lines := func() (all []string) {
			for range rng.IntN(12) {
				all = append(all, string(rune('a'+rng.IntN(4))))
			}
			return all
		}
		a, b := lines(), lines()
		edits, ok := shortest(a, b)
		if !ok {
			t.Fatalf("%q and %q differ too much", a, b)
		}
		removed, added := map[string]int{}, map[string]int{}
		for _, e := range edits {
			if e.added {
				added[e.line]++
			} else {
				removed[e.line]++
			}
		}
		for _, line := range a {
			added[line]++
		}
		for _, line := range b {
			removed[line]++
		}
		for _, line := range []string{"a", "b", "c", "d"} {
			if added[line] != removed[line] {
				t.Fatalf("%q to %q: %v", a, b, edits)
			}
		}
		if want := len(a) + len(b) - 2*common(a, b); len(edits) != want {
			t.Fatalf("%q to %q: %d edits, where %d do", a, b, len(edits), want)
		}
	}
}

// common is the length of the longest common subsequence, the slow way.
func common(a, b []string) int {
	lengths := make([][]int, len(a)+1)
	for i := range lengths {
		lengths[i] = make([]int, len(b)+1)
	}
	for i := range a {
		for j := range b {
			if a[i] == b[j] {
				lengths[i+1][j+1] = lengths[i][j] + 1
			} else {
				lengths[i+1][j+1] = max(lengths[i][j+1], lengths[i+1][j])
			}
		}
	}
	return lengths[len(a)][len(b)]
}

func TestLines(t *testing.T) {
	c := content{text: []byte(`"one\ntwo\r\n\nfour"`)}
	c.take([]byte("title"), []byte(`"A title"`))
	c.take([]byte("links"), []byte(`[{"url":"http://a/","text":""}]`))
	c.take([]byte("data"), []byte(`{"price":34.50,"tags":["a","b"],"none":null,"empty":{},"list":[],"in":{"x":true}}`))
	c.take([]byte("charset"), []byte(`"utf-8"`))
	got, cut := c.lines()
	want := "title: A title|links[].url: http://a/|links[].text: |price: 34.50|tags[]: a|tags[]: b|none: null|empty: {}|list: []|in.x: true|one|two||four"
	if text := strings.Join(slices.Concat(got...), "|"); text != want || cut {
		t.Errorf("%s, %v\nwant %s", text, cut, want)
	}
	c = content{text: []byte(`"` + strings.Repeat(`a\n`, mostLines+1) + `"`)}
	if got, cut := c.lines(); len(got[len(got)-1]) != mostLines || !cut {
		t.Errorf("%d lines, %v", len(got), cut)
	}
	// What is no JSON has the lines before the mistake.
	c = content{}
	c.take([]byte("data"), []byte(`{"a":1,"b":[2,{"c":`))
	if got, _ := c.lines(); len(slices.Concat(got...)) > 2 {
		t.Errorf("%q", got)
	}
}

// Pages that differ in everything hold nobody up.
func BenchmarkDiffOfLargeTexts(b *testing.B) {
	lines := func(seed uint64) []string {
		rng := rand.New(rand.NewPCG(seed, 0))
		all := make([]string, mostLines)
		for i := range all {
			all[i] = fmt.Sprint("line ", rng.IntN(3000))
		}
		return all
	}
	x, y := lines(1), lines(2)
	for b.Loop() {
		diff(x, y)
	}
}
