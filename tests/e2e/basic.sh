#!/bin/bash
# One lost passport through all five programs, and what each of them shows of it.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
report "denrei-keys makes a federation of seven members"
run_relay
report "denreid serves"
start_node int.interpol && start_node kr.moj
report "two nodes connect"
set_up_officer jp.mofa o17 && set_up_officer jp.npa o3 && set_up_auditor
report "officers and auditor are set up by one command each"

check 0 "a lost passport is accepted, and delivered to both nodes" Accepted 'log entry' -- \
    lost_passport TR1234567 --wait delivered --timeout ${deadline_seconds}s
id=$(newest_of jp.mofa)
check 0 "its sender sees when each had it" Accepted 'int.interpol.*delivered' 'kr.moj.*delivered' -- \
    denrei track "$id" --state jp.mofa
check 0 "the receipt verifies offline and is exported" 'Verified offline' -- \
    denrei receipt "$id" --state jp.mofa --verify --export m.tlog-proof --leaf m.leaf

# ---- the nodes
check 0 "the node lists it" LOST_PASSPORT jp.mofa -- denrei-node list --state node-int.interpol
check 0 "the node shows it" TR1234567 -- denrei-node show "$id" --state node-kr.moj
check 10 "a stolen passport is a hit, with the owner's instructions" HIT 'Seize document|SEIZE_DOCUMENT' sltd@mofa.example -- \
    denrei-node screen TR1234567 JPN --state node-int.interpol
zone=$'P<JPNTANAKA<<HANAKO<<<<<<<<<<<<<<<<<<<<<<<<<\nTR12345672JPN8503079F3105205<<<<<<<<<<<<<<04'
check 10 "so is its machine-readable zone" HIT -- denrei-node screen --mrz "$zone" --state node-kr.moj
# "No hit" needs a quorum of witnesses, which cosign at their next round.
eventually prints 'NO HIT' denrei-node screen TR7654321 JPN --state node-int.interpol
check 0 "another passport is clear" 'NO HIT' -- denrei-node screen TR7654321 JPN --state node-int.interpol
check 11 "a misread zone is not called clear" 'check digit' -- \
    denrei-node screen --mrz "${zone/TR12345672/TR12345673}" --state node-int.interpol

# ---- witnesses and auditor: a published checkpoint, cosigned, follows within a round of the nodes
witnessed() {
    prints "$id" denrei-audit replay --kind lost-passport --json --state audit &&
        prints '"cosigners":2' denrei-audit verify --json --state audit
}
eventually witnessed
report "both witnesses cosign a checkpoint that covers it"
check 0 "the auditor verifies the whole log" SOUND -- denrei-audit verify --state audit
check 0 "the auditor lists who sent what to whom" 'jp.mofa.*LOST_PASSPORT.*int.interpol kr.moj' -- \
    denrei-audit replay --kind lost-passport --state audit
check 0 "the auditor proves the message" 'proves entry' -- \
    denrei-audit prove "$id" --out m.evidence --state audit
check 0 "the proof convinces with the root file alone" jp.mofa -- \
    denrei-audit check m.evidence --root root.dir
cp m.evidence bad.evidence
flip bad.evidence $(($(stat -c %s m.evidence) / 2))
check 5 "an altered proof convinces nobody" -- denrei-audit check bad.evidence --root root.dir
check 0 "the log is exported as tlog-tiles" Exported -- denrei-audit export export --state audit
check 0 "the export verifies by itself" SOUND -- denrei-audit verify --from export --root root.dir
entries=$(find export/tile/entries -type f | head -1)
flip "$entries" $(($(grep -abo jp.mofa "$entries" | tail -1 | cut -d: -f1) + 5))
check 5 "one changed byte is found, and the entry named" 'entry [0-9]+' -- \
    denrei-audit verify --from export --root root.dir

# ---- another implementation agrees
verifier=$root/tests/e2e/tlogverify/tlogverify
denrei-keys vkey --directory root.dir > vkeys
sed -n 1p vkeys > log.vkey
for member in int.interpol kr.moj; do grep "^$member/witness" vkeys > "witness-$member.vkey"; done
rm -r export && denrei-audit export export --state audit > out 2>&1
check 0 "a verifier in Go accepts the export with both witnesses" 'by 2 of 2 witnesses' -- \
    "$verifier" -quorum 2 export export log.vkey witness-*.vkey
check 0 "and the receipt as a tlog-proof" '^ok: leaf' -- "$verifier" proof m.tlog-proof m.leaf log.vkey

stop relay TERM
report "SIGTERM ends the relay with success"
check 0 "the stopped store is sound" -- denreid check --state relay
exit "$failed"
