package pool

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The wire format, in one place. Coordinator and worker speak in frames over
// one connected stream socket:
//
//	frame   = length uint32 LE (of kind and payload) | kind byte | payload
//	hello   = version | program | once | serial | name | daemon
//	          | parent's name | parent's pid | parent's daemon
//	          | slots | timeout ns | takes files | initializer | argument
//	ready   = version | program | error text, empty when all is well
//	tasks   = { id | attempt | bytes }   bytes: name length byte, name, task
//	answers = { id | bytes }             bytes: verdict byte, answer or error
//	recall  = nothing: tasks that are not begun are wanted back
//	returns = { id }
//	ping, pong = nothing
//	link    = hub | and with it an open socket to the process that keeps it
//	file    = token | task, 0 for the hello | and with it an open file
//	ref     = hub | resource | task, 0 for the hello
//	attached = { task } | and with it the open files that belong to their answers,
//	          which follow, 16 at most
//
// Processes that share a lock, a queue or the like speak over a socket of their
// own with the one that keeps its state, its hub:
//
//	ask       = call, 0 if no answer is awaited | resource | operation | value
//	reply     = call | status byte | value
//	cancel    = call
//	forget    = resource: a reference to it is gone
//	introduce = resource | key: the process met by that key has a reference
//	meet      = key | name | and with it an open socket to a further process
//	recall items = queue: what was fetched and not taken is wanted back
//	closed    = queue
//	ring      = nothing | and with it memory to be told through, see ring
//	wake      = nothing: there is something in the ring
//
// Numbers and truths are unsigned varints; texts and bytes carry their length.
// Program is what tells one version of the binary from another. One frame holds
// many tasks or answers, each with its own length and verdict, so that a bad
// one harms no other.
//
// A Process is told to run once: it is given one task, answers it with a bare
// verdict or an error, and ends; end of file says that it has.
const (
	frameHello byte = iota + 1
	frameReady
	frameTasks
	frameAnswers
	frameRecall
	frameReturns
	framePing
	framePong
	frameLink
	frameFile
	frameAsk
	frameReply
	frameCancel
	frameForget
	frameIntroduce
	frameMeet
	frameRecallItems
	frameClosed
	frameRing
	frameWake
	frameRef
	frameAttached
)

// wireVersion changes with the format. Both sides are the same binary, so a
// difference means a program that was replaced where the system knows it by its
// path alone. Version and program stay where they are in any format.
const wireVersion = 3

// Verdicts of an answer.
const (
	verdictOK byte = iota
	verdictError
	verdictPanic
	verdictTimeout
)

const (
	frameHeader = 5
	// maxFrame is the longest that a reader accepts, maxValue the largest
	// task or answer: a sender closes a frame well before it is full.
	maxFrame = 1 << 30
	maxValue = maxFrame / 2
	// frameTarget is the size at which a writer closes a batch.
	frameTarget = 64 << 10
)

var errMalformed = errors.New("malformed frame")

// beginFrame reserves a frame's header at the end of dst; endFrame, given the
// index where it begins, fills the length in.
func beginFrame(dst []byte, kind byte) []byte {
	return append(dst, 0, 0, 0, 0, kind)
}

func endFrame(dst []byte, start int) []byte {
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
	return dst
}

func appendBytes(dst, b []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(b)))
	return append(dst, b...)
}

func appendUints(dst []byte, vs ...uint64) []byte {
	for _, v := range vs {
		dst = binary.AppendUvarint(dst, v)
	}
	return dst
}

// frameReader reads frames from a stream.
type frameReader struct{ r *bufio.Reader }

func newFrameReader(r io.Reader) frameReader {
	return frameReader{bufio.NewReaderSize(r, frameTarget)}
}

// next reads one frame. The payload is the caller's. The error is io.EOF at
// the end of the stream, io.ErrUnexpectedEOF inside a frame.
func (f frameReader) next() (kind byte, payload []byte, err error) {
	var header [frameHeader]byte
	if _, err := io.ReadFull(f.r, header[:]); err != nil {
		return 0, nil, err
	}
	n := int(binary.LittleEndian.Uint32(header[:])) - 1
	if n < 0 || n > maxFrame {
		return 0, nil, fmt.Errorf("%w: length %d", errMalformed, n+1)
	}
	// A length is believed only as far as bytes arrive, so that a wrong one
	// costs no memory.
	const step = 1 << 20
	payload = make([]byte, min(n, step))
	for read := 0; ; {
		m, err := io.ReadFull(f.r, payload[read:])
		if err != nil {
			return 0, nil, unexpected(err)
		}
		read += m
		if read == n {
			return header[4], payload, nil
		}
		payload = append(payload, make([]byte, min(n-read, max(step, read)))...)
	}
}

// cutFrame splits the first frame off what is there in whole.
func cutFrame(b []byte) (kind byte, payload, rest []byte, ok bool) {
	if len(b) < frameHeader {
		return 0, nil, nil, false
	}
	n := uint64(binary.LittleEndian.Uint32(b)) + 4
	if n < frameHeader || n > uint64(len(b)) {
		return 0, nil, nil, false
	}
	return b[4], b[frameHeader:n:n], b[n:], true
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// fields takes a payload apart. After a short or broken field ok is false and
// every further field is zero.
type fields struct {
	b  []byte
	ok bool
}

func fieldsOf(payload []byte) fields { return fields{b: payload, ok: true} }

func (f *fields) more() bool { return f.ok && len(f.b) > 0 }

func (f *fields) uint() uint64 {
	v, n := binary.Uvarint(f.b)
	if n <= 0 {
		f.b, f.ok = nil, false
		return 0
	}
	f.b = f.b[n:]
	return v
}

// bytes aliases the payload.
func (f *fields) bytes() []byte {
	n := f.uint()
	if n > uint64(len(f.b)) {
		f.b, f.ok = nil, false
		return nil
	}
	b := f.b[:n:n]
	f.b = f.b[n:]
	return b
}

// appendNumber appends a frame that holds one number.
func appendNumber(dst []byte, kind byte, n uint64) []byte {
	start := len(dst)
	return endFrame(binary.AppendUvarint(beginFrame(dst, kind), n), start)
}

func appendName(dst []byte, name string) []byte {
	dst = append(dst, byte(len(name)))
	return append(dst, name...)
}

// cutName splits a task into the function's name and the encoded value.
func cutName(b []byte) (name, value []byte, ok bool) {
	if len(b) == 0 || len(b) < 1+int(b[0]) {
		return nil, nil, false
	}
	n := 1 + int(b[0])
	return b[1:n], b[n:], true
}
