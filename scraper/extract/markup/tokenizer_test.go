package markup_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"scrape/scraper/extract/markup"
)

// pages are those that every rule of the tokenizer has something to do in.
var pages = []string{
	"",
	"plain",
	"a < b <",
	"a</",
	"<p>a<p/>b</p>",
	"<P CLASS='a' id=b data-x = \"c\" class=d hidden>",
	"<a href=/x/>x</a ><a href=x / ><br/><br /><p =/><p a= /><p a=><p = = a=1 a=2/>",
	"<a href=\"?a=1&copy=2&amp;b=3&lt;&lt&notit;&notit&semi;&#x41;&#65 &#0;&#x80;&nosuch;&acE;&copy\">",
	"x &amp; y &copy=1 &notit; \r\n \r \x00",
	"<a\x00B c\x00=\x00\r\n>\x00</A\x00b>",
	"<script>if (a<b) '</scripty' </script ><b>",
	"<script><!-- <script> </script> --> </script>x",
	"<script><!-- <x < </script>y<script>--></script>",
	"<script><!-- <script> - -- </script> </script>y",
	"<SCRIPT/></scrip></script",
	"<style><p>&amp;\x00</style><textarea>&lt;</p></textarea><title>a<b>&amp;</title x>",
	"<noscript><p></noscript><xmp><b></xmp><iframe><b></iframe><noembed><b></noembed><noframes></noframes>",
	"<title></title><plaintext>a</plaintext>",
	"<!-- a --><!--><!---><!----><!--a--!><!--a--!-b--><!--a--!b--><!-- --> -- > <!--a\x00--",
	"<!-- a --!", "<!-- a -", "<!", "<!>", "<!-", "<!d", "<!doc", "<!doctype", "<!DOCTYPE  html x>", "<!doctype ",
	"</>x</ y>z<?xml version='1.0'?><![CDATA[ x ]]>", "<!x", "<?", "</ ", "<![CDATA[ &lt; ]]]>x<![CDATA[ ]>",
	"<p", "<p a", "<p a=", "<p a='", "<p a='b", "</p", "<p a=b/",
}

// token is what both tokenizers say of a token.
type token struct {
	kind       string
	raw, data  string
	attributes string
}

// ours are the tokens of a page.
func ours(page string, foreign bool) []token {
	var tokens []token
	t := markup.New(page)
	t.Foreign = foreign
	for t.Next() != markup.End {
		tok := token{raw: page[t.Start():t.Stop()]}
		switch t.Kind() {
		case markup.Text:
			tok.kind, tok.data = "Text", t.Text()
		case markup.Comment:
			tok.kind, tok.data = "Comment", t.Text()
		case markup.Doctype:
			tok.kind, tok.data = "Doctype", t.Text()
		case markup.EndTag:
			tok.kind, tok.data = "EndTag", t.Name()
		case markup.StartTag:
			tok.kind, tok.data = "StartTag", t.Name()
			if t.SelfClosing() {
				tok.kind = "SelfClosingTag"
			}
			seen, dropped := make(map[string]bool), false // whether the last attribute is
			for t.NextAttribute() {
				key := t.Key()
				if dropped = seen[key]; !dropped {
					seen[key] = true
					tok.attributes += key + "=" + t.Value() + "\n"
				}
			}
			if dropped && strings.HasSuffix(tok.raw, "/>") {
				tok.kind = "SelfClosingTag" // for which x/net/html takes the end of a value that it drops
			}
		}
		tokens = append(tokens, tok)
	}
	return tokens
}

// theirs are those that x/net/html finds.
func theirs(page string, foreign bool) []token {
	var tokens []token
	z := html.NewTokenizer(strings.NewReader(page))
	z.AllowCDATA(foreign)
	for z.Next() != html.ErrorToken {
		if foreign {
			z.NextIsNotRawText()
		}
		raw := string(z.Raw())
		t := z.Token()
		tok := token{kind: t.Type.String(), raw: raw, data: t.Data}
		if foreign && t.Type == html.TextToken && strings.HasPrefix(raw, "<![CDATA[") {
			// x/net/html replaces character references there, which the standard does not.
			tok.data = strings.TrimSuffix(strings.TrimPrefix(raw, "<![CDATA["), "]]>")
			tok.data = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\uFFFD").Replace(tok.data)
		}
		seen := make(map[string]bool) // x/net/html compares names before it replaces NULs in them
		for _, a := range t.Attr {
			if !seen[a.Key] {
				seen[a.Key] = true
				tok.attributes += a.Key + "=" + a.Val + "\n"
			}
		}
		if n := len(tokens); raw == "</" && n > 0 && tokens[n-1].kind == "Text" { // at the end of the page
			tokens[n-1].raw += raw
			tokens[n-1].data += raw
			continue
		}
		tokens = append(tokens, tok)
	}
	return tokens
}

// compare fails where the tokenizers differ.
func compare(t *testing.T, page string) {
	for _, foreign := range []bool{false, true} {
		got, want := ours(page, foreign), theirs(page, foreign)
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Errorf("%q, foreign %v: token %d differs:\n%q, want\n%q", page, foreign, i, got[min(i, len(got)):], want[min(i, len(want)):])
				break
			}
		}
	}
}

func TestTokens(t *testing.T) {
	for _, page := range pages {
		compare(t, page)
	}
}

// FuzzTokens compares the tokens with those of x/net/html.
func FuzzTokens(f *testing.F) {
	for _, page := range pages {
		f.Add(page)
	}
	f.Fuzz(func(t *testing.T, page string) { compare(t, strings.ToValidUTF8(page, "\uFFFD")) })
}
