package filter

import (
	"encoding/json"
	"strconv"
	"strings"
)

// maxParts is into how many parts split divides a text at most. A part takes 32
// bytes beside its text: a page of nothing but separators would take that many
// times its size.
const maxParts = 1 << 17

// whole is a filter without arguments that works on a list.
func whole(f func(list []any) any) func([]argument) (step, *Error) {
	return func([]argument) (step, *Error) {
		return step{whole: func(_ *run, list []any) any { return f(list) }}, nil
	}
}

func first(list []any) any { return at(list, 1) }

func last(list []any) any { return at(list, -1) }

func count(list []any) any { return json.Number(strconv.Itoa(len(list))) }

// at is the nth value of a list, counted from 1, or from the end from -1.
func at(list []any, n int) any {
	if n < 0 {
		n += len(list) + 1
	}
	if n < 1 || n > len(list) {
		return nil
	}
	return list[n-1]
}

// nth makes the filter of that name.
func nth(a []argument) (step, *Error) {
	n, err := strconv.Atoi(a[0].value)
	if err != nil || n == 0 {
		return step{}, &Error{a[0].at, "nth takes a whole number other than 0", "nth(1) is the first value, nth(-1) the last"}
	}
	return step{whole: func(_ *run, list []any) any { return at(list, n) }}, nil
}

// joined makes the filter join.
func joined(a []argument) (step, *Error) {
	separator := ", "
	if len(a) > 0 {
		separator = a[0].value
	}
	return step{whole: func(r *run, list []any) any {
		if len(list) == 0 {
			return nil
		}
		texts, size := make([]string, len(list)), 0
		for i, v := range list {
			texts[i] = text(v)
			size += len(texts[i])
		}
		if !r.grow(size, size+(len(list)-1)*len(separator)) {
			return nil
		}
		return strings.Join(texts, separator)
	}}, nil
}

// divided makes the filter split. What is beyond the limit of parts stays in the
// last one.
func divided(a []argument) (step, *Error) {
	if len(a) > 0 && a[0].value == "" {
		return step{}, &Error{a[0].at, "split has nothing to divide text by", "split without an argument gives the words of text"}
	}
	return step{flat: true, each: func(_ *run, v any) any {
		var out []any
		if len(a) == 0 {
			for word := range strings.FieldsSeq(text(v)) {
				if len(out) == maxParts {
					break
				}
				out = append(out, word)
			}
			return out
		}
		for _, part := range strings.SplitN(text(v), a[0].value, maxParts) {
			out = append(out, part)
		}
		return out
	}}, nil
}
