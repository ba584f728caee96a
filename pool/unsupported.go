//go:build !linux && !darwin && !dragonfly && !freebsd && !netbsd && !openbsd

package pool

// Package pool hands an open socket to its children and rules them by signals
// and process groups. This does not compile, so that nobody finds out later.
var _ = package_pool_needs_Linux_macOS_or_a_BSD_and_does_not_run_on_Windows
