package command

import (
	"context"
	"fmt"
	"strings"
)

// man prints the manual page, in the man macros of roff (man(7)).
func (p *program) man(context.Context) error {
	if len(p.operands) > 0 {
		return usage("to read it: scrape man | man -l -", "scrape man takes no arguments")
	}
	return p.print(manual())
}

func manual() string {
	var b strings.Builder
	b.WriteString(".TH SCRAPE 1\n.SH NAME\nscrape \\- fetch every URL of a list and say what became of each\n")
	b.WriteString(".SH SYNOPSIS\n.B scrape\n[flags] [LIST...]\n")
	for _, s := range subcommands {
		fmt.Fprintf(&b, ".br\n.B scrape %s\n", s.name)
	}
	b.WriteString(".SH DESCRIPTION\n")
	_, rest, _ := strings.Cut(mainHead, "\nLIST is")
	b.WriteString(roff("LIST is"+rest) + "\n.PP\nEach line gets exactly one record.\n")
	b.WriteString(".SH EXAMPLES\n.nf\n" + roff(strings.TrimRight(mainExamples, "\n")) + "\n.fi\n")
	b.WriteString(".SH COMMANDS\n")
	for _, s := range subcommands {
		fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", s.name, roff(s.help))
	}
	group := ""
	b.WriteString(".SH OPTIONS\n")
	for i := range flagTable() {
		f := &flagTable()[i]
		if !f.takenBy("") {
			continue
		}
		if f.group != group {
			group = f.group
			fmt.Fprintf(&b, ".SS %s\n", roff(group))
		}
		name := "\\fB" + roff("--"+f.name) + "\\fR"
		if f.short != "" {
			name = "\\fB" + roff("-"+f.short) + "\\fR, " + name
		}
		if f.value != "" {
			name += " \\fI" + roff(f.value) + "\\fR"
		}
		fmt.Fprintf(&b, ".TP\n%s\n%s\n", name, roff(f.help))
	}
	b.WriteString(".SH ENVIRONMENT\n" + roff(environmentHelp()))
	b.WriteString(".SH EXIT STATUS\n")
	for _, e := range exitTable {
		fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", e.codes, roff(e.meaning))
	}
	b.WriteString(".SH FILES\n.TP\n.I " + localConfig + "\nsettings for this directory\n.TP\n.I ~/.config/" + userConfig + "\nsettings of the user; where XDG_CONFIG_HOME is set, they are below that\n")
	return b.String()
}

// roff escapes a text: backslashes, hyphens that are to be copied as such, and what
// would be a request at the beginning of a line.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
