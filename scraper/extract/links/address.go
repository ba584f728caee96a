package links

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"scrape/scraper/extract/markup"
)

// Limits on an address (RFC 5321, section 4.5.3.1).
const (
	maxLocal   = 64
	maxDomain  = 253
	maxAddress = maxLocal + len("@") + maxDomain
)

// addressAt finds the e-mail address around the "@" at s[at], so far as it is one
// that can be told from other text: the HTML standard's (for input elements), with
// at least one dot in its domain, whose last part is letters. Neither part begins or
// ends with a dot. What stands before the host of a URL is no address, and what stands in
// its path or query begins behind the last sign that parts these. A domain may be internationalised (IDNA), in U-labels or A-labels;
// its last part is then of ASCII letters, or has none. end is 0 where there is none.
func addressAt(s string, at int) (start, end int) {
	if at < 0 {
		return 0, 0
	}
	start = at
	for start > 0 && at-start <= maxLocal && inLocal(s[start-1]) {
		start--
	}
	if at-start > maxLocal {
		return 0, 0
	}
	for start < at && strings.IndexByte(".'`/=?{|}&", s[start]) >= 0 { // which mostly belong to what is before it
		start++
	}
	if scheme, rest, ok := openURL(s[:start]); ok {
		behind := strings.LastIndexAny(s[start:at], "/?#&=")
		if behind < 0 && scheme != "mailto" && isUser(rest) {
			return 0, 0
		}
		start += behind + 1
	}
	local := s[start:at]
	if local == "" || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return 0, 0
	}
	if before, _ := utf8.DecodeLastRuneInString(s[:start]); before == '@' || continuesWord(before) {
		return 0, 0
	}
	end = at + 1
	for end < len(s) && end-at <= maxDomain+1 {
		r, size := utf8.DecodeRuneInString(s[end:])
		if !inDomain(s[end]) && !continuesWord(r) {
			break
		}
		end += size
	}
	domain := strings.TrimRight(s[at+1:end], ".-")
	end = at + 1 + len(domain)
	behind, _ := utf8.DecodeRuneInString(s[end:])
	if behind == '@' || behind == '_' || continuesWord(behind) || !isDomain(domain) {
		return 0, 0
	}
	return start, end
}

// maxOpen is how far back a URL may begin that an address is not to be a part of.
const maxOpen = 256

// openURL finds the URL that a text ends within: its scheme, and what of it follows "://".
func openURL(text string) (scheme, rest string, ok bool) {
	text = text[max(0, len(text)-maxOpen):]
	at := strings.LastIndex(text, "://")
	if at < 0 {
		return "", "", false
	}
	start := at
	for start > 0 && markup.IsLetter(text[start-1]) {
		start--
	}
	rest = text[at+len("://"):]
	ended := strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>\"", r) })
	return strings.ToLower(text[start:at]), rest, start < at && !ended
}

// isUser tells whether what follows in a URL, before its "@", is a name or a password
// (RFC 3986, section 3.2.1). Where it is neither, something else has begun, as in
// "https://b.example,a@b.example".
func isUser(rest string) bool {
	return rest == "" || strings.Contains(rest, ":") && !strings.ContainsAny(rest, "/?#")
}

// continuesWord tells whether an address beside r is but a part of a word, in
// another script than local parts are told in.
func continuesWord(r rune) bool {
	return r >= utf8.RuneSelf && r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

func isDomain(domain string) bool {
	if len(domain) > maxDomain || !strings.Contains(domain, ".") {
		return false
	}
	label := ""
	for label = range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return isTopLevel(label)
}

// isTopLevel tells whether a name can be that of a top-level domain, and none is
// that of a file, as in "icon@2x.png".
func isTopLevel(label string) bool {
	label = strings.ToLower(label)
	switch label {
	case "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "css", "js":
		return false
	}
	if strings.HasPrefix(label, "xn--") {
		return true
	}
	ascii, other := 0, 0
	for _, c := range label {
		switch {
		case c >= utf8.RuneSelf:
			other++
		case 'a' <= c && c <= 'z':
			ascii++
		default:
			return false
		}
	}
	return (ascii == 0 || other == 0) && ascii+other >= 2
}

func inLocal(c byte) bool {
	return inDomain(c) || strings.IndexByte("!#$%&'*+/=?^_`{|}~", c) >= 0
}

func inDomain(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '-'
}
