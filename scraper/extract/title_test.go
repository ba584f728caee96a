package extract

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

// awkwardPages are pages whose title is easily got wrong. That the tree has the same is tested as well.
var awkwardPages = []struct{ name, page, title string }{
	{"plain", "<!doctype html><html><head><title>Plain</title></head><body>x", "Plain"},
	{"empty page", "", ""},
	{"no title", "<p>x", ""},
	{"empty title counts", "<title></title><title>second</title>", ""},
	{"first of two", "<title>first</title><title>second</title>", "first"},
	{"upper case, attributes", `<TITLE lang="en" data-x="</title>">T</TiTlE
>`, "T"},
	{"self-closing is not", "<title/>T</title>", "T"},
	{"white space", "<title>\n\t a \f\r\n b  c </title>", "a b c"},
	{"no-break space stays", "<title> a&nbsp; b </title>", "a\u00a0 b"},
	{"references", "<title>a &amp; b &lt;c&gt; &#x263A; &#0; &notin; &copy</title>", "a & b <c> ☺ \ufffd ∉ ©"},
	{"white space by reference", "<title>&#32;a&#9;&#10;b&#32;</title>", "a b"},
	{"markup is text", "<title>a <b>b</b> <!-- c --></title>", "a <b>b</b> <!-- c -->"},
	{"NUL", "<title>a\x00b</title>", "a\ufffdb"},
	{"unclosed", "<title>all of it<p>is title", "all of it<p>is title"},
	{"tag never closed", "<title", ""},
	{"in a comment", "<!-- <title>no</title> --><title>yes</title>", "yes"},
	{"odd comments", "<!--><title>yes</title> -->", "yes"},
	{"comment ended by a bang", "<!-- x --!><title>yes</title> -->", "yes"},
	{"in a script", "<script>'<title>no</title>'</script><title>yes</title>", "yes"},
	{"in a script escaped twice", "<script><!--<script></script><title>no</title>--></script><title>yes</title>", "yes"},
	{"in a style", "<style><title>no</title></style><title>yes</title>", "yes"},
	{"in a noscript", "<noscript><title>no</title></noscript><title>yes</title>", "yes"},
	{"in a textarea", "<textarea><title>no</title></textarea><title>yes</title>", "yes"},
	{"in an iframe", "<iframe><title>no</title></iframe><title>yes</title>", "yes"},
	{"in an attribute", `<meta content="<title>no</title>"><title>yes</title>`, "yes"},
	{"in an unquoted attribute", `<meta content=<title>no<title>yes</title>`, "yes"},
	{"in a template", "<template><title>no</title></template><title>yes</title>", "yes"},
	{"only in a template", "<template><p><title>no</title></p></template>", ""},
	{"in a drawing", "<body><svg><title>no</title></svg><title>yes</title>", "yes"},
	{"only in a drawing", "<svg><g><title>no</title></g></svg>", ""},
	{"drawing left open", "<body><svg><path><title>no</title><p><title>yes</title>", "yes"},
	{"drawing closed by its parent", "<div><svg><g></div><title>yes</title>", "yes"},
	{"CDATA in a drawing", "<svg><![CDATA[</svg><title>no</title>]]></svg><title>yes</title>", "yes"},
	{"foreign object", "<svg><foreignObject><title>yes</title></foreignObject></svg>", "yes"},
	{"in a formula", "<math><title>no</title></math><title>yes</title>", "yes"},
	{"text in a formula", "<math><mi><title>yes</title></mi></math>", "yes"},
	{"annotation", `<math><annotation-xml encoding="Text/HTML"><title>yes</title></annotation-xml></math>`, "yes"},
	{"in the body", "<body><div><p>x<title>yes</title>", "yes"},
	{"behind the body", "<body></body></html><title>yes</title>", "yes"},
	{"behind text", "x<title>yes</title>", "yes"},
	{"in a select", "<select><option><title>yes</title></select>", "yes"},
	{"astray in a table", "<table><tr><td><title>inside</title></td><title>before</title></table>", "before"},
	{"behind a table", "<table><td>x</table><title>yes</title>", "yes"},
	{"frameset takes the body away", "<p><title>no</title></p><frameset><frame></frameset>", ""},
	{"frameset too late", "<body><title>yes</title><frameset>", "yes"},
	{"in a frameset", "<frameset><title>no</title></frameset>", ""},
	{"before a frameset", "<title>yes</title><frameset>", "yes"},
	{"plaintext", "<plaintext><title>no</title>", ""},
	{"XML declaration", `<?xml version="1.0"?><!DOCTYPE html><html xmlns="x"><head><title>yes</title>`, "yes"},
	{"byte order mark", "\xef\xbb\xbf<title>é</title>", "é"},
	{"broken UTF-8", "<meta charset=utf-8><title>a\xe4\xb8b\xff\xf0\x9f\x98c</title>", "a\ufffdb\ufffd\ufffdc"},
	{"deep, then a title", strings.Repeat("<div>", 600) + "x<title>yes</title>", "yes"},
}

