package pool

import (
	"fmt"
	"testing"
	"time"
)

func BenchmarkEmptyTask(b *testing.B) {
	for _, c := range []int{2, 64} {
		b.Run(fmt.Sprintf("concurrency=%d", c), func(b *testing.B) {
			p := newPool(b, Options{Procs: 2, Concurrency: c, Logf: func(string, ...any) {}})
			for range empty.Run(b.Context(), p, upTo(100)) { // workers are up
			}
			b.ResetTimer()
			start := time.Now()
			n := 0
			for a := range empty.Run(b.Context(), p, upTo(b.N)) {
				if a.Err != nil {
					b.Fatal(a.Err)
				}
				n++
			}
			if n != b.N {
				b.Fatalf("%d answers for %d tasks", n, b.N)
			}
			b.ReportMetric(float64(n)/time.Since(start).Seconds(), "tasks/s")
		})
	}
}
