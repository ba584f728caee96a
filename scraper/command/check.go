package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"scrape/scraper"
	"scrape/scraper/weburl"
)

// check shows what a schema, or fields from the command line, find on a page.
func (p *program) check(ctx context.Context) error {
	if p.settings.extractHelp {
		return p.print(scraper.ExtractHelp())
	}
	schema, page, err := p.checkOperands()
	if err != nil {
		return err
	}
	c := scraper.Check{Extract: p.settings.options.Extract}
	unread := p.checkSchemas(&c, schema)
	var mistakes []*scraper.Mistake
	if unread == nil {
		mistakes = c.Mistakes()
	}
	p.tellMistakes(mistakes)
	if len(mistakes) > 0 && page == "-" {
		return nil // what may be typed is not waited for
	}
	// What is wrong with the page is told as well.
	noPage := p.readPage(&c, page)
	switch {
	case unread != nil && noPage != nil:
		p.complain(unread)
		return noPage
	case unread != nil:
		return unread
	case len(mistakes) > 0 && noPage != nil:
		p.complain(noPage)
		return nil
	case len(mistakes) > 0:
		return nil
	case noPage != nil:
		return noPage
	}
	return p.tryPage(ctx, c, weburl.HideLine(page))
}

// tryPage looks at the page, whose name is for messages.
func (p *program) tryPage(ctx context.Context, c scraper.Check, page string) error {
	if err := p.complete(); err != nil {
		return err
	}
	o := p.settings.options
	if p.settings.verbose {
		o.Tell = p.sayEvent
	}
	answer, err := scraper.CheckPage(ctx, o, c)
	switch {
	case err != nil:
		return local(page, err, "")
	case answer.Failure != "":
		return local(page, errors.New(answer.Failure), "")
	}
	if err := p.print(findings(answer.Findings)); err != nil {
		return err
	}
	p.concludeCheck(&c, &answer)
	return nil
}

const checkHow = "usage: scrape check SCHEMA PAGE, or scrape check --extract WHAT PAGE"

// checkOperands tells the schema from the page. The schema is "" where only flags say
// what is asked for.
func (p *program) checkOperands() (schema, page string, err error) {
	names := p.operands
	if slices.Contains(names, "") {
		return "", "", usage("is a variable of the shell unset?", "a name is empty")
	}
	asked := len(p.settings.options.Extract.Extract)+len(p.settings.files.schemas) > 0
	switch len(names) {
	case 0:
		return "", "", usage(checkHow, "check needs a page, and what to look for")
	case 1:
		switch is := guess(names[0]); {
		case is == aSchema:
			return "", "", usage(checkHow, "check needs a page beside %s", names[0])
		case !asked:
			return "", "", usage(checkHow, "check needs a schema or --extract beside %s", weburl.HideLine(names[0]))
		}
		return "", names[0], nil
	case 2:
		first, second := guess(names[0]), guess(names[1])
		switch {
		case first == aSchema && second == aSchema:
			return "", "", usage("of several schemas, all but one are given with --schema", "%s and %s are both schemas: check takes one page", names[0], names[1])
		case first == aPage && second == aPage:
			return "", "", usage("a schema's name ends in .yaml, or it is given with --schema", "%s and %s are both pages: check takes one", weburl.HideLine(names[0]), weburl.HideLine(names[1]))
		case first == aPage || second == aSchema:
			return names[1], names[0], nil
		}
		return names[0], names[1], nil
	}
	return "", "", usage(checkHow, "check takes one page")
}

// operand is what an operand of check is.
type operand int

const (
	aRiddle operand = iota // then a schema comes first
	aSchema
	aPage
)

// guess tells what an operand is: by its name where that says enough, else by what the
// file begins with.
func guess(name string) operand {
	if name == "-" || isURL(name) {
		return aPage
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".yaml", ".yml":
		return aSchema
	case ".html", ".htm", ".xhtml":
		return aPage
	}
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return aRiddle // a pipe can be read only once
	}
	file, err := os.Open(name)
	if err != nil {
		return aRiddle
	}
	defer file.Close()
	head, err := io.ReadAll(io.LimitReader(file, 64<<10))
	switch text := strings.TrimLeft(strings.TrimPrefix(string(head), "\ufeff"), " \t\r\n"); {
	case err != nil:
		return aRiddle
	case strings.HasPrefix(text, "<"):
		return aPage
	case fieldsKey().MatchString(text):
		return aSchema
	case contentTypes[strings.ToLower(filepath.Ext(name))] != "":
		return aPage
	}
	return aRiddle
}

