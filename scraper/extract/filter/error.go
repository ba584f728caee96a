package filter

// Error is a mistake in the text of filters.
type Error struct {
	Offset  int    // of its place in the text, in bytes
	Message string // what is wrong, such as `unknown filter "numbr"`
	Hint    string // what to do about it, such as `did you mean "number"?`; may be empty
}

// Error is the message alone.
func (e *Error) Error() string { return e.Message }
