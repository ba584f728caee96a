// Package pool runs Go functions in processes of their own, which are copies of
// the own binary, executed again, and lets them share locks, queues, pipes and
// memory: what Python's multiprocessing does, with deaths that harm nobody else.
//
// A process can be killed, capped and replaced; a goroutine cannot. A function
// that loops, eats all memory or crashes the runtime costs one process, and
// never the program, another task or a lock.
//
// # A first program
//
//	var Square = pool.Register("square", func(_ context.Context, j pool.Job[int]) (int, error) {
//		return j.Task * j.Task, nil
//	})
//
//	func main() {
//		pool.Main() // does not return in a child
//		p, err := pool.New(context.Background(), pool.Options{Procs: 3})
//		if err != nil {
//			log.Fatal(err)
//		}
//		defer p.Close()
//		fmt.Println(Square.Map(context.Background(), p, []int{1, 2, 3}))
//	}
//
// # What there is
//
// A [Func], made by [Register], is run by the workers of a [Pool], one task at a
// time or many: Call and Go for one, Map for a slice, Run for a sequence of any
// length whose answers come as they are known, RunOrdered for answers in order.
// Or it is run once by a [Process], which is started, joined, terminated and
// killed by itself.
//
// Processes share a [Lock], [RLock], [Semaphore], [Event], [Condition] or
// [Barrier]; a [Queue], [JoinableQueue] or pipe (see [PipeEnd]); a [Value] or an
// [Array] in memory. Each is given to a process inside the argument of a
// Process, a task or an [Initializer], as a pointer, like any other value; but
// no PipeEnd to an Initializer, which runs in many. It cannot be an answer, nor
// lie in a queue or pipe.
//
// # Rules
//
// [Main] must be the first call of main, and of TestMain in tests that use this
// package. Functions are registered while packages are initialised, since a
// child knows them by name; one that starts a Process of itself is registered in
// an init function.
//
// What crosses is encoded: []byte, string, integers, struct{} and types with
// encoding.BinaryAppender and encoding.BinaryUnmarshaler raw, all else as JSON.
// A value that cannot be encoded is an error in the caller, of that value alone.
// Of an error its text crosses, in a *[TaskError].
//
// A child sees a few variables of its starter's environment (SSL_CERT_FILE,
// SSL_CERT_DIR, GODEBUG, GORACE, TZ; no PATH), and no descriptor but its own. It
// does not await goroutines that its function has begun. A SIGINT or SIGHUP that
// its starter ignores it ignores too.
//
// Go has no hooks at a program's end: call [Exit] at the end of main to have
// children awaited, daemons stopped and the functions of [AtExit] run, as
// happens in a child by itself. After os.Exit all children end at once.
//
// A task goes to whoever has a slot free: to an idle worker, else to a new one,
// else to the one with most slots free. With Options.Affinity it goes to the
// worker of its number first, unless another would be idle for it. Beyond their
// slots workers read ahead, as much as they do in 2 ms; what they have read ahead
// and not begun is called back when a slot is free elsewhere.
//
// # When something dies
//
//   - A function returns an error or panics: that task's error, or what Join
//     returns, with the stack; the worker lives on.
//   - A worker dies while it holds tasks, by a runtime throw, os.Exit, a signal
//     or its memory limit: they are run again by others. Those that it had begun
//     are suspects, and run apart in ever smaller groups, so that no task is
//     charged for its neighbour. One that ends 3 workers, alone, gets a
//     *[LostError], which names the cause; where strangers are killing other
//     workers too, more deaths are allowed for.
//   - A worker dies, or is killed by us, while it holds a task that must not be
//     begun twice (Options.Replayable) or that holds an end of a pipe: that task
//     gets a *[LostError] at once, unless it cannot have been begun.
//   - A task outlives Options.Timeout: its context is done; 5 s later its worker
//     is killed and the task gets a *[DeadlineError]. Its neighbours run again,
//     uncharged.
//   - A worker that is busy does not answer for 5 s, or stands still by SIGSTOP:
//     it is killed and replaced.
//   - Workers cannot be started: tries are spaced out, and after a few in a row
//     every task gets a *[StartError].
//   - A process dies with a lock: the next to wait gets it, and Abandoned tells.
//     Permits of a Semaphore come back, and a Barrier at which it waited breaks.
//   - A process dies in the middle of Put: the value is in the queue as a whole,
//     or not. Once Put has returned it is. What a process had fetched from a
//     queue and no Get had returned, another gets; from a JoinableQueue also what
//     it had got and not done.
//   - The other end of a pipe is gone: what it sent can be received, then io.EOF,
//     or io.ErrUnexpectedEOF in the middle of a message.
//   - The maker of a lock, queue and so on dies: ErrOwnerGone to all others.
//   - The parent dies: its children's sockets close, their contexts are done
//     with ErrParentGone, and they end within a second; on Linux at once.
//
// Delivery is at least once, or at most once for what is not replayable, and
// every task is answered exactly once. Every wait takes a context. Nothing is
// left behind: no process, zombie, descriptor, file or goroutine.
//
// # What it costs
//
// State that is shared lies in the process that made it, and others ask for it
// over a socket: a lock is slow, some tens of microseconds for another process,
// and cannot be stranded. What is put into a Queue without a limit goes there
// through memory that both sides have, on Linux; one with a limit takes a round
// trip. One process that gets alone fetches ahead; several take turns. A pipe is
// a socket between its two ends. Tasks and answers travel in batches that adapt.
//
// # Where it runs
//
// Linux first. darwin and the BSDs compile; there, memory is not watched,
// standing still is found by silence alone, and a child that somebody else has
// waited for may be taken for killed. Windows is refused by the compiler.
//
// # Where tests differ from their sources
//
// The tests named TestItem… follow what the tests of CPython's multiprocessing,
// loky, billiard and Pebble ask for. Some of that does not apply here, or not
// literally: there are no chunks, buffers, starmap or resizing to be given (7.1,
// 7.2, 9.6); a text for sys.exit is an error that the function returns (3.3); the
// Go runtime turns SIGSEGV, SIGQUIT and their like into exit code 2, so that only
// Cause names the signal (3.4); on Linux a child is killed with its parent before
// it could look (1.6 is tested with that switched off); a consumer learns of its
// producers' death by their Done and its context (6.7).
package pool
