package pool

import (
	"encoding/binary"
	"fmt"
	"io"
)

// inbox gathers the bytes of messages, so that a wait can end in the middle of
// one and nothing is lost.
type inbox struct {
	buf    []byte // unread is a part of it
	unread []byte
}

const messageHeader = 4

// endMessage fills in the length of a message that begins with room for it.
func endMessage(b []byte) {
	binary.LittleEndian.PutUint32(b, uint32(len(b)-messageHeader))
}

// message takes one out, if it is there in whole. It is the caller's.
func (in *inbox) message() (body []byte, ok bool, err error) {
	if len(in.unread) < messageHeader {
		return nil, false, nil
	}
	n := int(binary.LittleEndian.Uint32(in.unread))
	if n > maxValue {
		return nil, false, fmt.Errorf("%w: a message of %d bytes", errMalformed, n)
	}
	if len(in.unread) < messageHeader+n {
		return nil, false, nil
	}
	body = append([]byte(nil), in.unread[messageHeader:messageHeader+n]...)
	if in.unread = in.unread[messageHeader+n:]; len(in.unread) == 0 && cap(in.buf) > 16*frameTarget {
		in.buf = nil
	}
	return body, true, nil
}

// room is where to read to. A message of some size gets room as its bytes come,
// so that a wrong length costs no memory.
func (in *inbox) room() []byte {
	if in.buf == nil {
		in.buf = make([]byte, 4<<10)
	}
	if len(in.unread) == cap(in.buf) {
		in.buf = make([]byte, max(4<<10, 2*cap(in.buf)))
	}
	n := copy(in.buf, in.unread)
	in.unread = in.buf[:n]
	return in.buf[n:cap(in.buf)]
}

// add books what was read to room. The error is io.EOF between messages, and
// io.ErrUnexpectedEOF within one.
func (in *inbox) add(n int, err error) error {
	in.unread = in.buf[:len(in.unread)+n]
	if err == io.EOF && len(in.unread) > 0 {
		return io.ErrUnexpectedEOF
	}
	return err
}
