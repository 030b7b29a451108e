#!/bin/bash
# A message's life: FLASH before ROUTINE, update, withdrawal, tombstones, the stream for other
# systems, and a program for each new message that fails at first.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
run_relay && start_node int.interpol
report "relay and one node run"
set_up_officer jp.mofa o17 && set_up_officer jp.npa o3 && set_up_auditor
report "officers and auditor are set up"
sed "s/@REVIEW@/$(date -d '+2 years' +%F)/" "$root/docker/story/alert.json" > alert.json
alert() { denrei send suspect-alert alert.json --to int.interpol --legal-basis diffusion.jp-kr --state jp.npa "$@"; }

# ---- FLASH first, for a node that was away
stop node-int.interpol TERM
report "the node is stopped"
for number in 1 2 3 4; do lost_passport TR200000$number > out 2>&1 || report "passport $number"; done
alert --priority flash > out 2>&1
report "an alert of priority FLASH is sent last"
flash=$(newest_of jp.npa)
before=$(wc -l < node-int.interpol.log)
start_node int.interpol
all_five() { [ "$(denrei-node list --json --state node-int.interpol | wc -l)" -eq 5 ]; }
eventually all_five
report "the node gets all that came while it was away"
logged node-int.interpol ' stored ' "$before" | head -1 > out
says 'kind=SUSPECT_ALERT'
report "the FLASH message is first"
lane() { denrei-node list --json --state node-int.interpol | sed -n "s/.*\"id\":\"$1\".*\"lane\":\"\([A-Z]*\)\".*/\1/p"; }
[ "$(lane "$flash")" = FLASH ]
report "in its own lane"

# ---- update, withdrawal
id=$(newest_of jp.mofa)
check 10 "the passport is a hit" HIT -- denrei-node screen TR2000004 JPN --state node-int.interpol
check 0 "its number is corrected" -- \
    denrei update "$id" 'documents[0].number=TR2999999' --state jp.mofa
# Without a quorum of witnesses, of which one is away, what is no hit is "cannot say".
hit() { denrei-node screen "$1" JPN --state node-int.interpol > screen.out 2>&1; [ $? -eq 10 ]; }
no_hit() { ! hit "$1" && grep -q 'NO HIT\|CANNOT SAY' screen.out; }
eventually hit TR2999999
report "the new number is a hit"
eventually no_hit TR2000004
report "the old number is not"
check 0 "the message is withdrawn" -- denrei withdraw "$id" --state jp.mofa
eventually no_hit TR2999999
report "and no longer a hit"
applied() { prints 'int.interpol.*applied' denrei track "$(newest_of jp.mofa)" --state jp.mofa; }
eventually applied
report "the node signs that it has erased it"
# A command that reads the database at that moment lets the node try again at its next commit.
erased() { ! grep -qaF TR2999999 node-int.interpol/*; }
eventually erased
report "no file of the node has the content any more"

# ---- tombstones: a node that never had it is given the entry, not the body
start_node kr.moj
tombstone() {
    denrei-node list --json --state node-kr.moj | grep "\"id\":\"$id\"" > out &&
        ! grep -q TR2000004 out && ! grep -q '"state":"LIVE"' out
}
eventually tombstone
report "a node that comes later gets a tombstone in its place"
ends 0 denrei-node follow --once --state node-kr.moj && ! says TR2999999
report "and never the content"
eventually prints '"number":"TR2000001"' denrei-node follow --once --state node-kr.moj
report "what still holds it gets whole"

# ---- the stream for other systems
denrei-node follow --state node-int.interpol > all.json 2> out &
pids[follow]=$!
alert > out 2>&1
live=$(newest_of jp.npa)
eventually grep -q "$live" all.json
report "follow prints a message as it comes"
stop follow TERM
leaf=$(sed -n "s/.*\"id\":\"$flash\".*\"leaf\":\([0-9]*\).*/\1/p" all.json)
ends 0 denrei-node follow --once --after "$leaf" --state node-int.interpol && says "$live" && ! says "$flash"
report "and goes on after a given entry"
[ -z "$(sed 's/^{"schema":[0-9]*,.*}$//' all.json)" ]
report "each line is one JSON object with a schema number"

# ---- a program that fails at first
cat > program << 'SH'
#!/bin/sh
cat > "$0.input" || exit 1
echo tried >> "$0.tries"
[ "$(wc -l < "$0.tries")" -ge 3 ] || exit 1
cat "$0.input" >> "$0.done"
SH
chmod 700 program
stop node-int.interpol TERM
start_node int.interpol --exec "$dir/program"
alert > out 2>&1
handed=$(newest_of jp.npa)
eventually grep -q "$handed" program.done
report "a program that failed twice gets the message the third time"
stop node-int.interpol KILL
alert > out 2>&1
last=$(newest_of jp.npa)
start_node int.interpol --exec "$dir/program"
eventually grep -q "$last" program.done
report "after a kill it gets what came meanwhile"
check 0 "the log is sound" SOUND -- denrei-audit verify --state audit
exit "$failed"
