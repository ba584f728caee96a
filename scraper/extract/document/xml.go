package document

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"scrape/scraper/extract/xhtml"
)

// xmlNodeCost is an html.Node's, with room to spare for what namespaces take.
const xmlNodeCost = 144

// XML is the tree of an XML document: names are as they are written, without their
// prefixes, which Prefix tells, and those of attributes stand as their namespaces.
// Nobody may change it. Where the
// document is broken or cut it holds what stands before the mistake, as a browser
// shows it; end tags that fit to nothing are passed over, and entities that are
// not HTML's stay as they are: none is ever expanded. The error, which wraps
// ErrNoTree, says why there is none: no element, elements nested deeper than 512,
// more than memory allows, no XML; where the task ended it is the context's.
func (d *Document) XML() (*html.Node, error) {
	return d.xml.get(func() (*html.Node, error) {
		if d.Kind() != XML {
			return nil, fmt.Errorf("%w: %s is no XML", ErrNoTree, d.MediaType())
		}
		text := d.Text()
		cost := 2*xmlNodeCost*strings.Count(text, "<") + attributeCost*strings.Count(text, "=") + 2*len(text)
		if err := d.hold(int64(cost)); err != nil {
			return nil, err
		}
		b := xmlBuilder{root: &html.Node{Type: html.DocumentNode}}
		b.open = []*html.Node{b.root}
		if err := b.read(d.xmlTokens()); err != nil {
			return nil, err
		}
		if d.ctx.Err() != nil {
			return nil, d.ctx.Err()
		}
		if !b.found {
			return nil, fmt.Errorf("%w: there is no element in it", ErrNoTree)
		}
		if m := b.mistake; m != nil {
			d.note(&xhtml.Mistake{Offset: withControls(text, m.Offset), Cause: m.Cause})
		}
		return b.root, nil
	})
}

// XMLTokens gives the tokens of the document as XML reads them, one by one, by RawToken:
// the declaration is left out, and what no XML may hold, and a mistake is passed over
// where that is possible. Their error may be the context's.
func (d *Document) XMLTokens() *xml.Decoder {
	decoder, _ := d.xmlTokens()
	return decoder
}

// xmlTokens is XMLTokens, and tells how many bytes of the text without what no XML may
// hold are before them.
func (d *Document) xmlTokens() (decoder *xml.Decoder, skipped int) {
	body, skipped := xhtml.WithoutDeclaration(guarded{d, strings.NewReader(withoutControls(d.Text()))})
	decoder = xml.NewDecoder(body)
	decoder.Strict = false
	decoder.Entity = xml.HTMLEntity
	// The text is decoded by now, whatever a declaration says that does not stand at its beginning.
	decoder.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return decoder, skipped
}

// withoutControls leaves out the characters that XML forbids, which many feeds hold and at which a parser stops.
func withoutControls(text string) string {
	if strings.IndexFunc(text, forbidden) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if forbidden(r) {
			return -1
		}
		return r
	}, text)
}

// withControls is an offset in the text that has those characters, of one without.
func withControls(text string, offset int) int {
	for i, r := range text {
		if forbidden(r) {
			continue
		}
		if offset <= 0 {
			return i
		}
		offset -= utf8.RuneLen(r)
	}
	return len(text)
}

// forbidden says whether r is no Char of XML 1.0.
func forbidden(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

// xmlBuilder builds a tree of tokens.
type xmlBuilder struct {
	root       *html.Node
	open       []*html.Node // the elements that are open, root first
	namespaces xhtml.Namespaces
	found      bool           // an element was
	mistake    *xhtml.Mistake // behind which nothing was read
}

// read builds the tree. The tokens begin at an offset of the text that they are of.
func (b *xmlBuilder) read(decoder *xml.Decoder, skipped int) error {
	var run []byte // texts that follow each other
	for {
		begin := decoder.InputOffset()
		token, err := decoder.RawToken()
		if text, ok := token.(xml.CharData); ok {
			run = append(run, text...)
			continue
		}
		b.text(run)
		run = run[:0]
		if err != nil {
			if at, cause := xhtml.Refused(decoder, begin, err); cause != "" {
				b.mistake = &xhtml.Mistake{Offset: skipped + int(at), Cause: cause}
			}
			return nil
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(b.open) > xhtml.MaxTreeDepth {
				return tooLarge("%v", xhtml.ErrTooDeep)
			}
			b.start(token)
		case xml.EndElement:
			b.end(token.Name)
		case xml.Comment:
			b.add(&html.Node{Type: html.CommentNode, Data: string(token)})
		}
	}
}

// text adds a text, CDATA sections and what is beside them in one; beside the root there is none.
func (b *xmlBuilder) text(s []byte) {
	if len(s) > 0 && len(b.open) > 1 {
		b.add(&html.Node{Type: html.TextNode, Data: string(s)})
	}
}

func (b *xmlBuilder) add(n *html.Node) {
	b.open[len(b.open)-1].AppendChild(n)
}

func (b *xmlBuilder) start(token xml.StartElement) {
	b.namespaces.Enter(len(b.open), token.Attr)
	n := &html.Node{
		Type: html.ElementNode, Data: token.Name.Local, Namespace: b.namespaces.Pair(token.Name.Space),
		Attr: make([]html.Attribute, len(token.Attr)),
	}
	for i, a := range token.Attr {
		n.Attr[i] = html.Attribute{Namespace: a.Name.Space, Key: a.Name.Local, Val: a.Value}
	}
	b.found = true
	b.add(n)
	b.open = append(b.open, n)
}

// end closes the innermost element of that name with all that is open in it; there may be none.
func (b *xmlBuilder) end(name xml.Name) {
	for i := len(b.open) - 1; i > 0; i-- {
		if b.open[i].Data == name.Local && Prefix(b.open[i]) == name.Space {
			b.open = b.open[:i]
			b.namespaces.Leave(i)
			return
		}
	}
}

// Prefix is that of the name of an element of XML.
func Prefix(n *html.Node) string {
	prefix, _, _ := strings.Cut(n.Namespace, xhtml.Means)
	return prefix
}

// NamespaceURI is what the prefix of an element of XML, or that it has none, means;
// "" where nothing says so.
func NamespaceURI(n *html.Node) string {
	_, uri, _ := strings.Cut(n.Namespace, xhtml.Means)
	return uri
}

// OuterXML is an element of XML with its tags.
func OuterXML(n *html.Node) string {
	var b strings.Builder
	writeXML(&b, n)
	return b.String()
}

// InnerXML is what stands between the tags of an element of XML.
func InnerXML(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeXML(&b, c)
	}
	return b.String()
}

var (
	escapeText  = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	escapeValue = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;")
)

// writeXML is recursive: a tree is at most 512 elements deep.
func writeXML(b *strings.Builder, n *html.Node) {
	switch n.Type {
	case html.TextNode:
		_, _ = escapeText.WriteString(b, n.Data) // a Builder has no errors
	case html.CommentNode:
		b.WriteString("<!--" + n.Data + "-->")
	case html.ElementNode:
		name := qualified(Prefix(n), n.Data)
		b.WriteString("<" + name)
		for _, a := range n.Attr {
			b.WriteString(" " + qualified(a.Namespace, a.Key) + `="`)
			_, _ = escapeValue.WriteString(b, a.Val)
			b.WriteByte('"')
		}
		b.WriteByte('>')
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			writeXML(b, c)
		}
		b.WriteString("</" + name + ">")
	}
}

func qualified(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + ":" + name
}
