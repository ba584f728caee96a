package extract

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"scrape/scraper/extract/charset"
	"scrape/scraper/extract/document"
)

// TestCharsetSuite runs html5lib's expectations.
func TestCharsetSuite(t *testing.T) {
	const path = "../../../shared/suites/charset_sniff.json"
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skipf("%s is not there: html5lib's encoding tests are not run", path)
	} else if err != nil {
		t.Fatal(err)
	}
	var suite struct {
		Cases []struct{ File, Data, Encoding string }
	}
	if err := json.Unmarshal(b, &suite); err != nil {
		t.Fatal(err)
	}
	if len(suite.Cases) == 0 {
		t.Fatal("no cases")
	}
	for i, c := range suite.Cases {
		data := make([]byte, 0, len(c.Data))
		for _, r := range c.Data {
			data = append(data, byte(r))
		}
		want := charset.Lookup(c.Encoding)
		if got := charsetOf(data, "text/html"); got != want {
			t.Errorf("case %d of %s: %s, want %s\n%.300q", i, c.File, got, want, data)
		}
	}
}

func TestCharset(t *testing.T) {
	filler := func(n int) string { return "<!--" + strings.Repeat("x", n) + "-->" }
	for _, c := range []struct{ name, head, contentType, want string }{
		{"nothing", "", "", "windows-1252"},
		{"ASCII", "<p>x", "text/html", "windows-1252"},
		{"mark before header", "\xef\xbb\xbfx", "text/html; charset=koi8-r", "utf-8"},
		{"UTF-16 mark", "\xff\xfe<\x00", "text/html; charset=utf-8", "utf-16le"},
		{"UTF-16 mark, big-endian", "\xfe\xff\x00<", "", "utf-16be"},
		{"header before meta", "<meta charset=koi8-r>", "text/html; charset=windows-1251", "windows-1251"},
		{"header unknown", "<meta charset=koi8-r>", "text/html; charset=bogus", "koi8-r"},
		{"header says UTF-16", "", "text/html; charset=utf-16", "utf-16le"},
		{"header in quotes", "", `text/html; charset="koi8-r"; x=y`, "koi8-r"},
		{"header untidy", "", "text/html;;x ; CharSet= KOI8-R ", "koi8-r"},
		{"header's first charset", "", "text/html; charset=koi8-r; charset=utf-8", "koi8-r"},
		{"charset in a quoted parameter", "", `text/html; x="; charset=utf-8"; charset=koi8-r`, "koi8-r"},
		{"meta before XML", `<?xml version="1.0" encoding="koi8-r"?><meta charset=big5>`, "", "big5"},
		{"XML declaration", `<?xml version="1.0" encoding = "koi8-r"?><p>`, "", "koi8-r"},
		{"XML declaration, single quotes", `<?xml encoding='koi8-r'?>`, "", "koi8-r"},
		{"XML declaration unclosed", `<?xml encoding="koi8-r"`, "", "windows-1252"},
		{"XML declaration of UTF-16", `<?xml encoding="utf-16"?>`, "", "utf-8"},
		{"XML declaration not first", ` <?xml encoding="koi8-r"?>`, "", "windows-1252"},
		{"XML declaration in UTF-16", "<\x00?\x00x\x00m\x00", "", "utf-16le"},
		{"XML declaration in UTF-16, big-endian", "\x00<\x00?\x00x\x00m", "", "utf-16be"},
		{"meta says x-user-defined", "<meta charset=x-user-defined>", "", "windows-1252"},
		{"header says x-user-defined", "", "text/html; charset=x-user-defined", "x-user-defined"},
		{"meta says replacement", "<meta charset=hz-gb-2312>", "", "replacement"},
		{"label with white space", "<meta charset=' \tkoi8-r\n'>", "", "koi8-r"},
		{"label with a no-break space", "<meta charset='\u00a0koi8-r'>", "", "utf-8"},
		{"label that only Unicode folds", "<meta charset='\u212aoi8-r'>", "", "utf-8"},
		{"late meta", filler(1100) + "<meta charset=koi8-r>", "", "koi8-r"},
		{"late meta over the limit", filler(1000) + "<meta charset=koi8-r>", "", "koi8-r"},
		{"late meta with pragma", filler(1100) + `<meta http-equiv=Content-Type content="text/html; charset=koi8-r">`, "", "koi8-r"},
		{"late content without pragma", filler(1100) + `<meta content="text/html; charset=koi8-r">`, "", "windows-1252"},
		{"late meta in a script", filler(1100) + "<script>'<meta charset=koi8-r>'</script>", "", "windows-1252"},
		{"late meta behind the title", "<title>" + strings.Repeat("x", 1100) + "</title><meta charset=koi8-r>", "", "koi8-r"},
		{"early meta in a script", "<script>'<meta charset=koi8-r>'</script>", "", "koi8-r"},
		{"undeclared UTF-8", "<p>日本語", "", "utf-8"},
		{"undeclared UTF-8, cut", "<p>日本語"[:10], "", "utf-8"},
		{"undeclared, not UTF-8", "<p>caf\xe9 x", "", "windows-1252"},
	} {
		if got := charsetOf([]byte(c.head), c.contentType); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		page, err := Title(strings.NewReader("<title></title>"+c.head), "text/html")
		if err != nil || page.Charset == "" {
			t.Errorf("%s: Title: %+v, %v", c.name, page, err)
		}
	}
}

