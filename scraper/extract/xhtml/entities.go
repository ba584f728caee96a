package xhtml

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxExpansion   = 64 << 10 // how many bytes of entities' values a page may have read
	maxEntityDepth = 40       // how deep entities may stand in each other
)

// space is the white space of XML.
const space = " \t\r\n"

var (
	errExpansion   = mistake("an entity: those of the page are longer than 64 KiB")
	errEntityDepth = mistake("an entity stands in others deeper than 40")
	errSubset      = mistake("the doctype declares something in a wrong way")
)

// mistake is an error as the decoder has them.
func mistake(format string, args ...any) error {
	return &xml.SyntaxError{Msg: fmt.Sprintf(format, args...)}
}

// entities is what a page's references mean (XML 1.0, section 4). Nothing that a
// declaration points to is ever fetched: it counts as empty. A page gets to know an
// entity when it refers to it, so that those it does not use cost nothing.
type entities struct {
	declared map[string]string // by name, with references to entities in them
	known    map[string]string // to the decoder: those that were referred to
	read     int               // bytes of declared values
}

// declare takes note of the entities that the internal subset of a doctype declares:
// of each name the first counts. Those of parameters are passed over.
func (e *entities) declare(directive string) error {
	s := scanner(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(directive))
	if !s.subset() {
		return nil
	}
	for {
		s.skipSpace()
		switch {
		case s.skip("]"):
			return nil
		case s.skip("<!ENTITY"):
			if err := e.declareOne(&s); err != nil {
				return err
			}
		case s.skip("<?"):
			if !s.skipPast("?>") {
				return errSubset
			}
		case s.skip("<!"):
			if !s.skipDeclaration() {
				return errSubset
			}
		case s.skip("%"):
			if !s.skipPast(";") {
				return errSubset
			}
		default:
			return errSubset
		}
	}
}

func (e *entities) declareOne(s *scanner) error {
	name, value := "", ""
	switch {
	case !s.skipSpace():
		return errSubset
	case s.skip("%"):
	default:
		if name = s.word(); name == "" || !s.skipSpace() {
			return errSubset
		}
		if literal, ok := s.literal(); ok {
			var err error
			if value, err = withCharacters(literal); err != nil {
				return err
			}
			break
		}
		if kind := s.word(); kind != "SYSTEM" && kind != "PUBLIC" {
			return errSubset
		}
	}
	unparsed, ok := s.restOfEntity()
	if !ok {
		return errSubset
	}
	if _, before := e.declared[name]; name == "" || unparsed || before {
		return nil // no text may refer to it, or not by this
	}
	if e.declared == nil {
		e.declared = map[string]string{}
	}
	e.declared[name] = value
	return nil
}

// withCharacters is a value with the characters that it has references to; those to
// entities stay (XML 1.0, section 4.4.5).
func withCharacters(value string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(value, "&")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, behind, found := strings.Cut(rest, ";")
		if !found || name == "" || strings.ContainsAny(name, space) {
			return "", errSubset
		}
		if name[0] != '#' {
			b.WriteString("&" + name + ";")
		} else if c, err := character(name); err != nil {
			return "", err
		} else {
			b.WriteString(c)
		}
		value = behind
	}
}

