package schema

import (
	"strconv"
	"strings"
)

// flowing is what stands in brackets, while it is passed over.
type flowing struct {
	*troubleshooter
	opened []spot // brackets
	fresh  bool   // a text may begin
	colons int    // of the entry
	last   spot   // the last of them
}

// flow passes over what stands in brackets.
func (t *troubleshooter) flow() {
	f := flowing{troubleshooter: t, fresh: true}
	for ; t.line < len(t.lines); t.next() {
		if len(f.opened) > 0 && isMarker(t.lines[t.line]) {
			break
		}
		for t.space(); t.rest() != ""; t.space() {
			f.step()
			if t.found != nil || len(f.opened) == 0 {
				return
			}
		}
	}
	f.unclosed()
}

// step passes over a sign or a text.
func (f *flowing) step() {
	switch c := f.rest()[0]; {
	case c == '[' || c == '{':
		f.open()
	case c == ']' || c == '}':
		f.close(c)
	case c == ',':
		f.fresh, f.colons = true, 0
		f.at++
	case f.isColon():
		f.keyColon()
	case f.fresh && (c == '"' || c == '\''):
		f.quotation()
	case f.fresh && strings.IndexByte("@`%|>", c) >= 0:
		f.wrong(f.spot, "", "a text that begins with "+string(c)+" stands in quotes")
	default:
		f.fresh = false
		f.plain()
	}
}

func (f *flowing) open() {
	if !f.fresh {
		f.wrong(f.spot, "", "in [ ] and { } a text with any of [ ] { } , in it stands in quotes")
		return
	}
	f.opened = append(f.opened, f.spot)
	f.colons = 0
	f.at++
}

func (f *flowing) close(c byte) {
	top := f.opened[len(f.opened)-1]
	if opened := f.lines[top.line][top.at]; opened+2 != c {
		f.wrong(f.spot, string(c)+" closes what "+string(opened)+" has opened in line "+strconv.Itoa(top.line+1), "put "+string(opened+2)+" where that ends")
		return
	}
	f.opened = f.opened[:len(f.opened)-1]
	f.fresh, f.colons = false, 1
	f.at++
}

// isColon tells whether a colon stands here behind a key.
func (f *flowing) isColon() bool {
	rest := f.rest()
	return isIndicator(rest, ':') || rest[0] == ':' && strings.IndexByte(",]}", rest[1]) >= 0
}

// keyColon passes over the colon behind a key, of which an entry has one.
func (f *flowing) keyColon() {
	if f.colons++; f.colons > 1 {
		if f.line == f.last.line {
			f.wrong(f.spot, "", "a , is missing between two entries; a text with \": \" in it stands in quotes")
		} else {
			f.unclosed()
		}
		return
	}
	f.last, f.fresh = f.spot, true
	f.at++
}

// quotation passes over a text in quotation marks, which has to be all of the text.
func (f *flowing) quotation() {
	begin := f.spot
	f.quoted()
	if f.found != nil {
		return
	}
	closed := f.spot
	if f.space(); f.rest() != "" && strings.IndexByte(",]}:", f.rest()[0]) < 0 {
		f.behind(begin, closed)
		return
	}
	f.fresh = false
}

// plain passes over a text without quotes, up to what ends it.
func (f *flowing) plain() {
	line := f.lines[f.line]
	for f.at++; f.at < len(line); f.at++ {
		c := line[f.at]
		if strings.IndexByte("[]{},", c) >= 0 || c == ' ' || c == '\t' || isIndicator(line[f.at:], ':') {
			return
		}
	}
}

// unclosed is the mistake of a bracket without a partner.
func (f *flowing) unclosed() {
	top := f.opened[len(f.opened)-1]
	c := f.lines[top.line][top.at]
	f.wrong(top, "", "a "+string(c)+" needs its end, "+string(c+2)+"; a text that begins with one stands in quotes")
}