func TestTitle(t *testing.T) {
	for _, c := range awkwardPages {
		t.Run(c.name, func(t *testing.T) {
			got, err := Title(strings.NewReader(c.page), "text/html")
			if err != nil || got.Title != c.title || got.Charset == "" {
				t.Errorf("Title(%q) = %+v, %v; want %q", c.page, got, err, c.title)
			}
			bytewise, err := Title(iotest.OneByteReader(strings.NewReader(c.page)), "text/html")
			if err != nil || bytewise != got {
				t.Errorf("read byte by byte: %+v, %v; want %+v", bytewise, err, got)
			}
			requireTreeTitle(t, []byte(c.page))
		})
	}
}

func TestTitleDecodes(t *testing.T) {
	const title = "<title>%s</title>"
	for _, c := range []struct{ charset, text, name string }{
		{"utf-8", "日本語 – é", "utf-8"},
		{"iso-8859-1", "é “quoted” €", "windows-1252"},
		{"windows-1251", "Привет, мир", "windows-1251"},
		{"koi8-r", "Привет, мир", "koi8-r"},
		{"iso-8859-8-i", "שלום", "iso-8859-8-i"},
		{"shift_jis", "日本語の表示 ソフト", "shift_jis"},
		{"euc-jp", "日本語", "euc-jp"},
		{"iso-2022-jp", "日本語", "iso-2022-jp"},
		{"euc-kr", "한국어", "euc-kr"},
		{"big5", "中文 功能", "big5"},
		{"gbk", "中文", "gbk"},
		{"gb18030", "中文 😀", "gb18030"},
		{"utf-16le", "中文 😀", "utf-16le"},
		{"utf-16be", "中文 😀", "utf-16be"},
	} {
		e, err := htmlindex.Get(c.charset)
		if err != nil {
			t.Fatal(err)
		}
		page, err := e.NewEncoder().String(strings.Replace(title, "%s", c.text+" &eacute;", 1))
		if err != nil {
			t.Fatal(err)
		}
		want := Page{Title: c.text + " é", Charset: c.name}
		got, err := Title(strings.NewReader(page), "text/html; charset="+c.charset)
		if err != nil || got != want {
			t.Errorf("header %s: %+v, %v; want %+v", c.charset, got, err, want)
		}
		if strings.HasPrefix(c.charset, "utf-16") {
			continue
		}
		got, err = Title(strings.NewReader("<meta charset="+c.charset+"><svg></svg>"+page), "text/html")
		if err != nil || got != want {
			t.Errorf("meta %s, by the tree: %+v, %v; want %+v", c.charset, got, err, want)
		}
	}
	// The standard decodes gbk as gb18030, which has more characters.
	got, err := Title(strings.NewReader("<title>\x94\x39\xfc\x36</title>"), "text/html; charset=gbk")
	if err != nil || got.Title != "😀" {
		t.Errorf("gbk: %+v, %v", got, err)
	}
	if got, err := Title(strings.NewReader("<title>x</title>"), "text/html; charset=iso-2022-kr"); err != nil || got.Title != "" || got.Charset != "replacement" {
		t.Errorf("replacement: %+v, %v", got, err)
	}
	late := "<!--" + strings.Repeat("x", 1024) + "--><title>x</title><meta charset=hz-gb-2312>"
	if got, err := Title(strings.NewReader(late), "text/html"); err != nil || got.Title != "" || got.Charset != "replacement" {
		t.Errorf("replacement behind the title: %+v, %v", got, err)
	}
}

