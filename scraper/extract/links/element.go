package links

// element is what a tag's name means for the nesting of links.
type element uint8

const (
	inline    element = iota // nothing: its tags come in pairs
	void                     // has no content
	lineBreak                // br
	block                    // ends a p before it, and stands on lines of its own
	rule                     // hr: a block without content
	paragraph                // p
	heading
	item       // li
	definition // dd, dt
	list       // ul, ol, menu
	glossary   // dl
	form       // a block, if it is no form in a form
	anchor     // a
	area
	foreign // svg, math
	template
	table
	tablePart // rows, their groups, columns
	cell
	caption
	button
	object   // object, marquee, applet: formatting does not reach into them
	hidden   // raw text that is not shown
	rawText  // that is
	awkward  // inside a link: what it does depends on what is open
	choice   // select
	frameset // stands for the body, if it does
)

// elementOf classifies an element by its name.
func elementOf(name string) element {
	switch name {
	case "a":
		return anchor
	case "p":
		return paragraph
	case "br":
		return lineBreak
	case "li":
		return item
	case "dd", "dt":
		return definition
	case "ul", "ol", "menu":
		return list
	case "dl":
		return glossary
	case "hr":
		return rule
	case "h1", "h2", "h3", "h4", "h5", "h6":
		return heading
	case "td", "th":
		return cell
	case "tr", "tbody", "thead", "tfoot", "col", "colgroup":
		return tablePart
	case "svg", "math":
		return foreign
	case "img", "image", "input", "wbr", "embed", "link", "meta", "base", "source", "track", "param", "keygen", "basefont",
		"bgsound":
		return void
	case "address", "article", "aside", "blockquote", "center", "details", "dialog", "dir", "div", "fieldset",
		"figcaption", "figure", "footer", "header", "hgroup", "main", "nav", "search", "section", "summary", "pre", "listing":
		return block
	case "script", "style", "iframe", "noembed", "noframes", "noscript":
		return hidden
	case "textarea", "title":
		return rawText
	case "area":
		return area
	case "form":
		return form
	case "template":
		return template
	case "table":
		return table
	case "caption":
		return caption
	case "button":
		return button
	case "object", "marquee", "applet":
		return object
	case "select":
		return choice
	case "frameset":
		return frameset
	case "html", "head", "body", "frame", "nobr", "plaintext", "xmp", "option", "optgroup",
		"rb", "rp", "rt", "rtc":
		return awkward
	}
	return inline
}

// isLine tells whether an element's text stands apart from what is beside it.
func (e element) isLine() bool {
	switch e {
	case lineBreak, block, rule, paragraph, heading, item, definition, list, glossary, form, table, tablePart, cell, caption:
		return true
	}
	return false
}

// breaksOut tells whether a start tag ends an svg or math element that it stands in
// (HTML standard, "the rules for parsing tokens in foreign content"). font does if
// it has certain attributes.
func breaksOut(name string) bool {
	switch name {
	case "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "font", "h1",
		"h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr", "ol", "p", "pre",
		"ruby", "s", "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var":
		return true
	}
	return false
}

// isIntegrationPoint tells whether HTML may stand in an element of svg or math.
func isIntegrationPoint(name string) bool {
	switch name {
	case "foreignobject", "desc", "title", "mi", "mo", "mn", "ms", "mtext", "annotation-xml":
		return true
	}
	return false
}
