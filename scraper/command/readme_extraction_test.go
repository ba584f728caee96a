package command

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"scrape/scraper/demo"
)

// readmeSite is where the README's examples have the demo's site.
const readmeSite = "http://127.0.0.1:8080"

// proxyToDemo serves the demo's site, whatever host is asked for, to those who take its
// URL for their proxy. So the site is where the README has it.
func proxyToDemo(t *testing.T) (proxy string) {
	t.Helper()
	site, err := demo.Start()
	if err != nil {
		t.Fatal(err)
	}
	origin, err := url.Parse(site.URL())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(origin)
	}})
	t.Cleanup(func() {
		server.Close()
		if err := site.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL
}

// extraction is the README's section of that name.
func extraction(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "\n## Extraction\n")
	section, _, ends := strings.Cut(rest, "\n## ")
	if !found || !ends {
		t.Fatal("the README has no section Extraction, or nothing behind it")
	}
	return section
}

// readmeCommand is a command of the README and what it shows of its output.
type readmeCommand struct{ command, output string }

// commands are those of a section that stand in indented blocks, each with the lines below it.
func commands(section string) (found []readmeCommand) {
	for block := range strings.SplitSeq(section, "\n\n") {
		var here []readmeCommand
		for line := range strings.Lines(block + "\n") {
			line, indented := strings.CutPrefix(line, "    ")
			switch {
			case !indented:
			case strings.HasPrefix(line, "scrape ") || strings.HasPrefix(line, "--"):
				here = append(here, readmeCommand{command: strings.TrimSpace(line)})
			case len(here) > 0:
				here[len(here)-1].output += line
			}
		}
		found = append(found, here...)
	}
	return found
}

// words are those of a command, as a shell reads them that knows only apostrophes.
func words(command string) (all []string) {
	for _, match := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(command, -1) {
		all = append(all, match[1]+match[2])
	}
	return all
}

// fieldsOf are the record's links, its title and what stands in its data.
func fieldsOf(t *testing.T, record string) (fields map[string]json.RawMessage, data string) {
	t.Helper()
	var r struct{ Title, Links, Data json.RawMessage }
	if err := json.Unmarshal([]byte(record), &r); err != nil {
		t.Fatalf("%v: %.200s", err, record)
	}
	fields = map[string]json.RawMessage{}
	if r.Data != nil {
		if err := json.Unmarshal(r.Data, &fields); err != nil {
			t.Fatal(err)
		}
	}
	fields["title"], fields["links"] = r.Title, r.Links
	var b bytes.Buffer
	if err := json.Compact(&b, r.Data); err != nil {
		t.Fatalf("%v: data of %.200s", err, record)
	}
	return fields, b.String()
}

// Each command of the README's section about extraction shows on the demo's site what it says there.
func TestReadmeExtraction(t *testing.T) {
	section := extraction(t)
	all := commands(section)
	if len(all) < 8 {
		t.Fatalf("only %d commands: %q", len(all), all)
	}
	_, schema, found := strings.Cut(section, "```yaml\n")
	schema, _, closed := strings.Cut(schema, "```")
	if !found || !closed {
		t.Fatal("no schema")
	}
	proxy := proxyToDemo(t)
	t.Chdir(t.TempDir())
	if err := os.WriteFile("shop.yaml", []byte(schema), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		line, dataOnly := strings.CutSuffix(c.command, " | jq -c .data")
		if strings.HasPrefix(line, "--") { // a flag alone is of a run over the shop's page
			line, dataOnly = "scrape "+readmeSite+"/shop -j -q "+line, true
		}
		stdout, stderr, _ := call(t, nil, append(words(line)[1:], "--proxy", proxy)...)
		want := c.output
		if dataOnly {
			want = strings.TrimPrefix(want, "  ")
			if stderr != "" {
				t.Errorf("%s: %s", c.command, stderr)
			}
			_, data := fieldsOf(t, stdout)
			stdout = data + "\n"
		}
		if stdout != want {
			t.Errorf("%s\n got %s\nthe README has %s\nstderr: %s", c.command, stdout, want, stderr)
		}
	}
}

// elided is what the README shows of a value, in which … stands for what it leaves out: of a text, or of a list or
// an object.
func elided(cell string) *regexp.Regexp {
	cell = regexp.QuoteMeta(strings.ReplaceAll(cell, `\|`, "|"))
	cell = strings.ReplaceAll(cell, `…"`, `(?:[^"\\]|\\.)*"`)
	return regexp.MustCompile("^" + strings.ReplaceAll(cell, "…", ".+") + "$")
}

// Each ready-made field stands in the README's table as in the help, and is there of one of the demo's pages what it is.
func TestReadmeReadyMade(t *testing.T) {
	const cells = "(?m)^\\| `([a-z:]+)` \\| (.*) \\| `(.*)` \\|$"
	rows := regexp.MustCompile(cells).FindAllStringSubmatch(extraction(t), -1)
	help, _, _ := call(t, nil, "--extract", "help")
	var listed, names []string
	for _, match := range regexp.MustCompile(`(?m)^  ([a-z:]+)   *(.*)$`).FindAllStringSubmatch(strings.Split(help, "\n\n")[1], -1) {
		if match[1] != "none" {
			listed = append(listed, match[1]+": "+match[2])
		}
	}
	var described []string
	for _, r := range rows {
		names = append(names, r[1])
		described = append(described, r[1]+": "+strings.ReplaceAll(r[2], "`", ""))
	}
	if len(names) == 0 || !slices.Equal(described, listed) {
		t.Fatalf("the README has %q\nthe help has %q", described, listed)
	}

	args := []string{"-j", "-q", "--proxy", proxyToDemo(t), "--extract", strings.Join(names, ",")}
	stdout, stderr, code := call(t, nil, append(args, readmeSite+"/shop", readmeSite+"/article", readmeSite+"/feed.xml")...)
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	values := map[string][]string{}
	for record := range strings.Lines(stdout) {
		fields, _ := fieldsOf(t, record)
		for name, value := range fields {
			values[name] = append(values[name], string(value))
		}
	}
	for _, r := range rows {
		all := values[strings.ReplaceAll(r[1], ":", "_")]
		if shown := elided(r[3]); !slices.ContainsFunc(all, shown.MatchString) {
			t.Errorf("%s: the README has\n%s\nthe pages have\n%s", r[1], r[3], strings.Join(all, "\n"))
		}
	}
}
