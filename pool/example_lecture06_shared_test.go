package pool_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"scrape/pool"
)

// announcement is what a process prints, under a lock if it has one.
type announcement struct {
	Lock *pool.Lock
	Name string
}

var announce = pool.Register("lecture announce", func(ctx context.Context, j pool.Job[announcement]) (struct{}, error) {
	if j.Task.Lock != nil {
		if err := j.Task.Lock.Lock(ctx); err != nil {
			return struct{}{}, err
		}
		defer j.Task.Lock.Unlock()
	}
	fmt.Print(j.Task.Name, " begins, ")
	fmt.Print("goes on, ")
	fmt.Println("and ends")
	return struct{}{}, nil
})

// run starts processes, joins them and prints what has gone wrong.
func run(ps ...*pool.Process) {
	ctx := context.Background()
	for _, p := range ps {
		if err := p.Start(ctx); err != nil {
			fmt.Println(err)
		}
	}
	for _, p := range ps {
		if err := p.Join(ctx); err != nil {
			fmt.Println(err)
		}
	}
}

// Output of several processes at once, each in one piece since they share a
// Lock. Without it, their parts could come mixed.
func Example_lecture06_08() {
	run(announce.Process(announcement{Name: "alone"})) // needs none
	lock := pool.NewLock()
	var ps []*pool.Process
	for _, name := range []string{"first", "second", "third"} {
		ps = append(ps, announce.Process(announcement{lock, name}))
	}
	run(ps...)
	// Unordered output:
	// alone begins, goes on, and ends
	// first begins, goes on, and ends
	// second begins, goes on, and ends
	// third begins, goes on, and ends
}

// buffer is a ring in shared memory, the way textbooks have it: Empty and Full
// count places, Mutex guards the rest.
type buffer struct {
	Empty, Full *pool.Semaphore
	Mutex       *pool.Lock
	Places      *pool.Array[int64]
	In, Out     *pool.Value[int64]
	Rounds      int
}

