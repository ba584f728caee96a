package prose

import (
	"errors"

	"scrape/scraper/extract/document"
)

// Text is what a reader sees of d, as plain text.
//
// Of HTML it is what a browser with scripting on, and without the page's style
// sheets, gives as document.body.innerText (HTML standard, "the innerText
// getter"): blocks on lines of their own, an empty line around a paragraph, a tab
// between the cells of a row, a line break for each br; white space is collapsed
// but in pre and its like, and no-break spaces stay. Left out is what is not
// shown: scripts, styles, templates, noscript, closed details and dialogs, what
// the hidden attribute or a style attribute hides, and texts that stand in for
// images. Empty lines are those that a browser shows, which are fewer than
// innerText has where a block ends with a br or a cell holds paragraphs. Where no
// tree can be built of the page, its tags are read one by one, which gives much
// the same.
//
// Of XML it is the text of its elements, those that hold no other text beside them
// on lines of their own; of plain text, Markdown and CSV the document itself. JSON
// is written for no reader, and so there is none of it, nor of binary content.
func Text(d *document.Document) (string, error) {
	switch d.Kind() {
	case document.HTML:
		tree, err := d.Tree()
		if errors.Is(err, document.ErrNoTree) {
			return tagText(d.Context(), d.Markup())
		}
		if err != nil {
			return "", err
		}
		return treeText(d.Context(), tree)
	case document.XML:
		return xmlText(d)
	case document.Text, document.CSV:
		return d.Text(), nil
	}
	return "", nil
}
