package command

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"scrape/scraper/nearest"
	"scrape/scraper/weburl"
)

// given is one flag as it was found, with its value ("true" for a switch that
// stands alone).
type given struct {
	spec  *flagSpec
	value string
	// from is how messages name it where it was not on the command line: by its
	// variable, or its place in a configuration. "": it was.
	from string
}

// called is how messages name a flag with this value.
func (g given) called() string {
	if g.from != "" {
		return g.from
	}
	return "--" + g.spec.name
}

// origin is how messages name a flag, whatever its values.
func origin(f *flagSpec, flags []given) string {
	for _, g := range flags {
		if g.spec == f && g.from != "" {
			return g.from
		}
	}
	return "--" + f.name
}

// originOf is how messages name a flag with one of its values, which may each be from
// a line of its own.
func originOf(name, value string, flags []given) string {
	for _, g := range flags {
		if g.spec.name == name && g.value == value {
			return g.called()
		}
	}
	return "--" + name
}

// arguments are a command line in order: the flag parser behind it stops at
// the first operand, and people do not.
type arguments struct {
	flags    []given
	operands []string
	// words is how many operands came before "--": only those may name a
	// subcommand.
	words int
}

// arrange tells flags from operands. It knows which flags exist and which take
// a value; what the values mean is not its business.
func arrange(args []string) (arguments, error) {
	var a arguments
	for len(args) > 0 {
		arg := args[0]
		var err error
		switch {
		case arg == "--":
			a.words = len(a.operands)
			a.operands = append(a.operands, args[1:]...)
			return a, a.checkRepeats()
		case strings.HasPrefix(arg, "--"):
			args, err = a.takeLong(args)
		case strings.HasPrefix(arg, "-") && arg != "-":
			args, err = a.takeShort(args)
		default:
			a.operands = append(a.operands, arg)
			args = args[1:]
		}
		if err != nil {
			return a, err
		}
	}
	a.words = len(a.operands)
	return a, a.checkRepeats()
}

// takeLong takes --name, --name=value or --name value off args.
func (a *arguments) takeLong(args []string) (rest []string, err error) {
	name, value, joined := strings.Cut(args[0][2:], "=")
	f := findFlag(func(f *flagSpec) bool { return f.name == name })
	switch {
	case f == nil:
		hint := suggestion(name)
		if f := findFlag(func(f *flagSpec) bool { return f.name == flagName(args[0]) }); f != nil && f.value != "" {
			hint = "a flag and its value are two arguments, or have a = between them"
		}
		return nil, usage(hint, "unknown flag --%s", printable(flagName(args[0])))
	case joined:
		a.add(f, value)
		return args[1:], nil
	case f.value == "":
		a.add(f, "true")
		return args[1:], nil
	}
	return a.takeNext(f, args)
}

// takeShort takes -p, -p3, -p=3, -p 3, -j, -j=false, or switches in a bundle
// such as -jq, whose last may have a value, off args.
func (a *arguments) takeShort(args []string) (rest []string, err error) {
	bundle := args[0][1:]
	if name, _, _ := strings.Cut(bundle, "="); len(name) > 1 {
		if f := findFlag(func(f *flagSpec) bool { return f.name == name }); f != nil {
			return nil, usage("did you mean --"+name+"?", "-%s: a long flag takes two dashes", name)
		}
	}
	for i, letter := range bundle {
		f := findShort(letter)
		switch {
		case f == nil && i == 0:
			hint := suggestion(bundle)
			if habit, ok := habits[string(letter)]; ok && hint == helpHint {
				hint = habit
			}
			return nil, usage(hint, "unknown flag %s", printable(redacted(args[0])))
		case f == nil:
			return nil, usage(suggestion(bundle), "unknown flag -%s in %s", printable(string(letter)), printable(redacted(args[0])))
		case f.value == "" && !strings.HasPrefix(bundle[i+1:], "="): // what has a flag is one byte
			a.add(f, "true")
		case i+1 < len(bundle):
			a.add(f, strings.TrimPrefix(bundle[i+1:], "="))
			return args[1:], nil
		default:
			return a.takeNext(f, args)
		}
	}
	return args[1:], nil
}

// takeNext gives the argument after a flag to it as its value, unless that is
// plainly a flag of its own.
func (a *arguments) takeNext(f *flagSpec, args []string) (rest []string, err error) {
	if len(args) == 1 || isFlag(args[1]) {
		hint := helpHint
		if len(args) > 1 {
			next := printable(redacted(args[1]))
			hint = "if " + next + " is its value: --" + f.name + "=" + next
		}
		return nil, usage(hint, "--%s needs a value (%s)", f.name, f.value)
	}
	a.add(f, args[1])
	return args[2:], nil
}