// TestTitleCharset holds that Title, which reads in steps, and charsetOf, which gets the whole, agree.
func TestTitleCharset(t *testing.T) {
	late := "<title>é</title><!--" + strings.Repeat("x", 20<<10) + "-->"
	for _, c := range []struct{ page, title, charset string }{
		{late + "<meta charset=koi8-r>", "ц╘", "koi8-r"},
		{late + "<body><meta charset=koi8-r>", "é", "utf-8"},
		{"<title>\xe9</title>", "é", "windows-1252"},
		{"<title>T</title><p>é", "T", "utf-8"},
	} {
		got, err := Title(strings.NewReader(c.page), "text/html")
		if err != nil || got.Title != c.title || got.Charset != c.charset {
			t.Errorf("%.40q: %+v, %v; want %q in %s", c.page, got, err, c.title, c.charset)
		}
		if name := charsetOf([]byte(c.page), "text/html"); name != got.Charset {
			t.Errorf("%.40q: charsetOf says %s, Title %s", c.page, name, got.Charset)
		}
	}
}

func FuzzCharset(f *testing.F) {
	f.Add([]byte(`<meta charset="koi8-r">`), "text/html")
	f.Add([]byte(`<meta http-equiv="Content-Type" content="text/html; charset='utf-8'">`), `text/html; charset="x`)
	f.Add([]byte(`<?xml encoding="big5"?><!-- --><a =b='>' c>`), ";=;")
	f.Add([]byte("\xff\xfe<\x00"), "text/html;charset")
	f.Fuzz(func(t *testing.T, head []byte, contentType string) {
		name := charsetOf(head, contentType)
		if name == "" || charset.Lookup(name) != name {
			t.Fatalf("charsetOf(%q, %q) = %q", head, contentType, name)
		}
		if !utf8.Valid(charset.Decode(head, name)) {
			t.Fatalf("%s: %q", name, head)
		}
	})
}

// requireOneCharset fails unless a document has the encoding that Title finds.
func requireOneCharset(t testing.TB, page []byte, contentType string) {
	t.Helper()
	source := document.Source{ContentType: contentType, Body: page}
	d := document.New(t.Context(), source)
	content, err := (&Plan{title: true, maxField: DefaultMaxField}).Read(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	got := content.Page
	if d.Kind() != document.HTML {
		if got != (Page{}) {
			t.Fatalf("%q as %q: %+v of what is no HTML", page, contentType, got)
		}
		return
	}
	if name := d.Charset(); name != got.Charset {
		t.Fatalf("%.2000q as %q: %s, beside the title %s", page, contentType, name, got.Charset)
	}
	if title, ok := treeOracle(t, page, got.Charset); ok && len(page) < pageLimit && title != got.Title {
		t.Fatalf("%.2000q as %q: %q, the tree in %s has %q", page, contentType, got.Title, got.Charset, title)
	}
}

// TestOneCharset holds that a page which says its encoding late, or not at all, has the same one wherever it is
// asked for.
func TestOneCharset(t *testing.T) {
	n := 5_000
	if testing.Short() {
		n = 500
	}
	r := rand.New(rand.NewPCG(5, 6))
	late := "<!--" + strings.Repeat("x", 1100) + "-->"
	meta := []string{"<meta charset=koi8-r>", "<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>", "<meta charset=utf-16>", "é", "\xe9"}
	for range n {
		for _, pieces := range [][]string{soup, headSoup} {
			page := late + string(randomPage(r, pieces, 8)) + meta[r.IntN(len(meta))] + string(randomPage(r, pieces, 8)) + meta[r.IntN(len(meta))]
			requireOneCharset(t, []byte(page), "text/html")
		}
	}
	requireOneCharset(t, []byte("<title>T</title>"+strings.Repeat("x", 100<<10)+"é"), "text/html")
	requireOneCharset(t, []byte("<title>T</title>"+strings.Repeat("x", 300<<10)+"é"), "text/html")
}
