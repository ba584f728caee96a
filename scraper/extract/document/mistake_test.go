package document

import "testing"

func TestMistake(t *testing.T) {
	const html = "<?xml version='1.0'?>\r\n<html xmlns='http://www.w3.org/1999/xhtml'>\n"
	for page, want := range map[string]string{
		html + "<p>é &amp; ü</p></html>":              "",
		html + "<p>é & ü</p></html>":                  "line 3, column 6: invalid character entity & (no semicolon)",
		html + "<p>é &foo; ü</p></html>":              "line 3, column 6: invalid character entity &foo;",
		html + "<p>a</b></html>":                      "line 3, column 5: <p> is closed by </b>",
		html + "<p a=b>a</p></html>":                  "line 3, column 6: unquoted or missing attribute value in element",
		html + "<!-- <p/></html>":                     "line 3, column 1: the page ends before what begins here does",
		html + "</html><p/>":                          "line 3, column 8: <p> stands behind the end of the root element",
		html + "</html> x":                            "line 3, column 9: text stands outside of the root element",
		html + "</html></m:p>":                        "line 3, column 8: </m:p> closes nothing",
		html + "<p>cut":                               "",
		"<?xml version='1.0'?><r>\n<a/></b>":          "",
		"<?xml version='1.0'?><r>\n\x01<a/>< b/></r>": "line 2, column 6: expected element name after <",
	} {
		d := newDocument(t, "text/xml", page)
		read := d.Tree
		if d.Kind() == XML {
			read = d.XML
		}
		if d.Mistake() != nil {
			t.Errorf("%q: a mistake before it is read", page)
		}
		if _, err := read(); err != nil {
			t.Errorf("%q: %v", page, err)
		}
		if want != "" {
			want = "not well-formed at " + want + "; nothing behind it is read"
		}
		got := ""
		if m := d.Mistake(); m != nil {
			got = m.Error()
		}
		if got != want {
			t.Errorf("%q: %s; want %s", page, got, want)
		}
	}
}
