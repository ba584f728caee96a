package extract

import (
	"net/http"
	"strings"
)

// mediaType is what matters here of a Content-Type header.
type mediaType struct {
	html    bool   // text/html or application/xhtml+xml
	unknown bool   // the header does not say: look at the content
	charset string // the charset parameter, "" if there is none
}

// parseContentType reads a Content-Type header (MIME Sniffing standard, "parsing a MIME type"), which forgives
// what mime.ParseMediaType refuses: the first charset counts, and a parameter that makes no sense is skipped.
func parseContentType(s string) mediaType {
	essence, params, _ := strings.Cut(s, ";")
	var m mediaType
	switch strings.ToLower(trimSpace(essence)) {
	case "text/html", "application/xhtml+xml":
		m.html = true
	case "", "unknown/unknown", "application/unknown", "*/*":
		m.unknown = true
	}
	for params != "" && m.charset == "" {
		var name, value string
		name, value, params = nextParam(params)
		if strings.EqualFold(name, "charset") {
			m.charset = value
		}
	}
	return m
}

// nextParam splits the first parameter off s.
func nextParam(s string) (name, value, rest string) {
	end := strings.IndexAny(s, ";=")
	if end < 0 {
		return "", "", ""
	}
	name, rest = trimSpace(s[:end]), s[end+1:]
	if s[end] == ';' {
		return name, "", rest
	}
	if !strings.HasPrefix(rest, `"`) {
		value, rest, _ = strings.Cut(rest, ";")
		return name, trimSpace(value), rest
	}
	// No label of an encoding holds a quote or a backslash, so that escapes inside need not be undone.
	value, rest, _ = strings.Cut(rest[1:], `"`)
	_, rest, _ = strings.Cut(rest, ";")
	return name, value, rest
}

// looksLikeHTML says whether a page without a type is HTML (MIME Sniffing standard, "identifying a resource
// with an unknown MIME type").
func looksLikeHTML(head []byte) bool {
	return strings.HasPrefix(http.DetectContentType(head), "text/html")
}

// trimSpace strips what the standards call ASCII white space.
func trimSpace(s string) string { return strings.Trim(s, whiteSpace) }
