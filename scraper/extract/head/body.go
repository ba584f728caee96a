package head

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"scrape/scraper/extract/markup"
)

// body collects what the elements of a page's body say of its author and its date, for
// pages whose head does not. What stands in comments, in navigation and beside the
// matter is of something else.
type body struct {
	authors []bodyText
	times   []bodyText // those that a class or an itemprop says are of the publication
	others  []bodyText // all other time elements

	tags     *markup.Elements
	started  int // start tags so far
	articles int // article elements so far that are in no other
	article  nesting
	aside    nesting // an element whose content does not count
	author   nesting // one that names the author
	from     int     // where the content of author begins
}

// bodyText is what an element says.
type bodyText struct {
	text    string
	article int  // which of the articles it stands in; 0: in none
	joined  bool // it follows the one before it closely
}

// nesting is an element that is open, by its name, and how many of that name are open
// in it. The zero value is none.
type nesting struct {
	name  string
	depth int
}

func (n *nesting) open() bool { return n.depth > 0 }

// closes takes note of a tag, and says whether it closes the element.
func (n *nesting) closes(kind markup.Kind, name string) bool {
	switch {
	case !n.open() || name != n.name:
	case kind == markup.StartTag:
		n.depth++
	default:
		n.depth--
		return n.depth == 0
	}
	return false
}

// mayName tells whether an element may name author or date in the body of a page, by its
// start tag. Most tags of most pages are shorter than what they would need for it.
func mayName(name, tag string) bool {
	if name == "time" {
		return true
	}
	const least = len("<a rel=author>")
	return len(tag) >= least && (strings.Contains(tag, "author") || strings.Contains(tag, "itemprop") || strings.Contains(tag, "published"))
}

// readBody goes through a page. What was found before ctx ended is kept.
func readBody(ctx context.Context, text string) *body {
	b := &body{tags: markup.NewElements(text)}
	for n := 1; n%1000 != 0 || ctx.Err() == nil; n++ {
		kind := b.tags.Next()
		if kind == markup.End {
			break
		}
		b.tag(kind, b.tags.Name(), text)
	}
	return b
}

// maxBodyText is how much of the page an element has at most that names somebody, and
// maxBodyName how long the name is, in bytes.
const (
	maxBodyText = 4 << 10
	maxBodyName = 100
)

func (b *body) tag(kind markup.Kind, name, text string) {
	b.article.closes(kind, name)
	if b.aside.open() {
		b.aside.closes(kind, name)
		return
	}
	if b.author.closes(kind, name) {
		b.addAuthor(text[b.from:b.tags.Start()])
	}
	if kind == markup.EndTag || isVoid[name] {
		return
	}
	b.started++
	if name == "article" && !b.article.open() {
		b.article = nesting{name, 1}
		b.articles++
	}
	b.element(name)
	if b.author.open() && b.tags.Stop()-b.from > maxBodyText {
		b.author = nesting{}
	}
}

// isVoid are the elements without content that are of no use here.
var isVoid = map[string]bool{"br": true, "hr": true, "img": true, "input": true, "link": true, "meta": true, "source": true, "wbr": true, "col": true, "area": true, "base": true, "embed": true, "track": true}

// element reads a start tag.
func (b *body) element(name string) {
	var class, id, itemProp, rel, datetime, content, title string
	for b.tags.NextAttribute() {
		switch b.tags.Key() {
		case "class":
			class = b.tags.Value()
		case "id":
			id = b.tags.Value()
		case "itemprop":
			itemProp = b.tags.Value()
		case "rel":
			rel = b.tags.Value()
		case "datetime":
			datetime = b.tags.Value()
		case "content":
			content = b.tags.Value()
		case "title":
			title = b.tags.Value()
		}
	}
	switch {
	case b.isAside(name, class, id, itemProp):
		b.aside = nesting{name, 1}
		return
	case !b.author.open() && (hasItemProp(itemProp, "author") || rel != "" && has(strings.Fields(strings.ToLower(rel)), "author")):
		b.author, b.from = nesting{name, 1}, b.tags.Stop()
	}
	date := datetime
	if name != "time" {
		date = content
		if name == "abbr" { // hAtom
			date = title
		}
	}
	published := hasItemProp(itemProp, "datePublished") || (name == "time" || name == "abbr") && isOfPublication(class)
	switch t := (bodyText{text: date, article: b.place()}); {
	case date == "" || len(b.times)+len(b.others) == most:
	case published:
		b.times = append(b.times, t)
	case name == "time":
		b.others = append(b.others, t)
	}
}

// place is the article that the parser is in.
func (b *body) place() int {
	if b.article.open() {
		return b.articles
	}
	return 0
}

// isAside tells whether what stands in an element does not count. A footer in an article
// may have its author and date.
func (b *body) isAside(name, class, id, itemProp string) bool {
	switch name {
	case "html", "body", "main":
		return false
	case "nav", "aside":
		return true
	case "footer":
		return !b.article.open()
	}
	if hasItemProp(itemProp, "comment") || isOfComments(strings.ToLower(id)) {
		return true
	}
	if strings.Contains(class, "omment") {
		for word := range strings.FieldsSeq(strings.ToLower(class)) {
			if isOfComments(word) {
				return true
			}
		}
	}
	return false
}

