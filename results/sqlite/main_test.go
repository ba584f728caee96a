package sqlite

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"scrape/results"
	"scrape/results/resultstest"
)

// childFile names, in the environment, the database that a child of this test
// binary writes until it is killed.
const childFile = "SCRAPE_TEST_SQLITE"

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		fmt.Fprintln(os.Stderr, writeForever(path))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// writeForever writes a run, says after every Persist where it can be resumed,
// and is never done.
func writeForever(path string) error {
	s, err := Open(path, Options{})
	if err != nil {
		return err
	}
	for seq := int64(1); ; seq++ {
		if err := s.Write(results.New(resultstest.Page(seq))); err != nil {
			return err
		}
		if seq%37 == 0 {
			if err := s.Sync(); err != nil {
				return err
			}
			if err := s.Persist(); err != nil {
				return err
			}
			fmt.Println(s.Position())
		}
	}
}
