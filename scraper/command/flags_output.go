package command

import (
	"scrape/results"
)

// pageFlags say what is made of lists and pages.
var pageFlags = []flagSpec{
	{
		name: "extract", value: "WHAT", group: groupPages,
		help: "title, or none to parse nothing (default title)",
		set: func(s *settings, v string) error {
			what, err := parseChoice(v, extracts)
			s.options.NoTitle = what == "none"
			return err
		},
	},
	{
		name: "no-dedupe", group: groupPages, also: "no-dedup no-unique",
		help: "fetch repeated URLs again",
		set:  boolean(func(s *settings) *bool { return &s.options.NoDedupe }),
	},
}

// outputFlags say what is written where.
var outputFlags = []flagSpec{
	{
		name: "output", short: "o", value: "FILE", group: groupOutput, once: true, also: "out outfile output-file",
		help: "write records there, - is stdout; the format\nfollows .jsonl, .ndjson or .txt",
		set: func(s *settings, v string) error {
			if v == "" {
				return errEmpty
			}
			s.output = v
			return nil
		},
	},
	{
		name: "overwrite", group: groupOutput, also: "force clobber",
		help: "replace an output file that exists",
		set:  boolean(func(s *settings) *bool { return &s.overwrite }),
	},
	{
		name: "format", value: "NAME", group: groupOutput, also: "type",
		help: "text or jsonl (default text)",
		set: func(s *settings, v string) error {
			format, err := parseChoice(v, formats)
			s.format = results.Format(format)
			return err
		},
	},
	{
		name: "jsonl", short: "j", group: groupOutput, demo: true, also: "json json-lines ndjson",
		help: "the same as --format jsonl",
		set:  boolean(func(s *settings) *bool { return &s.jsonl }),
	},
	{
		name: "progress", value: "WHEN", group: groupOutput, demo: true, also: "bar",
		help: "auto, always or never (default auto: when stderr\nis a terminal, unless records go into a pipe)",
		set: func(s *settings, v string) (err error) {
			s.progress, err = parseChoice(v, progresses)
			return err
		},
	},
	{
		name: "quiet", short: "q", group: groupOutput, demo: true, also: "silent",
		help: "no bar, no closing line when all went well;\ntext on stdout names only failures",
		set:  boolean(func(s *settings) *bool { return &s.quiet }),
	},
	{
		name: "verbose", short: "v", group: groupOutput, demo: true, also: "debug",
		help: "also retries, and the life of workers",
		set:  boolean(func(s *settings) *bool { return &s.verbose }),
	},
}

var otherFlags = []flagSpec{
	{
		name: "serve", group: groupOther, only: "demo", noEnv: true,
		help: "keep the site up, and print the name of a file\nwith its list",
		set:  boolean(func(s *settings) *bool { return &s.serve }),
	},
	{
		name: "help", short: "h", group: groupOther, demo: true, noEnv: true, also: "usage",
		help: "show this",
		set:  ignored, // dispatch has looked at it
	},
	{
		name: "version", short: "V", group: groupOther, demo: true, noEnv: true,
		help: "show the version",
		set:  ignored, // likewise
	},
}
