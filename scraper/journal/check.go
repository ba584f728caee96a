package journal

import "fmt"

// differentOutputs tells how outputs differ from what they were, "" where they do
// not.
func differentOutputs(now, was []OutputFile) string {
	if len(now) != len(was) {
		return fmt.Sprintf("%d, which were %d", len(now), len(was))
	}
	for i, o := range now {
		switch {
		case o.Name != was[i].Name:
			return fmt.Sprintf("%s, which was %s", o.Name, was[i].Name)
		case o.Format != was[i].Format:
			return fmt.Sprintf("%s in the format %s, which was %s", o.Name, o.Format, was[i].Format)
		}
	}
	return ""
}

// changed returns the *ChangedError of the first list that is not what it was.
func changed(now, was []List) error {
	if len(now) != len(was) {
		return &ChangedError{How: fmt.Sprintf("%d, which were %d", len(now), len(was))}
	}
	for i, l := range now {
		if how := l.differs(was[i]); how != "" {
			return &ChangedError{List: l.Name, How: how}
		}
	}
	return nil
}
