package prose

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/weburl"
)

// resolve makes the URLs in a tree of a page absolute. Those that are none of the
// web, such as mailto, stay. What runs a script goes: attributes that are one, and
// addresses that lead to one. So do addresses that cannot be resolved, or would make all
// of them too long. The error is the context's.
func resolve(d *document.Document, tree *html.Node) error {
	r := d.NewResolver()
	steps := 0
	for n := range tree.Descendants() {
		if steps++; steps%patience == 0 && d.Context().Err() != nil {
			return d.Context().Err()
		}
		if n.Type != html.ElementNode {
			continue
		}
		n.Attr = slices.DeleteFunc(n.Attr, isScript)
		for i := range n.Attr {
			a := &n.Attr[i]
			switch a.Key {
			case "href", "src", "poster", "cite", "data", "action", "formaction":
				a.Val = link(r, a.Key, a.Val)
			case "srcset":
				a.Val = sources(r, a.Val)
			}
		}
	}
	return r.Err()
}

// isScript tells whether the value of an attribute is a script, or a page that may hold
// some.
func isScript(a html.Attribute) bool {
	return len(a.Key) > 2 && strings.EqualFold(a.Key[:2], "on") || strings.EqualFold(a.Key, "srcdoc")
}

// link is where a reference in the attribute of that name leads; "" for one to a script.
func link(r *document.Resolver, name, ref string) string {
	ref = strings.TrimSpace(ref)
	switch weburl.SchemeOf(ref) {
	case "", "http", "https":
		_, url, _ := r.Resolve(ref)
		return url
	case "javascript", "vbscript":
		return ""
	case "data": // which holds an image, unless somebody is to go there
		if name == "href" {
			return ""
		}
	}
	return ref
}

// sources makes the URLs of a srcset absolute.
func sources(r *document.Resolver, srcset string) string {
	var out []string
	for ref, descriptors := range document.Candidates(srcset) {
		url := link(r, "srcset", ref)
		if url == "" {
			continue
		}
		if descriptors != "" {
			url += " " + descriptors
		}
		out = append(out, url)
	}
	return strings.Join(out, ", ")
}
