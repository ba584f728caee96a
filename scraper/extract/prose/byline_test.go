package prose

import (
	"strings"
	"testing"
)

func TestByline(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Jane Doe", "Jane Doe"},
		{"by Jane", "by Jane"},
		{"", ""},
		{"Nom *", ""},
		{"Name:", ""},
		{"April 28, 2019 at 6:01 am", ""},
		{"Tuesday, 5 March 2024", ""},
		{"Posted on April 28, 2019", ""},
		{"10.11.2021", ""},
		{"Janic Cathomen, 01.12.2021", "Janic Cathomen"},
		{"By Jane Doe | April 28, 2019 | May 3, 2019", "By Jane Doe"},
		{strings.Repeat("x ", 1000) + "2024-01-01", strings.TrimSpace(strings.Repeat("x ", 1000) + "2024-01-01")},
	} {
		if got := byline(c.in); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}
