package document

import (
	"iter"
	"strings"

	"scrape/scraper/extract/markup"
	"scrape/scraper/weburl"
)

// LazySources are the attributes in which pages keep an image's URL until a script loads
// it, those most used first.
var LazySources = []string{"data-src", "data-lazy-src", "data-original", "data-lazy"}

// ImageSource is what an image shows, by its attributes: its src, unless that is missing or
// but a placeholder (a data: URL); else what a script would put there; else the first of
// its srcset. It is a reference as the page has it; "" where there is none.
func ImageSource(attribute func(name string) string) string {
	for _, name := range append([]string{"src"}, LazySources...) {
		if ref := markup.TrimSpace(attribute(name)); ref != "" && !isData(ref) {
			return ref
		}
	}
	for _, name := range []string{"srcset", "data-srcset"} {
		for ref := range Candidates(attribute(name)) {
			return ref
		}
	}
	return ""
}

// Candidates are the entries of a srcset
// (https://html.spec.whatwg.org/#parsing-a-srcset-attribute): the reference of each, in
// which there may be commas, and its descriptors, which may be none that there are.
func Candidates(srcset string) iter.Seq2[string, string] {
	return func(yield func(ref, descriptors string) bool) {
		for s := srcset; ; {
			s = strings.TrimLeft(s, ", \t\n\f\r")
			if s == "" {
				return
			}
			end := strings.IndexAny(s, " \t\n\f\r")
			if end < 0 {
				end = len(s)
			}
			ref, descriptors := s[:end], ""
			s = s[end:]
			if cut := strings.TrimRight(ref, ","); cut != ref {
				ref = cut
			} else {
				descriptors, s = cutDescriptors(s)
			}
			if !yield(ref, markup.TrimSpace(descriptors)) {
				return
			}
		}
	}
}

// cutDescriptors cuts what stands before the next comma that is not in parentheses.
func cutDescriptors(s string) (descriptors, rest string) {
	parentheses := false
	for i := range len(s) {
		switch s[i] {
		case '(':
			parentheses = true
		case ')':
			parentheses = false
		case ',':
			if !parentheses {
				return s[:i], s[i+1:]
			}
		}
	}
	return s, ""
}

// isData tells whether a reference is a data: URL.
func isData(ref string) bool { return weburl.SchemeOf(ref) == "data" }
