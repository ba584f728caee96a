package document_test

import (
	"fmt"
	"testing"

	"scrape/scraper/extract/document"
)

func TestPosition(t *testing.T) {
	for _, c := range []struct {
		text   string
		offset int
		want   string
	}{
		{"", 0, "1:1"},
		{"", 7, "1:1"},
		{"ab", -1, "1:1"},
		{"éa", 2, "1:2"},
		{"éa", 3, "1:3"},
		{"a\nb", 1, "1:2"},
		{"a\nb", 2, "2:1"},
		{"a\r\nb", 2, "1:3"},
		{"a\r\nb", 3, "2:1"},
		{"a\rb", 2, "2:1"},
		{"a\r\rb", 3, "3:1"},
		{"a\r", 2, "2:1"},
	} {
		line, column := document.Position(c.text, c.offset)
		if got := fmt.Sprintf("%d:%d", line, column); got != c.want {
			t.Errorf("%q, %d: %s; want %s", c.text, c.offset, got, c.want)
		}
	}
}
