#!/bin/bash
# What our C writes of a log, an independent implementation in Go accepts, and it finds what is
# altered.  $B is the build's folder.
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
verify=tests/e2e/tlogverify/tlogverify
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

# report NAME: a line for the status of the command before.
report() {
    local status=$?
    if [ "$status" -eq 0 ]; then
        echo "ok $1"
    else
        echo "not ok $1"
        failed=1
    fi
}

check_export() {
    "$verify" -quorum 2 export "$1/export" "$1/log.vkey" "$1"/witness-*.vkey
}

# altered FILE: whether the check fails, and names FILE, while a byte in its middle is another.
altered() {
    local size status
    size=$(stat -c %s "$dir/log/$1")
    cp "$dir/log/$1" "$dir/kept"
    printf '\xff' | dd of="$dir/log/$1" bs=1 seek=$((size / 2)) conv=notrunc status=none
    if cmp -s "$dir/kept" "$dir/log/$1"; then
        printf '\x00' | dd of="$dir/log/$1" bs=1 seek=$((size / 2)) conv=notrunc status=none
    fi
    check_export "$dir/log" 2> "$dir/error"
    status=$?
    cp "$dir/kept" "$dir/log/$1"
    cat "$dir/error"
    [ "$status" -eq 1 ] && grep -qF "${1#export/}" "$dir/error"
}

"$verify" selftest > "$dir/selftest" 2>&1
status=$?
sed 's/^/    /' "$dir/selftest"
if [ "$status" -eq 77 ]; then
    echo "not ok tlogverify # SKIPPED: Go or x/mod is missing"
    exit 1
fi
[ "$status" -eq 0 ]
report "the verifier finds every altered byte of the published log"

for count in 0 1 2 255 256 257 65536 70000; do
    rm -rf "$dir/log" && mkdir "$dir/log" &&
        "$B/tests/e2e/export/make_export" "$dir/log" "$count" && check_export "$dir/log"
    report "a log of $count leaves verifies"
    [ "$count" -eq 0 ] && continue
    "$verify" -quorum 2 proof "$dir/log/receipt.tlog-proof" "$dir/log/receipt.leaf" \
        "$dir/log/log.vkey" "$dir"/log/witness-*.vkey
    report "a proof from a log of $count leaves verifies"
done

for file in checkpoint checkpoint.35000 tile/0/017 tile/0/273.p/112 tile/1/000 tile/1/001.p/17 \
    tile/2/000.p/1 tile/entries/100 tile/entries/273.p/112; do
    altered "export/$file"
    report "an altered $file is found"
done
check_export "$dir/log"
report "with the files put back it verifies again"
mv "$dir/log/export/tile/1/000" "$dir/kept"
check_export "$dir/log"
[ $? -eq 1 ]
report "a missing tile is found"
exit "$failed"
