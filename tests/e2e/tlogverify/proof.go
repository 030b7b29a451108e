package main

import (
	"errors"
	"fmt"
	"strings"

	"encoding/base64"

	"golang.org/x/mod/sumdb/tlog"
)

// checkProof verifies a C2SP tlog-proof@v1 of leaf, and returns its index and its checkpoint.
func checkProof(text, leaf []byte, p *policy) (int64, *checkpoint, error) {
	head, msg, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return 0, nil, errors.New("not a tlog-proof@v1")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		if _, err := base64.StdEncoding.DecodeString(lines[0][len("extra "):]); err != nil {
			return 0, nil, err
		}
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return 0, nil, errors.New("there is no index line")
	}
	index, err := parseNumber(lines[0][len("index "):])
	if err != nil {
		return 0, nil, err
	}
	var path tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return 0, nil, err
		}
		path = append(path, hash)
	}
	c, err := p.open([]byte(msg))
	if err != nil {
		return 0, nil, fmt.Errorf("checkpoint: %w", err)
	}
	if c.cosigners < p.quorum {
		return 0, nil, fmt.Errorf("%d witnesses cosigned, not %d", c.cosigners, p.quorum)
	}
	return index, c, tlog.CheckRecord(path, c.size, c.root, index, tlog.RecordHash(leaf))
}
