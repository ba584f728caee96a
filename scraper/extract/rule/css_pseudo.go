package rule

import (
	"slices"
	"strings"

	"scrape/scraper/nearest"
)

// withoutArgument are the pseudo-classes that cascadia does not see, and that have none.
var withoutArgument = []string{"scope", "first-child", "last-child", "only-child", "first-of-type", "last-of-type", "only-of-type"}

// pseudo reads a pseudo-class or pseudo-element.
func (r *cssReader) pseudo(c *compound) error {
	begin := r.i
	i := begin + 1
	element := i < len(r.text) && r.text[i] == ':'
	if element {
		i++
	}
	j := i
	for j < len(r.text) && isNameByte(r.text[j]) {
		j++
	}
	name := strings.ToLower(r.text[i:j])
	argument, stop, err := r.argument(j)
	switch {
	case err != nil:
		return err
	case element:
		return r.pseudoElement(begin, name, argument, stop)
	case name == "":
		return r.wrong(begin, "the name of a pseudo-class is missing", r.prefixHint(begin))
	case !slices.ContainsFunc(pseudoClasses, func(n string) bool { return strings.EqualFold(n, name) }):
		return r.unknownPseudoClass(begin, name)
	}
	return r.pseudoClass(c, name, begin, argument, stop)
}

// argument reads what stands in parentheses at j, and gives where it ends. Its text
// is "" where it is not there, and its place none.
func (r *cssReader) argument(j int) (part, int, error) {
	if j >= len(r.text) || r.text[j] != '(' {
		return part{at: none}, j, nil
	}
	end := matching(r.text, j)
	if end < 0 {
		return part{}, 0, r.wrong(j, "the parenthesis ( is not closed", "")
	}
	return part{text: r.text[j+1 : end], at: r.at + j + 1}, end + 1, nil
}

// languages are prefixes that people give to selectors, and what they mean.
var languages = map[string]string{
	"json": "jsonpath", "path": "xpath", "regex": "re", "regexp": "re", "regular": "re", "xml": "xpath",
}

// prefixHint is for a colon that was meant to end the name of a language; "" where it
// was not.
func (r *cssReader) prefixHint(colon int) string {
	word := strings.ToLower(strings.TrimLeft(r.text[:colon], spaces))
	if word == "css" {
		return "a CSS selector has no prefix"
	}
	best := languages[word]
	if best == "" {
		best = nearest.Name(word, []string{"xpath", "jsonpath"})
	}
	if !r.top || best == "" {
		return ""
	}
	return "did you mean " + best + ":?"
}

func (r *cssReader) unknownPseudoClass(begin int, name string) error {
	if name == "text" || name == "attr" {
		return r.wrong(begin, "unknown pseudo-class :"+name, "a pseudo-element has two colons: ::"+name)
	}
	if hint := r.prefixHint(begin); hint != "" {
		return r.wrong(begin, "unknown pseudo-class :"+name, hint)
	}
	hint := "those there are: :" + strings.Join(pseudoClasses, ", :")
	if n := nearest.Name(name, pseudoClasses); n != "" {
		hint = "did you mean :" + n + "?"
	}
	return r.wrong(begin, "unknown pseudo-class :"+name, hint)
}

// pseudoElement reads what Scrapy has added to CSS.
func (r *cssReader) pseudoElement(begin int, name string, argument part, stop int) error {
	switch {
	case !r.top:
		return r.wrong(begin, "a pseudo-element cannot stand in parentheses", "put it behind them: p:not(.x)::text")
	case name == "text" && argument.at == none:
		r.take = extraction{kind: ownText}
	case name == "text":
		return r.wrong(begin, "::text has no argument", "write ::text alone")
	case name == "attr":
		attr := strings.Trim(argument.text, spaces)
		if len(attr) > 1 && (attr[0] == '"' || attr[0] == '\'') && attr[0] == attr[len(attr)-1] {
			attr = attr[1 : len(attr)-1]
		}
		if attr == "" || strings.ContainsAny(attr, spaces+`"'<>/=`) {
			return r.wrong(begin, "::attr() needs the name of an attribute", "such as a::attr(href)")
		}
		r.take = extraction{kind: attribute, attr: attr}
	default:
		return r.wrong(begin, "unknown pseudo-element ::"+name, "there are ::text and ::attr(NAME)")
	}
	r.taken, r.i = true, stop
	return nil
}

