package pool

import (
	"errors"
	"os"
	"os/exec"
	"testing"
)

// BenchmarkStartAndJoin is a Process that does nothing beside the same binary,
// executed by os/exec, which ends at once.
func BenchmarkStartAndJoin(b *testing.B) {
	b.Run("Process", func(b *testing.B) {
		for b.Loop() {
			p := nothing.Process("")
			if err := errors.Join(p.Start(b.Context()), p.Join(b.Context())); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("exec", func(b *testing.B) {
		for b.Loop() {
			cmd := exec.Command(os.Args[0])
			cmd.Env = []string{noMain + "=exit"}
			if err := cmd.Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
