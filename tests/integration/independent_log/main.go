// SPDX-License-Identifier: AGPL-3.0-or-later

// Checks what our log publishes with the Go team's transparency-log code, which shares nothing with ours.
// It reads one request as JSON from standard input and writes one answer: for each item, why it is
// refused, or an empty text. Signatures of types it does not know are ignored, as signed-note demands.
package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type request struct {
	VerifierKey string
	Receipts    []string
	Consistency []struct {
		First, Second string
		Path          [][]byte
	}
	// Leaves to be proven from nothing but a checkpoint and tiles, by their C2SP paths.
	Checkpoint string
	Tiles      map[string][]byte
	Leaves     map[int64][]byte
}

type answer struct {
	Receipts    []string
	Consistency []string
	Leaves      map[int64]string
}

// openCheckpoint verifies the Ed25519 signature of a checkpoint and reads its tree.
func openCheckpoint(text string, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// checkReceipt verifies a tlog-proof@v1 whose extra data are the leaf.
func checkReceipt(text string, verifier note.Verifier) error {
	parts := strings.SplitN(text, "\n\n", 2)
	lines := strings.Split(parts[0], "\n")
	if len(parts) != 2 || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" ||
		!strings.HasPrefix(lines[1], "extra ") || !strings.HasPrefix(lines[2], "index ") {
		return errors.New("not a receipt with its leaf")
	}
	leaf, err := base64.StdEncoding.DecodeString(lines[1][len("extra "):])
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(lines[2][len("index "):], 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	tree, err := openCheckpoint(parts[1], verifier)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf))
}

func checkConsistency(first, second string, path [][]byte, verifier note.Verifier) error {
	older, err := openCheckpoint(first, verifier)
	if err != nil {
		return err
	}
	newer, err := openCheckpoint(second, verifier)
	if err != nil {
		return err
	}
	var proof tlog.TreeProof
	for _, each := range path {
		var hash tlog.Hash
		if copy(hash[:], each) != tlog.HashSize || len(each) != tlog.HashSize {
			return errors.New("not a hash")
		}
		proof = append(proof, hash)
	}
	return tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash)
}

// tileReader serves tiles of height 8; C2SP leaves that height out of their paths.
type tileReader map[string][]byte

func (tileReader) Height() int                     { return 8 }
func (tileReader) SaveTiles([]tlog.Tile, [][]byte) {}
func (tiles tileReader) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var contents [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		content, found := tiles[path]
		if !found {
			return nil, fmt.Errorf("no tile %s", path)
		}
		contents = append(contents, content)
	}
	return contents, nil
}

// checkLeaf recomputes the leaf's hash and its proof from tiles alone.
func checkLeaf(index int64, leaf []byte, tree tlog.Tree, tiles tileReader) error {
	reader := tlog.TileHashReader(tree, tiles)
	proof, err := tlog.ProveRecord(tree.N, index, reader)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf))
}

func text(err error) string {
	if err != nil {
		return err.Error()
	}
	return ""
}

func main() {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		log.Fatal(err)
	}
	verifier, err := note.NewVerifier(asked.VerifierKey)
	if err != nil {
		log.Fatal(err)
	}
	var told answer
	for _, receipt := range asked.Receipts {
		told.Receipts = append(told.Receipts, text(checkReceipt(receipt, verifier)))
	}
	for _, each := range asked.Consistency {
		err := checkConsistency(each.First, each.Second, each.Path, verifier)
		told.Consistency = append(told.Consistency, text(err))
	}
	told.Leaves = make(map[int64]string)
	if len(asked.Leaves) > 0 {
		tree, err := openCheckpoint(asked.Checkpoint, verifier)
		if err != nil {
			log.Fatal(err)
		}
		for index, leaf := range asked.Leaves {
			told.Leaves[index] = text(checkLeaf(index, leaf, tree, asked.Tiles))
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		log.Fatal(err)
	}
}
