package report

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the page's parts
	"encoding/base64"
	"html/template"
	"io"
)

// The parts of the page. They are parsed when a report is written, and not at the
// start of the program, which every worker has to pay for.
var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
	//go:embed page.js
	pageJS string
)

// Write writes the report of what was observed so far. It reads the Collector only.
func (c *Collector) Write(w io.Writer, run Run) error {
	parts := template.New("page").Funcs(template.FuncMap{
		// Whole elements, so that what is digested is what the browser sees.
		"style":  func() template.HTML { return template.HTML("<style>" + pageCSS + "</style>") },
		"script": func() template.HTML { return template.HTML("<script>" + pageJS + "</script>") },
		"prose":  prose,
		"table": func(caption string, rows []row) any {
			return struct {
				Caption string
				Rows    []row
			}{caption, rows}
		},
		"chart": func(caption, first string, c *chart) any {
			return struct {
				Caption, First string
				Chart          *chart
			}{caption, first, c}
		},
		"hosts": func(caption string, failures bool, rows []hostRow) any {
			return struct {
				Caption  string
				Failures bool
				Rows     []hostRow
			}{caption, failures, rows}
		},
		"policy": func() string {
			return "default-src 'none'; style-src " + digest(pageCSS) + "; script-src " + digest(pageJS) + "; base-uri 'none'; form-action 'none'"
		},
	})
	t, err := parts.Parse(pageHTML)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if err := t.Execute(out, c.page(run)); err != nil {
		return err
	}
	return out.Flush()
}

// digest allows a script or a style sheet (Content Security Policy Level 3,
// section 2.3.1).
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
