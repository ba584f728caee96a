package pool

import (
	"context"
	"slices"
)

// Map has all tasks done by the pool's workers and returns their values in the
// order of the tasks. One task's failure is its own: all are done, the others'
// values are there, and the error is a *MapError that tells the failures by
// index. When ctx is done first, the cause of ctx is the error of each task
// that is not. A pool that is closed meanwhile finishes all tasks.
func (f Func[T, A]) Map(ctx context.Context, p *Pool, tasks []T) ([]A, error) {
	values := make([]A, len(tasks))
	errs := make([]error, len(tasks))
	answered := make([]bool, len(tasks))
	r := p.begin()
	r.accept()
	f.each(ctx, r, slices.Values(tasks), func(d *finished) bool {
		closeFile(d.file)
		i := d.lease.number
		values[i], errs[i] = f.value(d)
		answered[i] = true
		return true
	})
	failed := &MapError{Tasks: len(tasks)}
	for i, err := range errs {
		if !answered[i] {
			err = context.Cause(ctx)
		}
		if err != nil {
			failed.Failures = append(failed.Failures, &IndexError{Index: i, Err: err})
		}
	}
	if len(failed.Failures) > 0 {
		return values, failed
	}
	return values, nil
}
