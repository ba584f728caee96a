package document

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestRecords(t *testing.T) {
	const csv, tsv = "text/csv", "text/tab-separated-values"
	for _, c := range []struct {
		name, contentType, body string
		want                    [][]string
	}{
		{"commas", csv, "a,b\r\n1,\"2,\n3\"\r\n", [][]string{{"a", "b"}, {"1", "2,\n3"}}},
		{"semicolons", csv, "a;b,c;d\n1;2;3\n", [][]string{{"a", "b,c", "d"}, {"1", "2", "3"}}},
		{"commas in quotes", csv, "\"a,b,c\";d\n", [][]string{{"a,b,c", "d"}}},
		{"tabs", csv, "a\tb\n", [][]string{{"a", "b"}}},
		{"one column", csv, "a\n1\n\n2;3\n", [][]string{{"a"}, {"1"}, {"2", "3"}}},
		{"not equally long", csv, "a,b\n1\n1,2,3\n", [][]string{{"a", "b"}, {"1"}, {"1", "2", "3"}}},
		{"quotes astray", csv, "a\"b,c\n", [][]string{{`a"b`, "c"}}},
		{"a quote that is not closed", csv, "a,b\n\"1,2\n3", [][]string{{"a", "b"}, {"1,2\n3"}}},
		{"a mark, and Latin-1", csv, "\xef\xbb\xbfa,é\n", [][]string{{"a", "é"}}},
		{"Latin-1", csv, "a,\xe9\n", [][]string{{"a", "é"}}},
		{"TSV", tsv, "a\t\"b\r\n\"1\t\n\n", [][]string{{"a", `"b`}, {`"1`, ""}}},
		{"nothing", csv, "", nil},
		{"no TSV either", tsv, "", nil},
	} {
		got, err := newDocument(t, c.contentType, c.body).Records()
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
	if _, err := newDocument(t, "text/plain", "a,b").Records(); !errors.Is(err, ErrNoTree) || errors.Is(err, ErrTooLarge) {
		t.Errorf("plain text: %v", err)
	}
	if _, err := newDocument(t, csv, strings.Repeat(",", 5<<20)).Records(); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
}
