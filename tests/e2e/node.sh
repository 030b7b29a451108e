#!/bin/bash
# A node beside other systems: programs for new messages, streams, lists of travellers, updates and
# withdrawals; what it does when it is killed, started twice, or its disk or database fails.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
run_relay && set_up_officer jp.mofa o17
report "a federation, its relay and an officer"
state=node-int.interpol

# ---- a program for each message; the first time it fails
cat > hook << 'END'
#!/bin/sh
cat > hook.$$
[ -e failed ] || { touch failed; exit 1; }
mv hook.$$ hook.done
END
chmod +x hook
start_node int.interpol --exec "$PWD/hook" && start_node kr.moj
report "two nodes connect, one with a program for new messages"
eventually logged "$state" 'info witness name=int.interpol/witness'
report "a node that cosigns says so"
check 0 "a lost passport reaches both" Accepted -- \
    lost_passport TR1234567 --wait delivered --timeout ${deadline_seconds}s
id=$(newest_of jp.mofa)
eventually test -e hook.done
report "a program that failed is run again"
cp hook.done out
says "\"id\":\"$id\"" '"state":"LIVE"' '"number":"TR1234567"'
report "and gets the message as JSON"
check 1 "a second node on the same state directory is refused" 'use|lock|run' -- \
    timeout 20 denrei-node run --state "$state"

# ---- streams and lists
check 0 "follow prints each message as a line of JSON" "\"id\":\"$id\"" '"leaf":[0-9]+' -- \
    denrei-node follow --once --state "$state"
leaf=$(sed -n 's/.*"leaf":\([0-9]*\).*/\1/p' out)
ends 0 denrei-node follow --once --after "$leaf" --state "$state" && [ ! -s out ]
report "and nothing after the last"
check 2 "a kind that does not exist is named, with the nearest" lost-passport -- \
    denrei-node list --kind lost-pasport --state "$state"
check 1 "an id of no message is named" 'no such message' -- denrei-node show ffff --state "$state"
check 2 "what is no id is named" 'not a message id' -- denrei-node show xyz --state "$state"

# ---- a list of travellers
eventually prints 'NO HIT' denrei-node screen TR7654321 JPN --state "$state"
report "no hit is said once a quorum has confirmed the log"
printf '%s\n' '# flight 123' 'TR7654321 JPN' '' 'tr-1234567,jpn' > travellers
check 10 "a list with one hit" $'2\tCLEAR\tTR7654321\tJPN' $'4\tHIT\tTR1234567\tJPN' -- \
    denrei-node screen --file travellers --state "$state"
printf '%s\n' 'TR7654321 JPN' 'TR7654322 XYZ' > travellers
check 11 "a line that cannot be read has a row of its own" $'1\tCLEAR' $'2\tCANNOT_SAY' -- \
    denrei-node screen --file - --state "$state" < travellers
check 11 "in JSON too" '"line":2' '"verdict":"CANNOT_SAY"' -- \
    denrei-node screen --file travellers --json --state "$state"
check 11 "an empty list is not all clear" 'no documents' -- \
    denrei-node screen --file /dev/null --state "$state"
check 11 "nor is one that cannot be read" -- denrei-node screen --file nowhere --state "$state"
check 2 "an unknown state is named" JPX 'JPN' -- denrei-node screen TR1234567 JPX --state "$state"
check 11 "a node that has not run yet cannot say" -- \
    denrei-node screen TR1234567 JPN --state elsewhere

# ---- update and withdrawal
sent=$(denrei update "$id" 'documents[0].number=TR1234999' --state jp.mofa --json 2> out) || true
eventually prints REPLACED denrei-node list --state "$state"
report "an update replaces the version before"
check 0 "what was replaced no longer matches" 'NO HIT' -- \
    denrei-node screen TR1234567 JPN --state "$state"
check 10 "the new version does" HIT -- denrei-node screen TR1234999 JPN --state "$state"
ends 0 denrei withdraw "$id" --state jp.mofa && eventually prints WITHDRAWN denrei-node list --state "$state"
report "a withdrawal ends it"
check 0 "nothing matches any more" 'NO HIT' -- denrei-node screen TR1234999 JPN --state "$state"
eventually sh -c "! grep -qa 'TR1234' $state/node.db $state/node.db-wal"
report "and its content is in no file of the node"

# ---- killed, and back
lost_passport TR2222222 --wait delivered --timeout ${deadline_seconds}s > out 2>&1
stop "$state" KILL
lost_passport TR3333333 > out 2>&1
start_node int.interpol
eventually prints HIT denrei-node screen TR3333333 JPN --state "$state"
report "a node that was killed comes back and takes what it missed"
[ "$(denrei-node follow --once --state "$state" | grep -c TR2222222)" = 1 ]
report "nothing comes twice"
before=$(wc -l < "$state.log")
stop relay KILL
eventually logged "$state" 'why=' "$before"
before=$(wc -l < "$state.log") # before the relay serves: the node may be as quick as this script
run_relay && eventually logged "$state" ' connected ' "$before"
report "a relay that was killed is found again"
stop "$state" TERM
report "SIGTERM ends the node with success"

# ---- witness keys that the directory does not name
certify int.interpol n2 node --witness > out 2>&1 &&
    ends 0 denrei-keys roster add int.interpol-n2.request --previous int.interpol.roster \
        --authority authority-int.interpol.key --directory root.dir --out int.2.roster &&
    ends 0 denrei publish int.2.roster --state jp.mofa &&
    ends 0 denrei-keys bundle make --directory root.dir --roster int.2.roster --out two.bundle &&
    ends 0 denrei-node init --bundle two.bundle --key int.interpol-n2.key --state second
report "a second node with a witness key in its own file"
start second denrei-node run --state second
eventually logged second 'warn witness .*its key was not given'
report "a key that is not the directory's is not used, and that is told"
[ "$(grep -c ' connected ' second.log)" -eq 1 ] && ! grep 'warn link' second.log > out
report "and the relay is not bothered with it"
stop second TERM
start second denrei-node run --state second --witness-key witness-int.interpol.key
eventually logged second 'info witness name=int.interpol/witness'
report "the directory's key is found among several"
stop second TERM
check 5 "a file without a witness key is refused" 'not the key file of a witness' -- \
    timeout 20 denrei-node run --state second --witness-key authority-int.interpol.key

check 2 "a relay that the directory does not have is told, with one that it has" 'no relay tcp://127.0.0.1:9$' \
    "or use one of the directory: $endpoint" -- \
    denrei-node init --bundle federation.bundle --key int.interpol-n1.key --state third --relay tcp://127.0.0.1:9

# ---- a damaged database
cp -r "$state" damaged
rm -f damaged/node.db-wal damaged/node.db-shm
printf 'this is no database' | dd of=damaged/node.db conv=notrunc status=none
check 11 "a damaged database is told, and not called clear" 'node.db.*damaged' -- \
    denrei-node screen TR3333333 JPN --state damaged
check 5 "and keeps the node from starting" 'node.db.*damaged' -- \
    timeout 20 denrei-node run --state damaged
exit "$failed"
