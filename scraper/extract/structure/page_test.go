package structure_test

import (
	"strings"
	"testing"

	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/structure"
)

// A long base URL is in every URL that is resolved against it.
func TestLongBase(t *testing.T) {
	base := "<base href='http://www.example.com/" + strings.Repeat("b", 8000) + "/'>"
	forms, err := structure.Forms(documenttest.Page(t, base+strings.Repeat("<form action=x></form>", 20_000)))
	if err != nil || len(forms) != 20_000 || forms[0].Action == "" || forms[19_999].Action != "" {
		t.Errorf("%d forms, %v", len(forms), err)
	}
	items, err := structure.Microdata(documenttest.Page(t, base+strings.Repeat("<p itemscope itemid=x></p>", 20_000)))
	if err != nil || len(items) != 20_000 || items[0].ID == "" || items[19_999].ID != "" {
		t.Errorf("%d items, %v", len(items), err)
	}
}
