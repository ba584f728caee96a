package command

import (
	"context"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// config prints the settings in force as a configuration that says the same, with
// where each is from. Secrets are not in it.
func (p *program) config(context.Context) error {
	if len(p.operands) != 1 || p.operands[0] != "show" {
		return usage("", "scrape config can do one thing: scrape config show [flags]")
	}
	var b strings.Builder
	for i := range flagTable() {
		f := &flagTable()[i]
		values := givenFor(f, p.given)
		if len(values) == 0 || !f.configurable() {
			continue
		}
		fmt.Fprintf(&b, "%s:", f.name)
		before := " "
		if len(values) > 1 {
			b.WriteString("\n")
			before = "  - "
		}
		for _, g := range values {
			fmt.Fprintf(&b, "%s%s  # %s\n", before, shownValue(g), whence(g))
		}
	}
	if b.Len() == 0 {
		b.WriteString("# nothing is set: all is as scrape --help says\n")
	}
	return p.print(b.String())
}

func givenFor(f *flagSpec, flags []given) (of []given) {
	for _, g := range flags {
		if g.spec == f {
			of = append(of, g)
		}
	}
	return of
}

// shownValue is a value in YAML, without what may be secret in it.
func shownValue(g given) string {
	if g.spec.value == "" {
		return g.value // true or false
	}
	value := redacted(g.value)
	if g.spec.secret {
		value = "***"
	}
	text, err := yaml.Marshal(value)
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(text))
}

// whence says where a value is from.
func whence(g given) string {
	if g.from == "" {
		return "--" + g.spec.name
	}
	place, _, _ := strings.Cut(g.from, ": ")
	return place
}
