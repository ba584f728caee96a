package head

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// BrokenJSONLD says of the first JSON-LD in a page that is no JSON where it stands and
// what is wrong, for people; "" where there is none, and of XHTML.
func BrokenJSONLD(d *document.Document) string {
	if d.Kind() != document.HTML || d.XHTML() {
		return ""
	}
	page := d.Text()
	e := markup.NewElements(page)
	for n := 1; n%1000 != 0 || d.Context().Err() == nil; n++ {
		kind := e.Next()
		if kind == markup.End {
			break
		}
		if kind != markup.StartTag || e.Name() != "script" {
			continue
		}
		if kind, _ := e.Attribute("type"); !isJSONLD(kind) || e.Tokenizer.Next() != markup.Text {
			continue
		}
		script := e.Text()
		if unwrap(script) != "" && len(readScripts([]string{script})) == 0 {
			offset, cause := brokenAt(script)
			line, column := document.Position(page[:e.Start()]+script[:offset], e.Start()+offset)
			return fmt.Sprintf("JSON-LD is broken at line %d, column %d: %s", line, column, cause)
		}
	}
	return ""
}

// brokenAt is where a script stops being JSON.
func brokenAt(script string) (offset int, cause string) {
	own := unwrap(script)
	begin := strings.Index(script, own)
	var v json.RawMessage
	err := json.Unmarshal([]byte(own), &v)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at := int(syntax.Offset)
		if at < len(own) || !strings.HasPrefix(syntax.Error(), "unexpected end") {
			at--
		}
		return begin + min(max(at, 0), len(own)), syntax.Error()
	}
	return begin, "it is neither an object nor an array"
}
