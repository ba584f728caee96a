package pattern

import (
	"errors"
	"regexp/syntax"
	"strconv"
	"strings"
)

// Error is a mistake in an expression.
type Error struct {
	Offset  int    // of its place in the expression, in bytes
	Message string // what is wrong, such as `no regular expression: missing closing ): "a("`
	Hint    string // what to do about it; may be empty
}

// Error is the message alone.
func (e *Error) Error() string { return e.Message }

// mistake makes an Error of one of package regexp.
func mistake(expr string, err error) *Error {
	e, ok := errors.AsType[*syntax.Error](err)
	if !ok {
		return &Error{Message: "no regular expression: " + err.Error()}
	}
	m := &Error{Offset: max(strings.Index(expr, e.Expr), 0), Hint: "the syntax is RE2's"}
	m.Message = "no regular expression: " + e.Code.String() + ": " + quoted(e.Expr)
	switch e.Code {
	case syntax.ErrInvalidPerlOp, syntax.ErrInvalidEscape:
		m.Hint += ", which has no look-around and no back-references"
	case syntax.ErrInvalidRepeatSize:
		m.Hint += ", which repeats a thing 1000 times at most"
	case syntax.ErrMissingParen, syntax.ErrUnexpectedParen:
		m.Offset = parenthesis(expr)
		m.Hint += `; what is meant as itself has \ before it: \( or \)`
	case syntax.ErrMissingBracket:
		m.Hint += `; what is meant as itself has \ before it: \[`
	case syntax.ErrMissingRepeatArgument:
		m.Hint += `; what is meant as itself has \ before it: \* \+ or \?`
	}
	return m
}

// quoted is a part of an expression, cut where it is long.
func quoted(text string) string {
	const most = 40
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strconv.Quote(text)
}

// parenthesis is where the parenthesis of an expression stands that has no other: the
// first that closes none, or the last that is not closed.
func parenthesis(expr string) int {
	var open []int
	class := -1 // where the class began that i is in
	for i := 0; i < len(expr); i++ {
		switch b := expr[i]; {
		case b == '\\':
			i++
		case class >= 0:
			if b == ']' && i > class+1 && expr[class+1:i] != "^" {
				class = -1
			}
		case b == '[':
			class = i
		case b == '(':
			open = append(open, i)
		case b == ')' && len(open) == 0:
			return i
		case b == ')':
			open = open[:len(open)-1]
		}
	}
	if len(open) == 0 {
		return 0
	}
	return open[len(open)-1]
}
