package filter

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse compiles filters, such as "number(de) | default(0)"; the package's
// documentation has their grammar. White space alone is no filter. An error is
// an *Error.
func Parse(s string) (Pipeline, error) {
	p := parser{text: s}
	p.space()
	if p.at == len(s) {
		return Pipeline{}, nil
	}
	var out Pipeline
	listed := false
	for {
		c, err := p.call()
		if err != nil {
			return Pipeline{}, err
		}
		step, err := c.compile()
		if err != nil {
			return Pipeline{}, err
		}
		out.steps = append(out.steps, step)
		out.required = out.required || c.name == "required"
		out.counts = out.counts || c.name == "count" && len(out.steps) == 1
		out.list = out.list || step.whole != nil && !listed
		out.value = (out.value || step.whole != nil) && !step.flat && c.name != "json"
		out.splits = (out.splits || step.flat) && step.whole == nil && c.name != "json"
		listed = listed || step.flat || c.name == "json"
		if p.at == len(s) {
			return out, nil
		}
		p.at++ // the "|" that call stopped at
	}
}

// call is one filter as it is written.
type call struct {
	name       string
	at, end    int // offsets of the name and of what follows the call
	parameters []argument
}

// argument is what is given to a filter.
type argument struct {
	value  string // unescaped
	source string // as it is written, without quotes
	at     int    // its offset, of its first quote if it has any
	quoted bool
}

// inside is the offset of a.source.
func (a argument) inside() int {
	if a.quoted {
		return a.at + 1
	}
	return a.at
}

// parser reads calls from a text.
type parser struct {
	text string
	at   int
}

// call reads a filter and what white space follows it, up to "|" or the end.
func (p *parser) call() (call, *Error) {
	p.space()
	c := call{at: p.at}
	for p.at < len(p.text) && isNameByte(p.text[p.at]) {
		p.at++
	}
	c.name = p.text[c.at:p.at]
	if c.name == "" {
		if p.at == len(p.text) || p.text[p.at] == '|' {
			return c, &Error{p.at, "a filter is missing here", `filters stand between "|": trim | number`}
		}
		return c, &Error{p.at, "a filter's name is missing before " + p.next(), `a filter is a name, perhaps with arguments: nth(2)`}
	}
	c.end = p.at
	p.space()
	if p.at < len(p.text) && p.text[p.at] == '(' {
		if err := p.arguments(&c); err != nil {
			return c, err
		}
		c.end = p.at
		p.space()
	}
	if p.at < len(p.text) && p.text[p.at] != '|' {
		return c, &Error{p.at, fmt.Sprintf(`%s after the filter %s is not understood`, p.next(), c.name), afterCall(p.text[p.at])}
	}
	return c, nil
}

// afterCall is the hint where a filter is followed by b.
func afterCall(b byte) string {
	switch b {
	case ')':
		return `there is no "(" that it closes`
	case '\'', '"', '`', ':', '=', '[', '{':
		return "arguments stand in parentheses: nth(2)"
	}
	return `put "|" between filters: trim | number`
}

// arguments reads what stands in parentheses; p is at the first of them.
func (p *parser) arguments(c *call) *Error {
	open := p.at
	p.at++
	p.space()
	if p.at < len(p.text) && p.text[p.at] == ')' {
		p.at++
		return nil
	}
	for {
		a, err := p.argument(c.name)
		if err != nil {
			return err
		}
		c.parameters = append(c.parameters, a)
		p.space()
		if p.at == len(p.text) || p.text[p.at] == '|' {
			return &Error{open, `the "(" of ` + c.name + ` is never closed`, `put ")" behind its last argument`}
		}
		switch p.text[p.at] {
		case ')':
			p.at++
			return nil
		case ',':
			p.at++
			p.space()
		default:
			return &Error{p.at, fmt.Sprintf(`%s after an argument of %s is not understood`, p.next(), c.name),
				`an argument is followed by "," or ")"; one with quotes in it stands in the other kind of quotes`}
		}
	}
}

// quotes are those that an argument may stand in.
const quotes = "'\"`"

func (p *parser) argument(name string) (argument, *Error) {
	if p.at < len(p.text) && strings.IndexByte(quotes, p.text[p.at]) >= 0 {
		return p.quoted()
	}
	start := p.at
	for p.at < len(p.text) && strings.IndexByte(quotes+`()[]{},|\`, p.text[p.at]) < 0 {
		p.at++
	}
	value := strings.TrimRightFunc(p.text[start:p.at], unicode.IsSpace)
	if p.at < len(p.text) && strings.IndexByte(quotes+`([]{}\`, p.text[p.at]) >= 0 {
		return argument{}, &Error{p.at, fmt.Sprintf(`%s in an argument of %s needs quotes around the argument`, p.next(), name),
			fmt.Sprintf("write %s('…') or %s(\"…\")", name, name)}
	}
	if value == "" && p.at < len(p.text) && p.text[p.at] != '|' {
		return argument{}, &Error{p.at, "an argument of " + name + " is missing here", `text such as "," stands in quotes, and so does empty text: ""`}
	}
	return argument{value: value, source: value, at: start}, nil
}

// quoted reads an argument in quotes; p is at the first of them.
func (p *parser) quoted() (argument, *Error) {
	open, quote := p.at, p.text[p.at]
	var value strings.Builder
	for i := open + 1; i < len(p.text); i++ {
		switch b := p.text[i]; {
		case b == quote:
			p.at = i + 1
			return argument{value: value.String(), source: p.text[open+1 : i], at: open, quoted: true}, nil
		case b == '\\' && i+1 < len(p.text):
			i++
			value.WriteString(unescape(p.text[i]))
		default:
			value.WriteByte(b)
		}
	}
	return argument{}, &Error{open, "the quotation that begins here never ends", fmt.Sprintf(`put %c behind it; a %c inside of it is written \%c`, quote, quote, quote)}
}

// unescape is what a backslash before b means.
func unescape(b byte) string {
	switch b {
	case '\\', '\'', '"', '`':
		return string(rune(b))
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	}
	return string([]byte{'\\', b})
}

func (p *parser) space() {
	rest := strings.TrimLeftFunc(p.text[p.at:], unicode.IsSpace)
	p.at = len(p.text) - len(rest)
}

// next is the character at p, for messages.
func (p *parser) next() string {
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	return fmt.Sprintf("%q", string(r))
}

func isNameByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '_' || b == '-'
}
