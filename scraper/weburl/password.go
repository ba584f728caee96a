package weburl

import (
	"strings"
	"unicode"
)

// Hidden stands for a password where one is shown.
const Hidden = "***"

// HidePassword returns text with the password in it, if it is or was meant to
// be a URL with one, shown as ***. It works on what cannot be parsed too, and
// there would rather hide too much: a "/" in a password makes a URL that is
// none, but not one that may be printed. Where there is an "@" it also leaves
// out what the standard does: controls and spaces at the ends, tabs and line
// breaks.
func HidePassword(text string) string {
	if strings.IndexByte(text, '@') < 0 {
		return text
	}
	text = stripped(text)
	start := 0
	if scheme, ok := schemeOf(text); ok {
		rest := text[len(scheme)+1:]
		if IsOpaque(scheme) {
			return text
		}
		if isWeb(scheme) || strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, `\`) {
			start = len(text) - len(rest)
		}
	}
	rest := strings.TrimLeft(text[start:], `/\`)
	start = len(text) - len(rest)
	authority := BeforePath(rest)
	at := strings.LastIndexByte(authority, '@')
	colon := strings.IndexByte(authority, ':')
	if at < 0 {
		// Either the "@" belongs to the path, or what looked like a port is
		// the beginning of a password.
		if colon < 0 || authority[0] == '[' || strings.Trim(authority[colon+1:], "0123456789") == "" {
			return text
		}
		at = strings.LastIndexByte(rest, '@')
	}
	if colon < 0 || colon+1 >= at {
		return text
	}
	return text[:start+colon+1] + Hidden + text[start+at:]
}

// HidePasswords returns text that is no URL, such as a message, with whatever
// could be the password of a URL in it shown as ***. It hides too much rather
// than too little: in a word what stands between a colon, save that of a scheme,
// and the last "@"; and after "://", since a password may hold spaces, the same
// up to the next URL.
func HidePasswords(text string) string {
	var b strings.Builder
	for text != "" {
		end := strings.IndexFunc(text, unicode.IsSpace)
		if end < 0 {
			end = len(text)
		}
		if strings.Contains(text[:end], "://") {
			next := strings.Index(text[end:], "://")
			if next < 0 {
				end = len(text)
			} else {
				end += strings.LastIndexFunc(text[end:end+next], unicode.IsSpace)
			}
		}
		b.WriteString(HideLine(text[:end]))
		next := strings.IndexFunc(text[end:], func(r rune) bool { return !unicode.IsSpace(r) })
		if next < 0 {
			next = len(text) - end
		}
		b.WriteString(text[end : end+next])
		text = text[end+next:]
	}
	return b.String()
}

// HideLine is HidePasswords for what is meant to be one URL and could not be
// parsed, such as a line of a list: whatever stands between the first colon,
// save those of schemes, and the last "@" is shown as ***.
func HideLine(line string) string {
	at := -1
	for _, sign := range []string{"@", "%40", "＠"} { // the last as IDNA reads it
		at = max(at, strings.LastIndex(line, sign))
	}
	start := 0
	for at >= 0 {
		i := strings.IndexAny(line[start:], ":%")
		if i < 0 || start+i >= at {
			return line
		}
		start += i
		if end, isColon := colon(line, start); isColon {
			return line[:end] + Hidden + line[at:]
		}
		start++
	}
	return line
}

// colon tells whether a colon stands at i, as it is or encoded, and where it
// ends. That of a scheme is none.
func colon(line string, i int) (end int, ok bool) {
	if strings.EqualFold(line[i:min(i+3, len(line))], "%3a") {
		return i + 3, true
	}
	if line[i] != ':' || strings.HasPrefix(line[i:], "://") {
		return i + 1, false
	}
	before := line[max(0, i-longestOpaque-1):i]
	return i + 1, !IsOpaque(before[strings.LastIndexAny(before, " \t")+1:])
}

// longestOpaque is the length of the longest scheme that IsOpaque knows.
const longestOpaque = len("view-source")

// IsOpaque tells whether a scheme, in any case, is one of those whose URLs
// name no host, such as mailto or javascript. What looks like another of
// these, "name:rest", may be a host with its port, or a user name.
func IsOpaque(scheme string) bool {
	if len(scheme) > longestOpaque {
		return false
	}
	switch strings.ToLower(scheme) {
	case "about", "acct", "blob", "cid", "data", "geo", "im", "javascript", "magnet",
		"mailto", "mid", "news", "sip", "sips", "sms", "tel", "urn", "view-source", "xmpp":
		return true
	}
	return false
}
