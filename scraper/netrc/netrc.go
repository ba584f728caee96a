// Package netrc reads the file in which ftp, curl and git keep names and
// passwords by host: ~/.netrc.
package netrc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// File is what a netrc file says. It is safe for concurrent use.
type File struct {
	machines map[string]entry // by the host in lower case, without brackets
	fallback *entry           // that of default; nil for none
}

type entry struct{ login, password string }

// Lookup returns what to say to a host, given without port, in any case. Of
// several entries for it the first counts. named tells one for this very host
// from that for all, default, which is asked last. It is not ok where the file
// has nothing to say.
func (f *File) Lookup(host string) (login, password string, named, ok bool) {
	if e, found := f.machines[key(host)]; found {
		return e.login, e.password, true, true
	}
	if f.fallback != nil {
		return f.fallback.login, f.fallback.password, false, true
	}
	return "", "", false, false
}

func key(host string) string { return strings.ToLower(strings.Trim(host, "[]")) }

const maxLine = 64 << 10 // bytes

// Read reads a file as curl does: words divided by white space, in double
// quotes where they hold any, with \" \\ \n \r and \t; comments from a word that
// begins with "#" to the line's end; macros, which end at a blank line, left out.
// The error of a malformed file begins with the number of the line, and holds no
// word of it, which may be a password.
func Read(r io.Reader) (*File, error) {
	p := parser{file: File{machines: make(map[string]entry)}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	number := 1
	for ; lines.Scan(); number++ {
		line := lines.Text()
		if number == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("line %d: longer than %d KiB", number, maxLine>>10)
	} else if err != nil {
		return nil, err
	}
	if p.keyword != "" {
		return nil, fmt.Errorf("line %d: the file ends after %q", number-1, p.keyword)
	}
	p.end()
	return &p.file, nil
}

// parser reads one line after the other.
type parser struct {
	file    File
	entry   *entry // being read; nil before the first
	machine string // whose entry that is; "" for default
	keyword string // whose value is the next word
	macro   bool   // inside a macro
}

func (p *parser) line(line string) error {
	if strings.TrimFunc(line, isSpace) == "" {
		p.macro = false
	}
	for !p.macro {
		word, quoted, rest, err := next(line)
		if err != nil {
			return err
		}
		if word == "" && !quoted {
			return nil
		}
		if err := p.word(word); err != nil {
			return err
		}
		line = rest
	}
	return nil
}

func (p *parser) word(word string) error {
	keyword := p.keyword
	p.keyword = ""
	switch keyword {
	case "machine":
		if word == "" {
			return errors.New("a machine has no name")
		}
		p.end()
		p.entry, p.machine = new(entry), word
	case "login":
		p.entry.login = word
	case "password":
		p.entry.password = word
	case "macdef":
		p.macro = true
	case "":
		return p.begin(strings.ToLower(word))
	}
	return nil
}

// begin takes a word that is not a value.
func (p *parser) begin(word string) error {
	switch word {
	case "default":
		p.end()
		p.entry, p.machine = new(entry), ""
	case "machine", "macdef":
		p.keyword = word
	case "login", "password", "account", "port":
		if p.entry == nil {
			return fmt.Errorf("%q stands before any machine", word)
		}
		p.keyword = word
	default:
		return errors.New("there is a word that is none of machine, default, login, password, account, port, macdef: values with spaces need double quotes")
	}
	return nil
}

// end keeps the entry that was read.
func (p *parser) end() {
	switch {
	case p.entry == nil:
	case p.machine == "" && p.file.fallback == nil:
		p.file.fallback = p.entry
	case p.machine != "":
		if _, before := p.file.machines[key(p.machine)]; !before {
			p.file.machines[key(p.machine)] = *p.entry
		}
	}
	p.entry = nil
}

func isSpace(c rune) bool { return c <= ' ' }

// next splits the first word off a line; word is "" and not quoted where there
// is none.
func next(line string) (word string, quoted bool, rest string, err error) {
	line = strings.TrimLeftFunc(line, isSpace)
	if line == "" || line[0] == '#' {
		return "", false, "", nil
	}
	if line[0] != '"' {
		end := strings.IndexFunc(line, isSpace)
		if end < 0 {
			end = len(line)
		}
		return line[:end], false, line[end:], nil
	}
	var b strings.Builder
	for i := 1; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '"':
			return b.String(), true, line[i+1:], nil
		case c != '\\':
			b.WriteByte(c)
		case i+1 < len(line):
			i++
			b.WriteByte(escaped(line[i]))
		}
	}
	return "", false, "", errors.New("a double quote is not closed")
}

// escaped is what a character stands for behind a backslash.
func escaped(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}
