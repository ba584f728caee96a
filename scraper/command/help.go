package command

import (
	"fmt"
	"strings"
)

const (
	helpHint   = "for help: scrape --help"
	shortUsage = "usage: scrape [flags] [LIST...], where LIST is a file, - for stdin, or a URL\n" + helpHint
)

const mainExamples = `  scrape urls.txt --procs 3            three workers, answers on stdout
  scrape https://example.com/          one URL
  sort urls.txt | scrape -j | jq .     JSON Lines, one record for each line
  scrape urls.txt -o out.jsonl         records in a file
  scrape demo                          a tour without a network
  scrape check shop.yaml page.html     what a schema finds on a page
`

const mainHead = `scrape fetches every URL of a list and says what became of each

Usage:
  scrape [flags] [LIST...]

Examples:
` + mainExamples + `
LIST is a file, - for stdin, or whatever has "://". Without one, stdin is read.
A list holds one URL a line; blank lines and lines that begin with # are skipped.
`

const demoHead = `scrape demo serves a small site from inside the program and scrapes it

Usage:
  scrape demo [flags]
`

const checkHead = `scrape check shows what the fields of a schema find on a page

Usage:
  scrape check [flags] SCHEMA PAGE
  scrape check [flags] --extract WHAT [SCHEMA] PAGE

Examples:
  scrape check shop.yaml page.html --url https://example.com/products/7
  scrape check shop.yaml https://example.com/products/7
  scrape check page.html --extract title,links --extract 'price=.price | number'

PAGE is a file, - for stdin, or whatever has "://", which is fetched once. SCHEMA
may stand behind it where one of both is known by its name or beginning. Where a
field finds nothing, the longest part of its selector that does is shown.

Exit codes:
  0 nothing that is required is missing; 1 it is, or nothing at all is found, or a
  field is out of reach on such a page, or no document of the schema matches it;
  2 a mistake in the schema, flags or arguments; 3 the schema or the page cannot
  be read
`

const convertHead = `scrape convert writes the records of one file to another, in its format

Usage:
  scrape convert [flags] FROM TO

Examples:
  scrape convert out.jsonl out.parquet
  scrape convert out.sqlite errors.csv --columns url,error_kind
  scrape convert out.jsonl out.parquet --extract 'price=.price | number'

FROM is JSON Lines, also compressed, a database, of which all runs are read, or
Parquet; TO is any format that records are written in, or - for text on stdout.
What pages have in them comes along in the column data; --extract and --schema of
the run that made FROM give each field of a Parquet file a column of its own.
`

const configHead = `scrape config show prints the settings in force, and where each is from

Usage:
  scrape config show [flags]

A configuration is YAML with the flags' names: "rate: 5/s"; a flag that may be
repeated takes a list. It is the file that --config names; without that,
scrape.yaml in this directory outweighs the user's, scrape/config.yaml in
$XDG_CONFIG_HOME, or else in ~/.config. What stands below "profiles:" and a name
is for --profile NAME. What nobody has set is not shown: scrape --help has it.
`

const completionHead = `scrape completion prints what makes a shell complete

Usage:
  scrape completion bash > ~/.local/share/bash-completion/completions/scrape
  scrape completion zsh > "${fpath[1]}/_scrape"
  scrape completion fish > ~/.config/fish/completions/scrape.fish
`

const manHead = `scrape man prints the manual page

Usage:
  scrape man | man -l -
`

// heads are the beginnings of the subcommands' help.
var heads = map[string]string{"demo": demoHead, "check": checkHead, "convert": convertHead, "config": configHead, "completion": completionHead, "man": manHead}

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
		b.WriteString(heads[command])
	}
	group := ""
	for i := range flagTable() {
		f := &flagTable()[i]
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
		text := f.help
		switch {
		case command == "check" && f.checkHelp != "":
			text = f.checkHelp
		case command == "convert" && f.convertHelp != "":
			text = f.convertHelp
		}
		entry(&b, strings.TrimRight(names+" "+f.value, " "), text)
	}
	if command == "" {
		b.WriteString("\nEnvironment:\n")
		for line := range strings.Lines(environmentHelp()) {
			b.WriteString("  " + line)
		}
		b.WriteString("\nExit codes:\n")
		for _, e := range exitTable {
			fmt.Fprintf(&b, "  %-14s %s\n", e.codes, strings.ReplaceAll(e.meaning, "\n", "\n"+strings.Repeat(" ", 2+14+1)))
		}
	}
	return b.String()
}

func environmentHelp() string {
	return fmt.Sprintf(`Each flag but %s has a variable:
--max-filesize is SCRAPE_MAX_FILESIZE. Flags win over variables, and those
over a configuration. NO_COLOR keeps the progress bar without colour.
`, strings.Join(withoutVariable(), " and "))
}

// withoutVariable are the main command's flags that are not read from the
// environment.
func withoutVariable() (flags []string) {
	for i := range flagTable() {
		if f := &flagTable()[i]; f.takenBy("") && f.env() == "" {
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
