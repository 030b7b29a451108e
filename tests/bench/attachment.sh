#!/bin/bash
# An attachment of 1 GiB up and down with the real programs, against a plain copy of the same file
# through CURVE ($B/tests/bench/attachment): limit half its speed.  MIB: another size.
. "$(dirname "$0")/../e2e/lib.bash"
make_federation > out 2>&1
run_relay
set_up_officer jp.npa o3
set_up_officer int.interpol o1
mib=${MIB:-1023} # with its padding that is just below the 1 GiB that is allowed
{ printf '%%PDF-1.4\n'; head -c $((mib * 1048576)) /dev/urandom; printf '\n%%%%EOF\n'; } > file.pdf
cat > alert.json << JSON
{"role":"SUSPECT","checked_not_a_victim":true,"names":[{"script":"LATIN","family":"YAMADA"}],
 "offences":[{"category":"TRAFFICKING_IN_PERSONS","description":"Recruited persons."}],
 "actions":["LOCATE"],"legal_basis":"Police Act","source_evaluation":"B","information_evaluation":"2",
 "review_date":"$(date -d '+2 years' +%F)","contact":{"office":"Division","email":"icpo@npa.example"}}
JSON

# timed STATUS NAME COMMAND...: seconds in $seconds, and the most memory that the process had.
timed() {
    local wanted=$1 name=$2 begun=$EPOCHREALTIME memory=0 now
    shift 2
    "$@" > out 2>&1 &
    while kill -0 $! 2> /dev/null; do
        now=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\).*/\1/p' /proc/$!/status 2> /dev/null)
        [ -z "$now" ] || memory=$now
        sleep 0.02
    done
    wait $!
    [ $? -eq "$wanted" ] || { cat out; exit 1; }
    seconds=$(awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.2f", b - a}')
    printf '%-52s %7s s %6.0f MiB/s   %d MiB of memory\n' "$name" "$seconds" \
        "$(awk -v m="$mib" -v s="$seconds" 'BEGIN {print m / s}')" $((memory / 1024))
}
ratio() { # NAME SECONDS
    awk -v n="$1" -v p="$plain" -v s="$2" 'BEGIN {printf "%-52s %7.2f of a plain copy (limit 0.50)\n", n, p / s}'
}
plain=$("$B/tests/bench/attachment" file.pdf copy.pdf) && cmp file.pdf copy.pdf && rm copy.pdf
printf '%-52s %7s s %6.0f MiB/s\n' 'plain copy through CURVE' "$plain" \
    "$(awk -v m="$mib" -v s="$plain" 'BEGIN {print m / s}')"
timed 4 'encrypted into the outbox (send --offline)' denrei send suspect-alert alert.json \
    --to int.interpol --state jp.npa --attach file.pdf --offline
encrypted=$seconds
timed 0 'sent to the relay, until it is accepted (flush)' denrei flush --state jp.npa
sent=$seconds
id=$(newest_of jp.npa)
denrei inbox --state int.interpol > out 2>&1
timed 0 'fetched, verified, decrypted, on the disk' denrei attachment "$id" --out got.pdf --state int.interpol
cmp file.pdf got.pdf || exit 1
ratio 'up: without its encryption' "$sent"
ratio 'up: with it' "$(awk -v a="$encrypted" -v b="$sent" 'BEGIN {print a + b}')"
ratio 'down' "$seconds"
printf 'memory of the relay: %s MiB\n' $(($(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/${pids[relay]}/status") / 1024))
