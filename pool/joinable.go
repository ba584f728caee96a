package pool

import "context"

// JoinableQueue is a Queue that knows when all that was put has been done: of
// each value its getter must say TaskDone. What a process that dies has got
// and not done comes back, for another to get.
type JoinableQueue[T any] struct{ Queue[T] }

// NewJoinableQueue makes a queue of at most limit values; 0: without a limit.
// It panics when limit is negative.
func NewJoinableQueue[T any](limit int) *JoinableQueue[T] {
	return &JoinableQueue[T]{Queue[T]{newRawQueue(limit, true), codecOf[T]()}}
}

// TaskDone says that a value which was got has been done: the oldest that this
// process has got or, when it has none, the oldest of all. The error is a
// *MisuseError when every value that was got has been done, ErrOwnerGone or
// ErrNotShared.
func (q *JoinableQueue[T]) TaskDone() error {
	_, err := q.raw.ref.ask(context.Background(), opTaskDone, nil)
	return err
}

// Join waits until every value that was put has been done. The error is the
// cause of ctx, ErrOwnerGone or ErrNotShared.
func (q *JoinableQueue[T]) Join(ctx context.Context) error {
	_, err := q.raw.ref.ask(ctx, opJoin, nil)
	return err
}
