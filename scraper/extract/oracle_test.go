package extract

import (
	"bytes"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/text/encoding"
)

// treeOracle is the title as goquery's tree has it: the first title element of the HTML namespace that is in
// no template, ASCII white space collapsed. It is not ok where there is no tree: x/net/html refuses elements
// nested too deep.
func treeOracle(t testing.TB, page []byte, charset string) (title string, ok bool) {
	t.Helper()
	for _, bom := range []string{"\xef\xbb\xbf", "\xfe\xff", "\xff\xfe"} {
		if bytes.HasPrefix(page, []byte(bom)) {
			page = page[len(bom):]
			break
		}
	}
	decoded, err := decodingOf(charset).NewDecoder().Bytes(page)
	if err != nil {
		t.Fatalf("decoding %q as %s: %v", page, charset, err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(decoded))
	if err != nil {
		return "", false
	}
	titles := doc.Find("title").FilterFunction(func(_ int, s *goquery.Selection) bool {
		inTemplate := false
		for n := s.Nodes[0].Parent; n != nil; n = n.Parent {
			inTemplate = inTemplate || n.Data == "template" && n.Namespace == ""
		}
		return s.Nodes[0].Namespace == "" && !inTemplate
	})
	return collapse(titles.First().Text()), true
}

// collapse strips and collapses ASCII white space.
func collapse(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n\f\r", r) }), " ")
}

// requireTreeTitle fails unless Title finds in the page what the tree has, with and without a header that says
// the charset.
func requireTreeTitle(t testing.TB, page []byte) {
	t.Helper()
	for _, contentType := range []string{"text/html", "text/html; charset=utf-8"} {
		got, err := Title(bytes.NewReader(page), contentType)
		if err != nil {
			t.Fatalf("Title(%q, %q): %v", page, contentType, err)
		}
		want, ok := treeOracle(t, page, got.Charset)
		if ok && !exhausting(page) && got.Title != want {
			t.Fatalf("Title(%q, %q) = %q, the tree has %q", page, contentType, got.Title, want)
		}
	}
}

// charsetOf determines the encoding of a page of which it is given the whole beginning, where Title reads in
// steps, and its name. A byte order mark is left for the caller to skip. The result is never nil.
func charsetOf(head []byte, contentType string) (encoding.Encoding, string) {
	name, bom := declaredCharset(head, parseContentType(contentType).charset)
	if name == "" {
		p := newPage(bytes.NewReader(head[bom:]))
		defer p.release()
		s := newScan(p, "")
		s.hasTitle = true // only the charset is asked for
		s.run()
		name = s.charset
	}
	if name == "" {
		name = guessCharset(head)
	}
	return decodingOf(name), name
}
