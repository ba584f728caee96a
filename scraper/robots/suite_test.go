package robots

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestSuite runs Google's expectations, also those that go beyond the RFC.
func TestSuite(t *testing.T) {
	const path = "../../../shared/suites/robotstxt.json"
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skipf("%s is not there: Google's robots.txt tests are not run", path)
	} else if err != nil {
		t.Fatal(err)
	}
	var suite struct {
		Origin struct{ Count int }
		Cases  []struct {
			Test, Robots, Agent, URL string
			Allowed                  bool
		}
	}
	if err := json.Unmarshal(b, &suite); err != nil {
		t.Fatal(err)
	}
	if len(suite.Cases) == 0 || len(suite.Cases) != suite.Origin.Count {
		t.Fatalf("%d cases, and the suite says %d", len(suite.Cases), suite.Origin.Count)
	}
	for i, c := range suite.Cases {
		file := make([]byte, 0, len(c.Robots))
		for _, r := range c.Robots {
			file = append(file, byte(r)) // a character is a byte
		}
		rules := parse(t, string(file), c.Agent)
		if got, rule := rules.Allowed(targetOf(c.URL)); got != c.Allowed {
			t.Errorf("case %d of %s: %q for %q is allowed: %t, by %q; want %t\n%s", i, c.Test, c.URL, c.Agent, got, rule, c.Allowed, file)
		}
	}
}

// targetOf is path and query of a URL of the suite.
func targetOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		return rest[i:]
	}
	return "/"
}

func parse(t testing.TB, file, product string) *Rules {
	t.Helper()
	rules, err := Parse(strings.NewReader(file), product)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}
