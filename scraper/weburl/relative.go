package weburl

import "strings"

// joined is the absolute URL that a reference seen from u stands for, if what is
// left to do is no more than to put the two together: "page", "../page", "/page",
// "//host/page", "?query", "#fragment" and "". It is for parseNormal to judge,
// which has the same result as the parser of everything, or none.
func (u URL) joined(ref string) string {
	if u.IsZero() {
		return ref
	}
	if ref == "" {
		return u.href[:u.fragmentStart]
	}
	switch ref[0] {
	case '#':
		return u.href[:u.fragmentStart] + ref
	case '?':
		return u.href[:u.queryStart] + ref
	case '/':
		if strings.HasPrefix(ref, "//") {
			return u.href[:strings.IndexByte(u.href, ':')+1] + ref
		}
		return u.href[:u.pathStart] + ref
	}
	if _, ok := schemeOf(ref); ok {
		return ref
	}
	return u.directory(&ref) + ref
}

// directory is u up to the directory that ref, which begins with no "/", is in. The
// "./" and "../" that ref begins with are cut off it.
func (u URL) directory(ref *string) string {
	end := int(u.pathStart) + strings.LastIndexByte(u.href[u.pathStart:u.queryStart], '/')
	for {
		switch {
		case strings.HasPrefix(*ref, "./"):
			*ref = (*ref)[len("./"):]
		case strings.HasPrefix(*ref, "../"):
			*ref = (*ref)[len("../"):]
			if up := strings.LastIndexByte(u.href[u.pathStart:end], '/'); up >= 0 {
				end = int(u.pathStart) + up
			}
		default:
			return u.href[:end+1]
		}
	}
}

// encodeNonASCII percent-encodes what is not ASCII behind the host of an absolute
// URL, where the parser does so with each byte.
func encodeNonASCII(s string) string {
	const hex = "0123456789ABCDEF"
	first := 0
	for first < len(s) && s[first] < 0x80 {
		first++
	}
	host := strings.Index(s, "://") + len("://")
	if first == len(s) || first <= host || !strings.ContainsAny(s[host:first], "/?#") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 2*(len(s)-first))
	b.WriteString(s[:first])
	for _, c := range []byte(s[first:]) {
		if c < 0x80 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}
