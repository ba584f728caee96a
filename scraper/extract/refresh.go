package extract

import (
	"math"
	"strings"
	"time"

	"scrape/scraper/extract/charset"
	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// Refresh is where a page sends its reader by itself.
type Refresh struct {
	Delay time.Duration // whole seconds
	URL   string        // as the page spells it; "" for the page itself
	Base  string        // what the page said before that URLs are relative to, as it spells that; "" for its own URL
}

// ParseRefresh reads the content of a meta element whose http-equiv is refresh,
// or the value of a Refresh header, as the HTML standard's "shared declarative
// refresh steps" do. url is as it stands there, "" for the page itself. It is not
// ok where a browser would do nothing, but for URLs that are none, or of a scheme
// such as javascript: those are found when url is parsed.
func ParseRefresh(content string) (delay time.Duration, url string, ok bool) {
	rest := strings.TrimLeft(content, markup.WhiteSpace)
	delay, after := seconds(rest)
	if after == rest && !strings.HasPrefix(rest, ".") {
		return 0, "", false
	}
	rest = strings.TrimLeft(after, "0123456789.")
	if rest == "" {
		return delay, "", true
	}
	if !markup.IsSpace(rest[0]) && rest[0] != ';' && rest[0] != ',' {
		return 0, "", false
	}
	rest = strings.TrimLeft(rest, markup.WhiteSpace)
	if rest != "" && (rest[0] == ';' || rest[0] == ',') {
		rest = strings.TrimLeft(rest[1:], markup.WhiteSpace)
	}
	return delay, refreshURL(rest), true
}

// seconds reads the whole seconds that s begins with.
func seconds(s string) (d time.Duration, rest string) {
	const most = math.MaxInt64 / int64(time.Second)
	n := int64(0)
	for s != "" && '0' <= s[0] && s[0] <= '9' {
		n = min(10*min(n, most)+int64(s[0]-'0'), most)
		s = s[1:]
	}
	return time.Duration(n) * time.Second, s
}

// refreshURL reads what follows the time: a URL, mostly with "url=" before it,
// perhaps in quotes, of which the last may be missing.
func refreshURL(s string) string {
	rest := s
	if rest != "" && rest[0]|0x20 == 'u' {
		if len(rest) < 3 || !strings.EqualFold(rest[:3], "url") {
			return s
		}
		rest = strings.TrimLeft(rest[3:], markup.WhiteSpace)
		if !strings.HasPrefix(rest, "=") {
			return s
		}
		rest = strings.TrimLeft(rest[1:], markup.WhiteSpace)
	}
	if rest != "" && (rest[0] == '\'' || rest[0] == '"') {
		rest, _, _ = strings.Cut(rest[1:], rest[:1])
	}
	return rest
}

// refresh finds the first meta element of the page that makes a browser go
// elsewhere, wherever in the first pageLimit bytes it stands; nil if there is
// none. name is that of the page's encoding; toHTML makes HTML of its text.
func (p *page) refresh(name string, toHTML func([]byte) string) *Refresh {
	p.fill(pageLimit)
	text := charset.Decode(p.kept[p.start:], name)
	if !strings.Contains(markup.Lower(text), "http-equiv") {
		return nil // as in most pages: nothing needs to be looked at more closely
	}
	return findRefresh(toHTML(text))
}

// findRefresh goes by the first base element with a href before, as document.Base does by the first of all.
func findRefresh(text string) *Refresh {
	var base string
	based := false
	for e := markup.NewElements(text); ; {
		kind := e.Next()
		if kind == markup.End {
			return nil
		}
		if kind != markup.StartTag {
			continue
		}
		switch e.Name() {
		case "base":
			if href, ok := e.Attribute("href"); ok && !based {
				based = true
				if len(href) <= document.MaxBase {
					base = href
				}
			}
		case "meta":
			if equiv, _ := e.Attribute("http-equiv"); !strings.EqualFold(equiv, "refresh") {
				continue
			}
			content, _ := e.Attribute("content")
			if delay, url, ok := ParseRefresh(content); ok {
				return &Refresh{Delay: delay, URL: url, Base: base}
			}
		}
	}
}
