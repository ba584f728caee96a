package document

import (
	"strings"

	"golang.org/x/net/html"
)

// OuterHTML is a node of HTML with its tags, as a browser's outerHTML (HTML standard,
// "serializing HTML fragments"). It goes beyond that where parsing would not give the
// same again: of comments, carriage returns, and line breaks that begin a pre.
// Other than html.Render it leaves quotes in texts alone.
func OuterHTML(n *html.Node) string {
	var b strings.Builder
	writeHTML(&b, n)
	return b.String()
}

var (
	escapeHTML      = strings.NewReplacer("&", "&amp;", "\u00a0", "&nbsp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;")
	escapeHTMLValue = strings.NewReplacer("&", "&amp;", "\u00a0", "&nbsp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;", `"`, "&quot;")
)

// writeHTML is recursive: a tree is at most 512 elements deep.
func writeHTML(b *strings.Builder, n *html.Node) {
	switch n.Type {
	case html.DocumentNode:
		writeChildren(b, n)
	case html.TextNode:
		if n.Parent != nil && isLiteral(n.Parent) {
			b.WriteString(n.Data)
		} else {
			_, _ = escapeHTML.WriteString(b, n.Data) // a Builder has no errors
		}
	case html.ElementNode:
		b.WriteString("<" + n.Data)
		for _, a := range n.Attr {
			b.WriteString(" " + qualified(a.Namespace, a.Key) + `="`)
			_, _ = escapeHTMLValue.WriteString(b, a.Val)
			b.WriteByte('"')
		}
		b.WriteByte('>')
		if isVoid(n) {
			return
		}
		if c := n.FirstChild; c != nil && c.Type == html.TextNode && strings.HasPrefix(c.Data, "\n") && dropsLineBreak(n) {
			b.WriteByte('\n')
		}
		writeChildren(b, n)
		b.WriteString("</" + n.Data + ">")
	default:
		_ = html.Render(b, n) // a comment or a doctype
	}
}

func writeChildren(b *strings.Builder, n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeHTML(b, c)
	}
}

// isVoid tells whether an element has neither content nor an end tag ("serializes as void").
func isVoid(n *html.Node) bool {
	if n.Namespace != "" {
		return false
	}
	switch n.Data {
	case "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen",
		"link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}

// isLiteral tells whether the text of an element is written as it is, scripting being on.
func isLiteral(n *html.Node) bool {
	if n.Namespace != "" {
		return false
	}
	switch n.Data {
	case "style", "script", "xmp", "iframe", "noembed", "noframes", "plaintext", "noscript":
		return true
	}
	return false
}

// dropsLineBreak tells whether a parser drops a line break behind an element's start tag.
func dropsLineBreak(n *html.Node) bool {
	return n.Data == "pre" || n.Data == "listing" || n.Data == "textarea"
}
