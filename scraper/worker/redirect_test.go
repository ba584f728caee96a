package worker

import (
	"maps"
	"net/http"
	"reflect"
	"testing"
)

// Which redirects make a request one with GET, and what goes with its body.
func TestRewrite(t *testing.T) {
	const page = http.StatusOK // a redirect inside of one
	for _, test := range []struct {
		status       int
		method, want string
		keeps        bool
	}{
		{301, "", "", true}, {301, "POST", "", false}, {301, "PUT", "PUT", true}, {301, "HEAD", "HEAD", true},
		{302, "", "", true}, {302, "POST", "", false}, {302, "DELETE", "DELETE", true}, {302, "HEAD", "HEAD", true},
		{303, "", "", true}, {303, "GET", "GET", true}, {303, "HEAD", "HEAD", true}, {303, "POST", "", false}, {303, "PUT", "", false}, {303, "OPTIONS", "", false},
		{307, "POST", "POST", true}, {307, "", "", true}, {308, "POST", "POST", true}, {308, "PUT", "PUT", true},
		{page, "", "", true}, {page, "HEAD", "HEAD", true}, {page, "POST", "", false},
	} {
		header := http.Header{"X-A": {"b"}, "Content-Type": {"text/x"}, "Content-Language": {"en"}}
		before := maps.Clone(header)
		task := &Task{Method: test.method, Header: header, Body: []byte("b"), CommonBody: true}
		task.rewrite(test.status)
		if task.Method != test.want || (task.Body != nil) != test.keeps || task.CommonBody != test.keeps {
			t.Errorf("%d %q: %q with body %q, %v", test.status, test.method, task.Method, task.Body, task.CommonBody)
		}
		if got := len(task.Header.Values("Content-Type")) > 0; got != test.keeps || task.Header.Get("X-A") != "b" {
			t.Errorf("%d %q: header %v", test.status, test.method, task.Header)
		}
		if !test.keeps && (len(task.Header["Content-Language"]) > 0 || task.Header["Content-Encoding"] != nil) {
			t.Errorf("%d %q: header %v", test.status, test.method, task.Header)
		}
		if !reflect.DeepEqual(header, before) {
			t.Errorf("%d %q: the list's own header is changed: %v", test.status, test.method, header)
		}
	}
	// Without a header of its own a task leaves out the common ones.
	task := &Task{Method: "POST", CommonBody: true}
	task.rewrite(http.StatusSeeOther)
	if values, there := task.Header["Content-Type"]; !there || len(values) > 0 {
		t.Errorf("header %v", task.Header)
	}
}
