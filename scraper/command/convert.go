package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"scrape/results"
	"scrape/results/parquet"
	"scrape/results/sqlite"
	"scrape/scraper/output"
)

// convert writes the records of one file to another, in its format.
func (p *program) convert(ctx context.Context) error {
	if len(p.operands) != 2 {
		return usage("such as: scrape convert out.jsonl out.parquet", "scrape convert takes two files, %d are given", len(p.operands))
	}
	from := p.operands[0]
	p.settings.outputs = p.operands[1:]
	chosen, err := p.chooseOutputs()
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return local(from, err, "")
	}
	records, closeFile, err := readRecords(from, info.Size())
	if err != nil {
		return err
	}
	defer closeFile()
	ctx, stop := untilSignal(ctx)
	defer stop()
	outs, err := p.openOutputs(chosen, []input{{info: info}})
	if err != nil {
		return err
	}
	out := outs[0]
	written, err := copyRecords(ctx, out, records)
	err = errors.Join(err, out.Close())
	if err == nil {
		err = out.Finish(ctx)
	}
	if err != nil {
		if bad, ok := errors.AsType[*recordError](err); ok {
			return local(from, bad.error, "what was whole is in "+out.Name())
		}
		return p.toldOutput(err)
	}
	out.Tidy()
	if !p.settings.quiet {
		p.console.say("%s: %s", out.Name(), count(written, "record"))
	}
	return nil
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
			return n, &recordError{errors.New("interrupted")}
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
	closeFile = func() { file.Close() }
	if format == results.Parquet {
		return parquet.Read(file, size), closeFile, nil
	}
	var text io.Reader = file
	switch compression {
	case results.Gzip:
		text, err = gzip.NewReader(file)
	case results.Zstd:
		var z *zstd.Decoder
		if z, err = zstd.NewReader(file); err == nil {
			text = z
			closeFile = func() { z.Close(); file.Close() }
		}
	}
	if err != nil {
		file.Close()
		return nil, nil, local(name, err, "")
	}
	return results.ReadJSONL(text), closeFile, nil
}

func readable() string {
	var all []string
	for _, f := range []results.Format{results.JSONL, results.SQLite, results.Parquet} {
		all = append(all, results.Extensions(f)...)
	}
	return fmt.Sprintf("%s, the first two also with .gz or .zst behind", strings.Join(all, ", "))
}
