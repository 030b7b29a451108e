package main

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
)

// Published: the Certificate Transparency tree of 8 leaves, and x/mod's example key over it.
const (
	logVkey     = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n"
	witnessVkey = "PeterNeumann+18b9780b+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n"
	signed      = "PeterNeumann\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n" +
		"— PeterNeumann x08gozdSgLMzAnw63LH1RGViJhUfW60EUGKY7Kmr004fQNOSqfrcd1hIk3BCtdcLWIqvGtX67sL24VN+44uTlxMnbAA=\n" +
		"— PeterNeumann GLl4CwAAAABkGFDL0qJDVhmsFvEaOoF8wkSZ00i3ArMLUuMZSPTac+XvVhNjD1MhD2UgV5R/fkDdeq45yGx8EZB3ujphEwI3oF9bBQ==\n"
	bundle = "00000001000001100002202100023031000440414243000850515253545556570010606162636465666768696a6b6c6d6e6f"
	hashes = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" +
		"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7" +
		"0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7" +
		"07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7" +
		"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b" +
		"4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658" +
		"b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f" +
		"46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1"
	proof = "c2sp.org/tlog-proof@v1\nindex 5\n" +
		"vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=\n" +
		"yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=\n" +
		"037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=\n\n" + signed
)

func unhex(t *testing.T, text string) []byte {
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// files writes the published log as an export, with keys beside it.
func files(t *testing.T) (dir string, paths map[string][]byte) {
	dir = t.TempDir()
	paths = map[string][]byte{
		"export/checkpoint":           []byte(signed),
		"export/tile/0/000.p/8":       unhex(t, hashes),
		"export/tile/0/000.p/3":       unhex(t, hashes)[:96],
		"export/tile/entries/000.p/8": unhex(t, bundle),
		"log.vkey":                    []byte(logVkey),
		"witness.vkey":                []byte(witnessVkey),
	}
	for path, data := range paths {
		file := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir, paths
}

func verify(dir string) error {
	p, err := readPolicy(filepath.Join(dir, "log.vkey"),
		[]string{filepath.Join(dir, "witness.vkey")}, 1)
	if err != nil {
		return err
	}
	_, err = checkExport(filepath.Join(dir, "export"), p)
	return err
}

func TestPublishedLogVerifies(t *testing.T) {
	dir, _ := files(t)
	if err := verify(dir); err != nil {
		t.Fatal(err)
	}
}

func TestNoAlteredCutOrMissingFileVerifies(t *testing.T) {
	dir, paths := files(t)
	for path, data := range paths {
		file := filepath.Join(dir, path)
		for i := range data {
			altered := append([]byte(nil), data...)
			altered[i] ^= 1
			for _, bad := range [][]byte{altered, data[:i]} {
				if path[len(path)-5:] == ".vkey" && i == len(data)-1 && len(bad) == i {
					continue // the newline at the end of a key is free
				}
				if err := os.WriteFile(file, bad, 0o666); err != nil {
					t.Fatal(err)
				}
				if verify(dir) == nil {
					t.Errorf("%s altered or cut at byte %d verifies", path, i)
				}
			}
		}
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for path, data := range paths {
		if path == "export/tile/0/000.p/3" {
			continue // of an earlier size
		}
		file := filepath.Join(dir, path)
		os.Remove(file)
		if verify(dir) == nil {
			t.Errorf("without %s the log verifies", path)
		}
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFilesThatDoNotBelongAreFound(t *testing.T) {
	for path, data := range map[string][]byte{
		"tile/0/000":           unhex(t, hashes),
		"tile/0/000.p/9":       unhex(t, hashes),
		"tile/1/000.p/1":       unhex(t, hashes)[:32],
		"tile/entries/000.p/9": unhex(t, bundle),
		"tile/0/junk":          nil,
		"checkpoint.7":         []byte("junk"),
		"documents/00":         []byte("junk"),
	} {
		dir, _ := files(t)
		file := filepath.Join(dir, "export", path)
		os.MkdirAll(filepath.Dir(file), 0o777)
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
		if verify(dir) == nil {
			t.Errorf("with %s the log verifies", path)
		}
	}
}

func TestProofConvincesForItsLeafOnly(t *testing.T) {
	dir, _ := files(t)
	p, err := readPolicy(filepath.Join(dir, "log.vkey"),
		[]string{filepath.Join(dir, "witness.vkey")}, 1)
	if err != nil {
		t.Fatal(err)
	}
	leaf := []byte("\x40\x41\x42\x43")
	index, c, err := checkProof([]byte(proof), leaf, p)
	if err != nil || index != 5 || c.size != 8 || c.cosigners != 1 {
		t.Fatal(index, c, err)
	}
	if _, _, err := checkProof([]byte(proof), []byte("\x40\x41\x42"), p); err == nil {
		t.Error("another leaf is proven")
	}
	for i := range proof {
		altered := []byte(proof)
		altered[i] ^= 1
		if _, _, err := checkProof(altered, leaf, p); err == nil {
			t.Errorf("the proof altered at byte %d convinces", i)
		}
	}
}
