package xhtml

import "encoding/xml"

// Namespaces is what prefixes mean (Namespaces in XML 1.0).
type Namespaces struct {
	bound []binding // the innermost last
}

// binding says what a prefix means within the element at a depth.
type binding struct {
	depth       int
	prefix, uri string
	pair        string
}

// Enter takes note of the declarations among the attributes of an element at a depth.
func (n *Namespaces) Enter(depth int, attributes []xml.Attr) {
	for _, a := range attributes {
		switch {
		case a.Name.Space == "xmlns":
			n.bound = append(n.bound, binding{depth, a.Name.Local, a.Value, a.Name.Local + Means + a.Value})
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			n.bound = append(n.bound, binding{depth, "", a.Value, Means + a.Value})
		}
	}
}

// Leave forgets those of the elements from a depth on.
func (n *Namespaces) Leave(depth int) {
	for i := len(n.bound) - 1; i >= 0 && n.bound[i].depth >= depth; i-- {
		n.bound = n.bound[:i]
	}
}

// maxBindings is how many declarations are looked through for a prefix: those further out are forgotten.
const maxBindings = 64

// Means stands between a prefix and its URI in a Pair.
const Means = "="

// URI is what a prefix means here; not bound where nothing says so.
func (n *Namespaces) URI(prefix string) (uri string, bound bool) {
	if b := n.find(prefix); b != nil {
		return b.uri, true
	}
	return "", false
}

// Pair is a prefix and what it means here, with Means between them; the prefix alone
// where nothing says so. It is made once for each declaration.
func (n *Namespaces) Pair(prefix string) string {
	if b := n.find(prefix); b != nil {
		return b.pair
	}
	return prefix
}

var ofXML = binding{prefix: "xml", uri: xmlURI, pair: "xml" + Means + xmlURI}

const xmlURI = "http://www.w3.org/XML/1998/namespace"

func (n *Namespaces) find(prefix string) *binding {
	if prefix == ofXML.prefix {
		return &ofXML
	}
	for i := len(n.bound) - 1; i >= max(0, len(n.bound)-maxBindings); i-- {
		if n.bound[i].prefix == prefix {
			return &n.bound[i]
		}
	}
	return nil
}
