package list

import "os"

// memory is where the seen-set gets its tables from.
type memory struct {
	page  int                   // sizes are multiples of it
	alloc func(size int) []byte // zeroed
	free  func(block []byte)
}

var systemMemory = memory{page: max(os.Getpagesize(), 4<<10), alloc: mapMemory, free: unmapMemory}
