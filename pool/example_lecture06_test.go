package pool_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"

	"scrape/pool"
)

// The listings of the lecture on processes. What Python gives a new process as
// its target is registered here, while package variables are initialised.
var (
	greet = pool.Register("lecture greet", func(_ context.Context, j pool.Job[int]) (struct{}, error) {
		fmt.Printf("called function in process: %d\n", j.Task)
		return struct{}{}, nil
	})
	rest = pool.Register("lecture rest", func(ctx context.Context, j pool.Job[time.Duration]) (struct{}, error) {
		select {
		case <-time.After(j.Task):
			fmt.Println(pool.Current().Name, "has rested")
			return struct{}{}, nil
		case <-ctx.Done():
			return struct{}{}, context.Cause(ctx)
		}
	})
	family = pool.Register("lecture family", startFamily)
)

// Create a process, start it, and join it.
func Example_lecture06_01() {
	ctx := context.Background()
	for i := range 3 {
		p := greet.Process(i)
		if err := p.Start(ctx); err != nil {
			fmt.Println(err)
		}
		if err := p.Join(ctx); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// called function in process: 0
	// called function in process: 1
	// called function in process: 2
}

// Count the CPUs and the children that are active.
func Example_lecture06_02() {
	ctx := context.Background()
	fmt.Println("CPUs:", pool.CPUCount() >= 1)
	p, q := rest.Process(time.Hour), rest.Process(time.Hour)
	p.Name, q.Name = "one", "two"
	if err := errors.Join(p.Start(ctx), q.Start(ctx)); err != nil {
		fmt.Println(err)
	}
	for _, child := range pool.ActiveChildren() {
		fmt.Println(child)
		_ = child.Kill()
		<-child.Done()
	}
	fmt.Println("left:", len(pool.ActiveChildren()))
	// Output:
	// CPUs: true
	// <Process(one, started)>
	// <Process(two, started)>
	// left: 0
}

// printer is a process as a type: its fields are its arguments.
type printer struct {
	Word  string
	Times int
}

// Run prints in the process.
func (p printer) Run(context.Context) error {
	for range p.Times {
		fmt.Println(pool.Current().Name, "says", p.Word)
	}
	return nil
}

var printers = pool.RegisterRunner[printer]("lecture printer")

// A type with a method Run, where Python derives a class from Process.
func Example_lecture06_03() {
	ctx := context.Background()
	for _, run := range []printer{{"hello", 2}, {"good bye", 1}} {
		p := printers.Process(run)
		p.Name = "printer"
		if err := p.Start(ctx); err != nil {
			fmt.Println(err)
		}
		if err := p.Join(ctx); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// printer says hello
	// printer says hello
	// printer says good bye
}

// startFamily runs in a process, and starts two that outlast it.
func startFamily(ctx context.Context, _ pool.Job[string]) (struct{}, error) {
	background, foreground := rest.Process(time.Hour), rest.Process(100*time.Millisecond)
	background.Name, background.Daemon = "background", true
	foreground.Name = "foreground"
	err := errors.Join(background.Start(ctx), foreground.Start(ctx))
	fmt.Println(background)
	return struct{}{}, err
}

// A daemon ends with its parent; the parent waits for all others.
func Example_lecture06_04() {
	ctx := context.Background()
	p := family.Process("")
	if err := p.Start(ctx); err != nil {
		fmt.Println(err)
	}
	if err := p.Join(ctx); err != nil {
		fmt.Println(err)
	}
	fmt.Println(pool.Current().Name, "goes on")
	// Output:
	// <Process(background, started daemon)>
	// foreground has rested
	// MainProcess goes on
}

// Join waits, so what comes after it happens after the process.
func Example_lecture06_05() {
	ctx := context.Background()
	p := rest.Process(10 * time.Millisecond)
	p.Name = "sleeper"
	if err := p.Start(ctx); err != nil {
		fmt.Println(err)
	}
	fmt.Println("before join")
	if err := p.Join(ctx); err != nil {
		fmt.Println(err)
	}
	fmt.Println("after join:", p)
	// Unordered output:
	// before join
	// sleeper has rested
	// after join: <Process(sleeper, stopped)>
}

// Join with a time-out leaves the process alone.
func Example_lecture06_06() {
	ctx := context.Background()
	p := rest.Process(time.Hour)
	p.Name = "sleeper"
	if err := p.Start(ctx); err != nil {
		fmt.Println(err)
	}
	soon, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	err := p.Join(soon)
	fmt.Println("timed out:", errors.Is(err, context.DeadlineExceeded))
	fmt.Println(p, p.IsAlive())
	_ = p.Kill()
	err = p.Join(ctx)
	exit, _ := errors.AsType[*pool.ExitError](err)
	fmt.Println(exit.Signal == syscall.SIGKILL, p.IsAlive())
	// Output:
	// timed out: true
	// <Process(sleeper, started)> true
	// true false
}

// Terminate a process, and see what it is before, during and after.
func Example_lecture06_07() {
	ctx := context.Background()
	p := rest.Process(time.Hour)
	p.Name = "sleeper"
	fmt.Println("before:", p, p.IsAlive())
	if err := p.Start(ctx); err != nil {
		fmt.Println(err)
	}
	fmt.Println("during:", p, p.IsAlive(), slices.Contains(pool.ActiveChildren(), p))
	if err := p.Terminate(); err != nil {
		fmt.Println(err)
	}
	<-p.Done() // the signal needs a moment: without this the process may still be alive
	fmt.Println("after:", p, p.IsAlive())
	_ = p.Join(ctx) // the error says that it was killed by SIGTERM
	fmt.Println("joined:", p, p.IsAlive())
	code, _ := p.ExitCode()
	fmt.Println("exit code:", code)
	// Output:
	// before: <Process(sleeper, initial)> false
	// during: <Process(sleeper, started)> true true
	// after: <Process(sleeper, stopped[SIGTERM])> false
	// joined: <Process(sleeper, stopped[SIGTERM])> false
	// exit code: -15
}
