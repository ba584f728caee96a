package results

// Change is what became of a URL since it was asked for last, where something
// remembers that: the key change.
type Change uint8

// The changes, in the order in which they are shown.
const (
	NoChange  Change = iota // nobody remembers, or it was not asked for
	Fresh                   // it is scraped for the first time: "new"
	Changed                 // it was scraped before, and has other content
	Unchanged               // all is as it was: the content, or that it is gone, or that it fails
	Gone                    // it was scraped before, and is not there any more
	Failing                 // it is not scraped, for another reason, and did not fail last time
	Recovered               // it is scraped again, with whatever content
)

var changeNames = [...]string{
	NoChange:  "",
	Fresh:     "new",
	Changed:   "changed",
	Unchanged: "unchanged",
	Gone:      "gone",
	Failing:   "failing",
	Recovered: "recovered",
}

// String returns the change as records spell it, such as "new"; "" for NoChange.
func (c Change) String() string {
	if int(c) < len(changeNames) {
		return changeNames[c]
	}
	return ""
}

// ParseChange returns the change that records spell s; NoChange for what is none of
// them, since a newer version may know more.
func ParseChange(s string) Change {
	for c, name := range changeNames {
		if s == name {
			return Change(c)
		}
	}
	return NoChange
}

// Changes counts records by their change. The zero Changes are empty and ready.
type Changes [len(changeNames)]int64

// Add counts r.
func (c *Changes) Add(r *Record) {
	if int(r.Change) < len(c) {
		c[r.Change]++
	}
}

// Known is how many records told of a change, or that there was none.
func (c *Changes) Known() (n int64) {
	for change := Fresh; int(change) < len(c); change++ {
		n += c[change]
	}
	return n
}
