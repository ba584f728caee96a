//go:build !race

package document

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// distinct gives n pieces of markup, each with another number for %d.
func distinct(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestTreeOfHostilePages holds that pages which are only large or odd have a tree, and that those which would take
// a parser's time or memory out of proportion have none. A mistake shows as a test that does not end.
func TestTreeOfHostilePages(t *testing.T) {
	const many = 1 << 18
	repeat := strings.Repeat
	for _, c := range []struct {
		name, page string
		refused    bool
	}{
		{"no tags", repeat("text ", many), false},
		{"empty", "", false},
		{"nothing but tags", repeat("<p>", many), false},
		{"nothing but brackets", repeat("<", many), false},
		{"nothing but end tags", repeat("</p>", many/2), false},
		{"NULs", repeat("\x00<p>\x00", many/2), false},
		{"one long text", "<p>" + repeat("x", 16<<20), false},
		{"long attribute", "<p title='" + repeat("x", 16<<20) + "'>", false},
		{"a million attributes", "<p " + distinct("a%d ", many) + ">", false},
		{"a million of one attribute", "<p " + repeat("a=1 ", many) + ">", false},
		{"unclosed comment", "<p>x<!--" + repeat("<p>", many), false},
		{"unclosed tag", "<p>x<p " + repeat("a ", many), false},
		{"cut", "<html><body><p>x</", false},
		{"links", repeat("<p><a href='/a/b?c=d'>x</a> ", 50_000), false},
		{"cells with open elements", "<table>" + repeat("<tr><td><font color=red>x<td><b>y", 20_000), false},
		{"entities", repeat("&amp;&lt;&notit;", many), false},
		{"deep", repeat("<div>", 100_000), true},
		{"deep in the end", repeat("<p>x", many/2) + repeat("<b><div>", 1000), true},
		{"open elements", distinct("<b a=%d>", 400) + repeat("<p>x", many), true},
		{"open elements with attributes", "<b " + distinct("a%d ", 2000) + ">" + repeat("<p>", 300_000), true},
		{"open elements, ends that are none", distinct("<b a=%d>", 400) + "<!--" + repeat("</b>", 400) + "-->" + repeat("<p>x", many), true},
		{"open elements, ends in a script", distinct("<b a=%d>", 400) + "<script>" + repeat("</b>", 400) + "</script>" + repeat("<p>x", many), true},
		{"open elements, ends in attributes", distinct("<b a=%d>", 400) + "<p title='" + repeat("</b>", 400) + "'>" + repeat("<p>x", many), true},
		{"open elements, ends in a cell", distinct("<b a=%d>", 400) + "<table><tr><td>" + repeat("</b>", 400) + "</table>" + repeat("<p>x", many), true},
		{"open elements, ends in a cell that goes on", distinct("<b a=%d>", 400) + "<table><tr><td><table></td>" + repeat("</b>", 400) +
			"</table></table>" + repeat("<p>x", many), true},
		{"open elements, ends in a cell that a drawing keeps open", distinct("<b a=%d>", 400) + "<table><tr><td><svg><td></td></svg>" +
			repeat("</b>", 400) + "</table>" + repeat("<p>x", many), true},
		{"open elements, ends in a drawing's text", distinct("<b a=%d>", 400) + "<svg><![CDATA[>" + repeat("</b>", 400) + "]]></svg>" + repeat("<p>x", many), true},
		{"open elements, opened in a drawing's style", "<svg><style><p>" + distinct("<b a=%d>", 400) + "</style>" + repeat("<p>x", many), true},
		{"roots", distinct("<html a%d=x>", 20_000), true},
		{"text that is copied", repeat("aaaa</x>", many), true},
		{"text before a table", "<table>" + repeat("<tr>a", many), true},
		{"attributes beyond memory", "<p " + distinct("a%d ", 1_200_000) + ">", true},
		{"more than memory allows", repeat("<b></b>", 16*many), true},
	} {
		d := newDocument(t, "text/html", c.page)
		tree, err := d.Tree()
		if refused := errors.Is(err, ErrTooLarge) && errors.Is(err, ErrNoTree) && tree == nil; refused != c.refused ||
			!refused && err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if tree != nil && sizeOf(tree) > d.held {
			t.Errorf("%s: a tree of %d bytes was thought to take %d", c.name, sizeOf(tree), d.held)
		}
		d.Base()
		d.Release()
	}
}

// TestTreeEndsWithTask holds that a task's end ends what takes long.
func TestTreeEndsWithTask(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	for contentType, body := range map[string]string{
		"text/html": "<p>", "text/xml": "<a/>", "application/json": "[]",
	} {
		d := New(ctx, Source{ContentType: contentType, Body: []byte(body)})
		var err error
		switch d.Kind() {
		case HTML:
			_, err = d.Tree()
		case XML:
			_, err = d.XML()
		default:
			_, err = d.JSON()
		}
		if !errors.Is(err, context.Canceled) || errors.Is(err, ErrNoTree) {
			t.Errorf("%s: %v", contentType, err)
		}
		d.Release()
	}
}
