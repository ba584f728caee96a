package output

import (
	"bytes"
	"runtime"
	"testing"

	"scrape/results"
	"scrape/results/resultstest"
)

// What packs is to be small beside what it packs, however it is compressed.
func TestPackerMemory(t *testing.T) {
	var member bytes.Buffer
	for seq := int64(1); member.Len() < memberSize; seq++ {
		member.Write(resultstest.Page(seq).AppendJSON(nil))
		member.WriteByte('\n')
	}
	for name, c := range map[string]results.Compression{"gzip": results.Gzip, "zstd": results.Zstd} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			k := newPacker(c)
			for range 3 {
				k.packed = k.compress(k.packed[:0], member.Bytes())
			}
			runtime.ReadMemStats(&after)
			taken := after.TotalAlloc - before.TotalAlloc
			t.Logf("%d KiB for members of %d", taken>>10, memberSize>>10)
			if taken > 8*memberSize {
				t.Errorf("%d KiB for members of %d KiB, want at most 8 times as much", taken>>10, memberSize>>10)
			}
		})
	}
}
