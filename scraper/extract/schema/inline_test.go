package schema

import (
	"errors"
	"testing"

	"scrape/scraper/weburl"
)

func TestInline(t *testing.T) {
	s, err := Inline("-e", []string{"name=h1", "tags[]=.tag", "x=h2 | required"})
	if err != nil {
		t.Fatal(err)
	}
	values, err := s.For(weburl.URL{}).Read(page(t, product))
	if err != nil {
		t.Fatal(err)
	}
	if got, missing := asJSON(t, values); got != `{"name":"A lamp","tags":["light","home"]}` || len(missing) != 1 || missing[0] != "x" {
		t.Errorf("%s, missing %q", got, missing)
	}
	_, err = Inline("-e", []string{"é =h1 |", "é!=h1", "a=h1", "a=p", "b=p | nmber", "p"})
	mistakes, _ := errors.AsType[Errors](err)
	if len(mistakes) != 5 || mistakes[3].Line != 5 || mistakes[3].Column != 7 || mistakes[3].Excerpt() != "b=p | nmber\n      ^" {
		t.Errorf("%v", err)
	}
}
