package command

import "strings"

// commandLine is how the program was called, as a shell reads it, flags first: what may be
// secret is left out, and so is what environment and configuration say.
func (p *program) commandLine() string {
	line := []string{"scrape"}
	if p.command != "" {
		line = append(line, p.command)
	}
	for _, g := range p.given {
		switch {
		case g.from != "":
		case g.spec.secret:
			line = append(line, "--"+g.spec.name+"=***")
		case g.spec.value == "" && g.value == "true":
			line = append(line, "--"+g.spec.name)
		default:
			line = append(line, shellWord("--"+g.spec.name+"="+redacted(g.value)))
		}
	}
	for _, operand := range p.operands {
		line = append(line, shellWord(redacted(operand)))
	}
	return strings.Join(line, " ")
}

// shellWord quotes what a shell would not take for one word as it stands.
func shellWord(s string) string {
	s = printable(s)
	special := func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("-_=./:,+@%", c))
	}
	if s != "" && !strings.ContainsFunc(s, special) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
