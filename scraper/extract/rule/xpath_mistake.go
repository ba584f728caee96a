package rule

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"scrape/scraper/nearest"
)

// Names that the library knows: those of XPath 1.0, and some functions of later versions.
var (
	xpathFunctions = []string{
		"boolean", "ceiling", "concat", "contains", "count", "ends-with", "false", "floor", "last", "local-name",
		"lower-case", "matches", "name", "namespace-uri", "normalize-space", "not", "number", "position", "replace",
		"reverse", "round", "starts-with", "string", "string-join", "string-length", "substring", "substring-after",
		"substring-before", "sum", "translate", "true",
	}
	xpathAxes = []string{
		"ancestor", "ancestor-or-self", "attribute", "child", "descendant", "descendant-or-self", "following",
		"following-sibling", "namespace", "parent", "preceding", "preceding-sibling", "self",
	}
	xpathNodeTests = []string{"comment", "node", "processing-instruction", "text"}
)

// xpathMistake finds in the text of the library's error what the mistake is, and where.
func xpathMistake(p part, err error) error {
	if _, ok := errors.AsType[runtime.Error](err); ok {
		if err := fewArguments(p); err != nil {
			return err
		}
	}
	message := xpathWords(err)
	if name, ok := strings.CutPrefix(message, "not yet support this function "); ok {
		name = strings.TrimSuffix(name, "()")
		return xpathName(p, "function", name, name+"(", "()", xpathFunctions)
	}
	if name, ok := strings.CutPrefix(message, "unknown axe type: "); ok {
		return xpathName(p, "axis", name, name+"::", "::", xpathAxes)
	}
	if strings.HasSuffix(message, "type must be string") {
		return mistake(p.at, "no XPath expression: "+message, "a text stands in quotes, and string(…) makes one of anything else")
	}
	return mistake(p.at, "no XPath expression: "+message, "XPath 1.0, such as xpath://h1/text() or xpath://a[@rel='next']/@href")
}

// xpathWords are those of the library for what went wrong, instead of Go's where it did
// not foresee that.
func xpathWords(r any) string {
	if _, ok := r.(runtime.Error); ok {
		return "a function cannot work with what it is given"
	}
	return strings.TrimPrefix(fmt.Sprint(r), "xpath: ")
}

// xpathArguments is how many arguments functions need that the library does not count those of.
var xpathArguments = map[string]int{"boolean": 1, "contains": 2, "ends-with": 2, "lower-case": 1, "number": 1, "starts-with": 2}

// xpathCall is where the arguments of a function begin.
var xpathCall = lazily(`([a-z][a-z-]*)\s*\(`)

// fewArguments finds a function that has less arguments than it needs.
func fewArguments(p part) error {
	text := unquoted(p.text)
	for _, m := range xpathCall().FindAllStringSubmatchIndex(text, -1) {
		name := text[m[2]:m[3]]
		if arguments(p.text, text, m[1]) < xpathArguments[name] {
			hint := "write " + name + "(.)"
			if xpathArguments[name] == 2 {
				hint = "write " + name + "(., 'text')"
			}
			return mistake(p.at+m[2], "no XPath expression: the function "+name+" has too few arguments", hint)
		}
	}
	return nil
}

// arguments counts those that begin at a place behind a parenthesis; bare is the text
// without what stands in quotes.
func arguments(text, bare string, at int) int {
	count, open := 1, 1
	for i := at; i < len(bare); i++ {
		switch bare[i] {
		case '(', '[':
			open++
		case ')', ']':
			if open--; open == 0 {
				if strings.TrimSpace(text[at:i]) == "" {
					return 0
				}
				return count
			}
		case ',':
			if open == 1 {
				count++
			}
		}
	}
	return count
}

// xpathName is the mistake of a name that there is not, which is written in the text
// with what follows it.
func xpathName(p part, what, name, written, sign string, known []string) error {
	hint := "those there are: " + strings.Join(known, ", ")
	if best := nearest.Name(name, known); best != "" {
		hint = "did you mean " + best + sign + "?"
	}
	return mistake(p.at+max(strings.Index(p.text, written), 0), "no XPath expression: unknown "+what+" "+quoted(name), hint)
}

// nodeTest is what looks like one, behind a / or ::.
var nodeTest = lazily(`(?:/|::)\s*([a-z-]+)\s*\(`)

// nodeTestMistake finds a test of nodes that there is not: the library takes any.
func nodeTestMistake(p part) error {
	for _, m := range nodeTest().FindAllStringSubmatchIndex(unquoted(p.text), -1) {
		name := p.text[m[2]:m[3]]
		if !slices.Contains(xpathNodeTests, name) && !slices.Contains(xpathFunctions, name) {
			return xpathName(p, "test of nodes", name, p.text[m[2]:], "()", xpathNodeTests)
		}
	}
	return nil
}
