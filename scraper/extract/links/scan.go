package links

import (
	"cmp"
	"context"
	"strings"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// scan finds links by the tags alone. It knows enough of the standard's tree
// construction to be sure, of nearly all pages, that the tree holds these links,
// with these texts and in this order; where it is not sure it says so.
type scan struct {
	ctx      context.Context
	resolver resolver
	tags     *markup.Tokenizer
	links    []Link
	err      error

	unsure   bool // the tree has to be asked, and the scan ends
	guessing bool // there is no tree to ask: it goes on

	scopes    scopes
	templates int  // templates that are open: what is in them is no part of the page
	lost      bool // a link may be open in them
	drawing   drawing

	inLink  bool
	current int // of links; -1: the a element has no href, or none that leads anywhere
	text    markup.Line
	alt     markup.Line // of its images
	inside  inside
}

func newScan(d *document.Document) *scan {
	return &scan{ctx: d.Context(), resolver: newResolver(d), tags: markup.New(d.Markup())}
}

// run reads the page to its end, or until it is unsure.
func (s *scan) run() {
	for n := 1; !s.unsure; n++ {
		if n%4096 == 0 {
			if s.err = s.ctx.Err(); s.err != nil {
				s.links = nil
				return
			}
		}
		switch s.tags.Next() {
		case markup.End:
			s.end()
			if s.err = s.resolver.Err(); s.err != nil {
				s.links = nil
			}
			return
		case markup.StartTag:
			s.startTag()
		case markup.EndTag:
			s.endTag()
		case markup.Text:
			if s.inLink && s.current >= 0 {
				s.addText()
			}
		}
	}
}

// doubt says that only the tree can tell.
func (s *scan) doubt() {
	if !s.guessing {
		s.unsure = true
	}
}

func (s *scan) startTag() {
	name := s.tags.Name()
	if s.drawing.open() {
		s.drawing.startTag(s, name)
		return
	}
	e := elementOf(name)
	switch {
	case e == foreign:
		if !s.tags.SelfClosing() {
			s.drawing.begin(s, name)
		}
	case e == template:
		s.templates++
	case s.templates > 0:
		s.startInTemplate(e)
	case e == anchor:
		s.startLink()
	case e == frameset:
		s.doubt()
	case e == area:
		if s.scopes.inTable() {
			s.doubt()
		}
		s.add()
	case s.inLink:
		s.startInside(e, name)
	default:
		s.scopes.startTag(e, name)
	}
}

func (s *scan) endTag() {
	name := s.tags.Name()
	if s.drawing.open() {
		s.drawing.endTag(s, name)
		return
	}
	e := elementOf(name)
	switch {
	case e == template:
		s.templates = max(s.templates-1, 0)
		s.lost = s.lost && s.templates > 0
	case s.templates > 0:
		s.lost = s.lost && e != anchor
	case s.inLink:
		s.endInside(e, name)
	default:
		s.scopes.endTag(e, name)
	}
}

// startInTemplate follows a start tag in a template. A link is of no interest there,
// unless what formatting does not reach into is open in it when the template ends:
// then it goes on behind the template.
func (s *scan) startInTemplate(e element) {
	switch e {
	case anchor:
		s.lost = true
	case object, cell, caption:
		if s.inLink || s.lost {
			s.doubt()
		}
	}
}

// startLink begins an a element.
func (s *scan) startLink() {
	if s.inLink || s.scopes.inTable() {
		s.doubt()
		s.end()
	}
	s.inLink = true
	s.current = s.add()
}

// end ends the link that is open.
func (s *scan) end() {
	text := cmp.Or(s.text.Take(), s.alt.Take())
	if s.inLink && s.current >= 0 {
		s.links[s.current].Text = text
	}
	s.inLink = false
	s.inside.reset()
}

// add adds the link that the tag's attributes make. Its index is -1 where they make
// none.
func (s *scan) add() int {
	var href, rel string
	hasHref, hasRel := false, false
	for s.tags.NextAttribute() {
		switch {
		case !hasHref && s.tags.KeyIs("href"):
			hasHref = true
			href = s.tags.Value()
		case !hasRel && s.tags.KeyIs("rel"):
			hasRel = true
			rel = s.tags.Value()
		}
	}
	if !hasHref {
		return -1
	}
	url, internal, ok := s.resolver.link(href)
	if !ok {
		return -1
	}
	s.links = append(s.links, Link{URL: url, Rel: markup.Collapse(rel), Internal: internal})
	return len(s.links) - 1
}

// addAlt adds to what the images of the link that is open say in their place.
func (s *scan) addAlt() {
	if s.current < 0 {
		return
	}
	alt, _ := s.tags.Attribute("alt")
	s.alt.Part()
	s.alt.Add(alt)
}

// addText adds to the text of the link that is open.
func (s *scan) addText() {
	if s.templates > 0 || s.inside.hides() || s.drawing.hides() {
		return
	}
	text := s.tags.Text()
	if s.inside.top().name == "textarea" {
		text = strings.TrimPrefix(text, "\n") // which the standard drops
	}
	if strings.IndexByte(text, 0) >= 0 {
		with := ""
		if s.drawing.open() {
			with = "\uFFFD"
		}
		text = strings.ReplaceAll(text, "\x00", with)
	}
	s.text.Add(text)
}
