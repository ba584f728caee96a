package weburl

// The parts that nobody asks for yet but the conformance suite.

// Path is the path, percent-encoded. It begins with "/".
func (u URL) Path() string { return u.href[u.pathStart:u.queryStart] }

// Query is the query with its "?", percent-encoded; "" if none, or empty.
func (u URL) Query() string { return orEmpty(u.href[u.queryStart:u.fragmentStart]) }

// Fragment is the fragment with its "#", percent-encoded; "" if none, or
// empty.
func (u URL) Fragment() string { return orEmpty(u.href[u.fragmentStart:]) }

// orEmpty returns part, or "" where it is but its delimiter.
func orEmpty(part string) string {
	if len(part) == 1 {
		return ""
	}
	return part
}
