//go:build !linux

package bodies

func persist(dir string, files map[string]bool) error { return persistFiles(dir, files) }
