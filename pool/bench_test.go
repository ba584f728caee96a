package pool

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"testing"
)

// emptyURL is an empty function over what most tasks are: a line of text.
var emptyURL = Register("empty URL", func(context.Context, Job[string]) (struct{}, error) { return struct{}{}, nil })

// BenchmarkRun has an empty function run over b.N items, each with a verdict
// of its own: -benchtime=1000000x is the million that Python is measured with.
func BenchmarkRun(b *testing.B) {
	for _, c := range []int{2, 64} {
		o := Options{Procs: 2, Concurrency: c}
		b.Run(fmt.Sprintf("int/concurrency=%d", c), func(b *testing.B) { benchmarkRun(b, o, empty, upTo(b.N)) })
		b.Run(fmt.Sprintf("URL/concurrency=%d", c), func(b *testing.B) { benchmarkRun(b, o, emptyURL, urls(b.N)) })
	}
}

func urls(n int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range n {
			if !yield("https://www.example.com/a/page/of/some/length?number=" + strconv.Itoa(i)) {
				return
			}
		}
	}
}

func benchmarkRun[T any](b *testing.B, o Options, f Func[T, struct{}], tasks iter.Seq[T]) {
	p := warmPool(b, o)
	n := 0
	for a := range f.Run(b.Context(), p, tasks) {
		if a.Err != nil {
			b.Fatal(a.Err)
		}
		n++
	}
	rate(b, n)
}

// warmPool is a pool whose workers are up; what comes is measured.
func warmPool(b *testing.B, o Options) *Pool {
	b.Helper()
	o.Logf = func(string, ...any) {}
	p := newPool(b, o)
	for range empty.Run(b.Context(), p, upTo(1000)) {
	}
	b.ResetTimer()
	return p
}

// rate ends the measured time, before workers go.
func rate(b *testing.B, n int) {
	b.Helper()
	b.StopTimer()
	if n != b.N {
		b.Fatalf("%d answers for %d tasks", n, b.N)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "tasks/s")
}

func BenchmarkRunOrdered(b *testing.B) {
	p := warmPool(b, Options{Procs: 2, Concurrency: 64})
	n := 0
	for a := range empty.RunOrdered(b.Context(), p, upTo(b.N)) {
		if a.Err != nil {
			b.Fatal(a.Err)
		}
		n++
	}
	rate(b, n)
}

func BenchmarkMap(b *testing.B) {
	tasks := slices.Collect(urls(b.N))
	p := warmPool(b, Options{Procs: 2, Concurrency: 64})
	values, err := emptyURL.Map(b.Context(), p, tasks)
	if err != nil {
		b.Fatal(err)
	}
	rate(b, len(values))
}

// BenchmarkCall is one round trip after the other.
func BenchmarkCall(b *testing.B) {
	p := warmPool(b, Options{Procs: 1})
	for i := range b.N {
		if _, err := empty.Call(b.Context(), p, i); err != nil {
			b.Fatal(err)
		}
	}
	rate(b, b.N)
}

// BenchmarkGo gives all tasks first and waits then.
func BenchmarkGo(b *testing.B) {
	p := warmPool(b, Options{Procs: 2, Concurrency: 64})
	futures := make([]*Future[struct{}], b.N)
	for i := range futures {
		futures[i] = empty.Go(p, i)
	}
	for _, f := range futures {
		if _, err := f.Wait(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	rate(b, len(futures))
}
