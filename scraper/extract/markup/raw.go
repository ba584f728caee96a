package markup

import "strings"

// rawText is an element in which there is no markup but its end tag.
type rawText string

const (
	notRaw    rawText = ""
	script    rawText = "script"
	plaintext rawText = "plaintext"
)

// rawTextOf tells which such element a start tag of that name begins.
func rawTextOf(name string) rawText {
	var candidates []rawText
	switch name[0] | 0x20 {
	case 'i':
		candidates = startingI
	case 'n':
		candidates = startingN
	case 'p':
		candidates = startingP
	case 's':
		candidates = startingS
	case 't':
		candidates = startingT
	case 'x':
		candidates = startingX
	}
	for _, c := range candidates {
		if len(c) == len(name) && equalLower(name, string(c)) {
			return c
		}
	}
	return notRaw
}

var (
	startingI = []rawText{"iframe"}
	startingN = []rawText{"noembed", "noframes", "noscript"}
	startingP = []rawText{plaintext}
	startingS = []rawText{script, "style"}
	startingT = []rawText{"textarea", "title"}
	startingX = []rawText{"xmp"}
)

// hasReferences tells whether there are character references in the text.
func (r rawText) hasReferences() bool { return r == notRaw || r == "textarea" || r == "title" }

// end finds the end tag of the element whose text begins at s[i], or the end of s.
func (r rawText) end(s string, i int) int {
	switch r {
	case plaintext:
		return len(s)
	case script:
		return scriptEnd(s, i)
	}
	for {
		n := strings.Index(s[i:], "</")
		if n < 0 {
			return len(s)
		}
		i += n
		if hasName(s[i+2:], string(r)) {
			return i
		}
		i += 2
	}
}

// scriptEnd is end of a script, where the rules are odd. As in x/net/html, and not
// in the standard, a "<" that begins nothing ends the escape by a "<!--".
func scriptEnd(s string, i int) int {
	const (
		plain   = iota
		escaped // by a "<!--"
		double  // by a further "<script", whose end tag is not that of the script
	)
	for state, dashes := plain, 0; i < len(s); {
		if state == plain {
			n := strings.IndexByte(s[i:], '<')
			if n < 0 {
				break
			}
			i += n
		}
		c, rest := s[i], s[i+1:]
		i++
		switch {
		case c == '-':
			dashes++
			continue
		case c == '>' && dashes >= 2:
			state = plain
		case c != '<':
		case strings.HasPrefix(rest, "/"):
			i++
			if !hasName(rest[1:], "script") {
				break
			}
			if state != double {
				return i - len("</")
			}
			state = escaped
			i += len("script>")
		case state == plain:
			if strings.HasPrefix(rest, "!--") {
				state, dashes = escaped, 2
				i += len("!--")
				continue
			}
		case state == escaped:
			if rest == "" || !IsLetter(rest[0]) {
				state = plain
			} else if hasName(rest, "script") {
				state = double
				i += len("script>")
			}
		}
		dashes = 0
	}
	return len(s)
}

// hasName tells whether s begins with a name, in whatever case, and that ends there.
func hasName(s, name string) bool {
	return len(s) > len(name) && endsName[s[len(name)]] && equalLower(s[:len(name)], name)
}

// equalLower tells whether s, which is as long as lower, is that but for the case
// of letters.
func equalLower(s, lower string) bool {
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
