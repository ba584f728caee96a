package prose

import (
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
)

// maxArticle is how large a page may be for its article to be looked for.
var maxArticle = size{nodes: 100_000, depth: 1_000_000, bytes: 8 << 20, reads: 64 << 20}

// ArticleContent is the main content of a page, as a browser's reader view shows
// it.
type ArticleContent struct {
	Title     string `json:"title,omitempty"`
	Byline    string `json:"byline,omitempty"` // the author, as the page words it
	SiteName  string `json:"site_name,omitempty"`
	Lang      string `json:"lang,omitempty"`      // a language tag of BCP 47, as the page has it
	Published string `json:"published,omitempty"` // RFC 3339
	Modified  string `json:"modified,omitempty"`  // RFC 3339
	Image     string `json:"image,omitempty"`     // the absolute URL of the one that stands for the article
	Excerpt   string `json:"excerpt,omitempty"`   // the page's description, else the first paragraph
	Length    int    `json:"length"`              // of Text, in characters
	Text      string `json:"text"`                // laid out as that of Text
	HTML      string `json:"html,omitempty"`      // without scripts, styles and classes but those for the language of code; its URLs are absolute
}

// Main is the main content of a document, which is looked for once, when it is first
// asked for. It is not safe for concurrent use.
type Main struct {
	d     *document.Document
	done  bool
	found *reading // nil: there is none
	err   error
}

// NewMain makes the Main of a document.
func NewMain(d *document.Document) *Main { return &Main{d: d} }

func (m *Main) find() (*reading, error) {
	if !m.done {
		m.found, m.err = readable(m.d)
		m.done = true
	}
	return m.found, m.err
}

// Article is the main content, found by the rules of Mozilla's Readability:
// without what stands around it, such as menus, advertisements and comments. It is
// nil where the document is no HTML or holds no prose: what was found has less than 140
// characters, or more of them inside links than outside. The error wraps
// document.ErrNoTree where it has no tree; there is one, too, where it is so large, has
// so much text so deep or is so built that the search, which nothing can interrupt,
// would take long.
func (m *Main) Article() (*ArticleContent, error) {
	a, err := m.find()
	if err != nil || a == nil {
		return nil, err
	}
	d := m.d
	content := &ArticleContent{
		Title:     a.title,
		Byline:    byline(line(a.Byline())),
		SiteName:  line(a.SiteName()),
		Lang:      line(a.Language()),
		Published: date(a.PublishedTime()),
		Modified:  date(a.ModifiedTime()),
		Excerpt:   line(a.Excerpt()),
	}
	if image := strings.TrimSpace(a.ImageURL()); image != "" {
		content.Image, _ = d.Absolute(image)
	}
	if content.Text, err = treeText(d.Context(), a.Node); err != nil {
		return nil, err
	}
	content.Length = utf8.RuneCountInString(content.Text)
	content.HTML = strings.ToValidUTF8(document.OuterHTML(a.Node), "\uFFFD")
	return content, nil
}

// reading is an article, and the title that it has without the name of its site.
type reading struct {
	readability.Article
	title string
}

// readable is the article of d, its URLs absolute; nil where there is none. Nobody may
// change its tree. Errors are Article's.
func readable(d *document.Document) (*reading, error) {
	if d.Kind() != document.HTML {
		return nil, nil
	}
	tree, err := d.Tree()
	if err != nil {
		return nil, err
	}
	parser := readability.NewParser()
	parser.Logger = slog.New(slog.DiscardHandler)
	parser.KeepClasses = true // dropClasses decides
	own, err := articleCopy(d.Context(), tree)
	if err != nil {
		return nil, err
	}
	if d.Context().Err() != nil { // nothing below asks for it
		return nil, d.Context().Err()
	}
	a, err := parser.ParseAndMutate(own, nil)
	if err != nil || a.Node == nil || !isProse(a.Node) {
		return nil, d.Context().Err()
	}
	dropClasses(a.Node)
	if err := resolve(d, a.Node); err != nil {
		return nil, err
	}
	return &reading{a, ownTitle(tree, line(a.Title()), line(a.SiteName()))}, d.Context().Err()
}

// dropClasses leaves out the classes of what is in an article, but for those that say
// what language code is in (https://html.spec.whatwg.org/#the-code-element), and the one
// that the library gives the whole.
func dropClasses(article *html.Node) {
	for n := range article.Descendants() {
		code := is(atom.Code)(n) || is(atom.Pre)(n)
		n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "class" && keptClasses(a.Val, code) == "" })
		for i := range n.Attr {
			if a := &n.Attr[i]; a.Key == "class" {
				a.Val = keptClasses(a.Val, code)
			}
		}
	}
}

func keptClasses(classes string, code bool) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(classes), func(class string) bool {
		language := strings.HasPrefix(class, "language-") || strings.HasPrefix(class, "lang-")
		return class != "page" && !(code && language)
	}), " ")
}

// minProse is how many characters make an article. It is the length that Mozilla's
// Readability has a paragraph count from, when it is asked whether a page is for
// its reader view. Its other rules there are not followed: they want paragraphs to
// be p elements.
const minProse = 140

// isProse reports whether what was found is to be read, rather than a menu.
func isProse(article *html.Node) bool {
	linked, all := 0, 0
	var count func(n *html.Node, inLink bool)
	count = func(n *html.Node, inLink bool) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.TextNode {
				length := utf8.RuneCountInString(strings.TrimSpace(c.Data))
				all += length
				if inLink {
					linked += length
				}
				continue
			}
			count(c, inLink || is(atom.A)(c))
		}
	}
	count(article, false)
	return all >= minProse && linked <= all/2
}

// line is text as it stands in one line.
func line(s string) string {
	return strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "\uFFFD")
}

// date is a time as RFC 3339; "" where there is none or none that is understood.
func date(t time.Time, err error) string {
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return ""
	}
	return t.Format(time.RFC3339)
}
