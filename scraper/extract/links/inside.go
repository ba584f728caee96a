package links

// inside is what is open inside a link.
type inside struct {
	open       []opened
	paragraphs int
	buttons    int
}

type opened struct {
	element element
	name    string
}

func (in *inside) reset() { in.open, in.paragraphs, in.buttons = in.open[:0], 0, 0 }

// top is the innermost element; inline without a name where none is open.
func (in *inside) top() opened {
	if len(in.open) == 0 {
		return opened{}
	}
	return in.open[len(in.open)-1]
}

func (in *inside) push(e element, name string) {
	in.open = append(in.open, opened{e, name})
	switch e {
	case paragraph:
		in.paragraphs++
	case button:
		in.buttons++
	}
}

func (in *inside) pop() {
	switch in.top().element {
	case paragraph:
		in.paragraphs--
	case button:
		in.buttons--
	}
	in.open = in.open[:len(in.open)-1]
}

// hides tells whether text is not shown here.
func (in *inside) hides() bool { return in.top().element == hidden }

// startInside follows a start tag inside a link.
func (s *scan) startInside(e element, name string) {
	if e.isLine() {
		s.text.Part()
	}
	if !s.fits(e) || s.scopes.sel && (e == rule || name == "input") {
		s.doubt()
	}
	if name == "img" || name == "image" { // which becomes an img
		s.addAlt()
	}
	switch e {
	case void, lineBreak, rule, awkward, choice, tablePart, cell, caption:
	default:
		s.inside.push(e, name)
	}
}

// fits tells whether a start tag inside a link just opens an element there. If it
// ends another, or is ignored, the tree may have the link twice, or in two parts.
func (s *scan) fits(e element) bool {
	in := &s.inside
	switch e {
	case inline, void, lineBreak, hidden, rawText:
		return true
	case button:
		return in.buttons == 0 && s.scopes.find(button, "button") < 0
	case heading:
		return !s.mayHaveParagraph() && in.top().element != heading
	case item:
		return !s.mayHaveParagraph() && in.top().element == list
	case definition:
		return !s.mayHaveParagraph() && in.top().element == glossary
	case block, rule, paragraph, list, glossary:
		return !s.mayHaveParagraph()
	}
	return false
}

// mayHaveParagraph tells whether a p may be open that a block would end.
func (s *scan) mayHaveParagraph() bool { return s.scopes.p || s.inside.paragraphs > 0 }

// endInside follows an end tag inside a link.
func (s *scan) endInside(e element, name string) {
	switch {
	case e == anchor:
		if len(s.inside.open) > 0 {
			s.doubt()
		}
		s.end()
		return
	case e == void || e == rule || e == area: // no end tags are theirs
		return
	case e == lineBreak: // which begins one all the same
	case len(s.inside.open) > 0 && s.inside.top().name == name:
		s.inside.pop()
	default:
		s.doubt()
	}
	if e.isLine() {
		s.text.Part()
	}
}
