package prose

import (
	"encoding/xml"
	"strings"

	"scrape/scraper/extract/document"
)

// xmlText is the text of an XML document's elements. What is broken in it ends it. It
// reads tokens and no tree, so that there is text, too, of what is too large for one.
func xmlText(d *document.Document) (string, error) {
	tokens := d.XMLTokens()
	var out lines
	// mixed tells of each open element whether it holds text beside elements, which
	// then are parts of a sentence, not lines.
	mixed := []bool{false}
	for {
		token, err := tokens.RawToken()
		if err != nil {
			if err := d.Context().Err(); err != nil {
				return "", err
			}
			return strings.ToValidUTF8(out.String(), "\uFFFD"), nil
		}
		top := len(mixed) - 1
		switch t := token.(type) {
		case xml.CharData:
			mixed[top] = mixed[top] || strings.TrimSpace(string(t)) != ""
			out.write(string(t))
		case xml.StartElement:
			if !mixed[top] {
				out.block(1)
			}
			mixed = append(mixed, false)
		case xml.EndElement:
			if top == 0 {
				continue
			}
			mixed = mixed[:top]
			if !mixed[top-1] {
				out.block(1)
			}
		}
	}
}
