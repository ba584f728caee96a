package links

import (
	"slices"
	"strconv"
	"strings"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// Image is one img element.
type Image struct {
	URL     string      `json:"url"` // absolute, http or https
	Alt     string      `json:"alt,omitempty"`
	Width   int         `json:"width,omitempty"`  // in CSS pixels, as the attributes say
	Height  int         `json:"height,omitempty"` //
	Loading string      `json:"loading,omitempty"`
	Sources []Candidate `json:"srcset,omitempty"` // that a browser may choose instead
}

// Candidate is one entry of a srcset.
type Candidate struct {
	URL     string  `json:"url"`
	Width   int     `json:"width,omitempty"`   // of the file, in pixels: the descriptor 640w
	Density float64 `json:"density,omitempty"` // the descriptor 2x
}

// Images returns the images of a page in the order of their tags. Where an image's
// src is missing or but a placeholder (a data: URL), its URL is the one that a
// script would put there (data-src and its like), else the first of its srcset; an
// image without any is left out. The srcsets of a picture's source elements are
// counted among those of its img. There are no images in templates and noscript.
// What would make all URLs longer than 32 MiB and the page is left out.
func Images(d *document.Document) ([]Image, error) {
	if d.Kind() != document.HTML {
		return nil, nil
	}
	r := imageReader{resolver: newResolver(d), tags: markup.New(d.Markup())}
	for n := 1; ; n++ {
		if n%4096 == 0 {
			if err := d.Context().Err(); err != nil {
				return nil, err
			}
		}
		switch r.tags.NextTag() {
		case markup.End:
			if err := r.resolver.Err(); err != nil {
				return nil, err
			}
			return r.images, nil
		case markup.StartTag:
			r.startTag()
		case markup.EndTag:
			r.endTag()
		}
	}
}

// imageReader reads the tags of images.
type imageReader struct {
	resolver  resolver
	tags      *markup.Tokenizer
	images    []Image
	templates int

	inPicture bool
	sources   []Candidate // of the picture, up to its img
}

func (r *imageReader) startTag() {
	switch name := r.tags.Name(); {
	case name == "template":
		r.templates++
	case r.templates > 0:
	case name == "picture":
		r.inPicture = true
		r.sources = nil
	case name == "source" && r.inPicture:
		if srcset, ok := r.tags.Attribute("srcset"); ok {
			r.sources = append(r.sources, r.candidates(srcset)...)
		}
	case name == "img" || name == "image" && !r.tags.SelfClosing():
		r.add()
		r.sources = nil
	}
}

func (r *imageReader) endTag() {
	switch r.tags.Name() {
	case "template":
		r.templates = max(r.templates-1, 0)
	case "picture":
		r.inPicture = false
		r.sources = nil
	}
}

// imageAttributes are what an image has beside document.LazySources.
var imageAttributes = []string{"src", "srcset", "alt", "width", "height", "loading", "data-srcset"}

func (r *imageReader) add() {
	var image Image
	values := map[string]string{}
	for r.tags.NextAttribute() {
		key := r.tags.Key()
		if _, ok := values[key]; !ok && (slices.Contains(imageAttributes, key) || slices.Contains(document.LazySources, key)) {
			values[key] = r.tags.Value()
		}
	}
	image.Alt = markup.Collapse(values["alt"])
	image.Width, image.Height = pixels(values["width"]), pixels(values["height"])
	if loading := strings.ToLower(values["loading"]); loading == "lazy" || loading == "eager" {
		image.Loading = loading
	}
	image.Sources = r.sources
	for _, name := range []string{"srcset", "data-srcset"} {
		image.Sources = append(image.Sources, r.candidates(values[name])...)
	}
	image.URL = r.url(values)
	if image.URL == "" && len(image.Sources) > 0 {
		image.URL = image.Sources[0].URL
	}
	if image.URL != "" {
		r.images = append(r.images, image)
	}
}

// url is what the first of an image's attributes that holds a URL says.
func (r *imageReader) url(values map[string]string) string {
	if url, ok := r.resolver.resource(values["src"]); ok {
		return url
	}
	for _, name := range document.LazySources {
		if url, ok := r.resolver.resource(values[name]); ok {
			return url
		}
	}
	return ""
}

// pixels reads a width or height (HTML standard, "rules for parsing dimension
// values"); 0 is none, or a percentage.
func pixels(s string) int {
	s = strings.TrimPrefix(markup.TrimSpace(s), "+")
	digits := 0
	for digits < len(s) && '0' <= s[digits] && s[digits] <= '9' {
		digits++
	}
	if strings.HasSuffix(s, "%") {
		return 0
	}
	n, err := strconv.Atoi(s[:digits])
	if err != nil || n > 1<<24 {
		return 0
	}
	return n
}
