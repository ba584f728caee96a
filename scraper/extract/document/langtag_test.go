package document

import (
	"strings"
	"testing"
)

func TestLangTag(t *testing.T) {
	for in, want := range map[string]string{
		"en": "en", " en-GB\n": "en-GB", "en_US": "en-US", "zh-Hant-TW": "zh-Hant-TW", "de-1996": "de-1996", "es-419": "es-419",
		"x-default": "x-default", "i-klingon": "i-klingon", "mul": "mul",
		"": "", "lang=": "", "fr, de": "", "fr de": "", "e": "", "x": "", "12": "", "en-": "", "-en": "", "en--GB": "", "en-US.UTF-8": "",
		"{{lang}}": "", "français": "", "verylongword": "", "en-" + strings.Repeat("a-", 100) + "a": "",
	} {
		if got := LangTag(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
