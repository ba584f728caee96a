package document

// What parts of a tree take of memory: an html.Node is 112 bytes, an html.Attribute 48, in slices of which a half
// may be empty.
const (
	nodeCost      = 112
	attributeCost = 2 * 48
	pendingCost   = 144     // of an attribute besides, while its tag is read: its name is kept twice more, once in a map
	leastCost     = 1 << 10 // of the elements that every page has
)

const (
	maxRoots  = 100       // html and body tags, each of which is compared with all attributes of those before
	maxCopied = 4 << 30   // bytes of texts that are copied as they grow
	maxClones = 256 << 20 // bytes of elements opened anew
)

// Cost estimates what the tree of an HTML page takes of memory, in bytes, and is rather too high than too low.
// The error, which wraps ErrNoTree, is for pages that are built to exhaust a parser, whose tree, or the work it
// makes, is out of all proportion to their size. Three rules of tree construction multiply: formatting elements
// left open are opened anew in every block; the attributes of every further html or body tag are compared with
// those of all before; and a text that goes on behind an ignored tag is copied as a whole.
func Cost(page []byte) (int64, error) {
	var l look
	l.at(page)
	if l.copied > maxCopied || l.clones > maxClones || l.roots > maxRoots {
		return 0, errExhausting
	}
	return leastCost + 2*nodeCost*l.tags + attributeCost*l.attributes + pendingCost*int64(l.widest) + int64(len(page)) + l.clones, nil
}

var errExhausting = tooLarge("it is built to exhaust a parser")