// isOfComments tells whether a class or an id is one of readers' comments. Others say of
// a whole page whether it takes some.
func isOfComments(name string) bool {
	switch name {
	case "comment", "comments", "commentlist", "disqus_thread":
		return true
	}
	return (strings.HasPrefix(name, "comment-") || strings.HasPrefix(name, "comments-")) &&
		!strings.HasSuffix(name, "-open") && !strings.HasSuffix(name, "-closed")
}

// isOfPublication tells whether the classes of an element say that it holds the date of
// publication.
func isOfPublication(class string) bool {
	for word := range strings.FieldsSeq(strings.ToLower(class)) {
		if strings.Contains(word, "published") || strings.Contains(word, "pubdate") || word == "entry-date" || word == "post-date" {
			return true
		}
	}
	return false
}

// addAuthor takes the name that stands in an element of that content.
func (b *body) addAuthor(content string) {
	name := strings.Trim(nameIn(content), " ,;|·")
	if len(b.authors) == maxAuthors || !isName(name) {
		return
	}
	const close = 6 // start tags between one author and the next
	b.authors = append(b.authors, bodyText{name, b.place(), len(b.authors) > 0 && b.started <= close})
	b.started = 0
}

// nameIn is the text of an element; of an item that of its name.
func nameIn(content string) string {
	var line markup.Line
	var name nesting
	e := markup.New(content)
	for {
		switch kind := e.Next(); kind {
		case markup.End:
			return line.Take()
		case markup.Text:
			if line.Add(e.Text()); name.open() {
				continue
			}
		case markup.StartTag, markup.EndTag:
			if name.closes(kind, e.Name()) {
				return line.Take()
			}
			if kind == markup.EndTag || name.open() {
				continue
			}
			if raw := e.Name(); raw == "script" || raw == "style" {
				e.Next()
			} else if prop, _ := e.Attribute("itemprop"); hasItemProp(prop, "name") {
				if value, ok := e.Attribute("content"); ok {
					return markup.Collapse(value)
				}
				name = nesting{raw, 1}
				line.Take()
			}
		}
	}
}

// isName tells whether a text may be one or several names, rather than a sentence such as
// "View all posts by": of several words, those that begin in lower case are short.
func isName(s string) bool {
	if s == "" || s == "Unknown" || len(s) > maxBodyName || isURL(s) || strings.ContainsAny(s, "@→»*:") || strings.IndexFunc(s, unicode.IsLetter) < 0 {
		return false
	}
	words := strings.Fields(s)
	for _, word := range words {
		first, _ := utf8.DecodeRuneInString(word)
		if len(words) > 1 && unicode.IsLower(first) && utf8.RuneCountInString(word) > 4 {
			return false
		}
	}
	return true
}

// bodyAuthors are the names in the body. A list of articles has none, unless the page says
// that it is an article.
func (r *reader) bodyAuthors() []string {
	all := r.inBody().authors
	apart, articles := 0, make(map[int]bool)
	var names []string
	for _, a := range all {
		if !a.joined {
			apart++
		}
		if apart <= 1 {
			names = append(names, a.text)
		}
		if a.article > 0 {
			articles[a.article] = true
		}
	}
	if isList := len(articles) > 1 || len(articles) == 0 && apart > 2; isList && !r.isArticle() {
		return nil
	}
	return names
}

// isArticle tells whether the page says to be an article, and not a list of such.
func (r *reader) isArticle() bool { return r.firstOf("og:type") == "article" }

// mayBeArticle tells whether the page does not say that it is anything else: a product has
// dates that are not its publication's.
func (r *reader) mayBeArticle() bool {
	switch r.firstOf("og:type") {
	case "", "article", "website":
		return true
	}
	return false
}

// inBody is what the body says.
func (r *reader) inBody() *body {
	if r.body == nil {
		if r.body = new(body); r.names {
			r.body = readBody(r.ctx, r.text)
		}
	}
	return r.body
}

// bodyDates is the date of publication in the body: that of the first element which is
// said to have one, those in articles before others; else that of all time elements, where the
// page may be an article. A list of articles has none, unless the page says that it is an article.
func (r *reader) bodyDates(yield func(string) bool) bool {
	b := r.inBody()
	times := b.times
	if len(times) == 0 && r.mayBeArticle() {
		times = b.others
	}
	var found []bodyText
	for _, inArticle := range [...]bool{true, false} {
		for _, t := range times {
			if _, _, ok := r.parseDate(t.text); ok && (len(b.times) == 0 || t.article > 0 == inArticle) {
				found = append(found, t)
			}
		}
		if len(found) > 0 {
			break
		}
	}
	if len(found) == 0 {
		return true
	}
	first := found[0]
	for _, t := range found[1:] {
		same := t.text == first.text || len(b.times) > 0 && (r.isArticle() || first.article > 0 && t.article == first.article)
		if !same {
			return true
		}
	}
	return yield(first.text)
}
