package rule

import "strings"

// isNameByte tells whether a byte can be in a CSS identifier, escapes apart.
func isNameByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c >= 0x80
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

func equalFold(a, b string) bool { return len(a) == len(b) && strings.EqualFold(a, b) }
