//go:build !race

package extract

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

// TestTitleOfTagSoup compares Title with goquery over pages in which anything may stand anywhere.
func TestTitleOfTagSoup(t *testing.T) {
	n := 15_000
	if testing.Short() {
		n = 1_500
	}
	r := rand.New(rand.NewPCG(1, 2))
	titled, plain := 0, 0
	for range n {
		p := randomPage(r, soup, 24)
		requireTreeTitle(t, p)
		requirePieces(t, p)
		if title, _ := treeOracle(t, p, "utf-8"); title != "" {
			titled++
		}
		p = randomPage(r, headSoup, 12)
		requireTreeTitle(t, p)
		requirePieces(t, p)
		if title, ok := headTitle(p); ok && len(title) > 0 {
			plain++
		}
	}
	if titled < n/10 || plain < n/20 {
		t.Errorf("of %d pages %d had a title and %d a plain head: the soup is too thin to prove much", n, titled, plain)
	}
}

// TestTitleOfLongTagSoup does it with pages of which something is longer than what is kept.
func TestTitleOfLongTagSoup(t *testing.T) {
	n := 200
	if testing.Short() {
		n = 20
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range n {
		p := string(randomPage(r, headSoup, 12))
		i := r.IntN(len(p) + 1)
		filler := headSoup[r.IntN(len(headSoup))]
		if r.IntN(2) == 0 {
			filler = "x"
		}
		requireTreeTitle(t, []byte(p[:i]+long(filler)+p[i:]))
	}
}

// allKept is the beginning of a page of which no more is kept.
var allKept = make([]byte, pageLimit)

// requirePieces fails unless a scan finds the same in a page that it gets byte by byte, behind all that is kept,
// as in one that it gets whole.
func requirePieces(t testing.TB, text []byte) {
	t.Helper()
	for _, charset := range []string{"", "utf-8"} {
		whole := newPage(bytes.NewReader(text))
		defer whole.release()
		late := newPage(iotest.OneByteReader(bytes.NewReader(text)))
		late.kept, late.pos = allKept, pageLimit
		want, got := newScan(whole, charset), newScan(late, charset)
		if certain := want.run(); got.run() != certain || got.hasTitle != want.hasTitle ||
			!bytes.Equal(got.title.b, want.title.b) || got.charset != want.charset {
			t.Fatalf("%q: %q in %q, certain %t; byte by byte %q in %q", text,
				want.title.b, want.charset, certain, got.title.b, got.charset)
		}
	}
}

func FuzzTitle(f *testing.F) {
	for _, c := range awkwardPages {
		f.Add([]byte(c.page))
	}
	f.Fuzz(func(t *testing.T, page []byte) {
		if len(page) > pageLimit {
			t.Skip("judged by its beginning")
		}
		requireTreeTitle(t, page)
		requirePieces(t, page)
	})
}
