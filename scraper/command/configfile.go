package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"scrape/scraper/nearest"
)

// The files that are read when no --config names one: the user's, and what stands
// in the working directory, which outweighs it.
const (
	localConfig = "scrape.yaml"
	userConfig  = "scrape/config.yaml" // below XDG_CONFIG_HOME
)

// profilesKey holds, in a configuration, settings that only --profile brings in force.
const profilesKey = "profiles"

// configured finds what the configuration says of the flags of a command: what
// --config names, or the files that are read without it.
func (p *program) configured(flags []given, command string) ([]given, error) {
	named, profile := lastValue(flags, "config"), lastValue(flags, "profile")
	names := []string{named}
	if named == "" {
		names = []string{p.userConfigFile(), localConfig}
	}
	var found []given
	hasProfile := false
	for _, name := range names {
		if name == "" {
			continue
		}
		text, err := readConfigFile(name)
		if errors.Is(err, fs.ErrNotExist) && named == "" {
			continue
		}
		if err != nil {
			return nil, local(name, err, "")
		}
		c, err := parseConfig(name, text)
		if err != nil {
			return nil, err
		}
		found = override(found, c.flags)
		if more, ok := c.profiles[profile]; ok && profile != "" {
			hasProfile = true
			found = override(found, more)
		}
	}
	if profile != "" && !hasProfile {
		called, _ := p.found("profile")
		return nil, usage("profiles stand below profiles: in a configuration", "%s %q: no configuration has it", called, profile)
	}
	var taken []given
	for _, g := range found {
		if g.spec.takenBy(command) {
			taken = append(taken, g)
		}
	}
	return taken, nil
}

// userConfigFile is the user's configuration, "" where he has no home.
func (p *program) userConfigFile() string {
	if dir, _ := p.env.Lookup("XDG_CONFIG_HOME"); filepath.IsAbs(dir) { // others are to be ignored (XDG Base Directory Specification)
		return filepath.Join(dir, userConfig)
	}
	if home, _ := p.env.Lookup("HOME"); home != "" {
		return filepath.Join(home, ".config", userConfig)
	}
	return ""
}

func readConfigFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxConfig+1))
	if err == nil && len(text) > maxConfig {
		err = fmt.Errorf("is larger than %d KiB", maxConfig>>10)
	}
	return text, err
}

// maxConfig is the limit on a configuration, in bytes.
const maxConfig = 1 << 20

// lastValue is what a flag was given last, "" if it was not.
func lastValue(flags []given, name string) (value string) {
	for _, g := range flags {
		if g.spec.name == name {
			value = g.value
		}
	}
	return value
}

// override is a list of what flags are given in which those of another take the
// place of the same flags.
func override(under, over []given) []given {
	set := make(map[*flagSpec]bool)
	for _, g := range over {
		set[g.spec] = true
	}
	var all []given
	for _, g := range under {
		if !set[g.spec] {
			all = append(all, g)
		}
	}
	return append(all, over...)
}

// config is a configuration: what it gives to flags, and what its profiles do.
type config struct {
	flags    []given
	profiles map[string][]given
}

// parseConfig reads a configuration: YAML, with the flags' names for keys.
func parseConfig(name string, text []byte) (*config, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, usage("a text with \": \", # or brackets in it stands in quotes", "%s: %s", printable(name), printable(strings.TrimPrefix(err.Error(), "yaml: ")))
	}
	c := &config{profiles: make(map[string][]given)}
	if document.Kind == 0 { // nothing but comments
		return c, nil
	}
	r := configReader{name: printable(name)}
	top := document.Content[0]
	if isNull(top) {
		return c, nil
	}
	pairs, err := r.mapping(top, "a configuration")
	if err != nil {
		return nil, err
	}
	for _, pair := range pairs {
		if pair.key.Value != profilesKey {
			if c.flags, err = r.setting(c.flags, pair); err != nil {
				return nil, err
			}
			continue
		}
		profiles, err := r.mapping(pair.value, profilesKey)
		if err != nil {
			return nil, err
		}
		for _, profile := range profiles {
			settings, err := r.mapping(profile.value, "a profile")
			if err != nil {
				return nil, err
			}
			of := []given{} // a profile that sets nothing is one
			for _, s := range settings {
				if of, err = r.setting(of, s); err != nil {
					return nil, err
				}
			}
			c.profiles[profile.key.Value] = of
		}
	}
	return c, nil
}

// configReader reads the nodes of one file.
type configReader struct{ name string }

type pair struct{ key, value *yaml.Node }

// mistake is a message that begins with the place of a node.
func (r configReader) mistake(n *yaml.Node, hint, format string, args ...any) error {
	return usage(hint, "%s:%d:%d: %s", r.name, n.Line, n.Column, fmt.Sprintf(format, args...))
}

// mapping gives the keys and values of a node, none of them twice.
func (r configReader) mapping(n *yaml.Node, what string) (pairs []pair, err error) {
	if isNull(n) {
		return nil, nil
	}
	if n.Kind != yaml.MappingNode {
		return nil, r.mistake(n, "one NAME: VALUE on a line", "%s must have names and values", what)
	}
	seen := make(map[string]bool)
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || key.Value == "<<" {
			return nil, r.mistake(key, "", "a name must be a word")
		}
		if seen[key.Value] {
			return nil, r.mistake(key, "several values are a list: [A, B]", "%s: is there twice", printable(key.Value))
		}
		seen[key.Value] = true
		pairs = append(pairs, pair{key, n.Content[i+1]})
	}
	return pairs, nil
}

// setting appends what a key gives to its flag.
func (r configReader) setting(flags []given, p pair) ([]given, error) {
	name := strings.TrimPrefix(p.key.Value, "--")
	f := findFlag(func(f *flagSpec) bool { return f.name == name && f.configurable() })
	if f == nil {
		hint := "the names are those of the flags: scrape --help"
		var known []string
		for i := range flagTable() {
			if flagTable()[i].configurable() {
				known = append(known, flagTable()[i].name)
			}
		}
		if short := findFlag(func(f *flagSpec) bool { return f.short == name && name != "" && f.configurable() }); short != nil {
			hint = "did you mean " + short.name + "?"
		} else if best := nearest.Name(name, append(known, profilesKey)); best != "" {
			hint = "did you mean " + best + "?"
		}
		return nil, r.mistake(p.key, hint, "unknown name %s", printable(p.key.Value))
	}
	values := []*yaml.Node{p.value}
	if p.value.Kind == yaml.SequenceNode {
		values = p.value.Content
		if f.once && len(values) > 1 {
			return nil, r.mistake(p.value, "", "%s: one value is possible", name)
		}
	}
	for _, v := range values {
		if v.Kind != yaml.ScalarNode || isNull(v) {
			return nil, r.mistake(v, "", "%s: must be a value, or a list of them", name)
		}
		flags = append(flags, given{spec: f, value: v.Value, from: fmt.Sprintf("%s:%d: %s", r.name, v.Line, f.name)})
	}
	return flags, nil
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }
