package document

import (
	"strings"

	"scrape/scraper/extract/markup"
)

// ParseContentType reads a Content-Type header (MIME Sniffing standard, "parsing a MIME type"), which forgives
// what mime.ParseMediaType refuses: the first charset counts, and a parameter that makes no sense is skipped.
// essence is type and subtype in lower case, "" where there is none; charset is the parameter, as it stands
// there.
func ParseContentType(s string) (essence, charset string) {
	essence, params, _ := strings.Cut(s, ";")
	essence = strings.ToLower(markup.TrimSpace(essence))
	if !isEssence(essence) {
		essence = ""
	}
	for params != "" && charset == "" {
		var name, value string
		name, value, params = nextParam(params)
		if strings.EqualFold(name, "charset") {
			charset = value
		}
	}
	return essence, charset
}

// isEssence says whether s has a type and a subtype, of which both are tokens (RFC 9110, section 5.6.2), so that
// nothing else gets into a record.
func isEssence(s string) bool {
	kind, subtype, _ := strings.Cut(s, "/")
	return isToken(kind) && isToken(subtype)
}

func isToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; !markup.IsLetter(c) && !('0' <= c && c <= '9') && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

// nextParam splits the first parameter off s.
func nextParam(s string) (name, value, rest string) {
	end := strings.IndexAny(s, ";=")
	if end < 0 {
		return "", "", ""
	}
	name, rest = markup.TrimSpace(s[:end]), s[end+1:]
	if s[end] == ';' {
		return name, "", rest
	}
	if !strings.HasPrefix(rest, `"`) {
		value, rest, _ = strings.Cut(rest, ";")
		return name, markup.TrimSpace(value), rest
	}
	// No label of an encoding holds a quote or a backslash, so that escapes inside need not be undone.
	value, rest, _ = strings.Cut(rest[1:], `"`)
	_, rest, _ = strings.Cut(rest, ";")
	return name, value, rest
}

// XHTMLType is what XHTML is served as.
const XHTMLType = "application/xhtml+xml"

// kindOf is what a media type says that a body is.
func kindOf(essence string) Kind {
	kind, subtype, _ := strings.Cut(essence, "/")
	switch essence {
	case "text/html", XHTMLType:
		return HTML
	case "text/csv", "text/x-csv", "application/csv", "application/x-csv", "text/comma-separated-values",
		"text/tab-separated-values":
		return CSV
	case "application/javascript", "application/x-javascript", "application/ecmascript", "application/yaml",
		"application/x-yaml", "application/toml", "application/sql", "application/graphql", "application/x-sh",
		"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines",
		"application/json-seq", "application/rtf", "application/n-triples", "application/n-quads", "application/trig":
		return Text
	}
	switch {
	case subtype == "xml", strings.HasSuffix(subtype, "+xml"):
		return XML
	case subtype == "json", subtype == "x-json", strings.HasSuffix(subtype, "+json"):
		return JSON
	case kind == "text":
		return Text
	}
	return Binary
}
