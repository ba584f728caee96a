package command

import (
	"fmt"
	"strings"
	"time"

	"scrape/results"
	"scrape/scraper"
)

// pageFlags say what is made of lists and pages.
func pageFlags() []flagSpec {
	return []flagSpec{
		{
			name: "extract", value: "WHAT", group: groupPages, check: true, convert: true, also: "select fields selector",
			help:        "what to take out of each page beside its title:\nfields that are ready, separated by commas, or one of\nyour own, as in 'price=.price | number'; may be\nrepeated; none for nothing, help for a list",
			checkHelp:   "what to try out: ready-made fields with commas\nbetween them, or 'NAME=SELECTOR | FILTER'; may be\nrepeated; help for a list",
			convertHelp: "fields that have a column of their own in Parquet:\nwhat the run was given; may be repeated",
			set:         (*settings).addExtract,
		},
		{
			name: "schema", value: "FILE", group: groupPages, check: true, convert: true, also: "schemas extract-file",
			help:        "a file of fields to take out of each page (YAML or\nJSON); may be repeated, for the fields of all files",
			checkHelp:   "a schema, as it is given to a run; may be repeated,\nfor the fields of all",
			convertHelp: "the same for the fields of a schema; may be repeated",
			set:         file(func(f *files) *string { f.schemas = append(f.schemas, ""); return &f.schemas[len(f.schemas)-1] }),
		},
		{
			name: "max-field", value: "SIZE", group: groupPages, check: true, also: "max-value max-length",
			help: "cut what is longer in a field (default 1m)",
			set:  byteCount(func(s *settings) *int64 { return &s.options.Extract.MaxField }),
		},
		{
			name: "no-dedupe", group: groupPages, also: "no-dedup no-unique",
			help: "fetch repeated URLs again",
			set:  boolean(func(s *settings) *bool { return &s.options.NoDedupe }),
		},
	}
}

// What --order takes.
const inputOrder = "input"

var orders = []string{inputOrder, "completion"}