// character is what a reference to one means, "#65" or "#x41".
func character(name string) (string, error) {
	digits, base := name[1:], 10
	if strings.HasPrefix(digits, "x") {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune || !isCharacter(rune(n)) {
		return "", mistake("the entity &%s; is no character of XML", name)
	}
	return string(rune(n)), nil
}

// distinct refuses a tag with two attributes of one name.
func distinct(attributes []xml.Attr) error {
	if len(attributes) < 2 {
		return nil
	}
	seen := make(map[xml.Name]bool, len(attributes))
	for _, a := range attributes {
		if seen[a.Name] {
			return mistake("the attribute %s stands twice in a tag", a.Name.Local)
		}
		seen[a.Name] = true
	}
	return nil
}

// isCharacter tells whether XML 1.0 allows it (section 2.2).
func isCharacter(c rune) bool {
	return c == '\t' || c == '\n' || c == '\r' || c >= ' ' && c < 0xD800 || c > 0xDFFF && c < 0xFFFE || c > 0xFFFF
}

// refer makes known what a page refers to by a name.
func (e *entities) refer(name string) error {
	if strings.HasPrefix(name, "#") {
		_, err := character(name)
		return err
	}
	if _, declared := e.declared[name]; !declared {
		if value, ok := xml.HTMLEntity[name]; ok {
			e.known[name] = value
		}
		return nil // the decoder knows those of XML, and refuses others
	}
	var b strings.Builder
	if err := e.expand(&b, name, 1); err != nil {
		return err
	}
	e.known[name] = b.String()
	return nil
}

// predefined are the entities that every page has (XML 1.0, section 4.6).
var predefined = map[string]string{"lt": "<", "gt": ">", "amp": "&", "apos": "'", "quot": `"`}

// expand writes what an entity means. It is no longer than what is read for it.
func (e *entities) expand(b *strings.Builder, name string, depth int) error {
	if text, ok := predefined[name]; ok {
		b.WriteString(text)
		return nil
	}
	value, declared := e.declared[name]
	if !declared {
		text, ok := xml.HTMLEntity[name]
		if !ok {
			return mistake("an entity refers to &%s;, which nothing declares", name)
		}
		b.WriteString(text)
		return nil
	}
	if depth > maxEntityDepth {
		return errEntityDepth
	}
	if e.read += len(value); e.read > maxExpansion {
		return errExpansion
	}
	for {
		before, rest, found := strings.Cut(value, "&")
		b.WriteString(before)
		if !found {
			return nil
		}
		inner, behind, found := strings.Cut(rest, ";")
		if !found || inner == "" {
			return mistake("an ampersand in &%s; is no reference", name)
		}
		if inner[0] == '#' {
			c, err := character(inner)
			if err != nil {
				return err
			}
			b.WriteString(c)
		} else if err := e.expand(b, inner, depth+1); err != nil {
			return err
		}
		value = behind
	}
}

// textBefore is what a text says up to its first mistake. What it refers to is known.
func (e *entities) textBefore(source string) string {
	var b strings.Builder
	for source != "" {
		c, size := utf8.DecodeRuneInString(source)
		said, rest := source[:size], source[size:]
		switch c {
		case '<':
			return b.String()
		case '\r':
			said, rest = "\n", strings.TrimPrefix(rest, "\n")
		case '&':
			name, behind, found := strings.Cut(rest, ";")
			meaning, known := e.meaning(name)
			if !found || !known {
				return b.String()
			}
			said, rest = meaning, behind
		}
		if strings.HasPrefix(source, "]]>") || !isText(said) {
			return b.String()
		}
		b.WriteString(said)
		source = rest
	}
	return b.String()
}

// meaning is what a reference that the page has made means.
func (e *entities) meaning(name string) (string, bool) {
	if strings.HasPrefix(name, "#") {
		c, err := character(name)
		return c, err == nil
	}
	if text, ok := predefined[name]; ok {
		return text, true
	}
	text, ok := e.known[name]
	return text, ok
}

// isText tells whether s holds nothing that XML forbids.
func isText(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(c rune) bool { return !isCharacter(c) }) < 0
}

// scanner is what is left of a doctype.
type scanner string

// subset goes on to what is in the brackets of a doctype, if it has any.
func (s *scanner) subset() bool {
	for *s != "" {
		if _, ok := s.literal(); ok {
			continue
		}
		if s.skip("[") {
			return true
		}
		*s = (*s)[1:]
	}
	return false
}

func (s *scanner) skip(prefix string) bool {
	rest, ok := strings.CutPrefix(string(*s), prefix)
	*s = scanner(rest)
	return ok
}

func (s *scanner) skipPast(mark string) bool {
	_, rest, ok := strings.Cut(string(*s), mark)
	*s = scanner(rest)
	return ok
}

func (s *scanner) skipSpace() bool {
	rest := strings.TrimLeft(string(*s), space)
	skipped := len(rest) < len(*s)
	*s = scanner(rest)
	return skipped
}

// skipDeclaration goes on behind the end of a declaration, which may be in no literal.
func (s *scanner) skipDeclaration() bool {
	for *s != "" {
		if _, ok := s.literal(); ok {
			continue
		}
		if s.skip(">") {
			return true
		}
		*s = (*s)[1:]
	}
	return false
}

// restOfEntity goes on behind the end of an entity's declaration; unparsed says that it
// is of one that is no text.
func (s *scanner) restOfEntity() (unparsed, ok bool) {
	for *s != "" {
		switch _, isLiteral := s.literal(); {
		case isLiteral:
		case s.skip(">"):
			return unparsed, true
		default:
			if word := s.word(); word == "NDATA" {
				unparsed = true
			} else if word == "" && !s.skipSpace() {
				return false, false
			}
		}
	}
	return false, false
}

// literal reads what stands in quotes, if they begin here and end.
func (s *scanner) literal() (string, bool) {
	if *s == "" || (*s)[0] != '"' && (*s)[0] != '\'' {
		return "", false
	}
	text, rest, ok := strings.Cut(string((*s)[1:]), string((*s)[:1]))
	if ok {
		*s = scanner(rest)
	}
	return text, ok
}

// word reads up to white space or to what ends a name.
func (s *scanner) word() string {
	n := strings.IndexAny(string(*s), space+`"'<>&;%[]`)
	if n < 0 {
		n = len(*s)
	}
	word := (*s)[:n]
	*s = (*s)[n:]
	return string(word)
}
