package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const typeCosignature = 0x04

// A witness verifies cosignature/v1 lines (C2SP tlog-cosignature), which x/mod does not know.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }

func (w *witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(sig)
	if time > math.MaxInt64 {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, msg)
	return ed25519.Verify(w.key, []byte(signed), sig[8:])
}

func newWitness(vkey string) (*witness, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a verifier key")
	}
	typed, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(typed) != 1+ed25519.PublicKeySize || typed[0] != typeCosignature {
		return nil, errors.New("not the key of an Ed25519 cosigner")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), typed...))
	if parts[1] != fmt.Sprintf("%08x", binary.BigEndian.Uint32(sum[:])) {
		return nil, errors.New("the id is not that of the key")
	}
	return &witness{parts[0], binary.BigEndian.Uint32(sum[:]), typed[1:]}, nil
}

// A policy says whose signatures count.
type policy struct {
	log       note.Verifier
	witnesses []*witness
	quorum    int
}

func readPolicy(logFile string, witnessFiles []string, quorum int) (*policy, error) {
	read := func(file string) (string, error) {
		text, err := os.ReadFile(file)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	vkey, err := read(logFile)
	if err != nil {
		return nil, err
	}
	log, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", logFile, err)
	}
	p := &policy{log: log, quorum: quorum}
	for _, file := range witnessFiles {
		vkey, err := read(file)
		if err != nil {
			return nil, err
		}
		w, err := newWitness(vkey)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		p.witnesses = append(p.witnesses, w)
	}
	return p, nil
}

// A checkpoint is what a log signed about its tree, and how many witnesses cosigned it.
type checkpoint struct {
	size      int64
	root      tlog.Hash
	cosigners int
}

// open verifies a checkpoint; a known signature that fails makes note.Open fail.
func (p *policy) open(msg []byte) (*checkpoint, error) {
	known := []note.Verifier{p.log}
	for _, w := range p.witnesses {
		known = append(known, w)
	}
	n, err := note.Open(msg, note.VerifierList(known...))
	if err != nil {
		return nil, err
	}
	signed := map[string]bool{}
	for _, sig := range n.Sigs {
		signed[fmt.Sprintf("%s+%08x", sig.Name, sig.Hash)] = true
	}
	is := func(v note.Verifier) bool { return signed[fmt.Sprintf("%s+%08x", v.Name(), v.KeyHash())] }
	if !is(p.log) {
		return nil, errors.New("the log has not signed")
	}
	c, err := parseText(n.Text, p.log.Name())
	if err != nil {
		return nil, err
	}
	for _, w := range p.witnesses {
		if is(w) {
			c.cosigners++
		}
	}
	return c, nil
}

func parseText(text, origin string) (*checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] != origin {
		return nil, fmt.Errorf("not a checkpoint of %q", origin)
	}
	size, err := parseNumber(lines[1])
	if err != nil {
		return nil, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return nil, err
	}
	return &checkpoint{size: size, root: root}, nil
}

// parseNumber reads a decimal number without leading zero.
func parseNumber(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != text {
		return 0, fmt.Errorf("not a number: %q", text)
	}
	return n, nil
}
