#!/bin/bash
# A member that floods the relay below every protocol: others are served, memory, descriptors and the
# log stay small.
. "$(dirname "$0")/lib.bash"
flood=$B/tests/e2e/hostile/flood
memory_kib_max=65536
case $(nm "$B/denreid" 2> /dev/null) in *__asan_init*) memory_kib_max=1048576 ;; esac
make_federation > out 2>&1
report "a federation is made"
set_up_officer jp.mofa o17
set_up_officer jp.npa o3
run_relay
report "the relay serves"

peak_kib() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/${pids[relay]}/status"; }
# withstands MODE: whether another member is served meanwhile, and the relay stays as it was.
withstands() {
    local before
    before=$(wc -l < relay.log)
    "$flood" "$1" jp.npa 2000 > flood.out 2>&1 &
    local flooder=$!
    lost_passport "TR$2" > out 2>&1
    local status=$?
    wait "$flooder" || status=1
    cat flood.out >> out
    echo "(memory $(peak_kib) KiB, lines $(($(wc -l < relay.log) - before)))" >> out
    [ "$status" -eq 0 ] && ! ended "${pids[relay]}" && [ "$(peak_kib)" -le "$memory_kib_max" ] &&
        [ "$(($(wc -l < relay.log) - before))" -le 20 ]
}
withstands pairs 4000001
report "who sends messages of several parts without end does not fill the log"
withstands unread 4000002
report "who asks without end and reads nothing does not fill the memory"
withstands handshakes 4000003
report "who shakes hands without end does not keep others out"
withstands endless 4000004
report "nor does who sends messages of very many parts"
stop relay TERM
report "the relay stops as it should"
ends 0 denreid check --state relay && says 'The store is whole' ' 4 messages'
report "and its store is whole"
exit "$failed"
