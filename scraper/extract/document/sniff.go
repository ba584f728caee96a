package document

import (
	"bytes"
	"net/http"
	"strings"
)

// sniffed is how much of a body Sniff looks at.
const sniffed = 8 << 10

// Sniff tells what a body is by its Content-Type and its first 8 KiB, of which it needs no more (MIME Sniffing
// standard, "determining the computed MIME type of a resource"). mediaType is type and subtype in lower case.
// It goes beyond the standard where nobody would disagree:
//
//   - what is said to be text of some kind and begins as an image, a PDF file or another binary does is that,
//     whatever X-Content-Type-Options says;
//   - what a standard's list of binaries does not know but everybody else's;
//   - XML whose root is XHTML's is HTML, and a feed without a type is XML.
//
// JSON without a type is Text here: to tell takes the whole body.
func Sniff(contentType string, body []byte) (kind Kind, mediaType string) {
	head := body[:min(len(body), sniffed)]
	essence, label := ParseContentType(contentType)
	if isUnknown(essence) {
		return sniffUnknown(head)
	}
	kind = kindOf(essence)
	if kind == Binary {
		if found := signature(head); found != "" && vague(essence, found) {
			return Binary, found
		}
		return Binary, essence
	}
	if found := binary(head); found != "" {
		return Binary, found
	}
	switch kind {
	case HTML:
		if essence == "text/html" {
			if feed := feedType(rootOf(markupHead(head, label))); feed != "" {
				return XML, feed
			}
		}
	case XML:
		if rootOf(markupHead(head, label)).isXHTML() {
			return HTML, XHTMLType
		}
	case Text:
		if essence == "text/plain" && !hasBOM(head) && hasBinaryByte(head) && !wide(label) {
			return Binary, "application/octet-stream"
		}
	}
	return kind, essence
}

// MayBeHTML says whether Sniff may find that a body with that Content-Type is HTML.
func MayBeHTML(contentType string) bool {
	essence, _ := ParseContentType(contentType)
	kind := kindOf(essence)
	return isUnknown(essence) || kind == HTML || kind == XML
}

// isUnknown says whether a header does not say what the body is.
func isUnknown(essence string) bool {
	switch essence {
	case "", "unknown/unknown", "application/unknown", "*/*":
		return true
	}
	return false
}

// vague says whether the header's type tells less than what was found: nothing at all, or another kind of
// image, sound or film.
func vague(essence, found string) bool {
	kind, _, _ := strings.Cut(essence, "/")
	foundKind, _, _ := strings.Cut(found, "/")
	switch kind {
	case "image":
		return foundKind == "image"
	case "audio", "video":
		return foundKind == "audio" || foundKind == "video"
	}
	switch essence {
	case "application/octet-stream", "binary/octet-stream", "application/binary", "application/force-download",
		"application/download", "application/x-download":
		return true
	}
	return false
}

// sniffUnknown is for bodies whose type nobody said ("identifying a resource with an unknown MIME type").
func sniffUnknown(head []byte) (Kind, string) {
	if found := binary(head); found != "" {
		return Binary, found
	}
	found, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch root := rootOf(markupHead(head, "")); {
	case found == "text/html":
		return HTML, found
	case root.isXHTML():
		return HTML, XHTMLType
	case feedType(root) != "":
		return XML, feedType(root)
	case found == "text/xml":
		return XML, found
	case found == "text/plain":
		return Text, found
	}
	return Binary, found
}

// binary is the type of a body that is no text although something says so; "" where it may be one. A few letters
// that some files begin with may well begin a text too: such a file gives itself away by the bytes that follow.
func binary(head []byte) string {
	found := signature(head)
	switch {
	case found == "", bytes.HasPrefix(head, []byte("%PDF-")), bytes.HasPrefix(head, []byte("%!PS-Adobe-")):
		return found
	case hasBinaryByte(head):
		return found
	}
	return ""
}

// signature is the type of a file that begins so; "" for texts of all kinds and for what is not known.
func signature(head []byte) string {
	for _, s := range signatures {
		if len(head) >= s.offset && bytes.HasPrefix(head[s.offset:], []byte(s.magic)) {
			return s.mediaType
		}
	}
	switch found := http.DetectContentType(head); {
	case found == "application/octet-stream", strings.HasPrefix(found, "text/"):
		return ""
	default:
		return found
	}
}

// signatures are those of files often met that the standard leaves out.
var signatures = []struct {
	offset           int
	magic, mediaType string
}{
	{4, "ftypavif", "image/avif"},
	{4, "ftypheic", "image/heic"},
	{4, "ftypqt  ", "video/quicktime"},
	{4, "ftypM4A ", "audio/mp4"},
	{4, "ftyp", "video/mp4"},
	{0, "II*\x00", "image/tiff"},
	{0, "MM\x00*", "image/tiff"},
	{0, "\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"},
	{0, "\xff\x0a", "image/jxl"},
	{0, "\x00\x00\x00\x0cjP  ", "image/jp2"},
	{0, "8BPS", "image/vnd.adobe.photoshop"},
	{0, "AT&TFORM", "image/vnd.djvu"},
	{0, "fLaC", "audio/flac"},
	{0, "\xff\xfb", "audio/mpeg"},
	{0, "\xff\xf3", "audio/mpeg"},
	{0, "\xff\xf1", "audio/aac"},
	{0, "\xff\xf9", "audio/aac"},
	{0, "FLV\x01", "video/x-flv"},
	{0, "\x00\x00\x01\xba", "video/mpeg"},
	{0, "\x00\x00\x01\xb3", "video/mpeg"},
	{0, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"},
	{0, "BZh", "application/x-bzip2"},
	{0, "\xfd7zXZ\x00", "application/x-xz"},
	{0, "\x28\xb5\x2f\xfd", "application/zstd"},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"}, // old Office files
	{0, "\x7fELF", "application/x-executable"},
	{0, "MZ", "application/vnd.microsoft.portable-executable"},
	{0, "\xca\xfe\xba\xbe", "application/java-vm"},
	{0, "SQLite format 3\x00", "application/vnd.sqlite3"},
	{0, "PAR1", "application/vnd.apache.parquet"},
	{257, "ustar", "application/x-tar"},
}

// hasBinaryByte says whether one of the bytes is no text's (MIME Sniffing standard, "binary data byte").
func hasBinaryByte(b []byte) bool {
	for _, c := range b {
		if c <= 0x08 || c == 0x0B || 0x0E <= c && c <= 0x1A || 0x1C <= c && c <= 0x1F {
			return true
		}
	}
	return false
}

func hasBOM(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\xfe\xff")) || bytes.HasPrefix(b, []byte("\xff\xfe")) ||
		bytes.HasPrefix(b, []byte("\xef\xbb\xbf"))
}
