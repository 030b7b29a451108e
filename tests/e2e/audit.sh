#!/bin/bash
# The auditor: filters, exports that grow, evidence, and every way in which an export can be wrong.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
run_relay && start_node int.interpol && start_node kr.moj && set_up_officer jp.mofa o17 && set_up_auditor
report "a federation with relay, nodes, officer and auditor"
for number in 1 2 3; do
    lost_passport "TR000000$number" --wait delivered --timeout ${deadline_seconds}s > out 2>&1
done
id=$(newest_of jp.mofa)
check 0 "an export begins" Exported -- denrei-audit export small --state audit
lost_passport TR0000004 --wait delivered --timeout ${deadline_seconds}s > out 2>&1
cp -r small export
check 0 "an export grows" Exported -- denrei-audit export export --state audit
offline() { denrei-audit "$@" --from export --root root.dir; }
check 0 "it verifies without the relay" SOUND 'a quorum since' -- offline verify
check 0 "so does the older one" SOUND -- denrei-audit verify --from small --root root.dir
[ "$(offline replay --kind lost-passport --json | grep -c '"event":"message"')" = 4 ]
report "replay lists the messages of a kind"
check 0 "nothing for a member without entries" -- offline replay --member jp.npa --kind mla --json
ends 0 offline replay --until 2020-01-01T00:00:00Z --json && [ ! -s out ]
report "nothing before the time asked for"
[ "$(offline replay --json | head -1 | grep -c '"event":"genesis"')" = 1 ]
report "its reader may stop early"
check 1 "a member that the directory does not have is told, with the nearest" 'no member jp.mofb' 'did you mean jp.mofa' -- \
    offline replay --member jp.mofb
check 0 "how many entries were judged is told" '0 of [0-9]+ entries shown; all of them were judged' -- \
    offline replay --member jp.npa --kind mla
check 2 "an unknown kind is named" lost-passport -- offline replay --kind lost-pasport
check 2 "a kind far from all is told all of them" 'suspect-alert mla' -- offline replay --kind extradition
check 2 "what is no time is named" since -- offline replay --since yesterday

# ---- evidence
check 0 "a message is proved from the export" 'proves entry' -- offline prove "$id" --out m.evidence
check 0 "the evidence names receipts and witnesses" 'kr.moj signed' 'int.interpol signed' \
    '2 of 2 witnesses' 'Not proved' -- denrei-audit check m.evidence --root root.dir
check 0 "in JSON too" '"proved":true' '"cosigners":2' -- \
    denrei-audit check m.evidence --root root.dir --json
check 1 "evidence is never written over" exist -- offline prove "$id" --out m.evidence
check 1 "a message that is not there is not proved" 'no such message' -- \
    offline prove ffffffff --out none.evidence
[ ! -e none.evidence ]
report "and leaves no file"
mkdir other && (
    cd other || exit 1
    dir=$PWD
    make_federation > out 2>&1
)
check 5 "another federation's root proves nothing" -- \
    denrei-audit check m.evidence --root other/root.dir
check 1 "a file that is no root file is told, not held against the evidence" 'm.tlog: this is no root file' -- \
    sh -c 'head -c 100 root.dir > m.tlog; denrei-audit check m.evidence --root m.tlog'
check 5 "nor does it verify this log" -- denrei-audit verify --from export --root other/root.dir

# ---- exports that are wrong, each in one way
# altered NAME PATTERN COMMAND: after the command in a copy of the export, verify must not find it sound.
altered() {
    rm -rf bad && cp -r export bad && (cd bad && eval "$3") &&
        ends 5 denrei-audit verify --from bad --root root.dir && says "$2"
    report "$1"
}
widest() { find "tile/$1" -type f | sort -V | tail -1; } # the export holds the narrower ones too
altered "a changed entry is named" 'entry [0-9]+' \
    'f=$(widest entries); flip $f $(($(grep -abo kr.moj $f | tail -1 | cut -d: -f1) + 3))'
altered "a bundle that was cut is named" 'entry [0-9]+' \
    'truncate -s -5 $(widest entries)'
altered "a changed document is named" 'entry [0-9]+.*document' \
    'f=$(ls documents/* | head -1); flip $f 100'
altered "a missing document is named" 'entry [0-9]+.*document' 'rm $(ls documents/* | tail -1)'
altered "a changed tile is named" 'entry 0' 'flip $(widest 0) 4'
altered "a changed root is not signed" checkpoint \
    'sed -i "3s|^.|$(sed -n 3p checkpoint | cut -c1 | tr A-Za-z0-9+/ B-ZAb-za1-90/+)|" checkpoint'
altered "a checkpoint of another size is not signed" 'checkpoint|cannot be read' \
    'sed -i "2s/.*/$(($(sed -n 2p checkpoint) - 1))/" checkpoint; mv $(widest entries) tile/entries/000.p/$(sed -n 2p checkpoint)'
altered "an export of nothing is no export" . 'rm -r tile'
check 1 "an export over another log's is refused" 'not of this log' -- \
    sh -c 'rm -rf bad; cp -r export bad; printf x >> "$(ls bad/documents/* | head -1)"; denrei-audit export bad --state audit'
check 1 "a folder without a log is told" -- denrei-audit verify --from other --root root.dir
check 2 "without state and root nothing is guessed" 'state' '--root FILE' -- denrei-audit verify --from export
denrei withdraw "$id" --state jp.mofa > out 2>&1
eventually prints 'erasure.*entry' denrei-audit replay --state audit
report "an erasure names its message"
denrei-audit replay --state audit > out 2>&1
says "erasure.jp.mofa..entry [0-9]+.$id.sound" 'LOST_PASSPORT WITHDRAW' 'relay...started' \
    'access.int.oversight..entries 0 to [0-9]+'
report "replay tells what was withdrawn, erased, read, and that the relay started"
stop relay TERM
check 4 "without the relay only an export can be read" -- timeout 60 denrei-audit verify --state audit
check 0 "which still is sound" SOUND -- denrei-audit verify --from export --state audit
exit "$failed"