func (a *arguments) add(f *flagSpec, value string) {
	a.flags = append(a.flags, given{spec: f, value: value})
}

// switched tells whether a switch is on: it may be given several times, with or
// without a value.
func (a *arguments) switched(name string) (on bool, err error) {
	for _, g := range a.flags {
		if g.spec.name != name {
			continue
		}
		if on, err = parseSwitch(g.value); err != nil {
			return false, usage("", "--%s %q: %v", name, redacted(g.value), err)
		}
	}
	return on, nil
}

func (a *arguments) checkRepeats() error {
	for i, g := range a.flags {
		again := func(h given) bool { return h.spec == g.spec }
		if g.spec.once && slices.ContainsFunc(a.flags[i+1:], again) {
			return usage("", "--%s is given twice: one is possible", g.spec.name)
		}
	}
	return nil
}

// isFlag tells whether an argument can only be meant as a flag.
func isFlag(arg string) bool {
	if strings.HasPrefix(arg, "--") {
		return arg == "--" || findFlag(func(f *flagSpec) bool { return f.name == flagName(arg) }) != nil
	}
	if !strings.HasPrefix(arg, "-") {
		return false
	}
	for _, letter := range arg[1:] {
		f := findShort(letter)
		if f == nil || f.value != "" {
			return f != nil // what follows is its value
		}
	}
	return arg != "-"
}

// flagName is the name in a long flag, whatever stands between that and a value.
func flagName(arg string) string {
	name := strings.TrimPrefix(arg, "--")
	if end := strings.IndexFunc(name, endsName); end >= 0 {
		return name[:end]
	}
	return name
}

// endsName accepts what no name of a flag holds.
func endsName(r rune) bool { return r == '=' || r == ':' || unicode.IsSpace(r) }

// redacted is an argument as messages show it. Of what looks like a flag that is
// the part before its value, which may be a secret meant for another flag than
// the one that got it; of all else a password is hidden.
func redacted(arg string) string {
	end := len(arg)
	switch {
	case strings.HasPrefix(arg, "--"):
		end = len("--") + len(flagName(arg))
	case strings.HasPrefix(arg, "-"):
		for i, letter := range arg[1:] {
			if unicode.IsDigit(letter) {
				break // a number, since no flag is called so
			}
			if f := findShort(letter); f == nil || f.value != "" {
				_, size := utf8.DecodeRuneInString(arg[1+i:])
				end = 1 + i + size
				break
			}
		}
	default:
		return weburl.HideLine(arg)
	}
	if end < len(arg) {
		return arg[:end] + "…"
	}
	return arg
}

func findShort(letter rune) *flagSpec {
	return findFlag(func(f *flagSpec) bool { return f.short == string(letter) })
}

func findFlag(is func(*flagSpec) bool) *flagSpec {
	for i := range flagTable() {
		if is(&flagTable()[i]) {
			return &flagTable()[i]
		}
	}
	return nil
}

// habits are flags of curl and wget that have no namesake here, and what to do
// instead.
var habits = map[string]string{
	"L": "redirects are followed: --max-redirs says how many", "location": "redirects are followed: --max-redirs says how many",
	"s": "-q is quiet", "S": "-q is quiet, but for failures", "i": "-j has the status and more of it",
	"b": "cookies are given with --load-cookies FILE, or -H 'Cookie: NAME=VALUE'", "cookie": "cookies are given with --load-cookies FILE, or -H 'Cookie: NAME=VALUE'",
	"e": "--referer is the header Referer", "F": "forms are sent with --data-file and -H 'Content-Type: ...'", "form": "forms are sent with --data-file and -H 'Content-Type: ...'",
	"m": "--timeout is for one attempt, --max-time for the run", "I": "-X HEAD asks for the head alone", "head": "-X HEAD asks for the head alone",
	"input-file": "a list is an operand: scrape FILE",
	"f":          "a status of 400 and above is a failure", "fail": "a status of 400 and above is a failure",
	"http2": "HTTP/2 is spoken wherever a server offers it", "retry-delay": "the wait before a retry grows by itself, and Retry-After is obeyed",
	"limit-rate": "--rate is requests a second; bytes a second have no limit", "data-urlencode": "--data sends a text as it is, encoded by you",
}

// suggestion is the hint after an unknown flag.
func suggestion(name string) string {
	name, _, _ = strings.Cut(name, "=")
	if hint, ok := habits[name]; ok {
		return hint
	}
	var all []string
	flag := make(map[string]string)
	for _, f := range flagTable() {
		for _, known := range append(strings.Fields(f.also), f.name) {
			all = append(all, known)
			flag[known] = f.name
		}
	}
	best := flag[nearest.Name(name, all)]
	if best == "" {
		return helpHint
	}
	return "did you mean --" + best + "?"
}
