package report

import (
	"strings"

	"scrape/results"
)

// advice is what there is to do about each kind of failure.
var advice = [...]string{
	results.None:           "",
	results.InvalidURL:     "Mend these lines of the list: each must be one http or https URL.",
	results.Duplicate:      "Nothing: an earlier line asks for the same.",
	results.Robots:         "The site wants no programs there: take these out of the list or ask its owner. --no-robots is for sites of your own.",
	results.BlockedAddress: "These lead to private addresses. If they are meant, name the private address itself in the list, without --deny-private; otherwise take them out.",
	results.DNS:            "Look for typing mistakes and for sites that are gone. If many names fail at once, look at this machine’s name server, or name another with --dns-server.",
	results.Connect:        "Nobody answers there: try again later, then take them out. If all hosts fail, look at the network, a firewall or the proxy.",
	results.TLS:            "Have the site’s owner mend its certificate. An authority of your own is named with --cacert; a wrong clock on this machine looks the same.",
	results.Timeout:        "Run these again at a quieter time, with a longer --timeout or a lower --host-concurrency.",
	results.Protocol:       "The answers broke off or made no sense: run these again. If it stays so, try --http1.1, and tell the site’s owner.",
	results.Redirect:       "Open one in a browser: loops are often about cookies (--save-cookies FILE) or a language. Put the address where it ends into the list.",
	results.HTTPStatus:     "404 and 410 are gone: take them out. 401 and 403 want a login or refuse programs. 429 and 503 want a slower pace: --host-delay, --adaptive. Others from 500 on are worth another try.",
	results.TooLarge:       "If so much is wanted, raise --max-filesize; otherwise take these out.",
	results.Decode:         "The server’s compression is broken: try --compressed=no.",
	results.Parse:          "A required field was not there: compare one page with the schema (scrape check), since the site may have changed.",
	results.WorkerLost:     "These pages brought down the process that read them: please report them, and keep them out of the list until then.",
	results.HostGivenUp:    "The host could not be connected to, time after time: run these again when it is up. --host-give-up says how soon that is believed.",
}

// adviceOn is that for a kind; a record can have a kind that is none.
func adviceOn(k results.Kind) string {
	if k.Valid() {
		return advice[k]
	}
	return ""
}

// piece is a part of a sentence: a flag, which is not to be broken, or what is
// between flags.
type piece struct {
	Text string
	Flag bool
}

// prose finds the flags in a sentence of ours.
func prose(sentence string) (pieces []piece) {
	for sentence != "" {
		start := strings.Index(sentence, "--")
		if start < 0 {
			return append(pieces, piece{Text: sentence})
		}
		end := start + len(sentence[start:])
		if n := strings.IndexAny(sentence[start:], " ,;:)"); n >= 0 {
			end = start + n
		}
		for end > start && sentence[end-1] == '.' {
			end--
		}
		pieces = append(pieces, piece{Text: sentence[:start]}, piece{sentence[start:end], true})
		sentence = sentence[end:]
	}
	return pieces
}