// fieldsKey is what makes a file a schema.
var fieldsKey = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^[[{\s]*["']?(fields["']?\s*:|match["']?\s*:\s*["'\[]*(https?|\*)://)`)
})

// checkSchemas reads the schemas.
func (p *program) checkSchemas(c *scraper.Check, operand string) error {
	named := func(flag, name string) error {
		text, err := readSetting(flag, name)
		c.Extract.Schemas = append(c.Extract.Schemas, scraper.SchemaFile{Name: name, Text: text})
		return err
	}
	called, _ := p.found("schema")
	for _, name := range p.settings.files.schemas {
		if err := named(called, name); err != nil {
			return err
		}
	}
	p.settings.files.schemas = nil // they are read, and a pipe can be only once
	if operand == "" {
		return nil
	}
	return named("schema", operand)
}

// readPage reads the page, unless that is to be fetched.
func (p *program) readPage(c *scraper.Check, page string) error {
	c.URL = p.settings.url
	if isURL(page) {
		if !c.URL.IsZero() {
			return usage("", "--url is for pages from files")
		}
		u, err := scraper.ParseLine(page)
		if err != nil {
			return usage("", "%s: %v", weburl.HideLine(page), err)
		}
		c.URL, c.Fetch = u.WithoutFragment(), true
		return nil
	}
	file := p.env.Stdin
	if page != "-" {
		opened, err := os.Open(page)
		if err != nil {
			return local(page, err, "a page is a file, or a URL with http:// or https://")
		}
		defer opened.Close()
		file = opened
		c.ContentType = contentTypes[strings.ToLower(filepath.Ext(page))]
	}
	most := p.settings.options.MaxBody
	if most == 0 {
		most = scraper.DefaultMaxBody
	}
	body, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return local(page, err, "")
	}
	if int64(len(body)) > most {
		return local(page, fmt.Errorf("larger than %d bytes", most), "--max-filesize sets the limit")
	}
	c.Body = body
	return nil
}

// contentTypes are what files of these names are; of all others their first bytes
// decide.
var contentTypes = map[string]string{
	".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml", ".xml": "application/xml",
	".rss": "application/rss+xml", ".atom": "application/atom+xml", ".json": "application/json",
	".csv": "text/csv", ".tsv": "text/tab-separated-values", ".txt": "text/plain", ".md": "text/markdown",
}

// tellMistakes shows each mistake with the line that it is in.
func (p *program) tellMistakes(all []*scraper.Mistake) {
	for _, e := range all {
		if e.Name == scraper.InlineName {
			p.console.say("%s, column %d: %s", e.Name, e.Column, e.Message)
		} else {
			p.console.say("%s", e.Error())
		}
		if text := e.Excerpt(); text != "" {
			p.console.say("%s", indented(text))
		}
		if e.Hint != "" {
			p.console.say("%s", e.Hint)
		}
		p.code = exitUsage
	}
}

// indented is a text as messages show it.
func indented(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }

// concludeCheck has the last line, and decides the exit code.
func (p *program) concludeCheck(c *scraper.Check, answer *scraper.CheckAnswer) {
	if answer.URL != "" && answer.URL != c.URL.Redacted() {
		p.console.say("redirected to %s", answer.URL)
	}
	for _, note := range answer.Notes {
		p.console.say("%s", note)
	}
	var found, of int
	var unreachable []string
	for i := range answer.Findings {
		field := &answer.Findings[i]
		f, o := field.Tally()
		found, of = found+f, of+o
		if field.Unreachable && !field.Found() {
			unreachable = append(unreachable, field.Name)
		}
	}
	if len(answer.Missing)+len(unreachable) > 0 || answer.Shapeless || found == 0 && of > 0 {
		p.code = exitNotScraped
	}
	if p.settings.quiet && p.code == exitOK || of == 0 {
		return
	}
	last := fmt.Sprintf("%d of %s found", found, count(int64(of), "field"))
	if len(answer.Missing) > 0 {
		last += "; required and missing: " + strings.Join(answer.Missing, ", ")
	}
	if len(unreachable) > 0 {
		last += "; out of reach on this page: " + strings.Join(unreachable, ", ")
	}
	p.console.say("%s", last)
}