// names splits a list with commas.
func names(list string) []string {
	all := strings.Split(list, ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}

// outputFlags say what is written where.
func outputFlags() []flagSpec {
	return []flagSpec{
		{
			name: "output", short: "o", value: "FILE", group: groupOutput, also: "out outfile output-file",
			help: "write records there, - is stdout; may be repeated;\nthe format follows .txt, .jsonl, .csv, .tsv (.gz or\n.zst behind compresses), .sqlite, .parquet, .warc.gz",
			set: func(s *settings, v string) error {
				if v == "" {
					return errEmpty
				}
				s.outputs = append(s.outputs, v)
				return nil
			},
		},
		{
			name: "overwrite", convert: true, group: groupOutput, also: "force clobber",
			help: "replace output files that exist",
			set:  boolean(func(s *settings) *bool { return &s.overwrite }),
		},
		{
			name: "append", convert: true, group: groupOutput, also: "continue",
			help: "write behind what is in output files that exist",
			set:  boolean(func(s *settings) *bool { return &s.appending }),
		},
		{
			name: "save-body", value: "DIR", group: groupOutput, also: "save-bodies store-response body-dir",
			help: "keep the bodies of pages there, each content once,\nby its SHA-256; records name them in body_file",
			set: func(s *settings, v string) error {
				if v == "" {
					return errEmpty
				}
				s.saveBody = v
				return nil
			},
		},
		{
			name: "resume", group: groupOutput, also: "continue restart",
			help: "finish the run that was interrupted, or begin it;\nwith --overwrite a complete one anew;\n--resume=merge: with a list that has changed",
			set:  func(s *settings, v string) error { return s.resume.set(v) },
		},
		{
			name: "retry-failed", value: "FILE", group: groupOutput, once: true, also: "retry-errors redo again",
			help: "do again what failed in the run that wrote FILE, and\nmay succeed now; copy its other records; give the\nlist, too, where it has requests in JSON",
			set:  notEmpty(func(s *settings) *string { return &s.retry.file }),
		},
		{
			name: "kinds", value: "KINDS", group: groupOutput, also: "retry-kinds",
			help: "with --retry-failed: what failed like this, instead,\nas in timeout,dns",
			set:  func(s *settings, v string) error { return s.retry.addKinds(v) },
		},
		{
			name: "order", value: "WHAT", group: groupOutput, also: "sort ordered keep-order",
			help: "input or completion (default): records in the order\nof the lines, or as they come",
			set: func(s *settings, v string) error {
				order, err := parseChoice(v, orders)
				s.options.InputOrder = order == inputOrder
				return err
			},
		},
		{
			name: "order-window", value: "N", group: groupOutput,
			help: fmt.Sprintf("with --order input: lines to read beyond the oldest\nunfinished one (default %s)", grouped(scraper.DefaultOrderWindow)),
			set:  large(func(s *settings) *int64 { return &s.options.OrderWindow }),
		},
		{
			name: "wait", value: "TIME", convert: true, group: groupOutput, also: "wait-for-lock",
			help: "wait so long for another run to let go of a file\n(default: not at all, but exit code 5)",
			set:  duration(func(s *settings) *time.Duration { return &s.wait }),
		},
		{
			name: "state", value: "FILE", group: groupOutput, once: true, also: "state-file cache history",
			help: "remember there what was seen, ask only for what is\nnew, and say in records what has changed",
			set:  notEmpty(func(s *settings) *string { return &s.state }),
		},
		{
			name: "only-changed", group: groupOutput, also: "changed changed-only only-new",
			help: "write records only of what has changed since the\nlast run with that state",
			set:  boolean(func(s *settings) *bool { return &s.onlyChanged }),
		},
		{
			name: "diff", group: groupOutput, also: "show-diff changes",
			help: "show in records how the content differs from what it\nwas: of what is extracted, or of the text",
			set:  boolean(func(s *settings) *bool { return &s.diff }),
		},
		{
			name: "format", value: "NAME", convert: true, group: groupOutput, also: "type",
			help: strings.Join(formats()[:4], ", ") + ",\n" + alternatives(formats()[4:]) + ", where no extension\ntells (default text)",
			set: func(s *settings, v string) error {
				format, err := parseChoice(v, formats())
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
			name: "fields", value: "NAMES", convert: true, group: groupOutput, once: true, also: "keys",
			help: "the keys that JSON Lines are to have, with commas\nbetween them: url,status,data.price",
			set: func(s *settings, v string) (err error) {
				s.look.Projection, err = results.ParseProjection(names(v))
				return err
			},
		},
		{
			name: "columns", value: "NAMES", convert: true, group: groupOutput, once: true, also: "cols",
			help: "the columns of CSV and TSV, likewise",
			set: func(s *settings, v string) (err error) {
				s.look.Columns, err = results.ParseColumns(names(v))
				return err
			},
		},
		{
			name: "defuse-formulas", convert: true, group: groupOutput, also: "escape-formulas sanitize",
			help: "an apostrophe before texts in CSV and TSV that a\nspreadsheet would run as a formula",
			set:  boolean(func(s *settings) *bool { return &s.look.Defuse }),
		},
		{
			name: "template", value: "TEXT", convert: true, group: groupOutput, once: true, also: "print printf write-out",
			help: "how text shows a record: '{{.URL}}\\t{{.Status}}'\n(a template of Go)",
			set: func(s *settings, v string) (err error) {
				s.look.Template, err = results.ParseTemplate(v)
				return err
			},
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
			name: "report", value: "FILE", group: groupOutput, demo: true, once: true, also: "html html-report summary",
			help: "one HTML file to look at, which replaces the one\nbefore: what became of the lines, when, how fast, and\nwhat to do about failures",
			set:  file(func(f *files) *string { return &f.report }),
		},
		{
			name: "fail-on", value: "WHAT", group: groupOutput, also: "fail-when exit-on max-failures",
			help: "what exit code 1 is for: any (default), none, or from\nso many failures on, as in 20 or 5%; a kind of error;\nrequired, for such a field; several with commas",
			set:  func(s *settings, v string) error { return s.failOn.add(v) },
		},
		{
			name: "quiet", short: "q", convert: true, group: groupOutput, check: true, demo: true, also: "silent",
			help:      "no bar, no closing line when all went well;\ntext on stdout names only failures",
			checkHelp: "no closing line when all went well",
			set:       boolean(func(s *settings) *bool { return &s.quiet }),
		},
		{
			name: "verbose", short: "v", group: groupOutput, check: true, demo: true, also: "debug",
			help: "also retries, and the life of workers",
			set:  boolean(func(s *settings) *bool { return &s.verbose }),
		},
	}
}

func otherFlags() []flagSpec {
	return []flagSpec{
		{
			name: "config", value: "FILE", convert: true, group: groupOther, check: true, demo: true, once: true, also: "config-file settings",
			help: "settings to begin with (YAML, named as the flags);\ndefault: scrape.yaml here, over the user's, which is\nscrape/config.yaml in $XDG_CONFIG_HOME or ~/.config",
			set:  ignored, // dispatch has read it
		},
		{
			name: "profile", value: "NAME", convert: true, group: groupOther, check: true, demo: true, once: true,
			help: "also what the configuration has below\nprofiles: NAME:",
			set:  ignored, // likewise
		},
		{
			name: "url", value: "URL", group: groupOther, only: "check", noEnv: true, once: true,
			help: "where the page is from: for match, and for links",
			set: func(s *settings, v string) (err error) {
				s.url, err = scraper.ParseLine(v)
				return err
			},
		},
		{
			name: "serve", group: groupOther, only: "demo", noEnv: true,
			help: "keep the site up, and print the name of a file\nwith its list",
			set:  boolean(func(s *settings) *bool { return &s.serve }),
		},
		{
			name: "help", short: "h", group: groupOther, check: true, demo: true, noEnv: true, also: "usage",
			help: "show this",
			set:  switchOnly, // dispatch has looked at it
		},
		{
			name: "version", short: "V", group: groupOther, check: true, demo: true, noEnv: true,
			help: "show the version",
			set:  switchOnly, // likewise
		},
	}
}
