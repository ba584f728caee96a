package demo

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"scrape/pool"
)

func TestMain(m *testing.M) {
	pool.Main()
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			code = 1
		}
	}
	os.Exit(code)
}
