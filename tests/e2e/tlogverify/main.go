// Command tlogverify checks what Denrei exports with code that Denrei does not share: Go's x/mod
// (sumdb/note, sumdb/tlog) after the C2SP specifications.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
)

const usage = `usage: tlogverify [-quorum N] export DIR LOG.vkey [WITNESS.vkey...]
       tlogverify [-quorum N] proof FILE.tlog-proof LEAF LOG.vkey [WITNESS.vkey...]
`

var errUsage = errors.New("wrong usage")

func run(args []string, quorum int) (string, error) {
	switch {
	case len(args) >= 3 && args[0] == "export":
		p, err := readPolicy(args[2], args[3:], quorum)
		if err != nil {
			return "", err
		}
		c, err := checkExport(args[1], p)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("ok: export of %d leaves, root %v, cosigned by %d of %d witnesses", c.size,
			c.root, c.cosigners, len(p.witnesses)), nil
	case len(args) >= 4 && args[0] == "proof":
		p, err := readPolicy(args[3], args[4:], quorum)
		if err != nil {
			return "", err
		}
		text, err := os.ReadFile(args[1])
		if err != nil {
			return "", err
		}
		leaf, err := os.ReadFile(args[2])
		if err != nil {
			return "", err
		}
		index, c, err := checkProof(text, leaf, p)
		if err != nil {
			return "", fmt.Errorf("%s: %w", args[1], err)
		}
		return fmt.Sprintf("ok: leaf %d of %d, cosigned by %d of %d witnesses", index, c.size,
			c.cosigners, len(p.witnesses)), nil
	}
	return "", errUsage
}

func main() {
	quorum := flag.Int("quorum", 0, "witnesses that must have cosigned")
	flag.Usage = func() { fmt.Fprint(os.Stderr, usage) }
	flag.Parse()
	line, err := run(flag.Args(), *quorum)
	if errors.Is(err, errUsage) {
		flag.Usage()
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "tlogverify: %v\n", err)
		os.Exit(1)
	}
	fmt.Println(line)
}
