package extract

import "testing"

// A date's order is that of the page's language, whoever reads it and wherever that is said.
func TestOneLanguage(t *testing.T) {
	p := compile(t, Spec{Extract: []string{"published", "d=p | date"}})
	for head, want := range map[string]string{
		`<html lang=en-US>`: "2024-03-04",
		`<html lang=en-GB>`: "2024-04-03",
		`<html><meta http-equiv=content-language content=en-US>`:                 "2024-03-04",
		`<html lang=de><meta http-equiv=content-language content=en-US>`:         "2024-04-03",
		`<title>x</title><html lang=en-US>`:                                      "2024-03-04",
		`<html xml:lang=en-US><meta http-equiv=content-language content=de><br>`: "2024-03-04",
	} {
		c, err := p.Read(t.Context(), sourceOf(t, "text/html", head+`<meta name=date content="03/04/2024"><p>03/04/2024</p>`))
		if got := string(c.Data); err != nil || got != `{"published":"`+want+`","d":"`+want+`"}` {
			t.Errorf("%s: %s, %v, want %s twice", head, got, err, want)
		}
	}
}
