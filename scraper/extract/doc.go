// Package extract turns one response into data: what a Spec asks for, compiled to a Plan.
//
// A page's title, its charset and where it sends its reader by itself are read from a stream, with memory that does
// not depend on the size of the page, and no further than the answer needs. For anything else the page is there as
// a whole. All functions are safe for concurrent use.
//
// A name and a password that the user gave, in a line of the list or otherwise, are in nothing that is extracted:
// wherever a reference is made a URL, which a relative one takes from that of the page, "***" stands for the password,
// also for one of the page's own. What is no reference is text, and stands as the page has it, with whatever that says.
package extract
