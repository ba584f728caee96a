package pool

import (
	"os"
	"runtime"
)

// CPUCount is the number of CPUs that this process may use, 1 at least: those
// that its affinity allows, or fewer where its control group or one above has a
// quota of CPU time, which is rounded up. GOMAXPROCS has no say in it. It looks
// at the system each time.
func CPUCount() int {
	n := runtime.NumCPU()
	if allowed := affinity(); allowed > 0 {
		n = allowed
	}
	if quota, ok := cpuQuota(os.DirFS("/")); ok {
		n = min(n, quota)
	}
	return max(1, n)
}
