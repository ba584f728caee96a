package document

import (
	"strings"
	"testing"
)

const (
	png  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	gif  = "GIF89a\x01\x00\x01\x00\x80\x00\x00"
	jpeg = "\xff\xd8\xff\xe0\x00\x10JFIF\x00"
	zip  = "PK\x03\x04\x14\x00\x00\x00\x08\x00"
	pdf  = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
)

func TestSniff(t *testing.T) {
	const page = "<!DOCTYPE html><title>T</title>"
	const xhtml = `<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x ">">]><html xmlns="http://www.w3.org/1999/xhtml"><head/></html>`
	wide := func(s string) string {
		var b strings.Builder
		for _, c := range s {
			b.WriteRune(c)
			b.WriteByte(0)
		}
		return b.String()
	}
	for _, c := range []struct {
		name, contentType, body string
		kind                    Kind
		mediaType               string
	}{
		{"page", "text/html; charset=utf-8", page, HTML, "text/html"},
		{"page in capitals", "Text/HTML", page, HTML, "text/html"},
		{"page of text", "text/html", "no tags", HTML, "text/html"},
		{"empty page", "text/html", "", HTML, "text/html"},
		{"page with NULs", "text/html", "<p>a\x00b\x01", HTML, "text/html"},
		{"page in UTF-16", "text/html; charset=utf-16le", wide(page), HTML, "text/html"},
		{"page of JSON", "text/html", `{"a":1}`, HTML, "text/html"},
		{"XHTML", "application/xhtml+xml", xhtml, HTML, "application/xhtml+xml"},
		{"XHTML as XML", "text/xml", xhtml, HTML, "application/xhtml+xml"},
		{"XHTML as XML in UTF-16", "application/xml", "\xff\xfe" + wide(xhtml), HTML, "application/xhtml+xml"},
		{"XHTML untyped", "", xhtml, HTML, "application/xhtml+xml"},
		{"XML whose root is another html", "text/xml", `<html xmlns="urn:x">`, XML, "text/xml"},
		{"image as page", "text/html", png, Binary, "image/png"},
		{"PDF as page", "text/html", pdf, Binary, "application/pdf"},
		{"archive as page", "text/html", zip, Binary, "application/zip"},
		{"image as text", "text/plain", gif, Binary, "image/gif"},
		{"image as JSON", "application/json", jpeg, Binary, "image/jpeg"},
		{"image as XML", "text/xml", png, Binary, "image/png"},
		{"text that begins as an image", "text/html", "BM is a company", HTML, "text/html"},
		{"text that begins as a program", "text/plain", "MZ", Text, "text/plain"},
		{"binary text", "text/plain", "abc\x00\x01", Binary, "application/octet-stream"},
		{"text with escapes", "text/plain", "\x1b[31mred", Text, "text/plain"},
		{"marked text with NULs", "text/plain", "\xff\xfea\x00", Text, "text/plain"},
		{"feed as page", "text/html", "\xef\xbb\xbf <?xml version='1.0'?><!-- > --><rss version=2.0>", XML, "application/rss+xml"},
		{"Atom as page", "text/html", `<feed xmlns="http://www.w3.org/2005/Atom">`, XML, "application/atom+xml"},
		{"RDF as page", "text/html", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">`, XML, "application/rss+xml"},
		{"RDF that is no feed", "text/html", `<rdf:RDF xmlns:rdf="x">`, HTML, "text/html"},
		{"rssx is no feed", "text/html", `<rssx>`, HTML, "text/html"},
		{"feed as XML", "text/xml", "<rss>", XML, "text/xml"},
		{"drawing", "image/svg+xml", "<svg/>", XML, "image/svg+xml"},
		{"image of another kind", "image/png", jpeg, Binary, "image/jpeg"},
		{"image", "image/png", "<html>", Binary, "image/png"},
		{"download", "application/octet-stream", pdf, Binary, "application/pdf"},
		{"download of a page", "application/octet-stream", page, Binary, "application/octet-stream"},
		{"office document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", zip, Binary,
			"application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"JSON", "application/json", "{}", JSON, "application/json"},
		{"JSON-LD", "application/ld+json;profile=x", "{}", JSON, "application/ld+json"},
		{"CSV", "text/csv; header=present", "a,b", CSV, "text/csv"},
		{"script", "application/javascript", "x()", Text, "application/javascript"},
		{"nothing said", "", page, HTML, "text/html"},
		{"nothing that makes sense said", "html", page, HTML, "text/html"},
		{"unknown", "application/unknown", "text", Text, "text/plain"},
		{"anything", "*/*", png, Binary, "image/png"},
		{"feed untyped", "", "<rss version='2.0'>", XML, "application/rss+xml"},
		{"XML untyped", "", "<?xml version='1.0'?><a/>", XML, "text/xml"},
		{"empty untyped", "", "", Text, "text/plain"},
		{"AVIF", "", "\x00\x00\x00\x20ftypavif\x00\x00\x00\x00", Binary, "image/avif"},
		{"tar", "", "x" + strings.Repeat("\x00", 256) + "ustar", Binary, "application/x-tar"},
		{"binary untyped", "", "\x00\x01\x02", Binary, "application/octet-stream"},
	} {
		kind, mediaType := Sniff(c.contentType, []byte(c.body))
		if kind != c.kind || mediaType != c.mediaType {
			t.Errorf("%s: %d, %s; want %d, %s", c.name, kind, mediaType, c.kind, c.mediaType)
		}
		if kind == HTML && !MayBeHTML(c.contentType) {
			t.Errorf("%s: MayBeHTML says no", c.name)
		}
	}
}

func TestParseContentType(t *testing.T) {
	for _, c := range []struct{ in, essence, charset string }{
		{"", "", ""},
		{" TEXT/html ;x", "text/html", ""},
		{"text/html;charset=UTF-8", "text/html", "UTF-8"},
		{`text/html; x="; charset=no"; charset="a";charset=b`, "text/html", "a"},
		{"text", "", ""},
		{"text/\xff", "", ""},
		{"text/a b;charset=x", "", "x"},
	} {
		if essence, charset := ParseContentType(c.in); essence != c.essence || charset != c.charset {
			t.Errorf("%q: %q, %q", c.in, essence, charset)
		}
	}
}
