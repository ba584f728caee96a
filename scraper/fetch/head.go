package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// untold are the headers of a request that are not kept: they would give whoever
// reads the archive what the user has access to.
var untold = []string{"Authorization", "Cookie", "Proxy-Authorization"}

// requestHead is what net/http sends of a request before its body, less what is not
// to be told.
func requestHead(r *http.Request) []byte {
	told := *r
	told.Header = r.Header.Clone()
	for _, name := range untold {
		told.Header.Del(name)
	}
	if r.Body != nil {
		told.Body = io.NopCloser(noBody{})
	}
	var head bytes.Buffer
	_ = told.Write(&head) // fails at the body, or where the transport will
	return head.Bytes()
}

// noBody is a body that ends a request behind its head.
type noBody struct{}

var errNoBody = errors.New("only the head is wanted")

func (noBody) Read([]byte) (int, error) { return 0, errNoBody }

// answerHead is the head of an answer: see Response.Head.
func (a *attempt) answerHead(answer *http.Response) []byte {
	a.mu.Lock()
	raw := a.answered
	a.mu.Unlock()
	if raw != nil {
		return *raw
	}
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 %03d %s\r\n", answer.StatusCode, http.StatusText(answer.StatusCode))
	_ = answer.Header.Write(&head) // a Buffer takes all
	head.WriteString("\r\n")
	return head.Bytes()
}
