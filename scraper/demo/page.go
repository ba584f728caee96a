package demo

import (
	"fmt"
	"html"
	"net/http"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"scrape/results"
)

// page is a page that is well.
type page struct {
	path, language, title string
	charset               string // as the record names it
	encoding              encoding.Encoding
	declared              declaration
}

// declaration is how a page tells its charset.
type declaration int

const (
	byHeader    declaration = iota // Content-Type: text/html; charset=…
	byMeta                         // <meta charset=…>
	byHTTPEquiv                    // <meta http-equiv=content-type …>
	byBytes                        // a byte order mark
	byNothing
)

// controlCodes would, shown raw, set a terminal's title, clear its screen, turn
// it red, ring, and write backwards.
const controlCodes = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x1b[0m \u009b7m\u202egnp.exe\u2066 \b\b\b\x7fend"

// pages are made when they are asked for: a start need not pay for them.
func pages() []page {
	return []page{
		{"/greek", "el", "Καλημέρα, κόσμε", "utf-8", unicode.UTF8, byHeader},
		{"/vietnamese", "vi", "Xin chào thế giới", "utf-8", unicode.UTF8BOM, byBytes},
		{"/french", "fr", "Crêpes à l’œuf – 3 €", "windows-1252", charmap.Windows1252, byHeader},
		{"/icelandic", "is", "Góðan daginn, Þórður", "windows-1252", charmap.Windows1252, byNothing},
		{"/polish", "pl", "Zażółć gęślą jaźń", "iso-8859-2", charmap.ISO8859_2, byMeta},
		{"/turkish", "tr", "Işık ve gölge", "utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), byBytes},
		{"/russian", "ru", "Привет, мир", "koi8-r", charmap.KOI8R, byHTTPEquiv},
		{"/arabic", "ar", "مرحبا بالعالم", "windows-1256", charmap.Windows1256, byHeader},
		{"/japanese", "ja", "こんにちは、世界", "shift_jis", japanese.ShiftJIS, byMeta},
		{"/chinese", "zh-Hans", "你好，世界", "gbk", simplifiedchinese.GBK, byHeader},
		{"/taiwanese", "zh-Hant", "歡迎光臨臺北", "big5", traditionalchinese.Big5, byHTTPEquiv},
		{"/korean", "ko", "안녕하세요", "euc-kr", korean.EUCKR, byMeta},
		{"/entities", "en", "Fish & chips < 10 £", "utf-8", unicode.UTF8, byMeta},
		{"/control-codes", "en", controlCodes, "utf-8", unicode.UTF8, byHeader},
	}
}

// want is what the record of the page must say.
func (p page) want() Want {
	return Want{Outcome: results.Scraped, Status: http.StatusOK, Title: p.title, Charset: p.charset}
}

// body is the page in its charset. The error tells of a character that the
// charset has not.
func (p page) body() ([]byte, error) {
	meta := ""
	switch p.declared {
	case byMeta:
		meta = fmt.Sprintf("<meta charset=%s>\n", p.charset)
	case byHTTPEquiv:
		meta = fmt.Sprintf("<meta http-equiv=Content-Type content=\"text/html; charset=%s\">\n", p.charset)
	}
	title := html.EscapeString(p.title)
	text := fmt.Sprintf("<!doctype html>\n<html lang=%s>\n%s<title>%s</title>\n<h1>%s</h1>\n", p.language, meta, title, title)
	body, err := p.encoding.NewEncoder().Bytes([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("page %s in %s: %w", p.path, p.charset, err)
	}
	return body, nil
}

// contentType is the page's Content-Type header.
func (p page) contentType() string {
	if p.declared == byHeader {
		return "text/html; charset=" + p.charset
	}
	return "text/html"
}

// content answers with a body.
func content(contentType string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(body) // a visitor that left is no concern of the site
	}
}

// htmlPage answers with a page in UTF-8 that has a title.
func htmlPage(title string) http.HandlerFunc {
	return content("text/html; charset=utf-8", fmt.Appendf(nil, "<!doctype html>\n<html lang=en>\n<title>%s</title>\n", title))
}

// titled is the wish for a page of htmlPage.
func titled(title string) Want {
	return Want{Outcome: results.Scraped, Status: http.StatusOK, Title: title, Charset: "utf-8"}
}
