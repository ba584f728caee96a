package extract

import (
	"bytes"
	"math"
	"strings"
	"time"

	"golang.org/x/net/html"
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
	rest := strings.TrimLeft(content, whiteSpace)
	delay, after := seconds(rest)
	if after == rest && !strings.HasPrefix(rest, ".") {
		return 0, "", false
	}
	rest = strings.TrimLeft(after, "0123456789.")
	if rest == "" {
		return delay, "", true
	}
	if !isSpace(rest[0]) && rest[0] != ';' && rest[0] != ',' {
		return 0, "", false
	}
	rest = strings.TrimLeft(rest, whiteSpace)
	if rest != "" && (rest[0] == ';' || rest[0] == ',') {
		rest = strings.TrimLeft(rest[1:], whiteSpace)
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
		rest = strings.TrimLeft(rest[3:], whiteSpace)
		if !strings.HasPrefix(rest, "=") {
			return s
		}
		rest = strings.TrimLeft(rest[1:], whiteSpace)
	}
	if rest != "" && (rest[0] == '\'' || rest[0] == '"') {
		rest, _, _ = strings.Cut(rest[1:], rest[:1])
	}
	return rest
}

// refresh finds the first meta element of the page that makes a browser go
// elsewhere, wherever in the first pageLimit bytes it stands; nil if there is
// none. name is that of the page's encoding.
func (p *page) refresh(name string) *Refresh {
	p.fill(pageLimit)
	text := p.kept[p.start:]
	if e := decodingOf(name); needsDecodedStream(name) {
		text, _ = e.NewDecoder().Bytes(text) // a decoder replaces what it cannot decode
	} else {
		text = decode(text, e)
	}
	if !strings.Contains(lower(text), "http-equiv") {
		return nil // as in most pages: nothing needs to be looked at more closely
	}
	return findRefresh(text)
}

func findRefresh(text []byte) *Refresh {
	var base string
	templates := 0 // open; what is in one is no part of the page
	for z := html.NewTokenizer(bytes.NewReader(text)); ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return nil
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "template":
				if kind != html.EndTagToken {
					templates++
				} else if templates > 0 {
					templates--
				}
			case "base":
				if kind != html.EndTagToken && templates == 0 && base == "" {
					base = attributes(z)["href"]
				}
			case "meta":
				if kind == html.EndTagToken || templates > 0 {
					continue
				}
				values := attributes(z)
				if !strings.EqualFold(values["http-equiv"], "refresh") {
					continue
				}
				if delay, url, ok := ParseRefresh(values["content"]); ok {
					return &Refresh{Delay: delay, URL: url, Base: base}
				}
			}
		}
	}
}

// attributes are those of the tag that was read; of several with one name the first counts.
func attributes(z *html.Tokenizer) map[string]string {
	values := make(map[string]string)
	for more := true; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		if _, before := values[string(key)]; !before {
			values[string(key)] = string(value)
		}
	}
	return values
}
