package nearest_test

import (
	"strings"
	"testing"

	"scrape/scraper/nearest"
)

func TestName(t *testing.T) {
	known := []string{"trim", "text", "number", "date", "default", "first-child", "markdown:full", "containsOwn"}
	for mistyped, want := range map[string]string{
		"nmber": "number", "NUMBER": "number", "numbre": "number", "dat": "date", "dta": "date", "deafult": "default",
		"fist-child": "first-child", "containsown": "containsOwn", "markdown-full": "markdown:full",
		"": "", "zzz": "", "é": "", "\xff": "", strings.Repeat("number", 1000): "",
	} {
		if got := nearest.Name(mistyped, known); got != want {
			t.Errorf("Name(%.20q) = %q; want %q", mistyped, got, want)
		}
	}
}
