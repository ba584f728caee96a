package document

import "unicode/utf8"

// Position is the line and column of an offset in bytes of a text, from 1; columns count
// characters. A line ends with LF, CR or both. An offset beyond the text is its end.
func Position(text string, offset int) (line, column int) {
	offset = min(max(offset, 0), len(text))
	line, start := 1, 0
	for i := range offset {
		if c := text[i]; c == '\n' || c == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			line, start = line+1, i+1
		}
	}
	return line, utf8.RuneCountInString(text[start:offset]) + 1
}
