package extract

import (
	"slices"
	"testing"

	"scrape/scraper/extract/document"
)

// What several fields need is made once, and each has what it has alone.
func TestFieldsShareWhatIsMade(t *testing.T) {
	of := samples(t)
	all := slices.Concat(of[document.HTML], of[document.XML], of[document.JSON])
	for _, s := range all {
		r := newReading(t.Context(), s, nil)
		defer r.doc.Release()
		first, err := r.feed()
		if again, _ := r.feed(); err != nil || again != first {
			t.Errorf("%s: the feed was read twice, %v", s.ContentType, err)
		}
		together, err := compile(t, Spec{Extract: []string{"article,markdown,feed,links"}}).Read(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		data := ""
		for _, name := range []string{"article", "markdown", "feed", "links"} {
			alone, err := compile(t, Spec{Extract: []string{name}}).Read(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			if name == "links" && string(alone.Links) != string(together.Links) {
				t.Errorf("%s: other links alone", s.ContentType)
			}
			if alone.Data != nil {
				data += "," + string(alone.Data[1:len(alone.Data)-1])
			}
		}
		if data != "" && "{"+data[1:]+"}" != string(together.Data) {
			t.Errorf("%s: %.300s, alone %.300s", s.ContentType, together.Data, data)
		}
	}
}
