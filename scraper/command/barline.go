package command

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/schollz/progressbar/v3"
)

// barLine is one drawing of the bar.
type barLine struct {
	scraped, notScraped, duplicates int64
	total                           int64 // 0: not known
	rate                            float64
	frame                           int
	colour                          bool
}

func (l barLine) done() int64 { return l.scraped + l.notScraped + l.duplicates }

const (
	leastBar   = 10 // columns below which a bar says nothing
	mostBar    = 40
	red        = "\x1b[31m"
	uncoloured = "\x1b[0m"
)

// fit draws the line for a screen of so many columns. It stays one short of
// them: in the last column a terminal may wrap. width is without colours.
func (l barLine) fit(columns int) (text string, width int) {
	room := columns - 1
	texts := l.texts()
	for i, t := range texts {
		// The longest text that leaves space for a bar. Numbers alone say more
		// than a bar alone, which is what the last, empty text would give.
		if l.total > 0 && i < len(texts)-1 {
			if bar := min(room-len(l.render(0, t))-len("[] "), mostBar); bar >= leastBar {
				text = l.render(bar, t)
				break
			}
		}
	}
	for _, t := range texts {
		if text == "" {
			if drawn := l.render(0, t); len(drawn) <= room {
				text = drawn
			}
		}
	}
	width = len(text)
	if failed := l.failures(); l.colour && l.notScraped > 0 {
		text = strings.Replace(text, failed, red+failed+uncoloured, 1)
	}
	return text, width
}

// failures is the part of the text that is worth a colour.
func (l barLine) failures() string { return grouped(l.notScraped) + " not" }

// texts are what is said beside the bar, from everything to least.
func (l barLine) texts() []string {
	done := count(l.done(), "URL")
	if l.total > 0 {
		done = grouped(l.done()) + "/" + grouped(l.most())
	}
	rate := rateText(l.rate) + "/s"
	if l.total > 0 {
		if eta, ok := remaining(l.most()-l.done(), l.rate); ok {
			rate += ", ETA " + eta.String()
		}
	}
	return []string{
		fmt.Sprintf("%s: %s scraped, %s scraped, %s", done, grouped(l.scraped), l.failures(), rate),
		fmt.Sprintf("%s: %s, %s", done, l.failures(), rate),
		fmt.Sprintf("%s: %s", done, l.failures()),
		done,
		"",
	}
}

// most is the total; a list that has grown since it was counted has more.
func (l barLine) most() int64 { return max(l.total, l.done()) }

// render lets the library draw a bar of so many columns, 0 for none, and text.
// A bar lives for one drawing only: its clocks, its width and the change from
// a spinner to a bar are ours.
func (l barLine) render(width int, text string) string {
	options := []progressbar.Option{
		progressbar.OptionSetWriter(io.Discard),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionSetDescription(text),
		progressbar.OptionSetWidth(width),
	}
	most := l.most()
	if l.total > 0 {
		theme := progressbar.Theme{}
		if width > 0 {
			theme = progressbar.ThemeASCII
		}
		options = append(options, progressbar.OptionSetTheme(theme))
	} else {
		most = -1
		frames := []string{"|", "/", "-", "\\"}
		options = append(options,
			progressbar.OptionSetWidth(mostBar), // of no effect on a spinner, but must not be 0
			progressbar.OptionSetSpinnerChangeInterval(0),
			progressbar.OptionSpinnerCustom(frames[l.frame%len(frames):]))
	}
	bar := progressbar.NewOptions64(most, options...)
	if l.total > 0 {
		_ = bar.Set64(l.done()) // cannot pass most
	}
	_ = bar.RenderBlank()
	return strings.Join(strings.Fields(bar.String()), " ")
}

// grouped writes a number with a comma between thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// rateText writes URLs a second with as many digits as mean something.
func rateText(rate float64) string {
	if rate < 10 {
		return strconv.FormatFloat(rate, 'f', 1, 64)
	}
	return grouped(int64(rate + 0.5))
}
