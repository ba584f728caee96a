package head_test

import (
	"strings"
	"testing"

	"scrape/scraper/extract/head"
)

func TestBrokenJSONLD(t *testing.T) {
	const open, end = "<script type=application/ld+json>", "</script>"
	for _, c := range []struct{ page, want string }{
		{"", ""},
		{open + "{}" + end, ""},
		{open + " " + end, ""},
		{"<script>{</script>", ""},
		{"<p>é\n" + open + "{}" + end + open + "\n {\"a\": x}\n" + end, "JSON-LD is broken at line 3, column 8: invalid character 'x'"},
		{open + `{"a":1`, "JSON-LD is broken at line 1, column 40: unexpected end"},
		{open + "/* c */7" + end, "JSON-LD is broken at line 1, column 41: it is neither"},
	} {
		got := head.BrokenJSONLD(newDocument(t.Context(), c.page, nil))
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", c.page, got, c.want)
		}
	}
}
