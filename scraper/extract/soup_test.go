package extract

import (
	"math/rand/v2"
	"strings"
)

// soup is what random pages are made of: whatever decides over where an element goes and what it is.
var soup = strings.Fields(`
	<!doctype_html> <html> </html> <head> </head> <body> </body> <body_class=x> <br> </br> <p> </p> <div> </div>
	<title>one</title> <title>two&amp;</title> <title> </title> <title/> <TITLE_x="<b>">three</TITLE_> four
	<title></title> <meta_charset=utf-8> <link_title="<title>no</title>"> <base> <script> </script> <script/>
	<style> </style> <noscript> </noscript> <noframes> </noframes> <textarea> </textarea> <xmp> </xmp>
	<iframe> </iframe> <noembed> </noembed> <plaintext> <!-- --> <!--> --!> <![CDATA[ ]]> <?xml?> </> <!x>
	<svg> </svg> <svg/> <math> </math> <mi> </mi> <mtext> <annotation-xml> <annotation-xml_encoding=text/html>
	<foreignObject> </foreignObject> <desc> </desc> <font> <font_color=x> </font> <template> </template>
	<table> </table> <tr> </tr> <td> </td> <th> <tbody> <caption> </caption> <colgroup> <col> <frameset>
	</frameset> <frame> <select> </select> <option> <optgroup> <input_type=hidden> <input> <hr> <image> <img>
	<b> </b> <i> </i> <a> </a> <nobr> </nobr> <form> </form> <button> </button> <object> </object> <marquee>
	<li> <dd> <ul> </ul> <h1> </h1> <pre> <listing> <ruby> <rt> <keygen> <basefont> <bgsound> <x> </x> <x/>
	text &#32; &nbsp; &#0; __ < > </ " '`)

// headSoup is what random heads are made of, down to the pieces of tags, comments and scripts.
var headSoup = strings.Fields(`
	<!doctype_html> <html> <head> </head> <body> </html> </br> </p> <title>one</title> <title>two&amp;</title>
	<TITLE_a='>'>three</Title_b> <title>f<b>our</titlex></title/> <title> </title> <meta <link <base <META
	<script </script> <script> <style> </style> </STYLE_> <noscript> </noscript> <link_rel=x> <meta_a/>
	> > > > /> = = a b "c" 'd' " ' / __ <!-- --> --> -- --!> <!--> <!---> <!x> <?x> </> </1> <1 < </ x`)

// randomPage makes a page of up to n pieces of soup.
func randomPage(r *rand.Rand, soup []string, n int) []byte {
	var b strings.Builder
	for range r.IntN(n) {
		piece := soup[r.IntN(len(soup))]
		b.WriteString(strings.ReplaceAll(piece, "_", " "))
		switch r.IntN(12) {
		case 0:
			b.WriteByte('\n')
		case 1:
			b.WriteByte(0)
		}
	}
	return []byte(b.String())
}
