// Package command is the command line: flags, environment and operands become
// a run of the scraper, and its end becomes an exit code.
//
// Records go to stdout or to the output file; everything else goes to stderr.
package command

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"scrape/scraper"
	"scrape/scraper/output"
	"scrape/scraper/weburl"
)

// Env is what the program is given of the process it runs in: its streams and
// its environment. Files, signals and limits it finds by itself, and workers are
// started from the process's own binary.
type Env struct {
	Stdin, Stdout, Stderr *os.File
	// Lookup reads the environment, as os.LookupEnv does.
	Lookup func(name string) (string, bool)
	// Environ lists the environment, as os.Environ does.
	Environ func() []string
}

// Run runs the program with its arguments (without the program's name) and
// returns its exit code. While it runs, signals are its own. It is to be
// called once, and the process to end after it: when a second signal asks to
// leave at once, it returns with its output possibly still blocked.
func Run(ctx context.Context, args []string, env Env) int {
	// Asked for, a closed pipe is an error of the write and no death, so that
	// workers and files are still put in order.
	pipe := make(chan os.Signal, 1)
	signal.Notify(pipe, syscall.SIGPIPE)
	defer signal.Stop(pipe)
	// Until there is something to tell, a question is no reason to die.
	asks := make(chan os.Signal, 1)
	catchSignals(asks, askSignals...)
	defer signal.Stop(asks)

	p := newProgram(env, scraper.Run)
	if err := p.dispatch(ctx, args); err != nil {
		p.complain(err)
		return ending{err: err}.code()
	}
	return p.code
}

// program is one call of the command.
type program struct {
	env      Env
	console  *console
	pipeline runner // what the main command runs
	settings settings
	command  string // the subcommand; "": the main one
	given    []given
	operands []string
	watching watching
	code     int
}

func newProgram(env Env, pipeline runner) *program {
	return &program{env: env, console: &console{stderr: env.Stderr}, pipeline: pipeline}
}

// subcommands are the words that are not taken for the name of a list.
var subcommands = []struct{ name, help string }{
	{"demo", "a tour: scrape a small site from inside the program"},
	{"check", "try a schema out on a page"},
	{"convert", "write the records of one file to another format"},
	{"config", "show the settings in force, and where they are from"},
	{"completion", "print what makes a shell complete: bash, zsh or fish"},
	{"man", "print the manual page"},
}

// action is what a subcommand does.
func (p *program) action(name string) func(context.Context) error {
	switch name {
	case "demo":
		return p.demo
	case "check":
		return p.check
	case "convert":
		return p.convert
	case "config":
		return p.config
	case "completion":
		return p.completion
	}
	return p.man
}

// dispatch reads the arguments and runs what they ask for. Its error is what
// kept that from starting; how a run ended is in p.code.
func (p *program) dispatch(ctx context.Context, args []string) error {
	a, err := arrange(args)
	if err != nil {
		return err
	}
	p.operands = a.operands
	command := ""
	if a.words > 0 {
		for _, s := range subcommands {
			if s.name == a.operands[0] {
				command, p.operands = s.name, a.operands[1:]
			}
		}
	}
	for _, ask := range []struct {
		name string
		text func() string
	}{
		{"help", func() string { return help(command) }},
		{"version", version},
	} {
		if on, err := a.switched(ask.name); err != nil {
			return err
		} else if on {
			return p.print(ask.text())
		}
	}
	p.command = command
	for _, g := range a.flags {
		if !g.spec.takenBy(command) {
			if command == "" {
				return usage("", "--%s is a flag of scrape %s", g.spec.name, g.spec.only)
			}
			return usage("see scrape "+command+" --help", "--%s is no flag of scrape %s", g.spec.name, command)
		}
	}
	if err := checkVariables(p.env.Environ()); err != nil {
		return err
	}
	line := []string{"scrape"}
	if command != "" {
		line = append(line, command)
	}
	p.given = append(fromEnvironment(a, command, p.env.Lookup), a.flags...)
	configured, err := p.configured(p.given, command)
	if err != nil {
		return err
	}
	p.given = override(configured, p.given)
	for _, g := range p.given {
		line = append(line, "--"+g.spec.name+"="+g.value)
	}
	return p.app().RunContext(ctx, line)
}

