package weburl

import "strings"

// hidden stands for a password.
const hidden = "***"

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
	return text[:start+colon+1] + hidden + text[start+at:]
}

// IsOpaque tells whether a scheme, in any case, is one of those whose URLs
// name no host, such as mailto or javascript. What looks like another of
// these, "name:rest", may be a host with its port, or a user name.
func IsOpaque(scheme string) bool {
	switch strings.ToLower(scheme) {
	case "about", "acct", "blob", "cid", "data", "geo", "im", "javascript", "magnet",
		"mailto", "mid", "news", "sip", "sips", "sms", "tel", "urn", "view-source", "xmpp":
		return true
	}
	return false
}
