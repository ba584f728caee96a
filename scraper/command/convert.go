package command

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"strings"

	"scrape/results"
	"scrape/results/parquet"
	"scrape/results/sqlite"
	"scrape/scraper"
	"scrape/scraper/output"
	"scrape/scraper/weburl"
)

// convert writes the records of one file to another, in its format.
func (p *program) convert(ctx context.Context) error {
	if p.settings.extractHelp {
		return p.print(scraper.ExtractHelp())
	}
	if len(p.operands) != 2 {
		return usage("such as: scrape convert out.jsonl out.parquet", "scrape convert takes two files, %d are given", len(p.operands))
	}
	from := p.operands[0]
	p.settings.outputs = p.operands[1:]
	chosen, err := p.chooseOutputs()
	if err != nil {
		return err
	}
	for _, flag := range []string{"extract", "schema"} {
		if called, byFlag := p.found(flag); byFlag && chosen[0].Format != results.Parquet {
			return usage("it is for the columns of Parquet; for those of a table: --columns data.NAME", "%s: %s is no Parquet file", called, redacted(chosen[0].Name))
		}
	}
	if err := p.readSchemas(); err != nil {
		return err
	}
	p.nameData(chosen)
	if _, beside := outputFiles(p.operands[1:], chosen[0].Format, 1); taken(from, beside, nil) != "" {
		return usage("give a copy of it, or write to another file and rename that", "%q: is kept beside %q", redacted(from), redacted(p.operands[1]))
	}
	info, err := os.Stat(from)
	if err != nil {
		return local(from, err, "")
	}
	if to, err := os.Stat(p.operands[1]); err == nil && os.SameFile(info, to) && to.Mode().IsRegular() {
		return usage("write to another file", "%q: is the file that records are read from", redacted(p.operands[1]))
	}
	records, closeFile, err := readRecords(from, info.Size())
	if err != nil {
		return err
	}
	defer closeFile()
	// What has no record to give leaves what is there as it is.
	records, stopReading, err := begun(records)
	if err != nil {
		return local(from, err, "")
	}
	defer stopReading()
	ctx, stop := p.untilSignal(ctx)
	defer stop()
	locks, err := p.lock(ctx, p.locked(chosen, journaled(chosen)))
	if err != nil {
		return err
	}
	defer release(locks)
	chosen[0].NoResume = true
	outs, err := p.openOutputs(chosen, []input{{info: info}})
	if err != nil {
		return err
	}
	out := outs[0]
	written, err := copyRecords(ctx, out, records)
	closing := out.Close()
	if err = errors.Join(err, closing); err == nil {
		err = out.Finish(ctx)
	}
	if err != nil {
		hint := "what was whole is in " + out.File()
		if bad, ok := errors.AsType[*recordError](err); ok {
			return local(from, bad.error, hint)
		}
		if s, ok := errors.AsType[signalled](context.Cause(ctx)); ok && closing == nil && errors.Is(err, context.Canceled) {
			return &failure{code: exitSignal + int(s.signal), text: weburl.HideLine(from) + ": " + s.Error(), hint: hint, cause: err}
		}
		return p.toldOutput(err)
	}
	out.Tidy()
	p.tellUnfit(outs)
	if !p.settings.quiet {
		p.console.say("%s: %s", out.Name(), count(written, "record"))
	}
	return nil
}

// begun has the first record read, and gives all.
func begun(records iter.Seq2[*results.Record, error]) (_ iter.Seq2[*results.Record, error], stop func(), err error) {
	next, stop := iter.Pull2(records)
	r, err, ok := next()
	if err != nil {
		stop()
		return nil, nil, readError(err)
	}
	return func(yield func(*results.Record, error) bool) {
		for ok && yield(r, readError(err)) {
			r, err, ok = next()
		}
	}, stop, nil
}

// readError is one without the name of the file.
func readError(err error) error {
	if foreign, ok := errors.AsType[*sqlite.ForeignError](err); ok {
		return errors.New(foreign.Reason)
	}
	return err
}

// recordError is a failure of what records are read from.
type recordError struct{ error }

func copyRecords(ctx context.Context, out *output.Output, records iter.Seq2[*results.Record, error]) (n int64, err error) {
	sink, err := out.Sink(output.Use{})
	if err != nil {
		return 0, err
	}
	for r, err := range records {
		if err != nil {
			return n, &recordError{err}
		}
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		if err := sink.Write(r); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// readRecords opens what records can be read back from: JSON Lines, compressed or
// not, a database, of which all runs are read, or Parquet.
func readRecords(name string, size int64) (records iter.Seq2[*results.Record, error], closeFile func(), err error) {
	format, compression, known := results.FormatOf(name)
	if format == results.SQLite {
		return sqlite.Read(name, sqlite.All), func() {}, nil
	}
	if !known || format != results.JSONL && format != results.Parquet {
		return nil, nil, usage("records are read from "+readable(), "%q: is no format that has whole records", redacted(name))
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, local(name, err, "")
	}
	if format == results.Parquet {
		return parquet.Read(file, size), func() { file.Close() }, nil
	}
	text, err := output.Unpack(file, compression)
	if err != nil {
		file.Close()
		return nil, nil, local(name, err, "")
	}
	return results.ReadJSONL(text), func() { text.Close(); file.Close() }, nil
}

func readable() string {
	var all []string
	for _, f := range []results.Format{results.JSONL, results.SQLite, results.Parquet} {
		all = append(all, results.Extensions(f)...)
	}
	return fmt.Sprintf("%s, the first two also with .gz or .zst behind", strings.Join(all, ", "))
}
