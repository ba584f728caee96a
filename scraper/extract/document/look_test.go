package document

import (
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// soup is what a page is made of whose tags are not where they seem to be.
var soup = strings.Fields(`<!--!> <!--!x> <!-- --> --!> --!- <!--> <!---> <!---!> <!----!> - ! > <script> </script> <style> </style>
	<title> </title> <svg> </svg> <math> </math> <mi> </mi> <desc> </desc> <![CDATA[ ]]> <plaintext> <textarea> </textarea>
	<noscript> </noscript> <svg/> <script/> <title/> <iframe> </iframe> <xmp> </xmp> <? </ </> <! <template> </template>
	<select> </select> <p> </p> <a/b='> <a"c='x'> "> '> <foreignObject> </foreignObject> <annotation-xml> <table> <tr> <td>
	<noframes> </noframes> <frameset> <body> <head> </head> <desc/> </SVG > </script/> </scripty> <!DOCTYPE> <svg><style>
	<math><title>`)

// soupPage is a page with a payload of elements between two runs of soup; each byte is one of those.
func soupPage(before, after []byte) string {
	var b strings.Builder
	for _, i := range before {
		b.WriteString(soup[int(i)%len(soup)])
	}
	b.WriteString(strings.Repeat("<br>", payload))
	for _, i := range after {
		b.WriteString(soup[int(i)%len(soup)])
	}
	return b.String()
}

const (
	payload = 400
	implied = 100 // elements of a tree that have no tag in the page, or are opened anew
)

// checkLook holds that a look sees all the tags that a parser makes elements of.
func checkLook(t *testing.T, page string) {
	t.Helper()
	var l look
	l.at([]byte(page))
	tree, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return
	}
	elements := int64(0)
	for n := range tree.Descendants() {
		if n.Type == html.ElementNode {
			elements++
		}
	}
	if elements > l.tags+implied {
		t.Errorf("%d elements of %d tags: %q", elements, l.tags, page)
	}
}

// TestLookSeesAllElements holds it of comments that end where only some think so, and of soup.
func TestLookSeesAllElements(t *testing.T) {
	elements := strings.Repeat("<br>", payload)
	for _, page := range []string{
		"<!--!><script>-->" + elements + "</script>", "<!---!><script>-->" + elements, "<!----!>" + elements,
		"<!--x--!>" + elements, "<!--x--!-->" + elements, "<!--x--!->" + elements, "<!-->" + elements, "<!--->" + elements,
	} {
		checkLook(t, page)
	}
	random := rand.New(rand.NewPCG(6, 1))
	pieces := func(most int) []byte {
		b := make([]byte, random.IntN(most))
		for i := range b {
			b[i] = byte(random.IntN(256))
		}
		return b
	}
	for range 3000 {
		checkLook(t, soupPage(pieces(8), pieces(5)))
	}
}

// FuzzLook holds it of more soup than that.
func FuzzLook(f *testing.F) {
	f.Add([]byte{0, 12, 3}, []byte{13})
	f.Add([]byte{8, 16, 3}, []byte{17})
	f.Fuzz(func(t *testing.T, before, after []byte) {
		checkLook(t, soupPage(before[:min(len(before), 16)], after[:min(len(after), 16)]))
	})
}
