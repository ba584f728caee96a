package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/term"

	"scrape/scraper"
)

// input is one list to read, checked: it was there when the run began.
type input struct {
	source scraper.Source
	// info identifies a file, nil for what is none.
	info fs.FileInfo
	// count opens the list a second time, to count its lines beside the run;
	// nil where it can be read only once.
	count func() (io.ReadCloser, error)
	// earlier says what of an earlier run's records is to be done again; nil for a list.
	earlier *scraper.RetryPlan
}

// inputs turns the operands into lists. URLs that stand together are one
// list, so that `scrape URL URL` reads as what it is.
func inputs(operands []string, stdin *os.File) ([]input, error) {
	if len(operands) == 0 {
		if term.IsTerminal(int(stdin.Fd())) {
			return nil, usage(shortUsage, "nothing to scrape")
		}
		operands = []string{"-"}
	}
	var all []input
	var urls []string
	endURLs := func() {
		if len(urls) > 0 {
			all = append(all, fromURLs(urls))
			urls = nil
		}
	}
	stdinTaken := false
	for _, operand := range operands {
		if isURL(operand) {
			urls = append(urls, operand)
			continue
		}
		endURLs()
		if operand == "" {
			return nil, usage("is a variable of the shell unset?", "a list's name is empty")
		}
		if operand == "-" {
			if closedAtStart(stdin) {
				return nil, local("stdin", errors.New("is closed"), "name a list, or redirect one: scrape <LIST")
			}
			if stdinTaken {
				return nil, usage("", "- is given twice: stdin can be read only once")
			}
			stdinTaken = true
			in, err := fromStdin(stdin)
			if err != nil {
				return nil, err
			}
			all = append(all, in)
			continue
		}
		in, err := fromFile(operand)
		if err != nil {
			return nil, err
		}
		all = append(all, in)
	}
	endURLs()
	return all, nil
}

const listHint = "a list is a file with one URL a line"

// isURL tells a URL from the name of a file. A comment is neither, but can be
// a file.
func isURL(operand string) bool {
	return strings.Contains(operand, "://") && !strings.HasPrefix(operand, "#")
}

// fromURLs is a list of the URLs given as operands. A line break in one would
// make it two; the URL standard drops it.
func fromURLs(urls []string) input {
	noBreaks := strings.NewReplacer("\n", "", "\r", "")
	var lines strings.Builder
	for _, u := range urls {
		lines.WriteString(noBreaks.Replace(u))
		lines.WriteByte('\n')
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(lines.String())), nil }
	return input{source: scraper.Source{Name: "arguments", Open: open}, count: open}
}

// fromStdin is the list on stdin. That can be a file, and then the one that
// the output must not be.
func fromStdin(stdin *os.File) (input, error) {
	info, err := listInfo("stdin", stdin)
	return input{source: scraper.Source{Name: "-", Open: once(stdin)}, info: info}, err
}

func fromFile(name string) (input, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return input{}, local(name, err, missingHint(name))
	}
	if err != nil {
		return input{}, local(name, err, "")
	}
	info, err := listInfo(name, f)
	if err != nil {
		f.Close()
		return input{}, err
	}
	if !info.Mode().IsRegular() {
		// A pipe opened a second time would have lost its writer.
		return input{source: scraper.Source{Name: name, Open: once(f)}, info: info}, nil
	}
	f.Close()
	open := func() (io.ReadCloser, error) { return os.Open(name) }
	return input{source: scraper.Source{Name: name, Open: open}, info: info, count: open}, nil
}

// listInfo identifies an open list, which can be anything but a directory.
func listInfo(name string, f *os.File) (fs.FileInfo, error) {
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = errors.New("is a directory")
	}
	if err != nil {
		return nil, local(name, err, "a list is a file with one URL a line")
	}
	return info, nil
}

// once opens what is open already.
func once(f *os.File) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return f, nil }
}

// missingHint guesses what was meant by a name that is no file.
func missingHint(name string) string {
	u, err := scraper.ParseLine(name)
	if err != nil || !looksLikeHost(u.Hostname()) {
		return "a list is a file, - for stdin, or a URL with its https://"
	}
	return fmt.Sprintf("did you mean %s?", printable(u.Redacted()))
}

// looksLikeHost tells example.com from urls.txt: the first ends in a suffix
// under which names are registered.
func looksLikeHost(name string) bool {
	if name == "localhost" || strings.Trim(name, "0123456789.") == "" || strings.HasPrefix(name, "[") {
		return true
	}
	suffix, icann := publicsuffix.PublicSuffix(name)
	return suffix != name && (icann || strings.Contains(suffix, "."))
}
