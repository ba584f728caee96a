// Package markup splits an HTML page that lies in memory into tags, text and
// comments, at the speed at which the next "<" is found: names, attributes and
// texts are read only when they are asked for.
//
// It follows the HTML standard ("tokenization", scripting on) as far as the
// tokenizer of x/net/html does, so that what is read off the tokens is what stands
// in a tree of the same page.
package markup

import "strings"

// Kind is what a token is.
type Kind uint8

// Kinds of tokens.
const (
	End      Kind = iota // there are no more; a tag that the page ends within is none
	Text                 // see Tokenizer.Text
	StartTag             // of which "<br/>" is one as well
	EndTag
	Comment // and what counts as one, such as "<?xml … ?>"
	Doctype
)

// Tokenizer gives the tokens of a page one by one:
//
//	t := markup.New(page)
//	for t.Next() != markup.End { … }
//
// What is asked of it is about the token that Next gave last. It allocates nothing
// but what decoding takes, and is not safe for concurrent use.
type Tokenizer struct {
	// Foreign is set by who knows that what comes next is not HTML but stands in an
	// svg or math element: then there are CDATA sections, and no element whose
	// content is raw text.
	Foreign bool

	text string
	kind Kind
	next int // where the next token begins

	start, end           int // of the token
	dataStart, dataEnd   int // of its name, or of its text
	attribute            int // where the next attribute of the tag is looked for
	keyStart, keyEnd     int // of the attribute that NextAttribute gave
	valueStart, valueEnd int

	raw         rawText // what the next token is the text of
	content     rawText // what the token is the text of
	selfClosing bool
}

// New prepares to read text, which is valid UTF-8.
func New(text string) *Tokenizer { return &Tokenizer{text: text} }

// Start and Stop are where in the page the token begins and where it ends, in
// bytes.
func (t *Tokenizer) Start() int { return t.start }

// Stop is where the token ends, in bytes from the beginning of the page.
func (t *Tokenizer) Stop() int { return t.end }

// Kind is what Next gave last.
func (t *Tokenizer) Kind() Kind { return t.kind }

// Next goes on to the next token.
func (t *Tokenizer) Next() Kind {
	t.start, t.content, t.selfClosing = t.next, notRaw, false
	if raw := t.raw; raw != notRaw {
		t.raw = notRaw
		if end := raw.end(t.text, t.start); end > t.start {
			t.content = raw
			return t.token(Text, t.start, end, end)
		}
	}
	for i := t.start; ; {
		n := strings.IndexByte(t.text[i:], '<')
		if n < 0 || i+n+1 == len(t.text) {
			break
		}
		i += n
		kind := opens(t.text[i+1:])
		switch {
		case kind == Text:
			i++
		case i > t.start:
			return t.token(Text, t.start, i, i)
		case kind == StartTag || kind == EndTag:
			return t.tag(kind)
		default:
			return t.declaration()
		}
	}
	if t.start == len(t.text) {
		return t.token(End, t.start, t.start, t.start)
	}
	return t.token(Text, t.start, len(t.text), len(t.text))
}

// NextTag goes on to the next tag, past all else: it gives StartTag, EndTag or End.
func (t *Tokenizer) NextTag() Kind {
	for {
		if kind := t.Next(); kind == StartTag || kind == EndTag || kind == End {
			return kind
		}
	}
}

// token makes a token that ends at end the current one.
func (t *Tokenizer) token(kind Kind, dataStart, dataEnd, end int) Kind {
	t.kind, t.dataStart, t.dataEnd, t.end, t.next = kind, dataStart, dataEnd, end, end
	return kind
}

// opens tells what a "<" begins that s, which is not empty, follows.
func opens(s string) Kind {
	switch c := s[0]; {
	case IsLetter(c):
		return StartTag
	case c == '!' || c == '?':
		return Comment
	case c != '/' || len(s) == 1:
		return Text
	case IsLetter(s[1]):
		return EndTag
	}
	return Comment
}