// TestTitleOfFeed has that of the first title element where a browser shows one: of a feed that is served as a page.
func TestTitleOfFeed(t *testing.T) {
	const feed = `<?xml version="1.0"?><rss version="2.0"><channel><title>News &amp; more</title><item><title>one</title></item></channel></rss>`
	for contentType, want := range map[string]string{"text/html": "News & more", "text/html; charset=koi8-r": "News & more", "application/rss+xml": "", "text/xml": "", "": ""} {
		got, err := Title(strings.NewReader(feed), contentType)
		if err != nil || got.Title != want {
			t.Errorf("%q: %+v, %v; want %q", contentType, got, err, want)
		}
		for _, what := range []string{"title", "title,feed"} {
			got, err := compile(t, Spec{Extract: []string{what}}).Read(t.Context(), sourceOf(t, contentType, feed))
			if err != nil || got.Title != want || strings.Contains(what, "feed") && !strings.Contains(string(got.Data), `"title":"one"`) {
				t.Errorf("%q, %s: %+v, %v; want %q", contentType, what, got, err, want)
			}
		}
	}
}

func TestTitleContentTypes(t *testing.T) {
	const page = "<!doctype html><title>T</title>"
	for _, c := range []struct {
		contentType, body string
		html              bool
	}{
		{"text/html", page, true},
		{" Text/HTML ;charset=utf-8", page, true},
		{"application/xhtml+xml", page, true},
		{"", page, true},
		{"*/*", page, true},
		{"application/unknown", page, true},
		{"", "just text", false},
		{"", "\x89PNG\r\n\x1a\n", false},
		{"", "", false},
		{"text/plain", page, false},
		{"application/xml", page, false},
		{"image/svg+xml", "<svg><title>no</title></svg>", false},
		{"text/htmlx", page, false},
	} {
		got, err := Title(strings.NewReader(c.body), c.contentType)
		if err != nil || (got.Title == "T") != c.html || (got.Charset != "") != c.html {
			t.Errorf("%q %.20q: %+v, %v; want HTML %t", c.contentType, c.body, got, err, c.html)
		}
	}
}

// counter counts what is read of a stream without end that begins with head.
type counter struct {
	head []byte
	n    int
}

func (c *counter) Read(b []byte) (int, error) {
	n := copy(b, c.head[min(c.n, len(c.head)):])
	for n < len(b) {
		b[n] = 'x'
		n++
	}
	c.n += n
	return n, nil
}

func TestTitleReadsNoFurther(t *testing.T) {
	for _, c := range []struct {
		name, contentType, head string
		most                    int
	}{
		{"near the top", "text/html", "<meta charset=utf-8><title>T</title>", pageStep},
		{"at 10 KiB", "text/html", "<meta charset=utf-8><!--" + strings.Repeat("x", 10<<10) + "--><title>T</title>", 2 * pageStep},
		{"in the body", "text/html; charset=utf-8", "<body><p>" + strings.Repeat("x", 7<<10) + "<title>T</title>", pageStep},
		{"charset not told", "text/html", "<title>T</title><body>", pageStep},
		{"longer than counts", "text/html; charset=utf-8", "<title>T" + strings.Repeat(" ", 300<<10), maxTitleText + 2*pageStep},
		{"needs the tree", "text/html", "<svg></svg><title>T</title>", pageLimit},
	} {
		r := &counter{head: []byte(c.head)}
		got, err := Title(r, c.contentType)
		if err != nil || got.Title != "T" || r.n > c.most {
			t.Errorf("%s: %+v, %v; %d bytes read, want at most %d", c.name, got, err, r.n, c.most)
		}
	}
	r := &counter{}
	if got, err := Title(r, "image/png"); err != nil || got != (Page{}) || r.n > 0 {
		t.Errorf("no HTML: %+v, %v, %d bytes read", got, err, r.n)
	}
}

