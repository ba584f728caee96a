package document

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"scrape/scraper/weburl"
)

func newDocument(t testing.TB, contentType, body string) *Document {
	t.Helper()
	u, err := weburl.Parse("https://example.com/dir/page?q")
	if err != nil {
		t.Fatal(err)
	}
	d := New(t.Context(), Source{URL: u, ContentType: contentType, Body: []byte(body)})
	t.Cleanup(d.Release)
	return d
}

func TestText(t *testing.T) {
	for _, c := range []struct{ name, contentType, body, text, charset string }{
		{"UTF-8", "text/html; charset=utf-8", "<p>é", "<p>é", "utf-8"},
		{"ASCII", "text/html", "<p>e", "<p>e", "windows-1252"},
		{"mark", "text/html", "\xef\xbb\xbf<p>é", "<p>é", "utf-8"},
		{"mark alone", "text/html", "\xef\xbb\xbf", "", "utf-8"},
		{"Latin-1", "text/html; charset=iso-8859-1", "caf\xe9", "café", "windows-1252"},
		{"broken UTF-8", "text/html; charset=utf-8", "a\xe2\x82b\xff", "a\ufffdb\ufffd", "utf-8"},
		{"UTF-16", "text/html", "\xff\xfe<\x00p\x00>\x00\xe9\x00", "<p>é", "utf-16le"},
		{"UTF-16, odd", "text/html", "\xff\xfea\x00\xd8", "a\ufffd", "utf-16le"},
		{"meta", "text/html", "<meta charset=koi8-r>\xe0", "<meta charset=koi8-r>Ю", "koi8-r"},
		{"late meta", "text/html", "<!--" + strings.Repeat("x", 2000) + "--><script>'<p>'</script><meta charset=koi8-r>",
			"", "koi8-r"},
		{"meta in the body", "text/html", "<!--" + strings.Repeat("x", 2000) + "--><p><meta charset=koi8-r>", "", "windows-1252"},
		{"JIS", "text/html; charset=iso-2022-jp", "\x1b$B$\"\x1b(B", "あ", "iso-2022-jp"},
		{"XML", "text/xml", "<?xml version='1.0' encoding='windows-1251'?><a>\xe0</a>", "", "windows-1251"},
		{"XML in ASCII", "text/xml", "<a/>", "<a/>", "utf-8"},
		{"XML, header first", "text/xml; charset=utf-8", "<?xml version='1.0' encoding='windows-1251'?><a/>", "", "utf-8"},
		{"JSON", "application/json; charset=iso-8859-1", `"é"`, `"é"`, "utf-8"},
		{"JSON in UTF-16", "application/json", "[\x001\x00]\x00", "[1]", "utf-16le"},
		{"CSV", "text/csv", "a;caf\xe9", "a;café", "windows-1252"},
		{"text", "text/plain", "é", "é", "utf-8"},
		{"NULs are left", "text/html", "a\x00b", "a\x00b", "windows-1252"},
		{"image", "image/png", png, "", ""},
		{"replacement", "text/html; charset=iso-2022-kr", "abc", "\ufffd", "replacement"},
	} {
		d := newDocument(t, c.contentType, c.body)
		if got := d.Charset(); got != c.charset {
			t.Errorf("%s: charset %q, want %q", c.name, got, c.charset)
		}
		if got := d.Text(); c.text != "" && got != c.text || !utf8.ValidString(got) {
			t.Errorf("%s: text %q, want %q", c.name, got, c.text)
		}
	}
}

// TestTextShares holds that a text which has not to be decoded costs nothing.
func TestTextShares(t *testing.T) {
	body := []byte("<p>é" + strings.Repeat("x", 1<<20))
	d := New(t.Context(), Source{ContentType: "text/html; charset=utf-8", Body: body})
	if n := testing.AllocsPerRun(10, func() { d.text.done = false; d.Text() }); n > 4 {
		t.Errorf("%v allocations", n)
	}
	body[0] = '!'
	if d.Text()[0] != '!' {
		t.Error("the text is a copy")
	}
}

func TestKindOfPlainJSON(t *testing.T) {
	for _, c := range []struct {
		contentType, body string
		want              Kind
	}{
		{"text/plain", "\xef\xbb\xbf {\"a\": [1]}\n", JSON},
		{"text/plain", "{a}", Text},
		{"text/plain", "12", Text},
		{"text/plain", "[1] [2]", Text},
		{"", "[1, 2]", JSON},
		{"text/markdown", "[1]", Text},
	} {
		if got := newDocument(t, c.contentType, c.body).Kind(); got != c.want {
			t.Errorf("%q as %q: %d, want %d", c.body, c.contentType, got, c.want)
		}
	}
}

