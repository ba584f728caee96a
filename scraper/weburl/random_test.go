//go:build !race

package weburl

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestNormalIsWhatWhatwgSays(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	bases := basesOf(t)
	taken := 0
	for range 20_000 {
		var s strings.Builder
		for range 1 + random.IntN(6) {
			s.WriteString(pieces[random.IntN(len(pieces))])
		}
		for _, base := range bases {
			sameResolved(t, base, s.String())
		}
		for _, start := range []string{"", "http://", "https://example.com/", "https://example.com"} {
			if same(t, start+s.String()) {
				taken++
			}
		}
		if t.Failed() {
			break
		}
	}
	if taken < 2_000 {
		t.Errorf("only %d URLs took the fast path", taken)
	}
}
