package schema

import (
	"cmp"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxDocuments is how many documents of a file are read.
const maxDocuments = 1000

// documents parses a file as YAML: the roots of its documents, without those that
// hold nothing. What is no YAML is noted as a mistake.
func (s *source) documents(text string) (roots []*yaml.Node) {
	dec := yaml.NewDecoder(strings.NewReader(text))
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return roots
		}
		if err != nil {
			s.syntax(err)
			return roots
		}
		if len(roots) == maxDocuments {
			s.on(&doc, "more than "+strconv.Itoa(maxDocuments)+" documents", "")
			return roots
		}
		if len(doc.Content) == 1 && !isNull(doc.Content[0]) {
			roots = append(roots, doc.Content[0])
		}
	}
}

// syntax notes the library's error. Of what people do most often it says what
// they did.
func (s *source) syntax(err error) {
	message, _, _ := strings.Cut(err.Error(), "\n")
	message = strings.TrimPrefix(message, "yaml: ")
	number := 1
	if rest, ok := strings.CutPrefix(message, "line "); ok { // it has no columns
		digits, after, _ := strings.Cut(rest, ": ")
		if n, err := strconv.Atoi(digits); err == nil {
			number, message = n, after
		}
		if isOfParser(message) {
			number++ // it counts these from 0
		}
	}
	found := findTrouble(s.lines)
	if line, column := s.tab(number); line > 0 && (found == nil || line <= found.line+1) {
		s.at(line, column, "a tab in the indentation", "YAML is indented with spaces")
		return
	}
	if line, column := s.unnumbered(message); line > 0 {
		s.at(line, column, "no YAML: "+message, hintFor(message))
		return
	}
	if found != nil {
		column := utf8.RuneCountInString(s.lines[found.line][:found.at]) + 1
		s.at(found.line+1, column, "no YAML: "+cmp.Or(found.message, message), cmp.Or(found.hint, hintFor(message)))
		return
	}
	number = min(number, len(s.lines))
	for number > 1 && strings.TrimSpace(s.line(number)) == "" {
		number--
	}
	line := s.line(number)
	column := utf8.RuneCountInString(line) - utf8.RuneCountInString(strings.TrimLeft(line, " ")) + 1
	s.at(number, column, "no YAML: "+message, hintFor(message))
}

// isOfParser tells the messages of the library's parser from those of its scanner.
func isOfParser(message string) bool {
	for _, what := range []string{"expected key", "expected ',' or", "expected '-' indicator", "expected node content", "expected <", "undefined tag handle"} {
		if strings.Contains(message, what) {
			return true
		}
	}
	return false
}

// unnumbered finds the place of a mistake that the library has no line for; 0 if it
// is of another kind.
func (s *source) unnumbered(message string) (line, column int) {
	is := func(string) int { return -1 }
	if rest, ok := strings.CutPrefix(message, "unknown anchor '"); ok {
		name, _, _ := strings.Cut(rest, "'")
		is = func(text string) int { return strings.Index(text, "*"+name) }
	} else if strings.Contains(message, "control characters") {
		is = func(text string) int { return strings.IndexFunc(text, isControl) }
	}
	for i, text := range s.lines {
		if at := is(text); at >= 0 {
			return i + 1, utf8.RuneCountInString(text[:at]) + 1
		}
	}
	return 0, 0
}

// isControl tells what YAML does not allow (YAML 1.2.2, section 5.1), as far as
// people meet it.
func isControl(r rune) bool { return r < ' ' && r != '\t' || 0x7f <= r && r < 0xa0 && r != 0x85 }

// hints are what to do about a mistake, by a part of the library's message. Of what
// is not here nobody knows.
var hints = []struct{ part, hint string }{
	{"<document start>", "behind ... there is a document that begins with ---, or nothing"},
	{"incompatible", "YAML is of version 1.1 or 1.2; a schema needs no line that begins with %"},
	{"directive", "a schema needs no line that begins with %"},
	{"unknown anchor", "a text that begins with * stands in quotes: '*'"},
	{"expected ',' or", "a [ or { needs its end; a text that begins with one stands in quotes"},
	{"escape", escapeHint},
	{"hexdecimal", escapeHint},
	{"end of stream", partnerHint},
	{"expected key", columnHint},
	{"cannot start any token", quoteHint},
	{"mapping values", quoteHint},
	{"expected ':'", "a field is NAME: RULE; " + quoteHint},
	{"alphabetic or numeric", quoteHint},
	{"tag", quoteHint},
	{"comment or line break", quoteHint},
	{"node content", quoteHint},
}

// Hints that are given in several places.
const (
	columnHint  = "keys of one mapping begin in the same column; a text with quotes or brackets at its beginning stands in quotes, all of it"
	escapeHint  = `in double quotes \ begins an escape: single quotes take it as it is`
	partnerHint = "a quotation mark needs its partner"
	quoteHint   = "a text with any of : # [ ] { } , & * ! | > ' \" % @ ` at its beginning, or with \": \" or \" #\" in it, stands in quotes"
)

func hintFor(message string) string {
	for _, h := range hints {
		if strings.Contains(message, h.part) {
			return h.hint
		}
	}
	return ""
}

// tab finds the first tab among the spaces that a line begins with, up to the line
// after that of an error: the library's numbers are not always exact.
func (s *source) tab(upTo int) (line, column int) {
	for i, text := range s.lines[:min(upTo+1, len(s.lines))] {
		body := strings.TrimLeft(text, " \t")
		if at := strings.IndexByte(text[:len(text)-len(body)], '\t'); at >= 0 && body != "" && body[0] != '#' {
			return i + 1, at + 1
		}
	}
	return 0, 0
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// isText tells a text from numbers, true and the like.
func isText(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!str" }
