package schema

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"scrape/scraper/extract/document"
)

// JSON is nearly YAML, but for escapes of what is beyond 16 bits, and its mistakes
// have other names. So it has a reader of its own, which makes the same nodes.

// isJSON tells how a file is to be read: by its name, or since it can only be JSON.
func isJSON(name, text string) bool {
	if strings.HasSuffix(strings.ToLower(name), ".json") {
		return true
	}
	return strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") && json.Valid([]byte(text))
}

// jsonDepth bounds how deep a file's values lie in one another, far beyond what
// MaxDepth lets pass.
const jsonDepth = 4*MaxDepth + 8

// jsonReader makes nodes of tokens.
type jsonReader struct {
	*source
	dec  *json.Decoder
	text string
	// line and column are the place of offset, all known so far.
	offset, line, column int
}

// jsonDocument parses a file as JSON. What is none is noted as a mistake, and nil
// the answer.
func (s *source) jsonDocument(text string) *yaml.Node {
	r := &jsonReader{source: s, dec: json.NewDecoder(strings.NewReader(text)), text: text, line: 1, column: 1}
	r.dec.UseNumber()
	root, err := r.value(0)
	if err == nil {
		if _, err = r.dec.Token(); err == io.EOF {
			return root
		} else if err == nil {
			err = errors.New("something stands behind its end")
		}
	}
	offset, message := r.mistake(err)
	line, column := document.Position(text, offset)
	s.at(line, column, "no JSON: "+message, jsonHint(text[min(offset, len(text)):], message))
	return nil
}

// mistake is where and what an error of the decoder is.
func (r *jsonReader) mistake(err error) (offset int, message string) {
	offset = int(r.dec.InputOffset())
	if errors.Is(err, errDeep) {
		return offset, err.Error()
	}
	// Of a whole text the package says more than of its tokens.
	e, ok := errors.AsType[*json.SyntaxError](json.Unmarshal([]byte(r.text), new(any)))
	switch {
	case !ok:
		return offset, err.Error()
	case strings.HasPrefix(e.Error(), "unexpected end"):
		return len(strings.TrimRight(r.text, " \t\r\n")), "it ends too early"
	case strings.Contains(e.Error(), `'\n' in string literal`), strings.Contains(e.Error(), `'\r' in string literal`):
		return strings.LastIndexByte(r.text[:e.Offset-1], '"'), "a text that is not closed in its line"
	}
	return int(e.Offset) - 1, e.Error() // it counts the character at fault
}

// jsonHint is what to do about a mistake, by the message and what stands at its place.
func jsonHint(rest, message string) string {
	at := byte(0)
	if rest != "" {
		at = rest[0]
	}
	switch {
	case at == '/':
		return "JSON has no comments; YAML has, with #"
	case at == '\'':
		return `JSON has double quotation marks only: "`
	}
	for _, h := range jsonHints {
		if strings.Contains(message, h.part) && (h.first == "" || strings.IndexByte(h.first, at) >= 0) {
			return h.hint
		}
	}
	return ""
}

// jsonHints are what to do about a mistake, by a part of the message and the characters
// that stand at its place, if those matter.
var jsonHints = []struct{ part, first, hint string }{
	{"it ends too early", "", "a } , ] or quotation mark is missing at its end"},
	{"not closed in its line", "", `a quotation mark is missing at its end; a line break in a text is written \n`},
	{"beginning of object key", "},", "a comma stands between two entries only: take it away"},
	{"beginning of object key", "", "a name stands in double quotation marks"},
	{"beginning of value", "],}", "a value is missing here, or a comma too many"},
	{"beginning of value", "", "a text stands in double quotation marks; true and false are written small"},
	{"in literal", "", "a text stands in double quotation marks; YAML is read from a file that is not called .json"},
	{"after object key:value pair", "\"", "a comma is missing before it"},
	{"after object key:value pair", "", "a comma or } is missing before it"},
	{"after object key", "", "a colon is missing before it"},
	{"after array element", "", "a comma or ] is missing before it"},
	{"after top-level value", "", "a file of JSON is one value; several documents are for YAML"},
	{"string escape", "", `\ is written \\ in a text`},
	{"character escape", "", `\u has four hexadecimal digits; \ is written \\ in a text`},
	{"string literal", "", `a tab in a text is written \t`},
	{"in numeric literal", "", "a text stands in double quotation marks"},
}

// begin moves to where the next token begins, which is behind white space and
// what separates it from the one before, and puts the place into the node.
func (r *jsonReader) begin(n *yaml.Node) {
	for at := int(r.dec.InputOffset()); at < len(r.text) && strings.IndexByte(" \t\r\n,:", r.text[at]) >= 0; at++ {
		r.moveTo(at + 1)
	}
	r.moveTo(int(r.dec.InputOffset()))
	n.Line, n.Column = r.line, r.column
}

// moveTo counts lines and columns up to an offset.
func (r *jsonReader) moveTo(offset int) {
	for ; r.offset < offset; r.offset++ {
		switch c := r.text[r.offset]; {
		case c == '\n' || c == '\r' && !strings.HasPrefix(r.text[r.offset+1:], "\n"):
			r.line, r.column = r.line+1, 1
		case c&0xc0 != 0x80: // not inside of a character
			r.column++
		}
	}
}

var errDeep = errors.New("values nested too deep")

func (r *jsonReader) value(depth int) (*yaml.Node, error) {
	if depth > jsonDepth {
		return nil, errDeep
	}
	n := new(yaml.Node)
	r.begin(n)
	t, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		n.Kind, n.Tag, n.Style = yaml.SequenceNode, "!!seq", yaml.FlowStyle
		if t == '{' {
			n.Kind, n.Tag = yaml.MappingNode, "!!map"
		}
		for r.dec.More() {
			member, err := r.value(depth + 1)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, member)
		}
		_, err := r.dec.Token() // its end
		return n, err
	case string:
		n.Kind, n.Tag, n.Value, n.Style = yaml.ScalarNode, "!!str", t, yaml.DoubleQuotedStyle
	case json.Number:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!float", t.String()
	case bool:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!bool", "false"
		if t {
			n.Value = "true"
		}
	default:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!null", "null"
	}
	return n, nil
}
