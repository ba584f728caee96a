package markup

// Elements gives the tags of those HTML elements that are part of a page, as
// document.querySelector finds them: not what is in a template, and not what is in
// a drawing or a formula (svg, math) but for the HTML that is in those.
//
// It builds no tree. Where svg and math elements are not closed, or closed
// astray, it goes by the rules for those as long as the tags tell; what a frameset
// or a select does away with is given all the same.
type Elements struct {
	Tokenizer
	open      []level
	templates int // how many of them are of templates
}

// level is an element within which other rules hold.
type level struct {
	name  string // "template", "svg", "math", or that of a place for HTML in a drawing or a formula
	kind  levelKind
	depth int // of elements of that name that are in one another
}

type levelKind uint8

const (
	template levelKind = iota
	foreign
	integration // HTML standard, "HTML integration point" and "MathML text integration point"
)

// NewElements prepares to read text, which is valid UTF-8.
func NewElements(text string) *Elements { return &Elements{Tokenizer: Tokenizer{text: text}} }

// Next goes on to the next tag: it gives StartTag, EndTag or End.
func (e *Elements) Next() Kind {
	for {
		kind := e.NextTag()
		if kind == End {
			return End
		}
		if len(e.open) > 0 && !e.within(kind) || e.opens(kind) || e.templates > 0 {
			continue
		}
		return kind
	}
}

// opens takes note of a tag of HTML, and says whether other rules hold from there on.
func (e *Elements) opens(kind Kind) bool {
	if kind != StartTag {
		return false
	}
	switch name := e.Raw(); {
	case len(name) == len("svg") && equalLower(name, "svg"):
		e.push("svg", foreign)
	case len(name) == len("math") && equalLower(name, "math"):
		e.push("math", foreign)
	case len(name) == len("template") && equalLower(name, "template"):
		e.push("template", template)
	default:
		return false
	}
	return true
}

// maxLevels is deeper than any page goes that is not built to exhaust its reader.
const maxLevels = 64

func (e *Elements) push(name string, kind levelKind) {
	if e.selfClosing && kind != template || len(e.open) == maxLevels {
		return
	}
	e.open = append(e.open, level{name, kind, 1})
	e.Foreign = kind == foreign
	if kind == template {
		e.templates++
	}
}

// pop closes the innermost level.
func (e *Elements) pop() {
	last := len(e.open) - 1
	if e.open[last].kind == template {
		e.templates--
	}
	e.open = e.open[:last]
	e.Foreign = last > 0 && e.open[last-1].kind == foreign
}

// within takes note of a tag where other rules hold, and says whether it is one of
// HTML nevertheless.
func (e *Elements) within(kind Kind) bool {
	top := &e.open[len(e.open)-1]
	name := e.Name()
	if kind == EndTag {
		return e.closes(name)
	}
	if top.kind != foreign {
		if top.kind == integration && name == top.name {
			top.depth++
		}
		return true
	}
	switch {
	case breaksOut[name], name == "font" && e.hasFontAttribute():
		e.breakOut()
		return true
	case e.selfClosing:
	case name == top.name:
		top.depth++
	case e.isIntegration(top.name, name):
		e.push(name, integration)
	}
	return false
}

// closes takes note of an end tag.
func (e *Elements) closes(name string) bool {
	for i := len(e.open) - 1; i >= 0; i-- {
		l := &e.open[i]
		if l.name == name {
			for len(e.open) > i+1 {
				e.pop()
			}
			if l.depth--; l.depth == 0 {
				e.pop()
			}
			return false
		}
		if l.kind == template || l.kind == integration && name != "svg" && name != "math" && name != "template" {
			return true
		}
	}
	if e.Foreign && (name == "p" || name == "br") {
		e.breakOut()
	}
	return !e.Foreign
}

// breakOut closes all drawings and formulas down to the innermost HTML.
func (e *Elements) breakOut() {
	for len(e.open) > 0 && e.open[len(e.open)-1].kind == foreign {
		e.pop()
	}
}

// isIntegration tells whether what is in the element whose start tag was read is
// HTML again.
func (e *Elements) isIntegration(within, name string) bool {
	switch name {
	case "foreignobject", "desc", "title":
		return within == "svg"
	case "mi", "mo", "mn", "ms", "mtext":
		return within == "math"
	case "annotation-xml":
		encoding, _ := e.Attribute("encoding")
		encoding = lower(encoding)
		return within == "math" && (encoding == "text/html" || encoding == "application/xhtml+xml")
	}
	return false
}

// breaksOut are the elements whose start tags end a drawing or a formula (HTML
// standard, "the rules for parsing tokens in foreign content").
var breaksOut = map[string]bool{
	"b": true, "big": true, "blockquote": true, "body": true, "br": true, "center": true, "code": true, "dd": true,
	"div": true, "dl": true, "dt": true, "em": true, "embed": true, "h1": true, "h2": true, "h3": true, "h4": true,
	"h5": true, "h6": true, "head": true, "hr": true, "i": true, "img": true, "li": true, "listing": true,
	"menu": true, "meta": true, "nobr": true, "ol": true, "p": true, "pre": true, "ruby": true, "s": true,
	"small": true, "span": true, "strike": true, "strong": true, "sub": true, "sup": true, "table": true, "tt": true,
	"u": true, "ul": true, "var": true,
}

// hasFontAttribute tells whether the tag that was read has what only the font
// element of HTML has.
func (e *Elements) hasFontAttribute() bool {
	for _, name := range []string{"color", "face", "size"} {
		if _, ok := e.Attribute(name); ok {
			return true
		}
	}
	return false
}