func TestBase(t *testing.T) {
	const own = "https://example.com/dir/page?q"
	for _, c := range []struct{ name, page, want string }{
		{"none", "<p>", own},
		{"absolute", "<base href=http://other.example/x/>", "http://other.example/x/"},
		{"relative", "<BASE HREF='../up/'>", "https://example.com/up/"},
		{"two", "<base href=/a/><base href=/b/>", "https://example.com/a/"},
		{"first without href", "<base target=x><base href=/b/>", "https://example.com/b/"},
		{"twice the attribute", "<base href=/a/ href=/b/>", "https://example.com/a/"},
		{"in the body", "<body><div><base href=/a/>", "https://example.com/a/"},
		{"javascript", "<base href=javascript:x><base href=/b/>", own},
		{"data", "<base href=data:text/html,x>", own},
		{"invalid", "<base href='http://a b/'>", own},
		{"comment", "<!--<base href=/a/>-->", own},
		{"script", "<script>'<base href=/a/>'</script>", own},
		{"noscript", "<noscript><base href=/a/></noscript>", own},
		{"template", "<template><base href=/a/></template><base href=/b/>", "https://example.com/b/"},
		{"drawing", "<svg><base href=/a/></svg><svg/><base href=/b/>", "https://example.com/b/"},
		{"formula", "<math><mi><base href=/a/></mi><base href=/b/></math>", "https://example.com/a/"},
		{"drawing that HTML ends", "<svg><p><base href=/a/>", "https://example.com/a/"},
		{"attribute", "<p title='<base href=/a/>'>", own},
		{"basefont", "<basefont href=/a/>", own},
		{"cut", "<base href=/a/", own},
		{"long", "<base href=/" + strings.Repeat("a", 9<<10) + "/><base href=/b/>", own},
	} {
		if got := newDocument(t, "text/html", c.page).Base().String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestJSON(t *testing.T) {
	d := newDocument(t, "application/json", "\xef\xbb\xbf{\"a\": [1, 1.50, 12345678901234567890], \"b\": \"\\ud800\"}")
	got, err := d.JSON()
	want := map[string]any{"a": []any{json.Number("1"), json.Number("1.50"), json.Number("12345678901234567890")}, "b": "\ufffd"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for name, body := range map[string]string{
		"two":      "1 2",
		"rubbish":  "{} x",
		"cut":      `{"a":`,
		"empty":    "",
		"deep":     strings.Repeat("[", 1<<20),
		"too many": strings.Repeat("{},", 1<<20),
	} {
		d := newDocument(t, "application/json", body)
		if v, err := d.JSON(); !errors.Is(err, ErrNoTree) || v != nil {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
}

func TestRelease(t *testing.T) {
	d := newDocument(t, "text/html", "<p>x")
	first, err := d.Tree()
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := d.Tree(); again != first {
		t.Error("two trees")
	}
	d.Release()
	d.Release()
	if tree, err := d.Tree(); tree != nil || !errors.Is(err, ErrNoTree) {
		t.Errorf("%v, %v", tree, err)
	}
	if d.Text() != "<p>x" {
		t.Error("the text is gone")
	}
}

// TestTreesWait holds that trees wait for one another's memory, and that a task's end ends that.
func TestTreesWait(t *testing.T) {
	if err := trees.Acquire(t.Context(), maxTrees); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := New(ctx, Source{ContentType: "text/html", Body: []byte("<p>")})
	if _, err := d.Tree(); !errors.Is(err, context.Canceled) || !d.Waited() {
		t.Error(err)
	}
	trees.Release(maxTrees)
	if d = New(ctx, Source{ContentType: "text/html", Body: []byte("<p>")}); d.Waited() {
		t.Error("a document waits before anybody asks for its tree")
	}
	if _, err := d.Tree(); !errors.Is(err, context.Canceled) || d.Waited() {
		t.Errorf("%v, waited %v", err, d.Waited())
	}
	d.Release()
	if _, err := newDocument(t, "text/html", "<p>").Tree(); err != nil {
		t.Error(err)
	}
}

func FuzzDocument(f *testing.F) {
	for _, seed := range []string{"<base href=/x><p>é", png, `{"a":[1]}`, "<rss><channel/></rss>", "\xff\xfe<\x00", "a,b"} {
		for _, contentType := range []string{"text/html", "", "text/xml; charset=koi8-r", "application/json", "text/plain"} {
			f.Add(contentType, []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		d := newDocument(t, contentType, string(body))
		if !utf8.ValidString(d.Text()) || (d.Kind() == Binary) != (d.Charset() == "") {
			t.Fatalf("%d, %q, %q", d.Kind(), d.Charset(), d.Text())
		}
		if d.Base().IsZero() {
			t.Fatal("no base")
		}
		tree, err := d.Tree()
		if (tree == nil) == (err == nil) {
			t.Fatal(tree, err)
		}
		if tree != nil {
			if size := sizeOf(tree); size > d.held {
				t.Fatalf("a tree of %d bytes was thought to take %d", size, d.held)
			}
		}
		d.XML()
		d.JSON()
	})
}

// sizeOf is what a tree takes of memory, without its texts and what slices hold in reserve.
func sizeOf(n *html.Node) int64 {
	size := int64(nodeCost + 48*len(n.Attr))
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		size += sizeOf(c)
	}
	return size
}
