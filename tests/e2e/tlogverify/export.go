package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// An export is a C2SP tlog-tiles directory and what was computed from its entries.
type export struct {
	dir    string
	policy *policy
	size   int64
	stored []tlog.Hash // every complete node, in x/mod's order
}

// ReadHashes makes an export a tlog.HashReader.
func (e *export) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(e.stored)) {
			return nil, fmt.Errorf("there is no hash %d", index)
		}
		hashes[i] = e.stored[index]
	}
	return hashes, nil
}

// root is the root over the first size entries; x/mod has another opinion on the empty tree.
func (e *export) root(size int64) (tlog.Hash, error) {
	if size == 0 {
		return sha256.Sum256(nil), nil
	}
	return tlog.TreeHash(size, e)
}

// pathOf is the tile's name in tlog-tiles: x/mod's without the height, and with `entries` for `data`.
func pathOf(t tlog.Tile) string {
	path := strings.Replace(t.Path(), "tile/8/", "tile/", 1)
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

// parsePath is the inverse of pathOf.
func parsePath(path string) (tlog.Tile, error) {
	x := strings.Replace(path, "tile/entries/", "tile/data/", 1)
	t, err := tlog.ParseTilePath(strings.Replace(x, "tile/", "tile/8/", 1))
	if err == nil && pathOf(t) != path {
		err = errors.New("not a tile's name")
	}
	return t, err
}

func (e *export) read(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(e.dir, filepath.FromSlash(path)))
}

// splitBundle cuts a bundle into exactly count entries.
func splitBundle(bundle []byte, count int) ([][]byte, error) {
	var entries [][]byte
	for len(entries) < count {
		if len(bundle) < 2 {
			return nil, fmt.Errorf("it ends after %d of %d entries", len(entries), count)
		}
		n := int(binary.BigEndian.Uint16(bundle))
		if len(bundle) < 2+n {
			return nil, fmt.Errorf("it ends within entry %d of %d", len(entries), count)
		}
		entries = append(entries, bundle[2:2+n])
		bundle = bundle[2+n:]
	}
	if len(bundle) > 0 {
		return nil, fmt.Errorf("%d bytes follow its %d entries", len(bundle), count)
	}
	return entries, nil
}

// checkTile hashes the entries of one level-0 tile and holds them against its hashes.
func (e *export) checkTile(t tlog.Tile) error {
	entryTile := t
	entryTile.L = -1
	bundle, err := e.read(pathOf(entryTile))
	if err != nil {
		return err
	}
	entries, err := splitBundle(bundle, t.W)
	if err != nil {
		return fmt.Errorf("%s: %w", pathOf(entryTile), err)
	}
	hashes, err := e.read(pathOf(t))
	if err != nil {
		return err
	}
	if len(hashes) != t.W*tlog.HashSize {
		return fmt.Errorf("%s: it has %d bytes, not %d", pathOf(t), len(hashes), t.W*tlog.HashSize)
	}
	for i, entry := range entries {
		leaf := t.N<<tileHeight + int64(i)
		hash := tlog.RecordHash(entry)
		if !bytes.Equal(hash[:], hashes[i*tlog.HashSize:(i+1)*tlog.HashSize]) {
			return fmt.Errorf("entry %d: its bytes in %s do not have the hash in %s", leaf,
				pathOf(entryTile), pathOf(t))
		}
		more, err := tlog.StoredHashesForRecordHash(leaf, hash, e)
		if err != nil {
			return err
		}
		e.stored = append(e.stored, more...)
	}
	return nil
}

// checkFile holds any file below tile/ against what the entries give: partial tiles of earlier
// sizes may stay, if they are prefixes.
func (e *export) checkFile(path string) error {
	t, err := parsePath(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	level := t.L
	if level < 0 {
		level = 0
	}
	if t.N<<tileHeight+int64(t.W) > e.size>>(tileHeight*level) {
		return fmt.Errorf("%s: it lies beyond the %d leaves of the checkpoint", path, e.size)
	}
	got, err := e.read(path)
	if err != nil {
		return err
	}
	if t.L >= 0 {
		want, err := tlog.ReadTileData(t, e)
		if err == nil && !bytes.Equal(got, want) {
			err = errors.New("it does not follow from the entries")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	}
	entries, err := splitBundle(got, t.W)
	for i := 0; err == nil && i < len(entries); i++ {
		index := t.N<<tileHeight + int64(i)
		if tlog.RecordHash(entries[i]) != e.stored[tlog.StoredHashIndex(0, index)] {
			err = fmt.Errorf("entry %d is another than in the tree", index)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// checkCheckpoint verifies the checkpoint in a file and its root against the entries.
func (e *export) checkCheckpoint(path string) error {
	msg, err := e.read(path)
	if err != nil {
		return err
	}
	c, err := e.policy.open(msg)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if c.size > e.size {
		return fmt.Errorf("%s: it covers %d leaves, the newest %d", path, c.size, e.size)
	}
	root, err := e.root(c.size)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if root != c.root {
		return fmt.Errorf("%s: its root %v is not that of the first %d entries, %v", path, c.root,
			c.size, root)
	}
	return nil
}

// checkOthers walks over all files of the directory.
func (e *export) checkOthers() error {
	return filepath.WalkDir(e.dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		path, err := filepath.Rel(e.dir, file)
		if err != nil {
			return err
		}
		path = filepath.ToSlash(path)
		switch {
		case strings.HasPrefix(path, "tile/"):
			return e.checkFile(path)
		case path == "checkpoint" || strings.HasPrefix(path, "checkpoint."):
			return e.checkCheckpoint(path)
		case strings.HasPrefix(path, "documents/"):
			data, err := e.read(path)
			if err == nil && fmt.Sprintf("documents/%x", sha256.Sum256(data)) != path {
				err = fmt.Errorf("%s: its name is not the hash of its bytes", path)
			}
			return err
		}
		return nil
	})
}

// tilesOf lists the tiles of a tree, each at its full width.
func tilesOf(size int64) []tlog.Tile {
	var tiles []tlog.Tile
	for _, t := range tlog.NewTiles(tileHeight, 0, size) {
		last := len(tiles) - 1
		if last >= 0 && tiles[last].L == t.L && tiles[last].N == t.N {
			tiles[last] = t // x/mod lists every width on the way
		} else {
			tiles = append(tiles, t)
		}
	}
	return tiles
}

// checkExport verifies everything in dir and returns what its checkpoint says.
func checkExport(dir string, p *policy) (*checkpoint, error) {
	e := &export{dir: dir, policy: p}
	msg, err := e.read("checkpoint")
	if err != nil {
		return nil, err
	}
	c, err := p.open(msg)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	if c.cosigners < p.quorum {
		return nil, fmt.Errorf("checkpoint: %d witnesses cosigned, not %d", c.cosigners, p.quorum)
	}
	e.size = c.size
	tiles := tilesOf(e.size)
	for _, t := range tiles {
		if t.L == 0 {
			if err := e.checkTile(t); err != nil {
				return nil, err
			}
		}
	}
	for _, t := range tiles {
		if err := e.checkFile(pathOf(t)); err != nil {
			return nil, err
		}
	}
	return c, e.checkOthers()
}
