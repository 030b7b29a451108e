#!/bin/bash
# Speed and size, printed against their limits; a figure decides no test.  B: folder with the build.
set -u
B=${B:-build}
work=$B/bench
rm -rf "$work"
mkdir -p "$work"

printf 'machine: %s, %s processors, %s MiB; kernel %s; load before %s\n' \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" "$(nproc)" \
    "$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)" "$(uname -r)" \
    "$(cut -d' ' -f1 /proc/loadavg)"
printf 'disk of %s: %s\n' "$work" "$(df --output=source,fstype "$work" | tail -1)"

for bench in "$B"/tests/bench/*; do
    [ -x "$bench" ] && [ -f "$bench" ] || continue
    name=$(basename "$bench")
    printf '\n== %s\n' "$name"
    case $name in
    load)
        printf '%s\n' \
            'Real denreid, CURVE sessions, 1 KiB bodies.  Included: both directions of CURVE, decoding,' \
            'signatures, hashes, policy, log entry, one commit with fsync and one fdatasync of the' \
            'high-water file for each batch, signed checkpoint, receipt with its path, decoded by the' \
            'sender.  Not included: sealing (made before the clock starts).  Sender and relay share' \
            'the processors; the processor time of each is given, since other work distorts the rate.'
        "$bench" "$B/denreid" "$work/load" 5 2> "$work/load.log" || tail -3 "$work/load.log"
        "$B/denreid" check --state "$work/load/state"
        ;;
    attachment)
        printf '%s\n' \
            'A file of about 1 GiB (a PDF of random bytes) from officer to officer with the real programs;' \
            'times are of whole commands: start, connection, receipts.  Up: read, held against its root' \
            'by the relay, on its disk with fsync.  Down: verified, decrypted, on the disk with fsync.'
        bash tests/bench/attachment.sh
        ;;
    *) "$bench" ;;
    esac
done
rm -rf "$work/load"
