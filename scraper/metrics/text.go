// Package metrics shows a run to Prometheus, in its text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats).
//
// Prometheus adds series of its own to each target, whose names begin with scrape_
// as well: scrape_duration_seconds, scrape_samples_scraped,
// scrape_samples_post_metric_relabeling, scrape_series_added,
// scrape_timeout_seconds, scrape_sample_limit and scrape_body_size_bytes. None here
// may be called like that.
package metrics

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"scrape/results"
	"scrape/scraper"
)

// End is how a run has ended.
type End struct {
	Code int       // the exit code
	At   time.Time // when that was
}

// Text is a snapshot for Prometheus. version is the program's; end is nil while the
// run goes on.
func Text(s *scraper.Snapshot, version string, end *End) []byte {
	var w text
	w.family("scrape_build_info", "gauge", "The version of the program.")
	w.sample("scrape_build_info", 1, "version", version)
	if !s.Started.IsZero() {
		w.gauge("scrape_start_time_seconds", "When the run began, in Unix time.", seconds(s.Started))
	}
	w.counter("scrape_lines_read_total", "Lines that were read of the lists, without blank ones and comments.", s.Read)
	w.counter("scrape_lines_skipped_total", "Lines that an earlier run had done.", s.Skipped)
	w.urls(&s.Tally)
	w.changes(&s.Changes)
	w.counter("scrape_retries_total", "Attempts that failed and were followed by another.", s.Retries)
	w.counter("scrape_worker_deaths_total", "Worker processes that did not go in peace.", s.Deaths)
	w.counter("scrape_bytes_received_total", "Bytes of bodies, as they came.", s.Received)
	w.histogram("scrape_request_duration_seconds", "From when a request was sent until its answer was here and had been read.", &s.Durations)
	w.gauge("scrape_requests_in_flight", "Requests that the workers have, for robots.txt too.", float64(s.InFlight))
	w.gauge("scrape_queue_urls", "URLs that were read and wait for their turn, or for another attempt.", float64(s.Waiting))
	w.gauge("scrape_hosts", "Hosts that are known at the moment.", float64(s.Hosts))
	w.gauge("scrape_workers", "Worker processes that run.", float64(len(s.Workers)))
	var resident int64
	for _, worker := range s.Workers {
		resident += worker.Resident
	}
	w.gauge("scrape_workers_resident_memory_bytes", "The resident size of all worker processes (0 where it is not known, but on Linux).", float64(resident))
	if end != nil {
		success := 0.0
		if end.Code == 0 {
			success = 1
		}
		w.gauge("scrape_last_run_success", "Whether the last run ended with exit code 0.", success)
		w.gauge("scrape_last_run_exit_code", "The exit code of the last run.", float64(end.Code))
		w.gauge("scrape_last_run_timestamp_seconds", "When the last run ended, in Unix time.", seconds(end.At))
		if !s.Started.IsZero() {
			w.gauge("scrape_last_run_duration_seconds", "How long the last run took.", end.At.Sub(s.Started).Seconds())
		}
	}
	return w.b
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// text grows by metrics.
type text struct{ b []byte }

// family begins a metric. help has neither line ends nor backslashes.
func (w *text) family(name, kind, help string) {
	w.b = fmt.Appendf(w.b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// escape makes a text fit for the value of a label.
var escape = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

// sample is one value; labels are names and values by turns.
func (w *text) sample(name string, value float64, labels ...string) {
	w.b = append(w.b, name...)
	for i := 0; i < len(labels); i += 2 {
		before := byte(',')
		if i == 0 {
			before = '{'
		}
		w.b = fmt.Appendf(append(w.b, before), `%s="%s"`, labels[i], escape.Replace(labels[i+1]))
	}
	if len(labels) > 0 {
		w.b = append(w.b, '}')
	}
	w.b = strconv.AppendFloat(append(w.b, ' '), value, 'g', -1, 64)
	w.b = append(w.b, '\n')
}

func (w *text) counter(name, help string, value int64) {
	w.family(name, "counter", help)
	w.sample(name, float64(value))
}

func (w *text) gauge(name, help string, value float64) {
	w.family(name, "gauge", help)
	w.sample(name, value)
}

// urls are the records by outcome and kind. All kinds are there from the start, so
// that the first failure is seen as an increase.
func (w *text) urls(t *results.Tally) {
	const name = "scrape_urls_total"
	w.family(name, "counter", "URLs that are done, by outcome and kind of error.")
	w.sample(name, float64(t.Scraped()), "outcome", "scraped", "kind", "none")
	counts := map[results.Kind]int64{results.Duplicate: t.Duplicates()}
	for kind, n := range t.Kinds() {
		counts[kind] = n
	}
	for kind := results.None + 1; kind.Valid(); kind++ {
		w.sample(name, float64(counts[kind]), "outcome", "not_scraped", "kind", kind.String())
	}
}

// changes are the records by what has become of their URLs. They are there as soon as
// there is one: without --state nobody knows of any.
func (w *text) changes(c *results.Changes) {
	const name = "scrape_changes_total"
	if c.Known() == 0 {
		return
	}
	w.family(name, "counter", "URLs by what has become of them since the run before.")
	for change := results.Fresh; int(change) < len(c); change++ {
		w.sample(name, float64(c[change]), "change", change.String())
	}
}

func (w *text) histogram(name, help string, d *scraper.Durations) {
	w.family(name, "histogram", help)
	var sum int64
	for i, n := range d.Counts {
		sum += n
		bound := "+Inf"
		if i < len(scraper.DurationBounds) {
			bound = strconv.FormatFloat(scraper.DurationBounds[i].Seconds(), 'g', -1, 64)
		}
		w.sample(name+"_bucket", float64(sum), "le", bound)
	}
	w.sample(name+"_sum", d.Sum.Seconds())
	w.sample(name+"_count", float64(sum))
}
