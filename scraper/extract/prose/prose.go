// Package prose is what there is to read in a document: all that a reader sees of
// it, its main content without what stands around that, and either of them as
// Markdown.
//
// All functions only read the document's tree, and give the error of the
// document's context where that ended before they did.
package prose
