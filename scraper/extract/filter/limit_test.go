//go:build !race

package filter

import (
	"strings"
	"testing"
)

func TestTextHasALimit(t *testing.T) {
	long := strings.Repeat("a", 8<<20)
	list := []any{long, long, long, long, long}
	for _, c := range []struct {
		filters string
		in      any
		want    int // values
	}{
		{`replace("a", "aa")`, long, 1},
		{`replace("a", "aaaaaaaaaaaaaaaa")`, long, 0},
		{`replace("a", "aa") | replace("a", "aaaaaaaa")`, long, 0},
		{`replace("a", "aa")`, list, 4},
		{`replace("re:a+", "$0$0")`, list, 4},
		{`replace("re:a+", "$0$0$0$0$0$0$0$0$0")`, long, 0},
		{`join("` + strings.Repeat("x", 20<<20) + `")`, []any{"a", "b", "c", "d", "e"}, 0},
		{`replace("a", "b")`, list, 5},
	} {
		p, err := Parse(c.filters)
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.Apply(nil, c.in)
		if got := len(present(v)); err != nil || got != c.want {
			t.Errorf("%.50s: %d values, %v, want %d", c.filters, got, err, c.want)
		}
	}
}