func TestTitleReadErrors(t *testing.T) {
	broken := errors.New("broken off")
	for _, c := range []struct {
		body, title string
		err         error
	}{
		{"", "", broken},
		{"<head><meta", "", broken},
		{"<title>T</title><p>", "T", broken},
		{"<title>so far", "so far", broken},
		{"<svg></svg><title>T</title>", "T", broken},
		{"<!--" + strings.Repeat("x", 300<<10), "", broken},
	} {
		got, err := Title(io.MultiReader(strings.NewReader(c.body), iotest.ErrReader(broken)), "text/html")
		if err != c.err || got.Title != c.title {
			t.Errorf("%.20q: %+v, %v; want %q, %v", c.body, got, err, c.title, c.err)
		}
	}
	if _, err := Title(idle{}, "text/html"); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a reader that gives nothing: %v", err)
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestTitleLimits(t *testing.T) {
	for _, c := range []struct{ name, page, title string }{
		{"title of 100 KiB is cut between characters", "<title>" + strings.Repeat("é", 50<<10) + "</title>", strings.Repeat("é", 32<<10)},
		{"title without end", "<title>" + strings.Repeat("a ", 1<<20), strings.TrimSpace(strings.Repeat("a ", 32<<10))},
		{"200 KiB of script before it", "<script>" + strings.Repeat("x", 200<<10) + "</script><title>T</title>", "T"},
		{"behind a megabyte of tags", "<body>x" + strings.Repeat("<p>", 400<<10) + "<title>T</title>", "T"},
		{"behind a megabyte of drawing", "<body><svg><title>no</title>" + strings.Repeat("<g/>", 300<<10) + "<svg/><svg></svg><title>no</title></svg><title>T</title>", "T"},
		{"far behind a drawing", "<body><svg><title>no</title></svg>" + long("<p>") + "<title>T</title>", "T"},
		{"far behind two drawings", "<svg></svg>" + long("<p>") + "<svg><title>no</title></svg><title>T</title>", "T"},
		{"far behind a template", "<template><title>no</title></template>" + long("<p>") + "<title>T</title>", "T"},
		{"in a template far down", long("<p>") + "<template><title>no</title></template>", ""},
		{"in a frameset far down", "<p>" + long("<p>") + "<frameset><title>no</title></frameset>", ""},
		{"far behind a table", "<table><td>" + long("x ") + "</table><title>T</title>", "T"},
		{"in a drawing, then far behind", "<svg><g><title>no</title></svg><table></table>" + long("x ") + "<title>T</title>", "T"},
		{"the tree before the guess", "<table><td><title>inside</title></td><title>before</title></table>" + long("x "), "before"},
		{"begun where the tree ends", "<svg></svg><p>" + strings.Repeat("x", pageLimit-40) + "<title>all of this title</title>", "all of this title"},
		{"exhausting", "<title>x</title><body><svg>" + manyClones(), "x"},
		{"exhausting, its title in doubt", "<svg><title>no</title></svg><title>x</title>" + manyClones(), "x"},
	} {
		got, err := Title(strings.NewReader(c.page), "text/html; charset=utf-8")
		if err != nil || got.Title != c.title {
			t.Errorf("%s: %.60q (%d bytes), %v; want %.60q (%d bytes)", c.name, got.Title, len(got.Title), err, c.title, len(c.title))
		}
		if len(got.Title) > maxTitle || !utf8.ValidString(got.Title) {
			t.Errorf("%s: %d bytes, valid %t", c.name, len(got.Title), utf8.ValidString(got.Title))
		}
	}
}

// long repeats s to more than pageLimit bytes.
func long(s string) string { return strings.Repeat(s, pageLimit/len(s)+20) }

// TestTitleBehindLongTokens holds that a title is found behind anything that is longer than what is kept.
func TestTitleBehindLongTokens(t *testing.T) {
	for _, c := range []struct{ name, page string }{
		{"comment", "<!-- <title>no</title>" + long("-x>") + "--><title>yes</title>"},
		{"comment of dashes", "<!--" + long("-") + "><title>yes</title>"},
		{"comment ended by a bang", "<!--" + long("--!-") + "--!><title>yes</title>"},
		{"doctype", "<!doctype html " + long("x") + "><title>yes</title>"},
		{"processing instruction", "<?" + long("<x") + "><title>yes</title>"},
		{"bogus end tag", "</ " + long("<x") + "><title>yes</title>"},
		{"script", "<script>'<title>no</title>'" + long("</ </scripts <!-") + "</script><title>yes</title>"},
		{"escaped script", "<script><!--" + long("- -- <a <script> </script>") + "--></script><title>yes</title>"},
		{"style", "<style><title>no</title>" + long("</ </st") + "</style><title>yes</title>"},
		{"noscript", "<noscript>" + long("<p>") + "<title>no</title></noscript><title>yes</title>"},
		{"textarea", "<body><textarea>" + long("</textare>") + "<title>no</title></textarea><title>yes</title>"},
		{"end tag of a script", "<script></script " + long("x=' >' ") + "><title>yes</title>"},
		{"attribute in quotes", "<link href='<title>no</title>" + long(">") + "'><title>yes</title>"},
		{"attribute without", "<link href=" + long("<title ") + "><title>yes</title>"},
		{"attribute's name", "<link " + long("=\"") + "><title>yes</title>"},
		{"many attributes", "<link " + long("a=1 b='>' /c = \">\" / ") + "><title>yes</title>"},
		{"element's name", "<" + long("title") + "><title>yes</title>"},
		{"end tag's attributes", "<head></p " + long("a='>' ") + "><title>yes</title>"},
		{"title's attribute", "<title lang='" + long(">") + "'>yes</title>"},
		{"white space", "<head>" + long(" \n") + "<title>yes</title>"},
		{"text", "<p>" + long("text < &lt; ") + "<title>yes</title>"},
		{"references to white space", "<head>" + long("&#32;&Tab;") + "<title>yes</title><frameset>"},
		{"NULs", "<html>" + long("\x00 ") + "<title>yes</title>"},
		{"empty end tags", "<head>" + long("</>") + "<title>yes</title>"},
		{"plaintext", "<plaintext>" + long("x") + "<title>no</title>"},
		{"unclosed comment", "<!--" + long("x") + "<title>no</title>"},
		{"unclosed attribute", "<p a='" + long("x") + "<title>no</title>"},
		{"title's end tag", "<title>yes</title" + long(" ") + "><title>no</title>"},
	} {
		t.Run(c.name, func(t *testing.T) { requireTreeTitle(t, []byte(c.page)) })
	}
}

// manyClones is a page of 100 KiB whose tree takes gigabytes: 400 formatting elements in each of many blocks.
func manyClones() string {
	var b strings.Builder
	for i := range 400 {
		b.WriteString("<b id=" + string(rune('a'+i%26)) + strings.Repeat("x", i/26) + ">")
	}
	for b.Len() < 100<<10 {
		b.WriteString("<p>x")
	}
	return b.String()
}

// TestTitleMemory shows that what a hostile page costs does not grow with its size.
func TestTitleMemory(t *testing.T) {
	const size = 16 << 20
	for _, c := range []struct {
		name, head, fill string
		most             uint64
	}{
		{"one text", "<body>", "x", 4 << 20},
		{"one attribute", `<link href="`, "x", 4 << 20},
		{"one comment", "<!--", "x", 4 << 20},
		{"one script", "<script><!--", "</s", 4 << 20},
		{"one tag", "<meta ", "a=b ", 4 << 20},
		{"blank text", "<html>", " ", 4 << 20},
		{"tags", "<p>", "<p a='b'>", 4 << 20},
		{"one title", "<title>", "x", 4 << 20},
		{"drawing", "<svg><title>", "<g>", 16 << 20},
		{"formatting", "<svg></svg><title>x</title>", "<b><i>x<p>", 128 << 20},
		{"roots", "<svg></svg><title>x</title>", "<body a>", 16 << 20},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Title(io.LimitReader(&repeated{head: c.head, unit: c.fill}, size), "text/html; charset=utf-8")
		runtime.ReadMemStats(&after)
		if allocated := after.TotalAlloc - before.TotalAlloc; err != nil || allocated > c.most {
			t.Errorf("%s: %d KiB allocated, want at most %d; %v", c.name, allocated>>10, c.most>>10, err)
		}
	}
}

// repeated gives out head, then unit again and again.
type repeated struct {
	head, unit string
	rest       string
}

func (r *repeated) Read(b []byte) (int, error) {
	n := copy(b, r.head)
	r.head = r.head[n:]
	for n < len(b) {
		if r.rest == "" {
			r.rest = r.unit
		}
		k := copy(b[n:], r.rest)
		r.rest = r.rest[k:]
		n += k
	}
	return n, nil
}

func TestTitleConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				for _, c := range awkwardPages {
					if got, err := Title(bytes.NewReader([]byte(c.page)), "text/html"); err != nil || got.Title != c.title {
						t.Errorf("%s: %+v, %v", c.name, got, err)
					}
				}
			}
		})
	}
	wg.Wait()
}