func (r *cssReader) pseudoClass(c *compound, name string, begin int, argument part, stop int) error {
	var err error
	if argument.at != none && slices.Contains(withoutArgument, name) {
		return r.wrong(begin, ":"+name+" has no argument", "")
	}
	switch name {
	case "not", "is", "where":
		var n nested
		if n.bits, err = r.inside(r.program, name, begin, argument); err == nil {
			n.negate = name == "not"
			c.nested = append(c.nested, n)
		}
	case "has", "haschild":
		err = r.has(c, name, begin, argument)
	case "scope":
		c.scope = true
	case "nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type":
		if argument.at == none {
			return r.wrong(begin, ":"+name+" needs a place among siblings", "such as 2, odd, 2n+1 or -n+3, in parentheses")
		}
		var n nth
		if n.a, n.b, err = parseNth(argument); err == nil {
			n.last, n.ofType = strings.Contains(name, "last"), strings.Contains(name, "of-type")
			c.positions = append(c.positions, n)
		}
	case "first-child", "last-child", "only-child", "first-of-type", "last-of-type", "only-of-type":
		ofType := strings.HasSuffix(name, "of-type")
		if !strings.HasPrefix(name, "last") {
			c.positions = append(c.positions, nth{b: 1, ofType: ofType})
		}
		if !strings.HasPrefix(name, "first") {
			c.positions = append(c.positions, nth{b: 1, last: true, ofType: ofType})
		}
	case "matches", "matchesown":
		var m textPattern
		if m.expr, err = r.pattern(name, begin, argument); err == nil {
			m.own = name == "matchesown"
			c.slow = true
			c.simple = append(c.simple, m)
		}
	case "contains", "containsown", "empty":
		c.slow = c.slow || name != "empty"
		if err := r.cascadia(c, begin, stop, ""); err != nil {
			return err
		}
		last := &c.simple[len(c.simple)-1]
		*last = outsideTemplates{*last, name == "contains"}
	default:
		return r.cascadia(c, begin, stop, "")
	}
	if err != nil {
		return err
	}
	r.i = stop
	return nil
}

// inside compiles the list of selectors in parentheses and gives the bits of their ends.
func (r *cssReader) inside(p *program, name string, begin int, argument part) ([]int, error) {
	if strings.Trim(argument.text, spaces) == "" {
		return nil, r.wrong(begin, ":"+name+"() needs a selector", "such as :"+name+"(.sale)")
	}
	inner := &cssReader{program: p, text: argument.text, at: argument.at}
	ends, err := inner.list()
	bits := make([]int, len(ends))
	for i, e := range ends {
		bits[i] = e.bit
	}
	return bits, err
}

// has compiles :has(). As in cascadia, what stands in front of the last compound may
// also match what is around the element; a list may begin with a combinator if there
// is one selector of one compound.
func (r *cssReader) has(c *compound, name string, begin int, argument part) error {
	h := &has{program: &program{exact: r.program.exact}, combinator: ' '}
	if name == "haschild" {
		h.combinator = '>'
	}
	text := strings.TrimLeft(argument.text, spaces)
	if text != "" && strings.IndexByte(">+~", text[0]) >= 0 {
		h.combinator = text[0]
		argument.at += len(argument.text) - len(text) + 1
		argument.text = text[1:]
	}
	relative := h.combinator != ' ' && name == "has"
	bits, err := r.inside(h.program, name, begin, argument)
	if err != nil {
		return err
	}
	for _, bit := range bits {
		if relative && (len(bits) > 1 || h.program.compounds[bit].combinator != 0) {
			return r.wrong(begin, ":has() that begins with "+string(h.combinator)+" may hold one compound only", "an XPath expression can say it")
		}
		h.program.outputs = append(h.program.outputs, output{bit: bit})
	}
	h.program.seal()
	c.has = append(c.has, h)
	return nil
}
