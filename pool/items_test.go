package pool

import (
	"fmt"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryItemHasATest holds the tests against the sections of the checklist
// that they are named after, and how many items each has.
func TestEveryItemHasATest(t *testing.T) {
	sections := []int{12, 5, 8, 8, 12, 15, 19, 10, 11, 5, 5, 6, 9}
	var names []string
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for name := range f.Scope.Objects {
			names = append(names, name)
		}
	}
	all := strings.Join(names, "\n")
	for section, items := range sections {
		for item := range items {
			if prefix := fmt.Sprintf("TestItem%d_%d_", section+1, item+1); !strings.Contains(all, prefix) {
				t.Errorf("no test is named %s…", prefix)
			}
		}
	}
}
