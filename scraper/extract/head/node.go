package head

import (
	"encoding/json"
	"html"
	"strings"

	"scrape/scraper/extract/markup"
)

// node is an object of JSON-LD, in as much as it says who made something and when.
type node struct {
	ID            json.RawMessage `json:"@id"`
	Type          json.RawMessage `json:"@type"`
	Graph         json.RawMessage `json:"@graph"`
	Value         json.RawMessage `json:"@value"`
	Name          json.RawMessage `json:"name"`
	Author        json.RawMessage `json:"author"`
	Publisher     json.RawMessage `json:"publisher"`
	DatePublished json.RawMessage `json:"datePublished"`
	DateModified  json.RawMessage `json:"dateModified"`
}

// nodes are those of a page that are not parts of others, articles first.
type nodes struct {
	all      []node
	articles int // how many of them
	byID     map[string]*node
}

// maxScript is how large the JSON-LD of a page may be to be looked into.
const maxScript = 4 << 20

// readNodes reads those of the page's scripts.
func readNodes(scripts []json.RawMessage) nodes {
	var articles, others []node
	left := maxScript
	for _, s := range scripts {
		if left -= len(s); left < 0 {
			break
		}
		for _, n := range flatten(nil, s, 0) {
			if n.isArticle() {
				articles = append(articles, n)
			} else {
				others = append(others, n)
			}
		}
	}
	return nodes{all: append(articles, others...), articles: len(articles)}
}

// flatten appends the nodes of a value: those of an array, and those of a graph.
func flatten(all []node, value json.RawMessage, depth int) []node {
	const deepest = 3
	if depth == deepest || len(value) == 0 {
		return all
	}
	for _, v := range list(value) {
		if len(all) >= most {
			break
		}
		var n node
		if v[0] == '[' {
			all = flatten(all, v, depth+1)
		} else if v[0] == '{' && json.Unmarshal(v, &n) == nil {
			graph := n.Graph
			n.Graph = nil
			all = flatten(append(all, n), graph, depth+1)
		}
	}
	return all
}

// list are the elements of an array; of anything else it is that alone.
func list(value json.RawMessage) []json.RawMessage {
	var elements []json.RawMessage
	if len(value) == 0 {
		return nil
	}
	if value[0] != '[' || json.Unmarshal(value, &elements) != nil {
		return []json.RawMessage{value}
	}
	return elements
}

// isArticle tells whether the node is what a page is there for: an Article, a
// NewsArticle, a BlogPosting.
func (n *node) isArticle() bool {
	for _, t := range list(n.Type) {
		if name := text(t); strings.HasSuffix(name, "Article") || strings.HasSuffix(name, "Posting") || strings.HasSuffix(name, "/Report") || name == "Report" {
			return true
		}
	}
	return false
}

// text is a value's text: that of the first of several, or of a value object;
// empty where there is none.
func text(value json.RawMessage) string {
	var s string
	for _, v := range list(value) {
		var n node
		switch {
		case v[0] == '"' && json.Unmarshal(v, &s) == nil:
		case v[0] == '{' && json.Unmarshal(v, &n) == nil && len(n.Value) > 0 && n.Value[0] == '"':
			if json.Unmarshal(n.Value, &s) != nil {
				return ""
			}
		}
		if s = markup.Collapse(s); s != "" {
			return s
		}
	}
	return ""
}

// author is somebody or something that a node names as its author.
type author struct {
	name      string
	person    bool // it says that it is one
	publisher bool // the node has its name as that of the publisher, too
}

func isPerson(a author) bool      { return a.person && !a.publisher }
func isNoPublisher(a author) bool { return !a.publisher }
func isAnybody(author) bool       { return true }

// persons are the authors of the first article that has some who are persons.
func (n *nodes) persons() []string { return n.first(n.all[:n.articles], isPerson) }

// authors are those of the first node that has some of that kind.
func (n *nodes) authors(kind func(author) bool) []string { return n.first(n.all, kind) }

func (n *nodes) first(of []node, kind func(author) bool) []string {
	for i := range of {
		var names []string
		for _, a := range n.authorsOf(&of[i]) {
			if kind(a) {
				names = append(names, a.name)
			}
		}
		if len(names) > 0 {
			return names
		}
	}
	return nil
}

// authorsOf are those that a node names: as texts, objects, or references to objects that
// stand elsewhere in the page.
func (n *nodes) authorsOf(of *node) []author {
	all := n.named(of.Author)
	if len(all) == 0 {
		return nil
	}
	for _, publisher := range n.named(of.Publisher) {
		for i := range all {
			all[i].publisher = all[i].publisher || strings.EqualFold(all[i].name, publisher.name)
		}
	}
	return all
}

// named are those that a value names.
func (n *nodes) named(value json.RawMessage) []author {
	var all []author
	for _, v := range list(value) {
		if len(all) == maxAuthors {
			break
		}
		name, person := text(v), false
		var object node
		if v[0] == '{' && json.Unmarshal(v, &object) == nil {
			of := &object
			if name = text(of.Name); name == "" {
				if of = n.withID(text(of.ID)); of != nil {
					name = text(of.Name)
				}
			}
			person = of != nil && of.isPerson()
		}
		if name = markup.Collapse(html.UnescapeString(name)); name != "" && !isURL(name) {
			all = append(all, author{name: name, person: person})
		}
	}
	return all
}

func (n *node) isPerson() bool {
	for _, t := range list(n.Type) {
		if name := text(t); name == "Person" || strings.HasSuffix(name, "schema.org/Person") {
			return true
		}
	}
	return false
}

// withID is the node with that id and a name; nil where there is none.
func (n *nodes) withID(id string) *node {
	if id == "" {
		return nil
	}
	if n.byID == nil {
		n.byID = make(map[string]*node)
		for i := range n.all {
			if id := text(n.all[i].ID); n.byID[id] == nil && len(n.all[i].Name) > 0 {
				n.byID[id] = &n.all[i]
			}
		}
	}
	return n.byID[id]
}
