package links

// drawing is the svg or math element that is open, which has rules of its own, and
// what is open in it.
type drawing struct {
	names  []string
	hidden int // style and script elements, whose text is not shown
}

func (d *drawing) open() bool { return len(d.names) > 0 }

// top is the name of the innermost element.
func (d *drawing) top() string {
	if len(d.names) == 0 {
		return ""
	}
	return d.names[len(d.names)-1]
}

// hides tells whether text is not shown here.
func (d *drawing) hides() bool { return d.hidden > 0 }

func hides(name string) bool { return name == "style" || name == "script" }

func (d *drawing) push(name string) {
	d.names = append(d.names, name)
	if hides(name) {
		d.hidden++
	}
}

func (d *drawing) begin(s *scan, name string) {
	d.push(name)
	s.tags.Foreign = true
}

func (d *drawing) end(s *scan) {
	d.names, d.hidden = d.names[:0], 0
	s.tags.Foreign = false
}

func (d *drawing) startTag(s *scan, name string) {
	switch {
	case isIntegrationPoint(d.top()):
		s.doubt()
	case breaksOut(name):
		s.doubt()
		d.end(s)
		s.startTag()
		return
	}
	if !s.tags.SelfClosing() {
		d.push(name)
	}
}

func (d *drawing) endTag(s *scan, name string) {
	switch {
	case name == d.top():
		d.names = d.names[:len(d.names)-1]
		if hides(name) {
			d.hidden--
		}
		if !d.open() {
			d.end(s)
		}
	case name == d.names[0]: // a guess
		s.doubt()
		d.end(s)
	default:
		s.doubt()
	}
}
