package markup

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Name is a tag's name in lower case.
func (t *Tokenizer) Name() string { return lower(t.text[t.dataStart:t.dataEnd]) }

// Key is the name of the attribute that NextAttribute gave, in lower case.
func (t *Tokenizer) Key() string { return lower(t.text[t.keyStart:t.keyEnd]) }

// Value is the value of the attribute that NextAttribute gave, character
// references replaced; empty where it has none.
func (t *Tokenizer) Value() string {
	return decodeValue(t.text[t.valueStart:t.valueEnd])
}

// Text is that of a text, character references replaced where they are such: not
// in a script. Of a comment or a doctype it is what stands in it.
func (t *Tokenizer) Text() string {
	if t.kind != Text && t.kind != Comment && t.kind != Doctype {
		return ""
	}
	s := withoutCR(t.text[t.dataStart:t.dataEnd])
	if t.content != notRaw || t.kind == Comment {
		s = withoutNUL(s)
	}
	if t.content.hasReferences() {
		s = html.UnescapeString(s)
	}
	return s
}

// Raw is the text of a text, comment or doctype as it stands in the page; of a tag
// its name.
func (t *Tokenizer) Raw() string { return t.text[t.dataStart:t.dataEnd] }

func decodeValue(s string) string { return unescapeValue(withoutNUL(withoutCR(s))) }

func lower(s string) string {
	for i := range len(s) {
		if c := s[i]; 'A' <= c && c <= 'Z' || c == 0 {
			b := []byte(s)
			for i, c := range b {
				if 'A' <= c && c <= 'Z' {
					b[i] |= 0x20
				}
			}
			return withoutNUL(string(b))
		}
	}
	return s
}

func withoutNUL(s string) string {
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "\uFFFD")
}

func withoutCR(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// unescapeValue replaces the character references in an attribute's value, where
// those without a semicolon are such only if nothing follows that a URL's query
// might have there (HTML standard, "named character reference state").
func unescapeValue(s string) string {
	at := strings.IndexByte(s, '&')
	if at < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for at >= 0 {
		b.WriteString(s[:at])
		s = s[at:]
		n := referenceLength(s)
		b.WriteString(unescapeReference(s[:n], s[n:]))
		s = s[n:]
		at = strings.IndexByte(s, '&')
	}
	b.WriteString(s)
	return b.String()
}

// maxReference is longer than the longest character reference with a name.
const maxReference = 40

// referenceLength is how long the character reference may be that s begins with.
func referenceLength(s string) int {
	i := 1
	if strings.HasPrefix(s[i:], "#") {
		i++
		hex := i < len(s) && s[i]|0x20 == 'x'
		if hex {
			i++
		}
		for i < len(s) && (isDigit(s[i]) || hex && 'a' <= s[i]|0x20 && s[i]|0x20 <= 'f') {
			i++
		}
	} else {
		for i < len(s) && (IsLetter(s[i]) || isDigit(s[i])) {
			i++
		}
	}
	if i < len(s) && s[i] == ';' {
		i++
	}
	return i
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// unescapeReference is what a reference stands for, or the reference where it is
// none; rest is what follows it.
func unescapeReference(reference, rest string) string {
	if strings.HasPrefix(reference, "&#") {
		return html.UnescapeString(reference)
	}
	if len(reference) > maxReference {
		return reference
	}
	ended := strings.HasSuffix(reference, ";")
	if !ended && strings.HasPrefix(rest, "=") {
		return reference
	}
	// What is found is a part of the reference where something is left of it.
	text := html.UnescapeString(reference)
	if ended && strings.HasSuffix(text, ";") && reference != "&semi;" || !ended && utf8.RuneCountInString(text) != 1 {
		return reference
	}
	return text
}
