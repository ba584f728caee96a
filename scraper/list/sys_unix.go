//go:build unix

package list

import "golang.org/x/sys/unix"

// mapMemory asks the system for memory outside of the Go heap. Where the
// system refuses, the heap's own limits decide.
func mapMemory(size int) []byte {
	block, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return make([]byte, size)
	}
	return block
}

// unmapMemory gives back what mapMemory returned.
func unmapMemory(block []byte) {
	_ = unix.Munmap(block) // the error says that it came from the heap
}
