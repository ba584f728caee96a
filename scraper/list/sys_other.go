//go:build !unix

package list

func mapMemory(size int) []byte { return make([]byte, size) }

func unmapMemory([]byte) {}
