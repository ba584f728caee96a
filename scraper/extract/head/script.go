package head

import (
	"bytes"
	"encoding/json"
	"strings"

	"scrape/scraper/extract/document"
)

// ldJSON is the media type of JSON-LD.
const ldJSON = "application/ld+json"

// isJSONLD tells whether a script element of that type holds JSON-LD.
func isJSONLD(kind string) bool {
	return len(kind) >= len(ldJSON) && mediaType(kind) == ldJSON
}

// JSONLD is what Head.JSONLD is, alone. The error is that of the document's context.
func JSONLD(d *document.Document) ([]json.RawMessage, error) {
	if d.Kind() != document.HTML {
		return nil, nil
	}
	var r reader
	if err := r.read(d.Context(), d.Markup()); err != nil {
		return nil, err
	}
	return readScripts(r.scripts), nil
}

// ScriptJSONLD is the JSON of one script element, of that type and with that text, as
// Head.JSONLD has it; nil where there is none.
func ScriptJSONLD(kind, text string) json.RawMessage {
	if isJSONLD(kind) {
		for _, one := range readScripts([]string{text}) {
			return one
		}
	}
	return nil
}

// readScripts gives the JSON of those scripts that hold an object or an array.
func readScripts(scripts []string) []json.RawMessage {
	var all []json.RawMessage
	for _, s := range scripts {
		s = unwrap(s)
		if s == "" || s[0] != '{' && s[0] != '[' {
			continue
		}
		var b bytes.Buffer
		b.Grow(len(s))
		if json.Compact(&b, []byte(s)) != nil {
			b.Reset()
			if json.Compact(&b, repair(s)) != nil {
				continue
			}
		}
		all = append(all, b.Bytes())
	}
	return all
}

// unwrap takes the marks off a script that hide it from browsers and XML parsers
// that do not know scripts, comments before and behind it, and a semicolon there.
func unwrap(s string) string {
	const comments = 20 // each of which may be as long as the script
	before := -1
	for n := 0; before != len(s); n++ {
		before = len(s)
		s = strings.Trim(s, whiteSpace+"\u00A0\uFEFF;")
		if n < comments {
			s = withoutLastComment(withoutComment(s))
		}
		for _, mark := range []string{"<!--", cdata, "//", "/*", "*/"} {
			s = strings.TrimPrefix(s, mark)
		}
		for _, mark := range []string{"-->", "]]>", "//", "/*", "*/"} {
			s = strings.TrimSuffix(s, mark)
		}
	}
	return s
}

const cdata = "<![CDATA["

// withoutComment takes the comment off that a script begins with, unless the script itself
// stands in it.
func withoutComment(s string) string {
	for _, c := range [...]struct{ begin, end string }{{"/*", "*/"}, {"//", "\n"}, {"<!--", "-->"}} {
		rest, ok := strings.CutPrefix(s, c.begin)
		if !ok {
			continue
		}
		comment, after, closed := strings.Cut(rest, c.end)
		comment = strings.TrimPrefix(strings.Trim(comment, whiteSpace), cdata)
		if closed && !strings.ContainsAny(comment, "{[") {
			return after
		}
	}
	return s
}

// withoutLastComment takes the comment off that a script ends with: its last line, or what
// stands behind all brackets.
func withoutLastComment(s string) string {
	bracket := strings.LastIndexAny(s, "}]")
	if line := strings.LastIndexByte(s, '\n'); line >= bracket && strings.HasPrefix(strings.Trim(s[line+1:], whiteSpace), "//") {
		return s[:line+1]
	}
	if i := strings.LastIndex(s, "/*"); i > bracket && strings.HasSuffix(s, "*/") {
		return s[:i]
	}
	return s
}

// repair makes JSON of what is nearly JSON: control characters stand in strings,
// such as line breaks, or backslashes that escape nothing; or a comma stands before
// a closing bracket.
func repair(s string) []byte {
	b := make([]byte, 0, len(s)+len(s)/8)
	inString := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '"':
			inString = !inString
			b = append(b, c)
		case inString && c == '\\':
			escape, read := repairEscape(s[i+1:])
			b = append(b, escape...)
			i += read
		case inString && c < ' ':
			b = append(b, '\\', 'u', '0', '0', '0'+c>>4, "0123456789abcdef"[c&15])
		case !inString && c == ',' && isStray(s[i+1:]):
		default:
			b = append(b, c)
		}
	}
	return b
}

// repairEscape gives what stands for the escape that s follows the backslash of,
// and how many bytes of s that is for.
func repairEscape(s string) (escape string, read int) {
	switch {
	case s == "":
		return `\\`, 0
	case strings.IndexByte(`"\/bfnrtu`, s[0]) >= 0:
		return `\` + s[:1], 1
	case s[0] == '\'':
		return "'", 1
	}
	return `\\`, 0
}

// isStray tells whether a comma that s follows separates nothing.
func isStray(s string) bool {
	s = strings.TrimLeft(s, whiteSpace)
	return s != "" && (s[0] == ',' || s[0] == '}' || s[0] == ']')
}
