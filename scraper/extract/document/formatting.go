package document

import "golang.org/x/net/html/atom"

// formatting is at least what stands in a parser's list of active formatting elements (HTML standard, 13.2.4.3).
//
// What is inside a table cell or the like cannot take elements off the list that were opened outside of it, and it
// is not always plain where a cell ends. So an area ends here only where it ends for sure, and what was opened
// in it is thought to stay open.
type formatting struct {
	list   []entry
	areas  []atom.Atom // the tables, cells and so on that are open, or may be
	tables int         // of those areas
	doubt  bool        // areas may not end where they seem to
	cost   int64       // of all that stands in list
}

type entry struct {
	tag  atom.Atom
	text string
	area int
	cost int64
}

func (f *formatting) start(tag atom.Atom, text []byte, cost int64) {
	switch tag {
	case atom.Td, atom.Th, atom.Caption:
		f.leaveCell()
		f.areas = append(f.areas, tag)
	case atom.Tr, atom.Tbody, atom.Thead, atom.Tfoot:
		f.leaveCell()
	case atom.Table, atom.Object, atom.Applet, atom.Marquee:
		f.areas = append(f.areas, tag)
		if tag == atom.Table {
			f.tables++
		}
	case atom.Svg, atom.Math, atom.Select, atom.Template, atom.Frameset:
		f.doubt = true
	case atom.A, atom.Nobr:
		f.remove(tag) // one inside another closes that
	}
	if !isFormatting(tag) {
		return
	}
	f.add(entry{tag, string(text), len(f.areas), cost})
}

// add puts an element on the list, unless there are three of the same ("the Noah's Ark clause").
func (f *formatting) add(e entry) {
	same := 0
	for _, other := range f.list {
		if other.area == e.area && other.text == e.text {
			same++
		}
	}
	if same < 3 {
		f.list = append(f.list, e)
		f.cost += e.cost
	}
}

func isFormatting(tag atom.Atom) bool {
	switch tag {
	case atom.A, atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.Nobr, atom.S, atom.Small, atom.Strike,
		atom.Strong, atom.Tt, atom.U:
		return true
	}
	return false
}

func (f *formatting) end(tag atom.Atom) {
	switch tag {
	case atom.Td, atom.Th, atom.Caption, atom.Tr, atom.Tbody, atom.Thead, atom.Tfoot:
		f.leaveCell()
	case atom.Table:
		for i := len(f.areas) - 1; f.tables > 0 && !f.doubt; i-- {
			if f.areas[i] == atom.Table {
				f.leave(i)
				return
			}
		}
	case atom.Object, atom.Applet, atom.Marquee:
		if n := len(f.areas) - 1; n >= 0 && f.areas[n] == tag && !f.doubt {
			f.leave(n)
		}
	default:
		f.remove(tag)
	}
}

// leaveCell ends the cell that is the innermost area, if that is one.
func (f *formatting) leaveCell() {
	n := len(f.areas) - 1
	if n < 0 || f.doubt {
		return
	}
	switch f.areas[n] {
	case atom.Td, atom.Th, atom.Caption:
		f.leave(n)
	}
}

// leave ends all areas but the first n.
func (f *formatting) leave(n int) {
	for _, area := range f.areas[n:] {
		if area == atom.Table {
			f.tables--
		}
	}
	f.areas = f.areas[:n]
	inside := len(f.list)
	for inside > 0 && f.list[inside-1].area > n {
		inside--
		f.cost -= f.list[inside].cost
	}
	left := f.list[inside:]
	f.list = f.list[:inside]
	for _, e := range left {
		e.area = n
		f.add(e) // never beyond what left still holds
	}
}

// remove takes the last element of that name off the list that was opened in the present area.
func (f *formatting) remove(tag atom.Atom) {
	for i := len(f.list) - 1; i >= 0 && f.list[i].area == len(f.areas); i-- {
		if f.list[i].tag == tag {
			f.cost -= f.list[i].cost
			f.list = append(f.list[:i], f.list[i+1:]...)
			return
		}
	}
}
