package robots

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxBytes is how much of a file is read (RFC 9309 section 2.5). A line that
	// goes on beyond it is left out.
	MaxBytes = 500 << 10
	// MaxCrawlDelay is the longest Crawl-delay; what asks for more gets this.
	MaxCrawlDelay = 365 * 24 * time.Hour

	maxSitemaps     = 100
	maxSitemap      = 2 << 10 // bytes of one
	maxSitemapBytes = 64 << 10
)

// Parse reads a robots.txt file for a product token, which is compared without
// regard to case. It takes any bytes, and what makes no sense to it is skipped;
// the error is the reader's. It reads MaxBytes and one more at most.
func Parse(r io.Reader, product string) (*Rules, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, err
	}
	p := parser{product: product}
	text := trimMark(whole(string(b)))
	for text != "" {
		var line string
		line, text = cutLine(text)
		p.number++
		p.readLine(line)
	}
	return p.rules(), nil
}

// whole leaves out the line that MaxBytes cuts in two.
func whole(text string) string {
	if len(text) <= MaxBytes {
		return text
	}
	if next := text[MaxBytes]; next == '\n' || next == '\r' {
		return text[:MaxBytes]
	}
	return text[:strings.LastIndexAny(text[:MaxBytes], "\r\n")+1]
}

// trimMark strips a byte order mark, also one that is not complete.
func trimMark(text string) string {
	for i := range len("\uFEFF") {
		if text == "" || text[0] != "\uFEFF"[i] {
			break
		}
		text = text[1:]
	}
	return text
}

// cutLine splits text at the first line end: CR, LF or both.
func cutLine(text string) (line, rest string) {
	i := strings.IndexAny(text, "\r\n")
	if i < 0 {
		return text, ""
	}
	line, rest = text[:i], text[i+1:]
	if text[i] == '\r' {
		rest = strings.TrimPrefix(rest, "\n")
	}
	return line, rest
}

// group is what the groups for one product say together.
type group struct {
	seen  bool
	rules []rule
	delay time.Duration
	holds bool // the lines that come now belong to it
}

// parser reads a file line by line.
type parser struct {
	product       string
	number        int // of the line
	own, everyone group
	// A user-agent line begins a new group only when the one before has a rule:
	// until then it is one more product of the same group.
	ruled        bool
	sitemaps     []string
	sitemapBytes int
}

func (p *parser) readLine(line string) {
	key, value, ok := cutKey(line)
	if !ok {
		return
	}
	switch lower(key) {
	case "user-agent", "useragent", "user agent":
		p.userAgent(value)
	case "allow":
		p.rule(value, true)
	case "disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw":
		p.rule(value, false)
	case "crawl-delay", "crawldelay", "crawl delay":
		p.crawlDelay(value)
	case "sitemap", "site-map":
		p.sitemap(value)
	}
}

const whiteSpace = " \t\v\f"

// cutKey splits a line into what stands before and behind the colon. White
// space does for a colon where it parts two words and no more.
func cutKey(line string) (key, value string, ok bool) {
	line, _, _ = strings.Cut(line, "#")
	line = strings.Trim(line, whiteSpace)
	key, value, ok = strings.Cut(line, ":")
	if ok {
		return strings.Trim(key, whiteSpace), strings.Trim(value, whiteSpace), true
	}
	i := strings.IndexAny(line, whiteSpace)
	if i < 0 {
		return "", "", false
	}
	key, value = line[:i], strings.TrimLeft(line[i:], whiteSpace)
	return key, value, !strings.ContainsAny(value, whiteSpace)
}

