package extract

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
)

func TestNotFound(t *testing.T) {
	var many []string
	for i := range 12 {
		many = append(many, "f"+strconv.Itoa(i))
	}
	for _, c := range []struct {
		paths []string
		want  string
	}{
		{[]string{"a"}, "required field a not found"},
		{[]string{"a", "b[0].c"}, "required fields a and b[0].c not found"},
		{[]string{"a", "b", "c"}, "required fields a, b and c not found"},
		{many, "required fields f0, f1, f2, f3, f4, f5, f6, f7, f8, f9 and 2 more not found"},
	} {
		if got := notFound(c.paths); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// A title that was asked for by its name is counted, also where nothing else is read.
func TestStreamTellsOfTheTitle(t *testing.T) {
	for _, c := range []struct {
		names             []string
		contentType, page string
		want              []Fate
	}{
		{[]string{"title"}, "text/html", "<title>T</title>", []Fate{Found}},
		{[]string{"title"}, "text/html", "<p>x", []Fate{Missed}},
		{[]string{"title"}, "application/json", "{}", nil},
		{nil, "text/html", "<p>x", nil},
	} {
		got, err := compile(t, Spec{Extract: c.names}).Stream(strings.NewReader(c.page), c.contentType)
		if err != nil || !reflect.DeepEqual(got.Fields, c.want) {
			t.Errorf("%q of %q: %v, %v, want %v", c.names, c.page, got.Fields, err, c.want)
		}
	}
}