// fromEnvironment finds the flags that the command line leaves to the
// environment. An empty variable is as good as none.
func fromEnvironment(a arguments, command string, lookup func(string) (string, bool)) []given {
	set := make(map[*flagSpec]bool)
	for _, g := range a.flags {
		set[g.spec] = true
	}
	var found []given
	for i := range flagTable() {
		f := &flagTable()[i]
		if f.env() == "" || set[f] || !f.takenBy(command) {
			continue
		}
		if value, ok := lookup(f.env()); ok && value != "" {
			found = append(found, given{spec: f, value: value, from: f.env()})
		}
	}
	return found
}

// app makes the parser: the flags of the table, and the subcommands.
func (p *program) app() *cli.App {
	app := &cli.App{
		Name:                      "scrape",
		Flags:                     p.cliFlags(""),
		Action:                    func(c *cli.Context) error { return p.scrape(c.Context) },
		HideHelp:                  true,
		HideVersion:               true,
		DisableSliceFlagSeparator: true,
		OnUsageError:              func(_ *cli.Context, err error, _ bool) error { return usage(helpHint, "%v", err) },
		ExitErrHandler:            func(*cli.Context, error) {}, // ending.code decides, not the library
	}
	for _, s := range subcommands {
		app.Commands = append(app.Commands, &cli.Command{
			Name:     s.name,
			Flags:    p.cliFlags(s.name),
			HideHelp: true,
			Action:   func(c *cli.Context) error { return p.action(s.name)(c.Context) },
		})
	}
	return app
}

// cliFlags makes the parser's flags for a command out of the table.
func (p *program) cliFlags(command string) []cli.Flag {
	var all []cli.Flag
	for i := range flagTable() {
		f := &flagTable()[i]
		if !f.takenBy(command) {
			continue
		}
		all = append(all, &cli.GenericFlag{
			Name:  f.name,
			Value: new(values),
			Action: func(_ *cli.Context, v any) error {
				found := givenFor(f, p.given)
				for i, value := range *v.(*values) {
					called := found[i].called()
					if err := f.set(&p.settings, value); err != nil {
						text, hint := mistakeOf(err)
						if command == "check" && f.name == "extract" {
							continue // check tells all mistakes together
						}
						if f.secret {
							return usage(hint, "%s: %s", called, text)
						}
						if f.name == "extract" {
							return badExtract(called, value, text, hint)
						}
						return usage(hint, "%s %q: %s", called, redacted(value), text)
					}
				}
				return nil
			},
		})
	}
	return all
}

// values collects what a flag was given, for its action to read.
type values []string

// Set implements cli.Generic.
func (v *values) Set(text string) error {
	*v = append(*v, text)
	return nil
}

// String implements cli.Generic.
func (v *values) String() string { return strings.Join(*v, " ") }

// found tells how messages name a flag, and whether it was given on the command
// line, which outweighs the environment.
func (p *program) found(name string) (called string, byFlag bool) {
	f := findFlag(func(f *flagSpec) bool { return f.name == name })
	byFlag = slices.ContainsFunc(p.given, func(g given) bool { return g.spec == f && g.from == "" })
	return origin(f, p.given), byFlag
}

// print writes what was asked for, such as the help, to stdout.
func (p *program) print(text string) error {
	out, err := output.Open(output.Options{Stdout: p.env.Stdout})
	if err == nil {
		_, err = out.Write([]byte(text))
	}
	return p.toldOutput(err)
}

// complain tells an error and what to do about it.
func (p *program) complain(err error) {
	if errors.Is(err, errStdoutClosed) {
		return
	}
	f, ok := errors.AsType[*failure](err)
	if ok && f.open {
		p.console.say("%s", f.text)
	} else {
		p.console.say("%s", weburl.HidePasswords(err.Error()))
	}
	if ok && f.hint != "" {
		p.console.say("%s", f.hint)
	}
}
