package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/rule"
	"scrape/scraper/nearest"
)

// Parse reads a file: JSON where name ends in .json or the text is plainly that,
// otherwise YAML. The name is for messages. The error is Errors, with all mistakes
// of the file (but for those behind one that breaks the syntax, and those behind
// the tenth).
func Parse(name string, text []byte) (*Schema, error) {
	if len(text) > MaxSize {
		s := newSource(name, "")
		s.at(1, 1, fmt.Sprintf("larger than %d KiB", MaxSize>>10), "is this the schema, or the page?")
		return nil, s.err()
	}
	clean := strings.TrimPrefix(string(text), "\ufeff")
	s := newSource(name, clean)
	if !utf8.ValidString(clean) {
		line, column := document.Position(clean, validPrefix(clean))
		s.at(line, column, "not UTF-8", "save the file as UTF-8")
		return nil, s.err()
	}
	var roots []*yaml.Node
	if isJSON(name, clean) {
		if root := s.jsonDocument(clean); root != nil {
			roots = append(roots, root)
		}
	} else {
		roots = s.documents(clean)
	}
	if len(roots) == 0 && len(s.errors) == 0 {
		s.at(1, 1, "nothing in it", "a schema has fields:, such as  fields: {name: h1}")
	}
	schema := &Schema{name: name}
	for i, root := range roots {
		sh := s.shape(root)
		switch {
		case i == 0 || len(s.errors) > 0:
		case len(schema.shapes[i-1].match) == 0:
			s.on(root, "no page comes to this document: the one before it has no match, and so is for every page", "give the one before a match, or put it last")
		case sh.isRepeated(schema.shapes):
			s.on(root, "no page comes to this document: those before it are for all that its match fits", "put the fields of both into one document")
		}
		schema.shapes = append(schema.shapes, sh)
	}
	if err := s.err(); err != nil {
		return nil, err
	}
	return schema, nil
}

// validPrefix is how many bytes of a text are valid UTF-8.
func validPrefix(text string) int {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return i
			}
		}
	}
	return len(text)
}

// entry is one key of a mapping with its value.
type entry struct {
	name       string
	key, value *yaml.Node
}

// entries are those of a mapping, without the keys that are mistakes by
// themselves. what names the mapping in messages.
func (s *source) entries(n *yaml.Node, what string) []entry {
	if !s.plain(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		s.on(n, what+" is a mapping of names to values, not "+kindOf(n), mappingHint(n))
		return nil
	}
	var all []entry
	lines := make(map[string]int)
	for i := 0; i+1 < len(n.Content) && !s.full(); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Tag == "!!merge":
			s.on(key, "<< is not read", "write the fields out")
			continue
		case !s.plain(key):
			continue
		case key.Kind != yaml.ScalarNode || isNull(key):
			s.on(key, "a key is a name, not "+kindOf(key), "a text in braces or brackets stands in quotes")
			continue
		}
		if line, ok := lines[key.Value]; ok {
			s.on(key, fmt.Sprintf("%s is there twice: first in line %d", strconv.Quote(key.Value), line), "for all that a rule finds, use all: true")
			continue
		}
		lines[key.Value] = key.Line
		all = append(all, entry{key.Value, key, value})
	}
	return all
}

// mappingHint tells what has become of a mapping.
func mappingHint(n *yaml.Node) string {
	name, rest, colon := strings.Cut(n.Value, ":")
	switch {
	case n.Kind == yaml.SequenceNode && slices.ContainsFunc(n.Content, isShape):
		return "several documents are for YAML, with a line --- between them"
	case n.Kind == yaml.SequenceNode && n.Style&yaml.FlowStyle == 0:
		return "NAME: VALUE, without - in front"
	case n.Kind == yaml.SequenceNode:
		return "NAME: VALUE, in { } in place of [ ]"
	case n.Kind == yaml.ScalarNode && colon && rule.IsName(name):
		return "white space stands behind the colon: " + name + ": " + short(rest)
	}
	return "NAME: VALUE"
}

// isShape tells a mapping that is a document of a schema by itself.
func isShape(n *yaml.Node) bool {
	fields := false
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if !slices.Contains(shapeKeys, n.Content[i].Value) {
			return false
		}
		fields = fields || n.Content[i].Value == "fields"
	}
	return fields
}

// plain refuses what one node can take from another, and types by name: they let a
// small file stand for a huge one, and no schema needs them.
func (s *source) plain(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode:
		s.on(n, "aliases are not read: *"+n.Value, "write it out; a text that begins with * stands in quotes")
	case n.Anchor != "":
		s.on(n, "anchors are not read: &"+n.Anchor, "write it out; a text that begins with & stands in quotes")
	case n.Style&yaml.TaggedStyle != 0:
		s.on(n, "tags are not read: "+n.Tag, "a text that begins with ! stands in quotes")
	default:
		return true
	}
	return false
}

// kindOf names a node for a reader.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.AliasNode:
		return "an alias"
	case n.Tag == "!!null":
		return "nothing"
	case n.Tag == "!!bool":
		return n.Value
	case n.Tag == "!!int" || n.Tag == "!!float":
		return "a number"
	case n.Tag == "!!timestamp":
		return "a date"
	}
	return "a text"
}

