// Command compare sets the fields article and markdown beside what other programs find in the same pages: the Go
// port of trafilatura, and Mozilla's Readability in a port to Go and, with -js, in the original.
//
//	go run . [-n PAGES] [-js readability.jsonl] DIRECTORY
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/markusmobius/go-trafilatura"

	"scrape/scraper/extract"
	"scrape/scraper/extract/charset"
	"scrape/scraper/weburl"
)

// address is where all pages are said to be from.
const address = "http://pages.example/"

func main() {
	log.SetFlags(0)
	log.SetPrefix("compare: ")
	n := flag.Int("n", 0, "read so many pages, evenly spread over the directory; 0 is all")
	js := flag.String("js", "", "what readability.mjs has written")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: compare [-n PAGES] [-js readability.jsonl] DIRECTORY")
	}
	names, err := pageNames(flag.Arg(0), *n)
	if err != nil {
		log.Fatal(err)
	}
	original, err := readJSON(*js)
	if err != nil {
		log.Fatal(err)
	}
	if err := compare(os.Stdout, names, original); err != nil {
		log.Fatal(err)
	}
}

// pageNames are the HTML pages in and below a directory, sorted; n of them if there are more.
func pageNames(dir string, n int) (names []string, err error) {
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if ext := strings.ToLower(filepath.Ext(path)); err == nil && entry.Type().IsRegular() && (ext == ".html" || ext == ".htm") {
			names = append(names, path)
		}
		return err
	})
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("%s has no HTML page", dir)
	}
	if n <= 0 || n >= len(names) {
		return names, err
	}
	some := make([]string, n)
	for i := range some {
		some[i] = names[i*len(names)/n]
	}
	return some, err
}

// readJSON reads the texts by page that readability.mjs has written.
func readJSON(name string) (map[string]string, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	texts := map[string]string{}
	for d := json.NewDecoder(bufio.NewReader(f)); ; {
		var line struct{ File, Text, Error string }
		switch err := d.Decode(&line); {
		case err == io.EOF:
			return texts, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if line.Error == "" {
			texts[line.File] = line.Text
		}
	}
}

// texts are what is found in a page, each by the name of what has found it; one that has failed is not there.
type texts map[string]string

// table compares one of ours with one of theirs over all pages.
type table struct {
	ours, theirs string
	pages        []scored // in which both have text
	onlyOurs     []string
	onlyTheirs   []string
	neither      int
	failed       int
}

type scored struct {
	name string
	f1   float64
}

func compare(w io.Writer, names []string, original map[string]string) error {
	plan, err := extract.Compile(extract.Spec{Extract: []string{"article,markdown"}, MaxField: 1 << 30})
	if err != nil {
		return err
	}
	var tables []*table
	for _, ours := range []string{"article", "markdown"} {
		for _, theirs := range []string{"trafilatura", "readability", "readability.js"} {
			if theirs != "readability.js" || original != nil {
				tables = append(tables, &table{ours: ours, theirs: theirs})
			}
		}
	}
	for _, name := range names {
		page, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		found, err := read(plan, page)
		if err != nil {
			fmt.Fprintf(w, "%s: %v\n", name, err)
		}
		if text, ok := original[name]; ok {
			found["readability.js"] = text
		}
		for _, t := range tables {
			t.add(name, found)
		}
	}
	fmt.Fprintf(w, "%d pages\n", len(names))
	for _, t := range tables {
		t.print(w)
	}
	return nil
}

// read reads a page with all there is. The error is of ours; what was found is there all the same.
func read(plan *extract.Plan, page []byte) (texts, error) {
	found := texts{}
	u, err := weburl.Parse(address)
	if err != nil {
		return found, err
	}
	got, failure := plan.Read(context.Background(), extract.Source{URL: u, ContentType: "text/html", Body: page})
	var data struct {
		Article struct{ Text string }
		// Markdown is there for pages without an article too: then of the main element or all of the page.
		Markdown string
	}
	if len(got.Data) > 0 {
		if err := json.Unmarshal(got.Data, &data); err != nil {
			return found, err
		}
	}
	if failure == nil || data.Article.Text != "" {
		found["article"] = data.Article.Text
	}
	found["markdown"] = withoutMarks(data.Markdown)

	decoded := charset.Decode(page, got.Charset)
	base, err := url.Parse(address)
	if err != nil {
		return found, err
	}
	if result, err := trafilatura.Extract(bytes.NewReader(decoded), trafilatura.Options{OriginalURL: base, EnableFallback: true, ExcludeComments: true}); err == nil {
		found["trafilatura"] = result.ContentText
	}
	parser := readability.NewParser()
	parser.Logger = slog.New(slog.DiscardHandler)
	if article, err := parser.Parse(bytes.NewReader(decoded), base); err == nil {
		found["readability"] = ""
		var b strings.Builder
		if article.Node != nil && article.RenderText(&b) == nil {
			found["readability"] = b.String()
		}
	}
	return found, failure
}

var (
	target = regexp.MustCompile(`\]\([^)\s]*( "[^"]*")?\)`)
	escape = regexp.MustCompile(`\\([^\w\s])`)
)

// withoutMarks leaves out the addresses of Markdown; its marks are no words.
func withoutMarks(markdown string) string {
	return escape.ReplaceAllString(target.ReplaceAllString(markdown, "]"), "$1")
}

func (t *table) add(name string, found texts) {
	ours, ok := found[t.ours]
	theirs, also := found[t.theirs]
	a, b := words(ours), words(theirs)
	switch {
	case !ok || !also:
		t.failed++
	case len(a) == 0 && len(b) == 0:
		t.neither++
	case len(b) == 0:
		t.onlyOurs = append(t.onlyOurs, name)
	case len(a) == 0:
		t.onlyTheirs = append(t.onlyTheirs, name)
	default:
		t.pages = append(t.pages, scored{name, f1(a, b)})
	}
}

// words are how often each word is in a text, case not counting.
func words(text string) map[string]int {
	counts := map[string]int{}
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		counts[word]++
	}
	return counts
}

// f1 is the harmonic mean of the shares of words of each text that are in the other.
func f1(a, b map[string]int) float64 {
	common, all := 0, 0
	for word, n := range a {
		common += min(n, b[word])
		all += n
	}
	for _, n := range b {
		all += n
	}
	return 2 * float64(common) / float64(all)
}

func (t *table) print(w io.Writer) {
	slices.SortFunc(t.pages, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.f1, b.f1), cmp.Compare(a.name, b.name))
	})
	sum := 0.0
	for _, p := range t.pages {
		sum += p.f1
	}
	fmt.Fprintf(w, "\n%s beside %s: %d pages have both", t.ours, t.theirs, len(t.pages))
	if n := len(t.pages); n > 0 {
		below := slices.IndexFunc(t.pages, func(p scored) bool { return p.f1 >= 0.8 })
		if below < 0 {
			below = n
		}
		fmt.Fprintf(w, ": mean F1 %.3f, median %.3f, a tenth below %.3f, below 0.8: %d", sum/float64(n), t.pages[n/2].f1, t.pages[n/10].f1, below)
	}
	fmt.Fprintf(w, "\n  only ours %d, only theirs %d, neither %d, failed %d\n", len(t.onlyOurs), len(t.onlyTheirs), t.neither, t.failed)
	for _, p := range t.pages[:min(10, len(t.pages))] {
		fmt.Fprintf(w, "  %.3f %s\n", p.f1, p.name)
	}
	for _, name := range t.onlyTheirs[:min(3, len(t.onlyTheirs))] {
		fmt.Fprintf(w, "  only theirs: %s\n", name)
	}
}
