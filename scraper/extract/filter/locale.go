package filter

import "strings"

// Languages and regions are those of the Unicode Common Locale Data Repository
// (CLDR 46): golang.org/x/text/number knows them too, but not how to read a number.

// commaLanguages write a decimal comma.
const commaLanguages = " af az be bg bs ca cs da de el es et eu fi fo fr fy gl hr hu hy id is it ka kk kl km ky lb lt lv mk mn nb nl nn no pl pt ro ru sk sl sq sr sv tg tk tr uk uz vi "

// pointLanguages write a decimal point.
const pointLanguages = " am ar as bn cy en fa fil ga gd gu he hi iw ja kn ko ml mr ms mt my ne or pa rm si sw ta te th ti tl ur yue zh zu "

// pointRegions and commaRegions are where it is the other way.
const (
	pointRegions = " de-ch de-li it-ch es-419 es-cu es-do es-gt es-hn es-mx es-ni es-pa es-pe es-pr es-sv es-us "
	commaRegions = " ar-dz ar-ly ar-ma ar-tn en-at en-be en-de en-dk en-fi en-nl en-se en-si ms-bn ms-id "
)

// decimalSign is the decimal sign that a hint stands for, 0 if it is not known.
func decimalSign(hint string) rune {
	if hint == "," || hint == "." {
		return rune(hint[0])
	}
	language, region := tag(hint)
	switch {
	case language == "":
		return 0
	case listed(pointRegions, region):
		return '.'
	case listed(commaRegions, region), listed(commaLanguages, language):
		return ','
	case listed(pointLanguages, language):
		return '.'
	}
	return 0
}

// tag is the language of a BCP 47 tag, or of a POSIX locale, and that with its
// region, in lower case. A script between them is left out.
func tag(hint string) (language, region string) {
	hint = strings.ToLower(strings.ReplaceAll(hint, "_", "-"))
	hint, _, _ = strings.Cut(hint, ".")
	language, rest, _ := strings.Cut(hint, "-")
	if len(rest) > 4 && rest[4] == '-' {
		rest = rest[5:]
	}
	rest, _, _ = strings.Cut(rest, "-")
	return language, language + "-" + rest
}

// listed tells whether a word is in a list of words.
func listed(list, word string) bool {
	return word != "" && !strings.ContainsRune(word, ' ') && strings.Contains(list, " "+word+" ")
}
