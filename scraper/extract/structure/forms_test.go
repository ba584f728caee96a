package structure_test

import (
	"testing"

	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/structure"
)

func TestForms(t *testing.T) {
	const here = `"action":"http://www.example.com/dir/page?q","method":"get"`
	for markup, want := range map[string]string{
		"<input name=x>": `null`,
		"<form></form>":  `[{` + here + `,"fields":[]}]`,
		"<form action=' ../s?a=b ' method=POST name=n id=i>":                                      `[{"action":"http://www.example.com/s?a=b","method":"post","enctype":"application/x-www-form-urlencoded","name":"n","id":"i","fields":[]}]`,
		"<form action='' method=dialog>":                                                          `[{"action":"http://www.example.com/dir/page?q","method":"dialog","fields":[]}]`,
		"<form action=mailto:a@b.example method=x enctype=multipart/form-data>":                   `[{"action":"mailto:a@b.example","method":"get","fields":[]}]`,
		"<form action=http://: method=post enctype=MULTIPART/form-data>":                          `[{"method":"post","enctype":"multipart/form-data","fields":[]}]`,
		"<form><input name=a><input type=EMAIL name=b value=c required disabled>":                 `[{` + here + `,"fields":[{"name":"a","type":"text"},{"name":"b","type":"email","value":"c","required":true,"disabled":true}]}]`,
		"<form><input type=checkbox name=a checked><input type=radio value=r>":                    `[{` + here + `,"fields":[{"name":"a","type":"checkbox","value":"on","checked":true},{"type":"radio","value":"r"}]}]`,
		"<form><textarea name=a>\n b\n c</textarea><button value=v>x</button><button type=reset>": `[{` + here + `,"fields":[{"name":"a","type":"textarea","value":" b\n c"},{"type":"submit","value":"v"},{"type":"reset"}]}]`,
		"<form><select name=a><option>x &amp;  y<option value=2 selected>z</select>":              `[{` + here + `,"fields":[{"name":"a","type":"select-one","value":"2","options":[{"value":"x & y","text":"x & y"},{"value":"2","text":"z","selected":true}]}]}]`,
		"<form><select><option disabled>x<optgroup disabled><option>y</optgroup><option>z":        `[{` + here + `,"fields":[{"type":"select-one","value":"z","options":[{"value":"x","text":"x","disabled":true},{"value":"y","text":"y","disabled":true},{"value":"z","text":"z","selected":true}]}]}]`,
		"<form><select multiple size=3><option>x<option selected>y<option selected>z":             `[{` + here + `,"fields":[{"type":"select-multiple","value":"y","options":[{"value":"x","text":"x"},{"value":"y","text":"y","selected":true},{"value":"z","text":"z","selected":true}]}]}]`,
		"<form><select><option selected>x<option selected>y":                                      `[{` + here + `,"fields":[{"type":"select-one","value":"y","options":[{"value":"x","text":"x"},{"value":"y","text":"y","selected":true}]}]}]`,
		// owners
		"<input form=f name=a><form id=f><input name=b><input form=g name=c></form><p id=g><form id=g>": `[{` + here + `,"id":"f","fields":[{"name":"a","type":"text"},{"name":"b","type":"text"}]},{` + here + `,"id":"g","fields":[]}]`,
		"<table><form name=f><tr><td><input name=a></form></table><input name=b>":                       `[{` + here + `,"name":"f","fields":[{"name":"a","type":"text"}]}]`,
		"<form name=f><form name=g><input>":                                                             `[{` + here + `,"name":"f","fields":[{"type":"text"}]}]`,
		"<form><template><input name=a></template><svg><input /></svg>":                                 `[{` + here + `,"fields":[]}]`,
	} {
		documenttest.Check(t, structure.Forms, markup, want)
	}
}
