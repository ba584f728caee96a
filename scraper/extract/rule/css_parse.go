package rule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// pseudoClasses are all that a selector may have, for hints.
var pseudoClasses = []string{
	"checked", "contains", "containsOwn", "disabled", "empty", "enabled", "first-child", "first-of-type", "has",
	"haschild", "input", "is", "lang", "last-child", "last-of-type", "link", "matches", "matchesOwn", "not",
	"nth-child", "nth-last-child", "nth-last-of-type", "nth-of-type", "only-child", "only-of-type", "root", "scope",
	"where", "visited", "hover", "active", "focus", "target",
}

// add compiles a list of selectors for a rule.
func (p *program) add(text part, rule int) error {
	r := &cssReader{program: p, text: text.text, at: text.at, top: true}
	ends, err := r.list()
	if err != nil {
		return err
	}
	for _, e := range ends {
		p.outputs = append(p.outputs, output{bit: e.bit, rule: rule, take: e.take})
	}
	return nil
}

// end is the last compound of a selector.
type end struct {
	bit  int
	take extraction
}

// cssReader reads a list of selectors. Conditions that cost the same on any element
// are left to cascadia, each by itself.
type cssReader struct {
	program *program
	text    string
	i       int
	at      int  // where text begins in the rule
	top     bool // not inside :not() and such: pseudo-elements may stand here
	take    extraction
	taken   bool // the selector has its pseudo-element
}

func (r *cssReader) wrong(i int, message, hint string) error { return mistake(r.at+i, message, hint) }

func (r *cssReader) list() ([]end, error) {
	var ends []end
	for {
		e, err := r.selector()
		if err != nil {
			return nil, err
		}
		ends = append(ends, e)
		if r.i >= len(r.text) {
			return ends, nil
		}
		r.i++ // the comma
	}
}

// selector reads compounds and what stands between them, up to a comma or the end.
func (r *cssReader) selector() (end, error) {
	r.take, r.taken = extraction{}, false
	var chain []compound
	combinator := byte(0)
	for {
		r.skipSpace()
		c, err := r.compound()
		if err != nil {
			return end{}, err
		}
		c.combinator = combinator
		chain = append(chain, c)
		combinator = 0
		if r.skipSpace() {
			combinator = ' '
		}
		if r.i >= len(r.text) || r.text[r.i] == ',' {
			return end{bit: r.program.chain(chain), take: r.take}, nil
		}
		if r.taken {
			return end{}, r.wrong(r.i, "a pseudo-element ends its selector", "write the text of what is inside as SELECTOR *::text")
		}
		switch c := r.text[r.i]; {
		case c == '>' || c == '+' || c == '~':
			combinator = c
			r.i++
		case combinator == 0:
			return end{}, r.unexpected()
		}
	}
}

// skipSpace skips white space and comments.
func (r *cssReader) skipSpace() bool {
	begin := r.i
	for r.i < len(r.text) {
		if end := commentEnd(r.text, r.i); end > r.i {
			r.i = end + 1
			continue
		}
		if !markup.IsSpace(r.text[r.i]) {
			break
		}
		r.i++
	}
	return r.i > begin
}

// compound reads the conditions on one element.
func (r *cssReader) compound() (compound, error) {
	c := compound{}
	begin := r.i
	for r.i < len(r.text) {
		var err error
		switch b := r.text[r.i]; {
		case r.taken && (b == '#' || b == '.' || b == '[' || b == ':'):
			return c, r.wrong(r.i, "a pseudo-element ends its selector", "")
		case b == '*' && r.i == begin:
			r.i++
		case isNameByte(b) && r.i == begin:
			err = r.plain(&c, r.i, "")
		case b == '#' || b == '.':
			err = r.plain(&c, r.i+1, string(b))
		case b == '[':
			err = r.brackets(&c)
		case b == ':':
			err = r.pseudo(&c)
		default:
			if r.i == begin {
				return c, r.unexpected()
			}
			return c, nil
		}
		if err != nil {
			return c, err
		}
	}
	if r.i == begin {
		return c, r.wrong(r.i, "a selector is missing", "a selector follows on each of , > + and ~")
	}
	return c, nil
}

// unexpected says that something cannot stand where the reader is.
func (r *cssReader) unexpected() error {
	rest, hint := r.text[r.i:], ""
	switch {
	case r.top && strings.HasPrefix(rest, "/"):
		hint = "an XPath expression is written xpath:" + r.text
	case r.top && strings.HasPrefix(rest, "$"):
		hint = "a JSONPath is written jsonpath:" + r.text
	case strings.HasPrefix(rest, "@"):
		hint = "an attribute's value is written SELECTOR::attr(NAME)"
	case strings.HasPrefix(rest, ","):
		return r.wrong(r.i, "a selector is missing", "take the comma away")
	case strings.IndexByte("]})", rest[0]) >= 0:
		hint = "nothing is open that " + rest[:1] + " could close: take it away"
	case strings.IndexByte("({", rest[0]) >= 0:
		hint = "CSS has parentheses behind a pseudo-class only, such as :nth-child(2), and no braces"
	case strings.IndexByte("\"'`", rest[0]) >= 0:
		hint = "quotes stand around a value of an attribute only: [name='value']"
	case strings.IndexByte("=", rest[0]) >= 0:
		hint = "a condition on an attribute stands in brackets: [name=value]"
	}
	if c := []rune(rest)[0]; !strings.ContainsRune(">+~", c) {
		return r.wrong(r.i, "a selector cannot have "+quoted(string(c))+" here", hint)
	}
	return r.wrong(r.i, "a selector is missing before "+rest[:1], "in an element, the element itself is :scope")
}

