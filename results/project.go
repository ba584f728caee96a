package results

import "slices"

// Projection is a choice among the keys of a record. It may be shared.
type Projection struct{ root choice }

// choice is what is wanted of an object.
type choice struct {
	all     bool // the value as a whole
	members map[string]*choice
}

// ParseProjection chooses keys of the record by their names, such as url and
// error; data.price and meta.row choose members of what was extracted and of
// what the list's line gave.
func ParseProjection(names []string) (*Projection, error) {
	var known []string
	for _, k := range keys {
		known = append(known, k.name)
	}
	p := new(Projection)
	for _, name := range names {
		path := openPath(name)
		if path == nil && !slices.Contains(known, name) {
			return nil, unknownName("key", name, known)
		}
		if path == nil {
			path = []string{name}
		}
		at := &p.root
		for _, step := range path {
			if at.members == nil {
				at.members = make(map[string]*choice)
			}
			if at.members[step] == nil {
				at.members[step] = new(choice)
			}
			at = at.members[step]
		}
		at.all = true
	}
	return p, nil
}

// NewProjected returns a Sink of JSON Lines that have the chosen keys only, in
// the record's order whatever theirs is. What a record has none of is {}.
// Closing it closes w.
func NewProjected(w *Batch, p *Projection) Sink { return &projected{w: w, p: p} }

type projected struct {
	w    *Batch
	p    *Projection
	line []byte
}

func (s *projected) Write(r *Record) error {
	if len(r.raw) == 0 {
		return errNoContent
	}
	line, ok := s.p.append(s.line[:0], r.raw)
	if !ok {
		raw, err := canonical(r)
		if err != nil {
			return err
		}
		line, _ = s.p.append(line[:0], raw)
	}
	s.line = append(line, '\n')
	return s.w.Append(s.line)
}

func (s *projected) Sync() error  { return s.w.Flush() }
func (s *projected) Close() error { return s.w.Close() }

// append appends what is chosen of a record.
func (p *Projection) append(dst, record []byte) (_ []byte, ok bool) {
	m := joiner{dst: append(dst, '{')}
	ok = EachMember(record, func(key, value []byte) { m.add(p.root.members[string(key)], key, value) })
	return append(m.dst, '}'), ok
}

// joiner writes the chosen members of an object.
type joiner struct {
	dst  []byte
	some bool // it has a member already
}

func (m *joiner) add(c *choice, key, value []byte) {
	if c == nil {
		return
	}
	before := len(m.dst)
	if m.some {
		m.dst = append(m.dst, ',')
	}
	m.dst = append(m.dst, '"')
	m.dst = append(m.dst, key...)
	m.dst = append(m.dst, `":`...)
	if c.all {
		m.dst = append(m.dst, value...)
		m.some = true
		return
	}
	inner := joiner{dst: append(m.dst, '{')}
	EachInner(value, func(name, value []byte) {
		if c := c.members[string(name)]; c != nil {
			quoted := appendString(nil, string(name))
			inner.add(c, quoted[1:len(quoted)-1], value)
		}
	})
	if !inner.some { // absent when empty, like everything in a record
		m.dst = inner.dst[:before]
		return
	}
	m.dst, m.some = append(inner.dst, '}'), true
}
