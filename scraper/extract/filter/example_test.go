package filter_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"scrape/scraper/extract/filter"
)

func ExampleParse() {
	p, err := filter.Parse(`regex("now (.+)") | number(de) | default(0)`)
	if err != nil {
		fmt.Println(err)
		return
	}
	found, _ := p.Apply(nil, []any{"was 1.499,- now 1.299,90 €", "sold out"})
	text, _ := json.Marshal(found)
	fmt.Println(string(text))
	// Output: [1299.9,0]
}

func ExampleParse_mistake() {
	_, err := filter.Parse("trim | numbr")
	if e, ok := errors.AsType[*filter.Error](err); ok {
		fmt.Printf("at %d: %s; %s\n", e.Offset, e.Message, e.Hint)
	}
	// Output: at 7: unknown filter "numbr"; did you mean number?
}