// text is the value of a node that is to be a text, without white space around it, such
// as the line end of a block. what names it.
func (s *source) text(n *yaml.Node, what string) (string, bool) {
	switch {
	case !s.plain(n):
	case !isText(n):
		s.on(n, what+" is a text, not "+kindOf(n), s.textHint(n))
	case strings.TrimSpace(n.Value) == "":
		s.on(n, what+" is empty", "")
	default:
		return strings.TrimSpace(n.Value), true
	}
	return "", false
}

// textHint tells what has become of a text without quotes.
func (s *source) textHint(n *yaml.Node) string {
	comment := strings.TrimSpace(skipRunes(s.line(n.Line), n.Column-1))
	switch {
	case isNull(n) && n.Value == "" && (strings.HasPrefix(comment, ",") || strings.HasPrefix(comment, "}")):
		return commaHint
	case isNull(n) && strings.HasPrefix(comment, "#"):
		return "# begins a comment: a text that begins with it stands in quotes, " + inQuotes(comment)
	case n.Kind == yaml.SequenceNode && n.Style&yaml.FlowStyle == 0:
		return "without - in front"
	case n.Kind == yaml.SequenceNode && len(n.Content) > 1:
		return "several selectors are one text: 'h1, h2'; a text that begins with [ stands in quotes: '[data-price]'"
	case n.Kind == yaml.SequenceNode:
		return "a text that begins with [ stands in quotes: '[data-price]'"
	case n.Kind == yaml.ScalarNode && !isNull(n):
		return "a text that looks like a number, a date or true stands in quotes: " + inQuotes(n.Value)
	}
	return "such as  h1  or  '.price | number'"
}

const commaHint = "in [ ] and { } a comma ends a text: one with a comma in it stands in quotes"

// cutShort tells that a text without quotes ends where its author did not mean it to:
// with a bracket or quotation open, before a comma or what looks like a comment. It
// is "" if nothing says so.
func (s *source) cutShort(n *yaml.Node) string {
	behind, whole := strings.CutPrefix(skipRunes(s.line(n.Line), n.Column-1), n.Value)
	if !whole || n.Style != 0 || !isOpen(n.Value) {
		return ""
	}
	if text := strings.TrimLeft(behind, " \t"); strings.HasPrefix(text, "#") {
		return "\" #\" begins a comment: a text with it stands in quotes"
	} else if !strings.HasPrefix(text, ",") {
		return ""
	}
	end := strings.IndexAny(behind, ")\"'")
	if end < 0 {
		return commaHint
	}
	return commaHint + ": " + inQuotes(n.Value+behind[:end+1])
}

// inQuotes is a text as YAML has it in single quotes.
func inQuotes(text string) string { return "'" + strings.ReplaceAll(short(text), "'", "''") + "'" }

// isOpen tells that a text ends within brackets or quotes.
func isOpen(text string) bool {
	return strings.Count(text, "(") > strings.Count(text, ")") || strings.Count(text, "[") > strings.Count(text, "]") ||
		strings.Count(text, "'")%2 > 0 || strings.Count(text, `"`)%2 > 0
}

// truth is the value of a node that is to be true or false.
func (s *source) truth(n *yaml.Node, what string) (value, ok bool) {
	if !s.plain(n) {
		return false, false
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" {
		return strings.EqualFold(n.Value, "true"), true
	}
	s.on(n, what+" is true or false, not "+kindOf(n), truthHint(n))
	return false, false
}

// truthHint is for what is true or false elsewhere: in YAML 1.1, or in quotes.
func truthHint(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		return ""
	}
	switch strings.ToLower(n.Value) {
	case "yes", "y", "on", "1", "true":
		return "write true"
	case "no", "n", "off", "0", "false":
		return "write false"
	}
	return ""
}

// unknown notes a key that does not belong there.
func (s *source) unknown(e entry, where string, known []string, habits map[string]string) {
	hint := "known: " + strings.Join(known, ", ")
	if h, ok := habits[e.name]; ok {
		hint = h
	} else if near := nearest.Name(e.name, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	s.on(e.key, where+" has no key "+strconv.Quote(short(e.name)), hint)
}

// short is a name as messages quote it.
func short(name string) string {
	const most = 60
	if runes := []rune(name); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return name
}

var (
	shapeKeys   = []string{"match", "fields"}
	shapeHabits = map[string]string{
		"url": "which pages it is for is match", "urls": "which pages it is for is match", "$schema": "",
	}
)

// shape reads one document. It may be broken where mistakes were noted.
func (s *source) shape(root *yaml.Node) *Shape {
	sh := &Shape{name: s.name}
	var fields *yaml.Node
	before := len(s.errors)
	for _, e := range s.entries(root, "a schema") {
		switch e.name {
		case "match":
			sh.match = s.patterns(e.value)
		case "fields":
			fields = e.value
			sh.fields = newGroup(s.readFields(e.value, 1))
			sh.count = number(sh.fields.fields, "", 0)
		case "$schema": // editors put it there
			s.text(e.value, "$schema")
		default:
			s.unknown(e, "a schema", shapeKeys, shapeHabits)
		}
	}
	if fields == nil && len(s.errors) == before {
		s.on(root, "no fields", "fields: {NAME: RULE}, such as  fields: {name: h1}")
	}
	return sh
}
