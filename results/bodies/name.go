package bodies

import (
	"encoding/hex"
	"strings"
)

// Name is where a body is kept, below the folder: two levels of folders by the first
// bytes of its SHA-256, then that in hex and an extension by the media type, such as
// "1f/8b/1f8b….html". Slashes separate the parts.
func Name(sha256 [32]byte, mediaType string) string {
	sum := hex.EncodeToString(sha256[:])
	return sum[:2] + "/" + sum[2:4] + "/" + sum + extension(mediaType)
}

// extension is that of a media type's files; the system has its own ideas of them, on
// every machine others.
func extension(mediaType string) string {
	if known, ok := extensions[mediaType]; ok {
		return known
	}
	switch {
	case strings.HasSuffix(mediaType, "+json"):
		return ".json"
	case strings.HasSuffix(mediaType, "+xml"):
		return ".xml"
	case strings.HasPrefix(mediaType, "text/"):
		return ".txt"
	}
	return ".bin"
}

var extensions = map[string]string{
	"application/atom+xml":          ".xml",
	"application/epub+zip":          ".epub",
	"application/gzip":              ".gz",
	"application/javascript":        ".js",
	"application/json":              ".json",
	"application/msword":            ".doc",
	"application/pdf":               ".pdf",
	"application/rss+xml":           ".xml",
	"application/rtf":               ".rtf",
	"application/vnd.ms-excel":      ".xls",
	"application/wasm":              ".wasm",
	"application/x-gzip":            ".gz",
	"application/x-javascript":      ".js",
	"application/x-ndjson":          ".jsonl",
	"application/x-tar":             ".tar",
	"application/xhtml+xml":         ".xhtml",
	"application/xml":               ".xml",
	"application/yaml":              ".yaml",
	"application/zip":               ".zip",
	"application/zstd":              ".zst",
	"audio/mpeg":                    ".mp3",
	"audio/ogg":                     ".ogg",
	"audio/wav":                     ".wav",
	"font/woff":                     ".woff",
	"font/woff2":                    ".woff2",
	"image/avif":                    ".avif",
	"image/bmp":                     ".bmp",
	"image/gif":                     ".gif",
	"image/jpeg":                    ".jpg",
	"image/png":                     ".png",
	"image/svg+xml":                 ".svg",
	"image/tiff":                    ".tif",
	"image/vnd.microsoft.icon":      ".ico",
	"image/webp":                    ".webp",
	"image/x-icon":                  ".ico",
	"text/calendar":                 ".ics",
	"text/css":                      ".css",
	"text/csv":                      ".csv",
	"text/html":                     ".html",
	"text/javascript":               ".js",
	"text/markdown":                 ".md",
	"text/tab-separated-values":     ".tsv",
	"text/xml":                      ".xml",
	"video/mp4":                     ".mp4",
	"video/webm":                    ".webm",
	"application/vnd.ms-powerpoint": ".ppt",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         ".xlsx",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   ".docx",
	"application/vnd.oasis.opendocument.text":                                   ".odt",
}