// lower makes the ASCII letters of a key small. What is longer than any key is
// none.
func lower(key string) string {
	if len(key) > len("crawl-delay") {
		return ""
	}
	b := []byte(key)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

func (p *parser) userAgent(value string) {
	if p.ruled {
		p.own.holds, p.everyone.holds, p.ruled = false, false, false
	}
	if value == "*" || len(value) > 1 && value[0] == '*' && strings.IndexByte(whiteSpace, value[1]) >= 0 {
		p.everyone.holds, p.everyone.seen = true, true
		return
	}
	if token := productToken(value); token != "" && strings.EqualFold(token, p.product) {
		p.own.holds, p.own.seen = true, true
	}
}

// productToken is the product that a user-agent line names (RFC 9309 section
// 2.2.1): what follows it, as a version, does not matter.
func productToken(value string) string {
	i := 0
	for i < len(value) && (letter(value[i]) || value[i] == '-' || value[i] == '_') {
		i++
	}
	return value[:i]
}

func (p *parser) rule(value string, allow bool) {
	p.ruled = true
	f := disallowing
	if allow {
		f = allowing
	}
	p.add(value, f)
	// Google takes a page that is called index for its directory.
	if i := strings.LastIndexByte(value, '/'); allow && i >= 0 && strings.HasPrefix(value[i:], "/index.htm") {
		p.add(value[:i+1]+"$", f)
	}
}

// add keeps a rule in the groups that hold. A pattern that no path can match is
// left out: also the empty one, which says that nothing is disallowed.
func (p *parser) add(value string, f form) {
	if !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "*") || !p.own.holds && !p.everyone.holds {
		return
	}
	r := newRule(normal(value, f), p.number, f == allowing)
	for _, g := range []*group{&p.own, &p.everyone} {
		if g.holds {
			g.rules = append(g.rules, r)
		}
	}
}

func (p *parser) crawlDelay(value string) {
	delay, ok := seconds(value)
	if !ok {
		return
	}
	for _, g := range []*group{&p.own, &p.everyone} {
		if g.holds {
			g.delay = max(g.delay, delay)
		}
	}
}

// seconds reads a decimal number of seconds.
func seconds(value string) (time.Duration, bool) {
	if strings.Trim(value, "0123456789.") != "" {
		return 0, false
	}
	s, err := strconv.ParseFloat(value, 64)
	switch {
	case s > MaxCrawlDelay.Seconds(): // with an error where it is infinite
		return MaxCrawlDelay, true
	case err != nil:
		return 0, false
	}
	return time.Duration(s * float64(time.Second)), true
}

func (p *parser) sitemap(value string) {
	if !isSitemap(value) || len(p.sitemaps) == maxSitemaps || p.sitemapBytes+len(value) > maxSitemapBytes {
		return
	}
	if !slices.Contains(p.sitemaps, value) {
		p.sitemaps = append(p.sitemaps, strings.Clone(value))
		p.sitemapBytes += len(value)
	}
}

// isSitemap tells whether value is an absolute URL that we could ask for, as far
// as that shows before it is parsed.
func isSitemap(value string) bool {
	scheme, _, ok := strings.Cut(value, "://")
	if scheme = lower(scheme); !ok || scheme != "http" && scheme != "https" {
		return false
	}
	return len(value) <= maxSitemap && utf8.ValidString(value) && !strings.ContainsFunc(value, unicode.IsControl)
}

// rules are those of the groups for the product; where there is no such group,
// of those for everyone.
func (p *parser) rules() *Rules {
	g := &p.everyone
	if p.own.seen {
		g = &p.own
	}
	r := &Rules{CrawlDelay: g.delay, Sitemaps: p.sitemaps}
	slices.SortFunc(g.rules, func(a, b rule) int { return compare(&a, &b) })
	// Of the same pattern the first has precedence, always.
	seen := make(map[string]bool, len(g.rules))
	g.rules = slices.DeleteFunc(g.rules, func(r rule) bool {
		again := seen[r.pattern]
		seen[r.pattern] = true
		return again
	})
	for i := range g.rules {
		g.rules[i].pattern = strings.Clone(g.rules[i].pattern)
	}
	r.setRules(g.rules)
	return r
}
