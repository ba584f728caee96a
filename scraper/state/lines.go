package state

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// mostLines bounds how many lines of a page are compared.
const mostLines = 20_000

// liner makes lines of a page's content, for a person to compare: of a field that is a
// text one for each of its lines, and of what is nested one for each value in it, with
// the way to it in front.
type liner struct {
	lines []string
	cut   bool // there were more
}

// lines are those of a content, in parts that are compared apart: title, links, data
// and text. cut tells that there were more.
func (c *content) lines() (parts [][]string, cut bool) {
	l := new(liner)
	for i, v := range c.values {
		if !contentKeys[i].digests {
			continue
		}
		name := contentKeys[i].name
		if name == "data" {
			name = "" // its members are fields
		}
		parts = append(parts, l.part(v, name))
	}
	return append(parts, l.part(c.text, "")), l.cut || c.cut
}

// part are the lines of one value.
func (l *liner) part(raw []byte, path string) []string {
	before := len(l.lines)
	l.value(raw, path)
	return l.lines[before:len(l.lines):len(l.lines)]
}

// value adds the lines of a JSON value. What is no JSON ends it.
func (l *liner) value(raw []byte, path string) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	l.next(d, path)
}

// next reads a value. It is false where there is no more to be read.
func (l *liner) next(d *json.Decoder, path string) bool {
	t, err := d.Token()
	if err != nil {
		return false
	}
	switch t := t.(type) {
	case string:
		for line := range strings.Lines(t) {
			l.add(path, strings.TrimRight(line, "\r\n"))
		}
		if t == "" {
			l.add(path, "")
		}
	case json.Delim:
		if !d.More() {
			closing, err := d.Token()
			if err != nil {
				return false
			}
			l.add(path, t.String()+fmt.Sprint(closing))
			return true
		}
		for d.More() {
			inner := path + "[]"
			if t == '{' {
				key, err := d.Token()
				if err != nil {
					return false
				}
				inner = fmt.Sprint(key)
				if path != "" {
					inner = path + "." + inner
				}
			}
			if l.cut || !l.next(d, inner) {
				return false
			}
		}
		_, err := d.Token()
		return err == nil
	case nil:
		l.add(path, "null")
	default:
		l.add(path, fmt.Sprint(t))
	}
	return true
}

func (l *liner) add(path, text string) {
	if len(l.lines) == mostLines {
		l.cut = true
		return
	}
	if path != "" {
		text = path + ": " + text
	}
	l.lines = append(l.lines, text)
}
