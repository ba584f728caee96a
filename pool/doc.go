// Package pool runs registered functions in worker processes, which are copies
// of the own binary, executed again.
//
// A process can be killed, a goroutine cannot: a function that loops, eats all
// memory or crashes the runtime costs one worker, which is replaced, and never
// the program or another task.
//
//	var Square = pool.Register("square", func(_ context.Context, j pool.Job[int]) (int, error) {
//		return j.Task * j.Task, nil
//	})
//
//	func main() {
//		pool.Main() // does not return in a worker
//		p, err := pool.New(context.Background(), pool.Options{Procs: 3})
//		if err != nil {
//			log.Fatal(err)
//		}
//		defer p.Close()
//		for a := range Square.Run(context.Background(), p, slices.Values([]int{1, 2, 3})) {
//			fmt.Println(a.Task, a.Value, a.Err)
//		}
//	}
//
// # Rules
//
// Main must be the first call of main, and of TestMain in tests that use a
// pool. Functions are registered while packages are initialised, since a worker
// knows them by name. Tasks and answers are encoded: see Register for how, and
// note that a value that cannot be encoded is an error of that one task, met
// where it is given. A worker sees only a few variables of its starter's
// environment, and no descriptor but its own socket; what it prints is kept to
// explain its death.
//
// # What happens when
//
//   - A function returns an error or panics: that task's error, a *TaskError.
//   - A worker dies while it holds tasks: they are run again by others. Those
//     that it had begun are suspects, and run apart in ever smaller groups, so
//     that no task is charged for its neighbour. One that kills 3 workers alone
//     ends with a *LostError, which names the cause of death.
//   - A task outlives Options.Timeout: its context is done; 5 s later its worker
//     is killed and the task ends with a *DeadlineError. Its neighbours run
//     again, uncharged.
//   - A worker that is busy does not answer for 5 s, or stands still by SIGSTOP:
//     it is killed and replaced.
//   - Workers cannot be started: tries are spaced out, and after a few in a row
//     every task ends with a *StartError.
//   - The coordinator dies: its workers' sockets close, and they end at once.
//
// Delivery is at least once, and every task is answered exactly once.
package pool
