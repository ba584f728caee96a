package prose

import (
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"golang.org/x/net/html"
)

// ownAddresses has the library write addresses as they were resolved. By itself it would
// take their queries apart and put them together anew, in which "*" and "," become
// escapes, and it would escape what stands for a password.
func ownAddresses(ctx converter.Context, w converter.Writer, n *html.Node) converter.RenderStatus {
	if n.Type != html.DocumentNode {
		return converter.RenderTryNext
	}
	ctx.RenderChildNodes(addressContext{ctx}, w, n)
	return converter.RenderSuccess
}

type addressContext struct{ converter.Context }

// WithValue is that of the Context, and stays an addressContext.
func (c addressContext) WithValue(key, value any) converter.Context {
	return addressContext{c.Context.WithValue(key, value)}
}

// AssembleAbsoluteURL is what a link or an image leads to, as Markdown writes it.
func (addressContext) AssembleAbsoluteURL(_ converter.Context, _, url string) string {
	return escapeAddress.Replace(url)
}

// escapeAddress escapes what would end a link's destination, or mean something else there
// (https://spec.commonmark.org/0.31.2/#link-destination). Line breaks and tabs in a URL
// count for nothing.
var escapeAddress = strings.NewReplacer(
	" ", "%20", "(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "[", "%5B", "\\", "%5C", "]", "%5D",
	"\n", "", "\r", "", "\t", "",
)
