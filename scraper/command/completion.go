package command

import (
	"context"
	"fmt"
	"strings"

	"scrape/scraper/runlog"
)

// shells are those that can be made to complete.
var shells = []string{"bash", "zsh", "fish"}

// completion prints the script for a shell.
func (p *program) completion(context.Context) error {
	if len(p.operands) == 1 {
		switch p.operands[0] {
		case "bash":
			return p.print(bashCompletion())
		case "zsh":
			return p.print(zshCompletion())
		case "fish":
			return p.print(fishCompletion())
		}
	}
	return usage("such as: scrape completion bash > ~/.local/share/bash-completion/completions/scrape",
		"scrape completion needs the name of a shell: %s", alternatives(shells))
}

// commandNames are the words that name commands.
func commandNames() (names []string) {
	for _, s := range subcommands {
		names = append(names, s.name)
	}
	return names
}

// choices are the values of a flag, where they can be told one by one; those of a
// switch are what it takes beside yes and no, behind a =.
func (f *flagSpec) choices() []string {
	switch f.name {
	case "format":
		return formats()
	case "progress":
		return progresses
	case "log-level":
		return runlog.Levels
	case "order":
		return orders
	case "resume":
		return []string{resumeMerge}
	case "kinds":
		return retryWords()
	case "fail-on":
		return failWords()
	}
	return nil
}

// namesFile tells the flags whose value is the name of a file.
func (f *flagSpec) namesFile() bool { return f.value == "FILE" }

// namesFolder tells those whose value is the name of a directory.
func (f *flagSpec) namesFolder() bool { return f.value == "DIR" }

// meaning is a flag's help on one line.
func (f *flagSpec) meaning() string {
	return strings.ReplaceAll(f.help, "\n", " ")
}

func bashCompletion() string {
	var flags, choices strings.Builder
	var files, folders []string
	for i := range flagTable() {
		f := &flagTable()[i]
		if !f.takenBy("") {
			continue
		}
		names := "--" + f.name
		if f.short != "" {
			names += " -" + f.short
		}
		flags.WriteString(" " + names)
		pattern := strings.ReplaceAll(names, " ", "|")
		switch words := f.choices(); {
		case f.value == "":
			for _, word := range words {
				flags.WriteString(" --" + f.name + "=" + word)
			}
		case f.namesFile():
			files = append(files, pattern)
		case f.namesFolder():
			folders = append(folders, pattern)
		case len(words) > 0:
			fmt.Fprintf(&choices, "    %s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n", pattern, strings.Join(words, " "))
		default:
			fmt.Fprintf(&choices, "    %s) return ;;\n", pattern)
		}
	}
	return fmt.Sprintf(`# bash completion for scrape
_scrape_names() {
  local IFS=$'\n'
  COMPREPLY+=($(compgen "$1" -- "$cur"))
}
_scrape() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # To bash, --flag=value is three words.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $prev in
    %s) _scrape_names -f; return ;;
    %s) _scrape_names -d; return ;;
%s    completion) COMPREPLY=($(compgen -W '%s' -- "$cur")); return ;;
    config) COMPREPLY=($(compgen -W 'show' -- "$cur")); return ;;
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W '%s' -- "$cur"))
  else
    _scrape_names -f
    if (( COMP_CWORD == 1 )); then
      COMPREPLY+=($(compgen -W '%s' -- "$cur"))
    fi
  fi
}
complete -o filenames -F _scrape scrape
`, strings.Join(files, "|"), strings.Join(folders, "|"), choices.String(), strings.Join(shells, " "), strings.TrimSpace(flags.String()), strings.Join(commandNames(), " "))
}

func zshCompletion() string {
	var b strings.Builder
	b.WriteString("#compdef scrape\n# zsh completion for scrape\n_scrape() {\n  _arguments -s \\\n")
	for i := range flagTable() {
		f := &flagTable()[i]
		if !f.takenBy("") {
			continue
		}
		names := []string{"--" + f.name}
		if f.short != "" {
			names = append(names, "-"+f.short)
		}
		for _, name := range names {
			spec := name
			words := f.choices()
			switch long := strings.HasPrefix(name, "--"); {
			case f.value != "" && long:
				spec += "="
			case f.value != "":
				spec += "+"
			case long && len(words) > 0:
				spec += "=-" // in the same word or not at all
			}
			spec += "[" + zshText.Replace(f.meaning()) + "]"
			switch {
			case f.value == "" && len(words) > 0:
				spec += "::" + f.name + ":(" + strings.Join(words, " ") + ")"
			case f.value == "":
			case len(words) > 0:
				spec += ":" + f.name + ":(" + strings.Join(words, " ") + ")"
			case f.namesFile():
				spec += ":" + f.name + ":_files"
			case f.namesFolder():
				spec += ":" + f.name + ":_files -/"
			default:
				spec += ":" + zshText.Replace(f.name) + ": "
			}
			if !f.once && f.value != "" {
				spec = "*" + spec
			}
			fmt.Fprintf(&b, "    %s \\\n", singleQuoted(spec))
		}
	}
	fmt.Fprintf(&b, "    '1: :{_alternative \"commands:command:(%s)\" \"files:list:_files\"}' \\\n    '*:list:_files'\n}\n", strings.Join(commandNames(), " "))
	b.WriteString("if [ \"$funcstack[1]\" = _scrape ]; then _scrape \"$@\"; else compdef _scrape scrape; fi\n")
	return b.String()
}

// zshText escapes what has a meaning inside a specification of _arguments.
var zshText = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, ":", `\:`)

func fishCompletion() string {
	var b strings.Builder
	b.WriteString("# fish completion for scrape\n")
	for _, s := range subcommands {
		fmt.Fprintf(&b, "complete -c scrape -n __fish_use_subcommand -a %s -d %s\n", s.name, singleQuoted(s.help))
	}
	fmt.Fprintf(&b, "complete -c scrape -n '__fish_seen_subcommand_from completion' -f -a '%s'\n", strings.Join(shells, " "))
	b.WriteString("complete -c scrape -n '__fish_seen_subcommand_from config' -f -a show\n")
	for i := range flagTable() {
		f := &flagTable()[i]
		if !f.takenBy("") {
			continue
		}
		line := "complete -c scrape -l " + f.name
		if f.short != "" {
			line += " -s " + f.short
		}
		switch words := f.choices(); {
		case f.value == "":
			for _, word := range words {
				fmt.Fprintf(&b, "complete -c scrape -l %s=%s -d %s\n", f.name, word, singleQuoted(f.meaning()))
			}
		case len(words) > 0:
			line += " -x -a " + singleQuoted(strings.Join(words, " "))
		case f.namesFile():
			line += " -r"
		case f.namesFolder():
			line += " -x -a '(__fish_complete_directories)'"
		default:
			line += " -x"
		}
		fmt.Fprintf(&b, "%s -d %s\n", line, singleQuoted(f.meaning()))
	}
	return b.String()
}

// singleQuoted is a text as one word of a shell.
func singleQuoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
