package command

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"scrape/results"
	"scrape/scraper"
	"scrape/scraper/demo"
	"scrape/scraper/output"
)

// demo shows the program at work on a small site of its own. That some of the
// pages fail is the point of them, and does not count as a failure here.
func (p *program) demo(ctx context.Context) error {
	if len(p.operands) > 0 {
		return usage("a list of your own: scrape LIST", "demo takes no list")
	}
	if err := p.checkReport(nil); err != nil {
		return err
	}
	site, err := demo.Start()
	if err != nil {
		return local("demo", err, "")
	}
	defer site.Close()
	say := p.console.say
	if p.settings.quiet {
		say = func(string, ...any) {}
	}
	format := results.Text
	if p.settings.jsonl {
		format = results.JSONL
	}
	out, err := output.Open(output.Options{Stdout: p.env.Stdout, Format: format, Look: output.Look{Quiet: p.settings.quiet}})
	if err != nil {
		return p.toldOutput(err)
	}
	if p.settings.serve {
		ctx, stop := p.untilSignal(ctx)
		defer stop()
		return p.toldOutput(site.Serve(ctx, out, calledAs(os.Executable, exec.LookPath), p.console.say))
	}
	lists := []input{{source: scraper.Source{Name: "demo", Open: site.Open}, count: site.Open}}
	p.settings.failOn = failOn{chosen: true} // some lines are there to fail
	return p.run(ctx, lists, []*output.Output{out}, new(session), func(ctx context.Context, o scraper.Options) (scraper.Summary, error) {
		return site.Tour(ctx, o, say)
	})
}

// calledAs is how a reader can call this program: by its name if the shell finds
// it under that, with go run if that started it, otherwise by its path.
func calledAs(executable func() (string, error), lookPath func(string) (string, error)) string {
	const name = "scrape"
	path, err := executable()
	if err != nil {
		return name
	}
	if found, err := lookPath(name); err == nil {
		own, ownErr := os.Stat(path)
		other, otherErr := os.Stat(found)
		if ownErr == nil && otherErr == nil && os.SameFile(own, other) {
			return name
		}
	}
	// go run puts what it builds into a directory that it removes at the end.
	if dir := filepath.Dir(path); filepath.Base(dir) == "exe" && strings.Contains(dir, string(filepath.Separator)+"go-build") {
		return "go run ."
	}
	if strings.ContainsAny(path, " '\"\\$&;()<>|*?`") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
