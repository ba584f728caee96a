package resolve

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// patience is how long each try of a question waits for its answer.
var patience = [...]time.Duration{time.Second, 2 * time.Second, 4 * time.Second}

// query asks a question, several times if need be.
func (s dnsServer) query(ctx context.Context, q dnsmessage.Question) (m *dnsmessage.Message, err error) {
	for _, wait := range patience {
		m, err = s.exchange(ctx, "udp", q, wait)
		if err == nil && m.Truncated {
			m, err = s.exchange(ctx, "tcp", q, wait)
		}
		if err == nil || ctx.Err() != nil {
			break
		}
	}
	return m, err
}

// exchange asks a question once.
func (s dnsServer) exchange(ctx context.Context, network string, q dnsmessage.Question, wait time.Duration) (*dnsmessage.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, network, s.addr)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	defer stop()

	id := uint16(rand.Uint32())
	question := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: id, RecursionDesired: true},
		Questions: []dnsmessage.Question{q},
	}
	stream := network == "tcp"
	if err := send(c, &question, stream); err != nil {
		return nil, err
	}
	var nonsense error
	for {
		b, err := receive(c, stream)
		if err != nil {
			return nil, cmp.Or(nonsense, err)
		}
		m := new(dnsmessage.Message)
		ours := len(b) >= 2 && binary.BigEndian.Uint16(b) == id
		if ours && m.Unpack(b) == nil && m.Response && len(m.Questions) == 1 && sameQuestion(m.Questions[0], q) {
			return m, nil
		}
		if nonsense = errNonsense; ours || stream {
			return nil, nonsense
		}
		// Late, or forged: the right one may still come.
	}
}

func sameQuestion(a, b dnsmessage.Question) bool {
	return a.Type == b.Type && a.Class == b.Class && sameName(a.Name, b.Name)
}

var errNonsense = errors.New("the name server's answer makes no sense")

// send writes a message, over a stream with its length in front (RFC 1035,
// section 4.2.2).
func send(w io.Writer, m *dnsmessage.Message, stream bool) error {
	b, err := m.AppendPack(make([]byte, 2, 512))
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint16(b, uint16(len(b)-2))
	if !stream {
		b = b[2:]
	}
	_, err = w.Write(b)
	return err
}

// receive reads a message as send writes it.
func receive(r io.Reader, stream bool) ([]byte, error) {
	if !stream {
		b := make([]byte, 4096)
		n, err := r.Read(b)
		return b[:n], err
	}
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	b := make([]byte, binary.BigEndian.Uint16(length[:]))
	_, err := io.ReadFull(r, b)
	return b, err
}
