#!/bin/bash
# Promise 5: a relay that goes back to an old copy of its store, or shows two histories, is found
# out: by itself, by a node, by an officer and by the auditor, with evidence.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
run_relay && start_node int.interpol && start_node kr.moj
report "relay and nodes run"
set_up_officer jp.mofa o17 && set_up_officer jp.npa o3 && set_up_auditor
lost_passport TR3000001 --wait delivered --timeout ${deadline_seconds}s > out 2>&1
report "a message is delivered"
stop relay TERM
cp -a relay relay.old && cp -a highwater highwater.old
run_relay
lost_passport TR3000002 --wait delivered --timeout ${deadline_seconds}s > out 2>&1
report "another follows after a backup"
seen() { prints '"cosigners":2' denrei-audit verify --state audit --json; }
eventually seen
report "the auditor has seen it, witnessed"
for member in int.interpol kr.moj; do stop "node-$member" TERM; done
stop relay TERM

# ---- restored from the backup, the high-water file as it was left
mv relay relay.new && cp -a relay.old relay
denreid run --state relay > out 2>&1
[ $? -ne 0 ] && says 'answered for'
report "a relay restored from an old copy refuses to start"
check 0 "with its own store back it is whole" 'store is whole' -- \
    sh -c 'rm -r relay && mv relay.new relay && denreid check --state relay'

# ---- the high-water file lost with the store: the witnesses are asked
run_restored() {
    local before
    before=$(wc -l < relay.log)
    start relay denreid run --state relay --restored
    eventually logged relay ' serving ' "$before" && logged relay restored.unconfirmed "$before" > out
}
set_up_officer jp.moj o1
cp -a relay relay.new && mv highwater highwater.new
rm -r relay && cp -a relay.old relay
check 1 "without its high-water file a relay does not start" 'is gone' -- denreid run --state relay
run_restored
report "from a backup it starts, and says that it writes nothing"
check 4 "a message waits at its sender" 'UNWITNESSED|witness' -- \
    denrei send mla "$root/docker/story/mla.json" --to kr.moj --legal-basis treaty.jp-kr.2007 --state jp.moj
before=$(wc -l < node-int.interpol.log)
start node-int.interpol denrei-node run --state node-int.interpol --witness-key witness-int.interpol.key
start node-kr.moj denrei-node run --state node-kr.moj --witness-key witness-kr.moj.key
eventually logged node-int.interpol 'went back|contradict' "$before"
report "a witness that has seen more finds it"
check 3 "so the message still waits" '1 wait' 'witness' -- denrei flush --state jp.moj
[ ! -e highwater ] && ! logged relay restored.confirmed > out
report "nothing was written"
for name in node-int.interpol node-kr.moj relay; do stop "$name" TERM; done
rm -r relay && cp -a relay.new relay
run_restored
check 3 "from the newest store too, as long as no witness came" '1 wait' 'witness' -- \
    denrei flush --state jp.moj
start_node int.interpol && ! logged relay restored.confirmed > out
report "one witness of two is no quorum"
start_node kr.moj && eventually logged relay restored.confirmed
report "a quorum that has seen no more confirms it"
eventually denrei flush --state jp.moj && [ -s highwater ]
report "then the message goes out, and there is a high-water file again"
for name in node-int.interpol node-kr.moj relay; do stop "$name" TERM; done
rm -r relay.new highwater.new
check 0 "the store is whole after it" 'store is whole' -- denreid check --state relay
size=$(sed -n 's/.*whole: \([0-9]*\) entries.*/\1/p' out)

# ---- both put back by somebody who knows better
cp -a relay relay.new && cp -a highwater highwater.new
rm -r relay && cp -a relay.old relay && cp highwater.old highwater
run_relay
report "with its high-water file put back too it cannot know"
check 5 "an officer finds that the log went back" 'went back|contradict' -- \
    lost_passport TR3000003
before=$(wc -l < node-int.interpol.log)
start node-int.interpol denrei-node run --state node-int.interpol --witness-key witness-int.interpol.key
eventually logged node-int.interpol 'went back|contradict' "$before"
report "a node finds it"
check 5 "the auditor finds it" 'went back|contradict|shorter|consisten|view' -- denrei-audit verify --state audit
stop node-int.interpol TERM

# ---- the other history grows as long as the first: by a member that has seen neither
sed "s/@REVIEW@/$(date -d '+2 years' +%F)/" "$root/docker/story/alert.json" > alert.json
grows() {
    denrei send suspect-alert alert.json --to int.interpol --legal-basis diffusion.jp-kr --state jp.npa > grow.out 2>&1
    [ "$(sed -n 's/.*log entry \([0-9]*\)/\1/p' grow.out)" -gt "$1" ]
}
eventually grows $((size + 2))
report "the second history grows longer than the first"
check 5 "an officer who saw the first finds two histories" contradicts -- lost_passport TR3000004
ls jp.mofa/evidence-* > out 2>&1
report "the contradicting checkpoint is kept as evidence"
grep -l '^denrei.example/demo$' jp.mofa/evidence-*.txt | xargs grep -l '^— denrei.example/demo ' > out 2>&1
report "it is signed by the log, so that anybody can see"
before=$(wc -l < node-int.interpol.log)
start node-int.interpol denrei-node run --state node-int.interpol --witness-key witness-int.interpol.key
eventually logged node-int.interpol contradicts "$before"
report "the node finds two histories"
ls node-int.interpol/evidence-* > out 2>&1
report "and keeps evidence"
check 5 "the auditor finds two histories" 'contradict|consisten|view|two histories' -- denrei-audit verify --state audit
ends 0 denrei-node list --json --state node-int.interpol && says TR3000001 && ! says SUSPECT_ALERT
report "the node took nothing of the second history"
stop node-int.interpol TERM

# ---- the first history back: all goes on
stop relay TERM
rm -r relay && mv relay.new relay && cp highwater.new highwater
run_relay
check 0 "with the first history back the officer goes on" -- denrei flush --state jp.mofa
start_node int.interpol
report "and so does the node"
eventually prints TR3000003 denrei-node list --json --state node-int.interpol
report "what waited arrives"
stop relay TERM
check 0 "the store is whole" -- denreid check --state relay

# ---- nobody to ask
sed -e '/"witnesses": \[/,/\],/d' -e 's/"witness_quorum": 2/"witness_quorum": 0/' federation.json > alone.json
{
    denrei-keys directory draft alone.json --out alone.dir
    denrei-keys directory sign alone.dir --key root-sato.key
    denrei-keys directory sign alone.dir --key root-martin.key
    denrei-keys bundle make --directory alone.dir --out alone.bundle
    denreid init --state alone --bundle alone.bundle --key relay.key --highwater alone.highwater
    rm alone.highwater
} > out 2>&1
check 1 "without witnesses a backup is not gone on from" 'no witnesses' -- denreid run --state alone --restored
[ ! -e alone.highwater ]
report "and no high-water file hides that"
exit "$failed"
