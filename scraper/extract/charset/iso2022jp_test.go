package charset

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/transform"
)

// TestISO2022JP follows the states of the Encoding standard's decoder.
func TestISO2022JP(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"ASCII", "a\\~", "a\\~"},
		{"Roman", "\x1b(J\\a~\x1b(B\\", "¥a‾\\"},
		{"katakana", "\x1b(I\x21\x5f\x1b(Ba", "｡ﾟa"},
		{"JIS X 0208", "\x1b$B$\"\x1b(Ba", "あa"},
		{"JIS C 6226", "\x1b$@$\"\x1b(Ba", "あa"},
		{"ASCII: shift out and in, and bytes beyond ASCII", "\x0e\x0f\x80a", "\ufffd\ufffd\ufffda"},
		{"Roman: shift out and in, and bytes beyond ASCII", "\x1b(J\x0e\x0f\x80a", "\ufffd\ufffd\ufffda"},
		{"katakana: a byte that is none", "\x1b(I\x20\x60\n\x21", "\ufffd\ufffd\ufffd｡"},
		{"lead byte: one that is none", "\x1b$B \n\xa4$\"", "\ufffd\ufffd\ufffdあ"},
		{"trail byte: one that is none", "\x1b$B$ $\"", "\ufffdあ"},
		{"trail byte: beyond ASCII", "\x1b$B$\xa2$\"", "\ufffdあ"},
		{"trail byte: line break", "\x1b$B$\n$\"", "\ufffdあ"},
		{"trail byte: an escape sequence", "\x1b$B$\x1b(Ba", "\ufffda"},
		{"trail byte: no escape sequence", "\x1b$B$\x1b$\"", "\ufffd\ufffdあ"},
		{"trail byte: the end", "\x1b$B$", "\ufffd"},
		{"not in the index", "\x1b$B\x7e\x7e\x1b(Ba", "\ufffda"},
		{"behind a broken character", "\x1b$B\xff\x1b(B<", "\ufffd<"},
		{"escape start: another byte", "\x1bab", "\ufffdab"},
		{"escape start: an escape sequence", "\x1b\x1b$B$\"", "\ufffdあ"},
		{"escape start: the end", "a\x1b", "a\ufffd"},
		{"escape: another byte", "\x1b(Xa\x1b$Xa", "\ufffd(Xa\ufffd$Xa"},
		{"escape: another byte, where two make a character", "\x1b$B\x1b$\"", "\ufffdあ"},
		{"escape: JIS X 0212", "\x1b$(Da", "\ufffd$(Da"},
		{"escape: the end", "\x1b$", "\ufffd$"},
		{"twice with nothing between", "\x1b$B\x1b(Ba", "\ufffda"},
		{"three times", "\x1b(J\x1b$B\x1b(Ba", "\ufffd\ufffda"},
		{"twice with a mistake between", "\x1b$B\x80\x1b(Ba", "\ufffda"},
		{"twice with no escape sequence between", "\x1b$B\x1bx\x1b(Ba", "\ufffd\ufffda"},
		{"nothing", "", ""},
	} {
		if got := string(Decode([]byte(c.in), "iso-2022-jp")); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		stream := transform.NewReader(iotest.OneByteReader(strings.NewReader(c.in)), NewDecoder("iso-2022-jp"))
		if got, err := io.ReadAll(stream); err != nil || string(got) != c.want {
			t.Errorf("%s, byte by byte: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
}
