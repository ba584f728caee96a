package command

import (
	"fmt"
	"strings"
)

const (
	helpHint   = "for help: scrape --help"
	shortUsage = "usage: scrape [flags] [LIST...], where LIST is a file, - for stdin, or a URL\n" + helpHint
)

const mainHead = `scrape fetches every URL of a list and says what became of each

Usage:
  scrape [flags] [LIST...]

Examples:
  scrape urls.txt --procs 3            three workers, answers on stdout
  scrape https://example.com/          one URL
  sort urls.txt | scrape -j | jq .     JSON Lines, one record for each line
  scrape urls.txt -o out.jsonl         records in a file
  scrape demo                          a tour without a network

LIST is a file, - for stdin, or whatever has "://". Without one, stdin is read.
A list holds one URL a line; blank lines and lines that begin with # are skipped.
`

const demoHead = `scrape demo serves a small site from inside the program and scrapes it

Usage:
  scrape demo [flags]
`

// helpColumn is where explanations begin.
const helpColumn = 30

// help is the text of --help for a command ("" is the main one).
func help(command string) string {
	var b strings.Builder
	if command == "" {
		b.WriteString(mainHead)
		b.WriteString("\nCommands (a list of that name is given as ./NAME):\n")
		for _, s := range subcommands {
			entry(&b, s.name, s.help)
		}
	} else {
		b.WriteString(demoHead)
	}
	group := ""
	for i := range flagTable {
		f := &flagTable[i]
		if !f.takenBy(command) {
			continue
		}
		if f.group != group {
			group = f.group
			fmt.Fprintf(&b, "\n%s:\n", group)
		}
		names := "    --" + f.name
		if f.short != "" {
			names = "-" + f.short + ", --" + f.name
		}
		entry(&b, strings.TrimRight(names+" "+f.value, " "), f.help)
	}
	if command == "" {
		b.WriteString("\nEnvironment:\n")
		fmt.Fprintf(&b, "  Each flag but %s has a variable:\n", strings.Join(withoutVariable(), " and "))
		b.WriteString("  --max-filesize is SCRAPE_MAX_FILESIZE. Flags win.\n")
		b.WriteString("  NO_COLOR keeps the progress bar without colour.\n")
		b.WriteString("\nExit codes:\n")
		for _, e := range exitTable {
			fmt.Fprintf(&b, "  %-14s %s\n", e.codes, e.meaning)
		}
	}
	return b.String()
}

// withoutVariable are the main command's flags that are not read from the
// environment.
func withoutVariable() (flags []string) {
	for i := range flagTable {
		if f := &flagTable[i]; f.takenBy("") && f.env() == "" {
			flags = append(flags, "--"+f.name)
		}
	}
	return flags
}

// entry writes a name and, aligned beside it, what it means.
func entry(b *strings.Builder, name, meaning string) {
	indent := "\n" + strings.Repeat(" ", helpColumn)
	if len(name) > helpColumn-4 {
		name, meaning = name+indent+meaning, ""
	}
	fmt.Fprintf(b, "  %-*s%s\n", helpColumn-2, name, strings.ReplaceAll(meaning, "\n", indent))
}
