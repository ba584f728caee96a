package rule

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// nth is a condition on the place of an element among its siblings, An+B (CSS Syntax
// Level 3, section 6).
type nth struct {
	a, b         int
	last, ofType bool
}

// position is the place of an element among its siblings, and among those of its
// name, counted from 1 from either end.
type position struct{ first, last, firstOfType, lastOfType int }

func (c nth) holds(p position) bool {
	i := p.first
	switch {
	case c.last && c.ofType:
		i = p.lastOfType
	case c.last:
		i = p.last
	case c.ofType:
		i = p.firstOfType
	}
	i -= c.b
	if c.a == 0 {
		return i == 0
	}
	return i%c.a == 0 && i/c.a >= 0
}

// positions appends those of an element's children to list, in their order. Those of
// a name are counted only if ofType is set.
func positions(parent *html.Node, list []position, ofType bool, w *watch) ([]position, error) {
	var names map[string]int
	if ofType {
		names = map[string]int{}
	}
	count := 0
	for c := parent.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		count++
		p := position{first: count}
		if ofType {
			names[c.Data]++
			p.firstOfType = names[c.Data]
		}
		list = append(list, p)
	}
	i := 0
	for c := parent.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		p := &list[i]
		p.last = count - p.first + 1
		if ofType {
			p.lastOfType = names[c.Data] - p.firstOfType + 1
		}
		i++
	}
	return list, w.step(count)
}

// parseNth reads what stands in the parentheses of :nth-child() and its like.
func parseNth(argument part) (a, b int, err error) {
	wrong := func() (int, int, error) {
		return 0, 0, mistake(argument.at, "not a place among siblings: "+quoted(argument.text), "such as 2, odd, 2n+1 or -n+3")
	}
	s := strings.ToLower(strings.Trim(argument.text, spaces))
	switch s {
	case "odd":
		return 2, 1, nil
	case "even":
		return 2, 0, nil
	}
	step, offset, found := strings.Cut(s, "n")
	if !found {
		step, offset = "0", s
	}
	switch step {
	case "", "+":
		a = 1
	case "-":
		a = -1
	default:
		if a, err = strconv.Atoi(step); err != nil {
			return wrong()
		}
	}
	offset = strings.Trim(offset, spaces)
	if offset == "" && found {
		return a, 0, nil
	}
	sign := ""
	if found {
		if sign = offset[:1]; sign != "+" && sign != "-" {
			return wrong()
		}
		offset = strings.TrimLeft(offset[1:], spaces)
		if strings.HasPrefix(offset, "+") || strings.HasPrefix(offset, "-") {
			return wrong()
		}
	}
	if b, err = strconv.Atoi(sign + offset); err != nil {
		return wrong()
	}
	return a, b, nil
}
