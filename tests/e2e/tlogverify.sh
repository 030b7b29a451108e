#!/bin/bash
# What our C writes of a log, an independent implementation in Go accepts, and it finds what is
# altered.
. "$(dirname "$0")/lib.bash"
verify=$root/tests/e2e/tlogverify/tlogverify

check_export() {
    "$verify" -quorum 2 export "$1/export" "$1/log.vkey" "$1"/witness-*.vkey
}

# altered FILE: whether the check fails, and names FILE, while a byte in its middle is another.
altered() {
    local size status
    size=$(stat -c %s "log/$1")
    cp "log/$1" kept
    flip "log/$1" $((size / 2))
    check_export log 2> error
    status=$?
    cp kept "log/$1"
    cat error
    [ "$status" -eq 1 ] && grep -qF "${1#export/}" error
}

"$verify" selftest > selftest 2>&1
status=$?
sed 's/^/    /' selftest
if [ "$status" -eq 77 ]; then
    echo "not ok tlogverify # SKIPPED: Go or x/mod is missing"
    exit 1
fi
[ "$status" -eq 0 ]
report "the verifier finds every altered byte of the published log"

for count in 0 1 2 255 256 257 65536 70000; do
    rm -rf log && mkdir log &&
        "$B/tests/e2e/export/make_export" log "$count" && check_export log
    report "a log of $count leaves verifies"
    [ "$count" -eq 0 ] && continue
    "$verify" -quorum 2 proof log/receipt.tlog-proof log/receipt.leaf \
        log/log.vkey log/witness-*.vkey
    report "a proof from a log of $count leaves verifies"
done

for file in checkpoint checkpoint.35000 tile/0/017 tile/0/273.p/112 tile/1/000 tile/1/001.p/17 \
    tile/2/000.p/1 tile/entries/100 tile/entries/273.p/112; do
    altered "export/$file"
    report "an altered $file is found"
done
check_export log
report "with the files put back it verifies again"
mv log/export/tile/1/000 kept
check_export log
[ $? -eq 1 ]
report "a missing tile is found"
exit "$failed"
