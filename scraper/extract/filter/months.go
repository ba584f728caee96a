package filter

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// monthNames are the names of the months with their abbreviations, in the cases
// that dates use, without accents: English, German, French, Spanish, Italian,
// Portuguese, Dutch, Swedish, Danish and Norwegian, Polish, Russian, Turkish,
// Czech, Finnish, Ukrainian, Hungarian, Romanian, Catalan and Hindi, as CLDR has them.
// No word stands for two months: the one that would, "listopad", which is
// October in Croatian, is not of a language listed here.
var monthNames = [12]string{
	"january jan januar janner jan janvier janv enero ene gennaio gen janeiro januari januar stycznia styczen sty января январь янв ocak oca ledna leden led tammikuuta tammikuu tammi січня січень січ ianuarie ian gener जनवरी",
	"february feb februar feber fevrier fevr fev febrero febbraio fevereiro februari februar lutego luty lut февраля февраль фев февр subat sub unora unor uno helmikuuta helmikuu helmi лютого лютий лют februarie febrer febr फरवरी",
	"march mar marz mrz mars marzo março maart mrt marts marca marzec marts марта март мар mart brezna brezen bre maaliskuuta maaliskuu maalis березня березень бер marcius marc martie marc मार्च",
	"april apr avril avr abril abr aprile kwietnia kwiecien kwi апреля апрель апр nisan nis dubna duben dub huhtikuuta huhtikuu huhti квітня квітень квіт aprilis aprilie अप्रैल",
	"may mai mayo maggio mag maio mei maj maja мая май mayis kvetna kveten kve toukokuuta toukokuu touko травня травень трав majus maig मई",
	"june jun juni juin junio giugno giu junho czerwca czerwiec cze июня июнь июн haziran haz cervna cerven cvn kesakuuta kesakuu kesa червня червень черв junius iunie iun juny जून",
	"july jul juli juillet juil julio luglio lug julho lipca lipiec lip июля июль июл temmuz tem cervence cervenec cvc heinakuuta heinakuu heina липня липень лип julius iulie iul juliol जुलाई",
	"august aug aout agosto ago augustus augusti sierpnia sierpien sie августа август авг agustos agu srpna srpen srp elokuuta elokuu elo серпня серпень серп augusztus agost अगस्त",
	"september sep sept septembre septiembre setiembre settembre set setembro wrzesnia wrzesien wrz сентября сентябрь сен сент eylul eyl zari zar syyskuuta syyskuu syys вересня вересень вер szeptember szept septembrie setembre सितंबर सितम्बर",
	"october oct oktober okt octobre octubre ottobre ott outubro out pazdziernika pazdziernik paz октября октябрь окт ekim eki rijna rijen rij lokakuuta lokakuu loka жовтня жовтень жовт octombrie अक्टूबर अक्तूबर",
	"november nov novembre noviembre novembro listopada listopad lis ноября ноябрь ноя нояб kasim kas marraskuuta marraskuu marras листопада листопад лист noiembrie noi नवंबर नवम्बर",
	"december dec dezember dez decembre diciembre dic dicembre dezembro desember des grudnia grudzien gru декабря декабрь дек aralik ara prosince prosinec pro joulukuuta joulukuu joulu грудня грудень груд decembrie desembre दिसंबर दिसम्बर",
}

// months has the number of every name of a month, folded.
var months = sync.OnceValue(func() map[string]int {
	out := make(map[string]int, 512)
	for i, names := range monthNames {
		for name := range strings.FieldsSeq(names) {
			out[fold(name)] = i + 1
		}
	}
	return out
})

// maxName is how long a name of a month is at most, in bytes.
const maxName = 40

// month is the month that a word names, 0 if it names none.
func month(word string) int {
	if len(word) > maxName {
		return 0
	}
	var lower [maxName]byte
	for i := 0; i < len(word); i++ {
		c := word[i]
		if c >= 0x80 {
			return months()[fold(word)]
		}
		lower[i] = c
		if 'A' <= c && c <= 'Z' {
			lower[i] |= 0x20
		}
	}
	return months()[string(lower[:len(word)])]
}

// fold is s in lower case and without accents.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'ı':
			return 'i'
		}
		return r
	}, norm.NFD.String(strings.ToLower(s)))
}
