package parquet

import (
	"bytes"
	"strings"
	"testing"

	pq "github.com/parquet-go/parquet-go"

	"scrape/results"
)

// What somebody else has put into our columns is an error with the row's number.
func TestForeignColumns(t *testing.T) {
	for name, test := range map[string]struct {
		node pq.Node
		row  pq.Row
	}{
		"a number where texts are":          {pq.Int(64), pq.Row{pq.Int64Value(7).Level(0, 0, 0)}},
		"another element behind no list":    {pq.List(pq.String()), pq.Row{pq.NullValue().Level(0, 0, 0), pq.ByteArrayValue([]byte("x")).Level(1, 1, 0)}},
		"another element behind no element": {pq.List(pq.Optional(pq.String())), pq.Row{pq.NullValue().Level(0, 1, 0), pq.ByteArrayValue([]byte("x")).Level(1, 2, 0)}},
	} {
		for _, column := range results.RowColumns() {
			if column.Type != results.TextsColumn {
				continue
			}
			var file bytes.Buffer
			w := pq.NewWriter(&file, pq.NewSchema("record", pq.Group{column.Name: test.node}), pq.KeyValueMetadata("scrape.schema", "1"))
			if _, err := w.WriteRows([]pq.Row{test.row}); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			n := 0
			for r, err := range Read(bytes.NewReader(file.Bytes()), int64(file.Len())) {
				if n++; err == nil || !strings.HasPrefix(err.Error(), "row 1: ") {
					t.Errorf("%s in %s: %v, %v", name, column.Name, r, err)
				}
			}
			if n != 1 {
				t.Errorf("%s in %s: %d answers", name, column.Name, n)
			}
		}
	}
}
