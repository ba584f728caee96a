package parquet

import (
	"fmt"
	"reflect"
	"slices"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"scrape/results"
)

// few names the columns of which most rows have one of a few values, which a
// dictionary holds once for a row group.
var few = []string{"list", "method", "outcome", "content_type", "media_type", "charset", "http_version", "remote_addr", "error_kind"}

// long names the columns whose values may be long, and in no order that would
// help a search: nothing is kept of the least and the greatest of them, which
// would be written out whole.
var long = []string{"input", "title", "error_message", "links", "data", "meta", "other"}

// layout is the schema of a file, and where it has what.
type layout struct {
	schema  *pq.Schema
	columns []results.Column // by their position: leaf i is column i
	own     int              // how many are the record's own, before those of data
	data    map[string][]int // columns by the member of data that they hold
}

// newLayout adds columns for members of data to the record's own.
func newLayout(data []results.Column) (*layout, error) {
	l := &layout{columns: results.RowColumns(), data: make(map[string][]int)}
	l.own = len(l.columns)
	for _, c := range data {
		l.data[c.Name] = append(l.data[c.Name], len(l.columns))
		c.Name = "data_" + c.Name
		if slices.ContainsFunc(l.columns, func(other results.Column) bool { return other.Name == c.Name }) {
			return nil, fmt.Errorf("parquet: the column %q is there twice", c.Name)
		}
		l.columns = append(l.columns, c)
	}
	root := ordered{Group: make(pq.Group)}
	for _, c := range l.columns {
		f := field{Node: pq.Optional(node(c)), name: c.Name}
		root.Group[c.Name] = f.Node
		root.fields = append(root.fields, f)
	}
	l.schema = pq.NewSchema("record", root)
	return l, nil
}

// options are those of a writer. Pages of version 1, and encodings that were
// there from the beginning, are what every reader knows; after Zstandard the
// others save little.
func (l *layout) options(codec compress.Codec) []pq.WriterOption {
	o := []pq.WriterOption{
		l.schema,
		pq.Compression(codec),
		pq.DataPageVersion(1),
		pq.DefaultEncodingFor(pq.ByteArray, &pq.Plain),
		pq.DictionaryMaxBytes(1 << 20),
		pq.DataPageStatistics(false),
	}
	for i, c := range l.columns {
		if slices.Contains(long, c.Name) || i >= l.own && (c.Type == results.TextColumn || c.Type == results.JSONColumn) {
			o = append(o, pq.SkipPageBounds(c.Name))
		}
	}
	return o
}

func node(c results.Column) pq.Node {
	switch c.Type {
	case results.IntegerColumn:
		return pq.Int(64)
	case results.DoubleColumn:
		return pq.Leaf(pq.DoubleType)
	case results.BooleanColumn:
		return pq.Leaf(pq.BooleanType)
	case results.TimeColumn:
		return pq.Timestamp(pq.Millisecond)
	case results.TextsColumn:
		return pq.List(pq.String())
	case results.JSONColumn:
		return pq.JSON()
	}
	if slices.Contains(few, c.Name) {
		return pq.Encoded(pq.String(), &pq.RLEDictionary)
	}
	return pq.String()
}

// ordered is a group that keeps the order of its fields, which a Group sorts.
type ordered struct {
	pq.Group
	fields []pq.Field
}

func (o ordered) Fields() []pq.Field { return o.fields }

type field struct {
	pq.Node
	name string
}

func (f field) Name() string { return f.name }

// Value is not asked for: rows are written as values, not as Go structs.
func (f field) Value(reflect.Value) reflect.Value { panic("parquet: a field has no Go value") }
