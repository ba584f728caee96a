package command

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"scrape/results"
	"scrape/scraper"
	"scrape/scraper/output"
	"scrape/scraper/state"
)

// chooseOutputs decides where records go and in which formats, before anything
// is opened.
func (p *program) chooseOutputs() ([]output.Options, error) {
	s := &p.settings
	names := s.outputs
	if len(names) == 0 {
		names = []string{"-"}
	}
	format, chosenBy, byFlag, err := p.askedFormat()
	if err != nil {
		return nil, err
	}
	s.look.Quiet, s.look.Version, s.look.Started = s.quiet, "scrape/"+versionNumber(), time.Now()
	s.look.Command = p.commandLine()
	mode := output.Create
	switch {
	case s.overwrite && s.appending:
		overwriting, _ := p.found("overwrite")
		appending, _ := p.found("append")
		return nil, usage("", "%s and %s contradict each other", overwriting, appending)
	case s.resume.on && s.appending:
		resuming, _ := p.found("resume")
		appending, _ := p.found("append")
		return nil, usage("a run that was begun with --append is resumed without it", "%s and %s contradict each other", resuming, appending)
	case s.overwrite:
		mode = output.Overwrite
	case s.appending:
		mode = output.Append
	}
	var all []output.Options
	var contrary *failure // where the extension says something else than a flag
	taken := false        // somewhere it does not
	for _, name := range names {
		f, c, err := output.Choose(name, format)
		if err != nil {
			return nil, p.toldOutput(err)
		}
		if f != format && contrary == nil {
			contrary = usage("the extension says "+string(f), "%s: contradicts %s", p.calledOutput(name), chosenBy)
		}
		taken = taken || f == format
		all = append(all, output.Options{Name: name, Stdout: p.env.Stdout, Format: f, Compression: c, Mode: mode, Look: s.look})
	}
	if format != "" && byFlag && !taken {
		return nil, contrary
	}
	return all, p.checkUse(all)
}

// askedFormat is the format that flags or environment ask for, "" where neither
// does, and what asks for it.
func (p *program) askedFormat() (f results.Format, called string, byFlag bool, err error) {
	f = p.settings.format
	called, byFlag = p.found("format")
	called += " " + string(f)
	jsonl, jsonlByFlag := p.found("jsonl")
	if !p.settings.jsonl || !jsonlByFlag && byFlag {
		return f, called, byFlag, nil
	}
	if f != "" && f != results.JSONL && jsonlByFlag == byFlag {
		return "", "", false, usage("", "%s and %s contradict each other", jsonl, called)
	}
	return results.JSONL, jsonl, jsonlByFlag, nil
}

// checkUse refuses flags that are for no output there is. What the environment
// says may be meant for other runs.
func (p *program) checkUse(all []output.Options) error {
	is := func(formats ...results.Format) func(output.Options) bool {
		return func(o output.Options) bool { return slices.Contains(formats, o.Format) }
	}
	for _, use := range []struct {
		flag, lack string
		fits       func(output.Options) bool
	}{
		{"append", "no output is a file", func(o output.Options) bool { return !output.IsStdout(o.Name) }},
		{"fields", "no output is JSON Lines", is(results.JSONL)},
		{"columns", "no output is CSV or TSV", is(results.CSV, results.TSV)},
		{"defuse-formulas", "no output is CSV or TSV", is(results.CSV, results.TSV)},
		{"template", "no output is text", is(results.Text)},
	} {
		if called, byFlag := p.found(use.flag); byFlag && !slices.ContainsFunc(all, use.fits) {
			return usage("", "%s: %s", called, use.lack)
		}
	}
	if called, byFlag := p.found("order-window"); byFlag && !p.settings.options.InputOrder {
		return usage("", "%s: it is for --order input", called)
	}
	return nil
}

// nameData gives the outputs columns for what is taken out of pages.
func (p *program) nameData(chosen []output.Options) {
	columns := scraper.DataColumns(p.settings.options.Extract)
	for i := range chosen {
		chosen[i].Look.Data = columns
	}
}

// tellUnfit tells of values that have no place in their own column.
func (p *program) tellUnfit(outs []*output.Output) {
	if p.settings.quiet {
		return
	}
	for _, out := range outs {
		unfit := out.Unfit()
		for _, name := range slices.Sorted(maps.Keys(unfit)) {
			p.console.say("%s: data_%s: %s of another type stand in data alone", out.Name(), name, count(unfit[name], "value"))
		}
	}
}

// openOutputs opens all outputs. None of them may be one of the lists.
func (p *program) openOutputs(chosen []output.Options, lists []input) ([]*output.Output, error) {
	var infos []fs.FileInfo
	for _, in := range lists {
		infos = append(infos, in.info)
	}
	for i := range chosen {
		chosen[i].Lists = infos
	}
	outs, err := output.OpenAll(chosen)
	return outs, p.toldOutput(err)
}

// closeAll closes all outputs, and joins what came up.
func closeAll(outs []*output.Output) error {
	var all []error
	for _, out := range outs {
		all = append(all, out.Close())
	}
	return errors.Join(all...)
}

// calledOutput is how messages call an output that was asked for wrongly: by the flag, or,
// where it is an operand, as it is.
func (p *program) calledOutput(name string) string {
	if p.command == "convert" {
		return strconv.Quote(redacted(name))
	}
	called, _ := p.found("output")
	return called + " " + strconv.Quote(redacted(name))
}

// toldOutput turns the error of an output, or of the state, into that which the user is told: a
// mistake by the name of the flag, a failure by the name of the file. Other errors
// stay as they are.
func (p *program) toldOutput(err error) error {
	if e, ok := errors.AsType[*state.Error](err); ok {
		return local(e.Path, e.Err, e.Hint)
	}
	if e, ok := errors.AsType[*scraper.OrderError](err); ok {
		hint := "make room there, name another folder in TMPDIR, or read less far ahead: --order-window"
		if p.settings.retry.file != "" { // all lines are known: there is no window
			hint = "make room there, or name another folder in TMPDIR"
		}
		return &failure{code: exitLocal, text: e.Error(), hint: hint, cause: err}
	}
	e, ok := errors.AsType[*output.Error](err)
	if body, is := errors.AsType[*fs.PathError](err); is && !ok && p.settings.saveBody != "" && strings.HasPrefix(body.Path, filepath.Clean(p.settings.saveBody)) {
		return local(body.Path, body.Err, "make room, or keep bodies elsewhere with --save-body")
	}
	if !ok || errors.Is(err, errStdoutClosed) {
		return err
	}
	if !e.Refused {
		hint := e.Hint
		if p.command == "convert" {
			hint = strings.TrimSuffix(hint, " with --output")
		}
		f := local(e.Name, e.Err, hint)
		f.unwritten = e.Unwritten
		return f
	}
	if e.Name != "stdout" {
		f := usage(e.Hint, "%s: %v", p.calledOutput(e.Name), e.Err)
		f.lost = e.Lost
		return f
	}
	return usage(e.Hint, "stdout: %v", e.Err)
}

// screen writes above the progress bar.
type screen struct {
	console *console
	out     io.Writer
}

func (s screen) Write(p []byte) (int, error) { return s.console.above(s.out, p) }
