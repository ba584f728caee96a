// Package extract turns one response into data: what a Spec asks for, compiled to a Plan.
//
// A page's title, its charset and where it sends its reader by itself are read from a stream, with memory that does
// not depend on the size of the page, and no further than the answer needs. For anything else the page is there as
// a whole. All functions are safe for concurrent use.
package extract
