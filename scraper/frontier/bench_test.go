package frontier

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkTurn brings tasks through hosts, each as soon as it is its turn.
func BenchmarkTurn(b *testing.B) {
	for _, hosts := range []int{1, 20_000} {
		keys := make([]string, hosts)
		for i := range keys {
			keys[i] = fmt.Sprint("host", i)
		}
		for name, o := range map[string]Options[*page]{
			"plain":    {},
			"robots":   {Robots: askRobots},
			"adaptive": {Adaptive: true},
			"paced":    {HostDelay: time.Nanosecond, Concurrency: 64},
			"spilled":  {Window: 100_000, New: newEmpty},
		} {
			b.Run(fmt.Sprintf("%s/%d", name, hosts), func(b *testing.B) {
				b.ReportAllocs()
				o.SpillDir = b.TempDir()
				f := New(o)
				go func() {
					defer f.Close()
					for i := range b.N {
						f.Add(b.Context(), &page{host: keys[i%hosts], n: i, scheme: "http:"})
					}
				}()
				for p := range f.Turns(b.Context()) {
					if p.gate != "" {
						f.Open(p, forbidden{}, Report{})
					} else {
						f.Done(p, Report{Health: Fine, Latency: time.Millisecond})
					}
				}
			})
		}
	}
}
