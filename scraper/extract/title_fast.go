package extract

import (
	"bytes"

	"scrape/scraper/extract/markup"
)

// headTitle finds the undecoded text of the title in a head that holds nothing out of the ordinary, which is
// nearly every head, at a fraction of the tokenizer's cost: attributes are only skipped and nothing is
// allocated. It is not ok where the title does not lie whole within b or anything stands before it that a head
// does not have; then the scan has to tell. Where it is ok, the scan would say the same.
func headTitle(b []byte) (title []byte, ok bool) {
	afterHead := false
	for {
		b = bytes.TrimLeft(b, markup.WhiteSpace)
		if len(b) < 2 || b[0] != '<' {
			return nil, false
		}
		var name, text []byte
		switch c := b[1]; {
		case bytes.HasPrefix(b, []byte("<!--")):
			b = afterComment(b[4:])
			continue
		case c == '!', c == '?': // a doctype, or what counts as a comment
			_, b, _ = bytes.Cut(b, []byte(">"))
			continue
		case c == '/':
			name, _, b = markup.Tag(b[2:])
			switch {
			case markup.EqualLower(name, "head"):
				afterHead = true
			case len(name) == 0, markup.EqualLower(name, "body"), markup.EqualLower(name, "html"), markup.EqualLower(name, "br"):
				return nil, false
			}
			continue
		}
		name, _, b = markup.Tag(b[1:])
		switch {
		case markup.EqualLower(name, "meta"), markup.EqualLower(name, "link"), markup.EqualLower(name, "html"),
			markup.EqualLower(name, "head"), markup.EqualLower(name, "base"):
		case markup.EqualLower(name, "title"):
			title, b = rawText(b, "title")
			return title, b != nil
		case markup.EqualLower(name, "script"):
			text, b = rawText(b, "script")
			if bytes.Contains(text, []byte("<!--")) {
				return nil, false // where such a script ends is a science of its own
			}
		case markup.EqualLower(name, "style"):
			_, b = rawText(b, "style")
		case markup.EqualLower(name, "noscript") && !afterHead:
			_, b = rawText(b, "noscript")
		default:
			return nil, false
		}
	}
}

// afterComment gives what follows the comment that b begins within, nil where its end is not in b or is an
// unusual one.
func afterComment(b []byte) []byte {
	text, rest, _ := bytes.Cut(b, []byte("-->"))
	if bytes.HasPrefix(b, []byte(">")) || bytes.HasPrefix(b, []byte("->")) || bytes.Contains(text, []byte("--!")) {
		return nil
	}
	return rest
}

// rawText splits b before the end tag of that name; rest is nil where there is none.
func rawText(b []byte, name string) (text, rest []byte) {
	for i := 0; ; i += 2 {
		next := bytes.Index(b[i:], []byte("</"))
		if next < 0 {
			return b, nil
		}
		i += next
		end := i + 2 + len(name)
		if end < len(b) && markup.EqualLower(b[i+2:end], name) && markup.EndsName(b[end]) {
			return b[:i], b[i:]
		}
	}
}
