package fetch

import (
	"net/http"
	"strings"
	"testing"
)

func TestResponseValidators(t *testing.T) {
	const date = "Mon, 02 Jan 2006 15:04:05 GMT"
	for name, test := range map[string]struct {
		tag, modified string
		want          Validators
	}{
		"both":               {`W/"a b"`, date, Validators{`W/"a b"`, date}},
		"none":               {},
		"without quotes":     {tag: "abc", want: Validators{ETag: "abc"}},
		"another form":       {modified: "Monday, 02-Jan-06 15:04:05 GMT", want: Validators{LastModified: "Monday, 02-Jan-06 15:04:05 GMT"}},
		"no time":            {modified: "yesterday"},
		"no ASCII":           {tag: "\"\xe4\""},
		"a control":          {tag: "\"a\x01\""},
		"as long as may be":  {tag: strings.Repeat("a", maxValidator), want: Validators{ETag: strings.Repeat("a", maxValidator)}},
		"longer than may be": {tag: strings.Repeat("a", maxValidator+1)},
	} {
		header := make(http.Header)
		if test.tag != "" {
			header.Set("ETag", test.tag)
		}
		if test.modified != "" {
			header.Set("Last-Modified", test.modified)
		}
		if got := (&Response{Header: header}).Validators(); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