var (
	produce = pool.Register("lecture produce", func(ctx context.Context, j pool.Job[buffer]) (struct{}, error) {
		b := j.Task
		for i := range b.Rounds {
			if err := b.Empty.Acquire(ctx); err != nil {
				return struct{}{}, err
			}
			if err := b.Mutex.Lock(ctx); err != nil {
				return struct{}{}, err
			}
			at := b.In.Pointer()
			b.Places.Slice()[*at%int64(b.Places.Len())] = int64(i)
			*at++
			fmt.Println("produced", i)
			if err := errors.Join(b.Mutex.Unlock(), b.Full.Release()); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	consume = pool.Register("lecture consume", func(ctx context.Context, j pool.Job[buffer]) (struct{}, error) {
		b := j.Task
		for range b.Rounds {
			if err := b.Full.Acquire(ctx); err != nil {
				return struct{}{}, err
			}
			if err := b.Mutex.Lock(ctx); err != nil {
				return struct{}{}, err
			}
			at := b.Out.Pointer()
			i := b.Places.Slice()[*at%int64(b.Places.Len())]
			*at++
			fmt.Println("consumed", i)
			if err := errors.Join(b.Mutex.Unlock(), b.Empty.Release()); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
)

// Producer and consumer with two semaphores and a lock, for three rounds. If
// one dies with the lock, the other gets it all the same.
func Example_lecture06_09() {
	const places = 2
	b := buffer{
		Empty:  pool.NewSemaphore(places),
		Full:   pool.NewSemaphore(0),
		Mutex:  pool.NewLock(),
		Rounds: 3,
	}
	var errs [3]error
	b.Places, errs[0] = pool.NewArray[int64](places)
	b.In, errs[1] = pool.NewValue[int64](0)
	b.Out, errs[2] = pool.NewValue[int64](0)
	if err := errors.Join(errs[:]...); err != nil {
		fmt.Println(err)
		return
	}
	run(produce.Process(b), consume.Process(b))
	// Unordered output:
	// produced 0
	// produced 1
	// produced 2
	// consumed 0
	// consumed 1
	// consumed 2
}

var (
	fill = pool.Register("lecture fill", func(ctx context.Context, j pool.Job[*pool.Queue[string]]) (struct{}, error) {
		for i := range 3 {
			if err := j.Task.Put(ctx, fmt.Sprint("item ", i)); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, j.Task.Close()
	})
	empty = pool.Register("lecture empty", func(ctx context.Context, j pool.Job[*pool.Queue[string]]) (struct{}, error) {
		for {
			item, err := j.Task.Get(ctx)
			if errors.Is(err, pool.ErrQueueClosed) {
				fmt.Println("no more")
				return struct{}{}, nil
			}
			if err != nil {
				return struct{}{}, err
			}
			fmt.Println("got", item)
		}
	})
)

// The same with a Queue of ten places. Its Close tells the consumer that it
// need not wait any more.
func Example_lecture06_10() {
	q := pool.NewQueue[string](10)
	run(fill.Process(q), empty.Process(q))
	// Output:
	// got item 0
	// got item 1
	// got item 2
	// no more
}

var (
	ask = pool.Register("lecture ask", func(ctx context.Context, j pool.Job[*pool.PipeEnd[string]]) (struct{}, error) {
		for _, question := range []string{"how are you?", "and the family?"} {
			if err := j.Task.Send(ctx, question); err != nil {
				return struct{}{}, err
			}
			answer, err := j.Task.Recv(ctx)
			if err != nil {
				return struct{}{}, err
			}
			fmt.Println(question, answer)
		}
		return struct{}{}, j.Task.Close()
	})
	reply = pool.Register("lecture reply", func(ctx context.Context, j pool.Job[*pool.PipeEnd[string]]) (struct{}, error) {
		for {
			question, err := j.Task.Recv(ctx)
			if err != nil { // io.EOF: the other end is closed
				return struct{}{}, nil
			}
			if err := j.Task.Send(ctx, strings.TrimSuffix(question, "?")+": fine"); err != nil {
				return struct{}{}, err
			}
		}
	})
)

// A pipe between two children, both of which send and receive.
func Example_lecture06_11() {
	a, b, err := pool.NewPipe[string]()
	if err != nil {
		fmt.Println(err)
		return
	}
	run(ask.Process(a), reply.Process(b))
	// Output:
	// how are you? how are you: fine
	// and the family? and the family: fine
}

var cube = pool.Register("lecture cube", func(_ context.Context, j pool.Job[int]) (int, error) {
	return j.Task * j.Task * j.Task, nil
})

// A pool of three processes, and four calls that are under way at once.
func Example_lecture06_12() {
	ctx := context.Background()
	p, err := pool.New(ctx, pool.Options{Procs: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	var answers []*pool.Future[int]
	for i := range 4 {
		answers = append(answers, cube.Go(p, i+1))
	}
	for _, a := range answers {
		fmt.Println(a.Wait(ctx))
	}
	// Output:
	// 1 <nil>
	// 8 <nil>
	// 27 <nil>
	// 64 <nil>
}

var scrape = pool.Register("lecture scrape", func(ctx context.Context, j pool.Job[string]) (bool, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, j.Task, nil)
	if err != nil {
		return false, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false, nil
	}
	defer response.Body.Close()
	return response.StatusCode < 400, nil
})

// Pool(processes=3).map(scrape, urls): answers come in the order of the URLs.
func Example_lecture06_13() {
	ctx := context.Background()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/missing" {
			http.NotFound(w, r)
		}
	}))
	defer site.Close()
	p, err := pool.New(ctx, pool.Options{Procs: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	paths := []string{"/", "/news", "/missing", "/about"}
	var urls []string
	for _, path := range paths {
		urls = append(urls, site.URL+path)
	}
	scraped, err := scrape.Map(ctx, p, urls)
	if err != nil {
		fmt.Println(err)
	}
	for i, ok := range scraped {
		word := "Scraped"
		if !ok {
			word = "not Scraped"
		}
		fmt.Println("URL", paths[i], word)
	}
	// Output:
	// URL / Scraped
	// URL /news Scraped
	// URL /missing not Scraped
	// URL /about Scraped
}