// plain reads a name, an id or a class, whose own name begins at i.
func (r *cssReader) plain(c *compound, i int, sign string) error {
	j := i
	for j < len(r.text) && (isNameByte(r.text[j]) || r.text[j] == '\\') {
		if r.text[j] == '\\' {
			j = escapeEnd(r.text, j)
			continue
		}
		j++
	}
	name := r.text[i:j]
	if name == "" {
		what := map[string]string{"#": "an id", ".": "a class"}[sign]
		return r.wrong(i, "the name of "+what+" is missing", "such as .price or #main")
	}
	if sign == "" && r.program.exact {
		return r.exactName(c, j)
	}
	escaped := strings.Contains(name, `\`)
	switch {
	case escaped:
	case sign == "" && c.tag == "":
		c.tag = strings.ToLower(name)
	case sign == "#" && c.id == "":
		c.id = name
	case sign == "." && c.class == "":
		c.class = name
	}
	return r.cascadia(c, r.i, j, "")
}

// exactName reads a name of XML up to j.
func (r *cssReader) exactName(c *compound, j int) error {
	m := exactName{local: unescape(r.text[r.i:j])}
	if prefix, local, ok := strings.Cut(m.local, ":"); ok {
		m = exactName{prefix, local}
	}
	c.tag = m.local
	c.simple = append(c.simple, m)
	r.i = j
	return nil
}

// exactName is the name of an element of XML or XHTML, with a prefix if it has to have that.
type exactName struct{ prefix, local string }

// Match implements cascadia.Matcher.
func (m exactName) Match(n *html.Node) bool {
	return n.Type == html.ElementNode && n.Data == m.local && (m.prefix == "" || document.Prefix(n) == m.prefix)
}

// foldedAttributes is a condition on an attribute of XML, whose name's case does not
// count: cascadia looks for names in lower case.
type foldedAttributes struct{ cascadia.Matcher }

// Match implements cascadia.Matcher.
func (m foldedAttributes) Match(n *html.Node) bool {
	if len(n.Attr) == 0 {
		return m.Matcher.Match(n)
	}
	folded := html.Node{Type: n.Type, Data: n.Data, Attr: slices.Clone(n.Attr)}
	for i := range folded.Attr {
		folded.Attr[i].Key = strings.ToLower(folded.Attr[i].Key)
	}
	return m.Matcher.Match(&folded)
}

// unescape undoes the escapes of a name (CSS Syntax Level 3, section 4.3.7).
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			i++
			continue
		}
		end := escapeEnd(s, i)
		escape := s[i+1 : end]
		if escape != "" && isHex(escape[0]) {
			n, _ := strconv.ParseUint(strings.TrimRight(escape, spaces), 16, 32) // six digits at most
			b.WriteRune(rune(n))
		} else {
			b.WriteString(escape)
		}
		i = end
	}
	return b.String()
}

// escapeEnd is where the escape that begins at i ends. One white space that follows
// hexadecimal digits belongs to it.
func escapeEnd(s string, i int) int {
	j := i + 1
	for j < len(s) && j <= i+6 && isHex(s[j]) {
		j++
	}
	switch {
	case j == i+1:
		j++
	case j < len(s) && markup.IsSpace(s[j]):
		j++
	}
	return min(j, len(s))
}

// brackets reads a condition on an attribute.
func (r *cssReader) brackets(c *compound) error {
	j := matching(r.text, r.i)
	if j < 0 {
		return r.wrong(r.i, "the bracket [ is not closed", "put ] behind what belongs into it")
	}
	return r.cascadia(c, r.i, j+1, `a condition on an attribute is [name], [name=value] or [name="any value"], with = or one of ~= |= ^= $= *= !=`)
}

// cascadia adds what stands between i and j as a condition.
func (r *cssReader) cascadia(c *compound, i, j int, hint string) error {
	sel, err := cascadia.Parse(r.text[i:j])
	if err != nil {
		return r.wrong(i, quoted(r.text[i:j])+" is no selector: "+err.Error(), hint)
	}
	if r.program.exact && r.text[i] == '[' {
		c.simple = append(c.simple, foldedAttributes{sel})
	} else {
		c.simple = append(c.simple, sel)
	}
	r.i = j
	return nil
}

// matching is where the bracket that opens at i is closed; -1: nowhere.
func matching(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '/':
			i = commentEnd(s, i)
		case '"', '\'':
			end := closing(s, i, true)
			if end < 0 {
				return -1
			}
			i = end
		case '(', '[':
			depth++
		case ')', ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
