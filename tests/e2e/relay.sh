#!/bin/bash
# The relay as its operator runs it: started twice, killed and killed again, stopped in the middle of
# sending, revoking while sessions are open, with a full disk, a damaged store, an old one, the wrong
# key.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
report "a federation is made"

# ---- setting up
ends 1 denreid init --state relay --bundle federation.bundle --key relay.key --highwater other &&
    says 'there is a relay in this directory' && [ ! -e other ]
report "a relay is not made twice in one directory"
ends 1 denreid init --state relay2 --bundle federation.bundle --key relay.key --highwater highwater &&
    says 'high-water file already' && [ -s highwater ] && [ ! -e relay2/relay.db ]
report "a high-water file is not taken over"
ends 2 denreid init --state relay3 --bundle federation.bundle --key relay.key --highwater relay3/highwater &&
    says 'in the state directory' && [ ! -e relay3/relay.db ]
report "the high-water file does not lie in the state directory"
rm -rf relay3
ends 5 denreid init --state relay3 --bundle federation.bundle --key jp.mofa-o17.key --highwater other &&
    says 'key' && [ ! -e relay3 ]
report "an officer's key makes no relay, and nothing is left"
ends 1 denreid init --state relay3 --bundle jp.mofa.roster --key relay.key --highwater other &&
    says 'bundle' && [ ! -e relay3 ]
report "what is no bundle makes no relay"
ends 1 denreid init --state relay4 --bundle federation.bundle --key relay.key --highwater nowhere/highwater &&
    says nowhere && [ -z "$(ls relay4 | grep -v lock)" ] &&
    ends 0 denreid init --state relay4 --bundle federation.bundle --key relay.key --highwater other
report "an init that failed leaves nothing that hinders the next"
sed -i 's/^#\(messages_burst\) = .*/\1 = many/' relay4/denreid.conf
ends 2 denreid run --state relay4 && says 'messages_burst' && grep -B9 '^messages_burst' relay4/denreid.conf | grep -q '^\[limits\]'
report "its settings need only be uncommented where they stand"
rm relay4/denreid.conf
ends 1 denreid init --state relay4 --bundle federation.bundle --key relay.key --highwater other2 &&
    says 'store without denreid.conf' && [ -s relay4/relay.db ]
report "a store that lost its settings is not made anew"
rm -rf relay4 other
ends 2 denreid run && says '\-\-state'
report "no state directory is guessed"
ends 1 denreid run --state nowhere && says 'denreid init'
report "a relay that was never made is told"
ends 0 denreid config && says 'messages_per_second' 'reserve_mib'
report "config explains every setting"

# ---- running
run_relay
grep -q " info serving endpoint=.*transport_key=\"\?$(sed -n 's/^transport \([^ ]*\) .*/\1/p' relay.pub)\"\? log=denrei.example/demo " relay.log
report "one line says what is served"
ends 1 denreid run --state relay && says "another relay is running.*process ${pids[relay]}"
report "a second relay on the same state is told, with the first one's process"
ends 1 denreid check --state relay && says "process ${pids[relay]}"
report "nor is a running relay's store checked"

for officer in 'mofa jp.mofa-o17' 'npa jp.npa-o3' 'interpol int.interpol-o1' 'korea kr.moj-o5'; do
    denrei init --bundle federation.bundle --key "${officer#* }.key" --state "${officer% *}" > out 2>&1
done
send_by() { # STATE NUMBER
    denrei send lost-passport "documents[0].number=$2" 'documents[0].issuing_state=JPN' \
        'documents[0].type=PASSPORT' 'documents[0].status=STOLEN' instructions.actions=SEIZE_DOCUMENT \
        'instructions.contact.office=Passport Division' instructions.contact.email=sltd@mofa.example \
        --to int.interpol --state "$1"
}
send_lost() { send_by mofa "$1"; }
ids() { denrei "$2" --state "$1" --limit 1000 --json "${@:3}" | grep -o '"id":"[^"]*"' | sort; }
ends 0 send_lost TR3000001 && says accepted
report "a message is accepted"

# ---- kill -9 at any moment: what was accepted is kept, once
accepted=1
for round in 1 2 3 4 5; do
    for i in 1 2 3 4; do
        send_lost "TR31000$round$i" > "sent.$round.$i" 2>&1 &
        sends[i]=$!
    done
    sleep "0.0$((RANDOM % 9 + 1))"
    stop relay KILL
    for i in 1 2 3 4; do
        wait "${sends[$i]}" && accepted=$((accepted + 1))
    done
    run_relay || echo "not ok the relay comes back after kill $round"
done
ends 0 denrei flush --state mofa
report "after five kills what waited goes out by itself"
[ "$(ids mofa track --offline | wc -l)" -eq 21 ] && [ "$accepted" -ge 1 ]
report "21 messages are the sender's"
[ "$(ids interpol inbox | uniq -d | wc -l)" -eq 0 ] && ids mofa track --offline > sent && ids interpol inbox > got && diff sent got > out
report "each is the recipient's exactly once"
stop relay TERM
[ "$(grep -c ' info stopped ' relay.log)" -eq 1 ]
report "SIGTERM drains and says so"
ends 0 denreid check --state relay && says 'The store is whole' ' 21 messages'
report "the whole store is checked after it"

# ---- revoking acts at the next frame
run_relay
denrei-keys roster revoke o17 --previous jp.mofa.roster --authority authority-jp.mofa.key \
    --directory root.dir --out mofa.2.roster > out 2>&1 &&
    ends 0 denrei publish mofa.2.roster --state npa
report "any member may carry a roster"
ends 1 send_lost TR3000002 || ends 3 send_lost TR3000002 || ends 4 send_lost TR3000002
! grep -q ': accepted' out && grep -q 'info document type=roster member=jp.mofa version=2' relay.log
report "the revoked officer is not let in any more"
ends 0 denrei publish mofa.2.roster --state npa
report "publishing it again is no fault"
certify jp.mofa o18 officer --kinds lost-passport > out 2>&1 &&
    denrei-keys roster add jp.mofa-o18.request --previous mofa.2.roster --authority authority-jp.mofa.key \
        --directory root.dir --out mofa.3.roster >> out 2>&1 &&
    denrei publish mofa.3.roster --state npa >> out 2>&1
rosters=()
for member in $members; do [ "$member" = jp.mofa ] || rosters+=(--roster "$member.roster"); done
denrei-keys bundle make --directory root.dir "${rosters[@]}" --roster mofa.3.roster --out newer.bundle >> out 2>&1
ends 0 denrei init --bundle newer.bundle --key jp.mofa-o18.key --state mofa2 && ends 0 send_by mofa2 TR3200001
report "a new officer of the member is let in"
denrei-keys roster renew --previous jp.npa.roster --authority authority-jp.npa.key --directory root.dir \
    --out npa.2.roster > out 2>&1
denrei-keys roster renew --previous npa.2.roster --authority authority-jp.npa.key --directory root.dir \
    --out npa.3.roster >> out 2>&1
ends 1 denrei publish npa.3.roster --state korea || ends 3 denrei publish npa.3.roster --state korea
report "a roster that leaves a version out is refused"
stop relay TERM
grep -qE ' info connections admitted=[1-9][0-9]* refused=[0-9]+ dropped=0$' relay.log
report "a relay that stops says who came"
ends 0 denreid load --state relay npa.2.roster npa.3.roster && says '2 new documents'
report "the operator loads documents into a stopped relay"
ends 0 denreid load --state relay npa.3.roster && says '0 new documents'
report "once"
ends 1 denreid load --state relay relay.pub && says 'neither a document nor a bundle'
report "what is no document is told"
ends 1 denreid load --state relay npa.3.roster relay.pub npa.2.roster && says '^1 of 3 files were taken; 0 new documents are in the log'
report "with how much was taken before it"

# ---- a full disk: nothing new, reading goes on
printf '[limits]\nreserve_mib = 1048576\n' >> relay/denreid.conf
before=$(wc -l < relay.log)
run_relay
eventually logged relay ' error disk .*new_messages=refused' "$before"
report "a disk that is nearly full is an error line"
denrei send mla --template > /dev/null 2>&1
ends 0 denrei inbox --state interpol && says 'lost-passport'
report "reading goes on"
stop relay TERM
sed -i '/reserve_mib = 1048576/d' relay/denreid.conf

# ---- a write that fails ends the relay, and loses nothing that was accepted
before=$(ids mofa2 track --offline | wc -l)
limit=$(($(stat -c %s relay/relay.db) / 1024 + 60))
run_relay bash -c 'trap "" XFSZ; ulimit -f "$1"; exec "${@:2}"' - "$limit"
accepted=0
for i in $(seq 10 60); do
    send_by mofa2 "TR32000$i" > out 2>&1 && accepted=$((accepted + 1)) || break
done
eventually ended "${pids[relay]}"
stop relay KILL
[ $? -eq 70 ] && [ "$accepted" -ge 1 ] && [ "$accepted" -le 50 ]
report "a disk that takes no more ends the relay with its own code"
run_relay
ends 0 denrei flush --state mofa2
ids mofa2 track --offline > sent
[ "$(wc -l < sent)" -eq $((before + accepted + 1)) ] && denrei inbox --state interpol --limit 1000 --json > inbox.json &&
    grep -o '"id":"[^"]*"' inbox.json | sort > got && [ "$(comm -23 sent got | wc -l)" -eq 0 ]
report "what was accepted before is there after the next start, and what waited goes out"
stop relay TERM
ends 0 denreid check --state relay
report "and the store is whole"

# ---- settings and keys
cp relay/denreid.conf good.conf
echo 'lisen = x' >> relay/denreid.conf
ends 2 denreid run --state relay && says 'denreid.conf: line [0-9]+' 'lisen'
report "a wrong setting is told with its line"
cp good.conf relay/denreid.conf
chmod 644 relay.key
ends 1 denreid run --state relay && says 'others can read'
report "a key file that others can read is refused"
chmod 600 relay.key
ends 2 denreid run --state relay --listen tcp://300.1.1.1:1 && says 'tcp://ADDRESS:PORT'
report "an endpoint that is none is told"

# ---- the store is an old one, damaged, or gone
cp relay/relay.db old.db
cp relay/relay.db-wal old.db-wal 2> /dev/null
run_relay
stop relay TERM
cp relay/relay.db new.db
cp relay/relay.db-wal new.db-wal 2> /dev/null
rm -f relay/relay.db*
cp old.db relay/relay.db
[ -e old.db-wal ] && cp old.db-wal relay/relay.db-wal
ends 1 denreid run --state relay && says 'does not hold all [0-9]+ entries'
report "a store restored from a backup refuses to start"
ends 5 denreid check --state relay && says 'high-water file'
report "and the check says why"
rm -f relay/relay.db*
cp new.db relay/relay.db
[ -e new.db-wal ] && cp new.db-wal relay/relay.db-wal
mv highwater away
ends 1 denreid run --state relay && says 'high-water file is gone'
report "nor does it start without its high-water file"
mv away highwater
ends 0 denreid check --state relay
report "with both back the store is whole"
sqlite_page() { # change one byte of the text $1 in the database's file
    local at
    at=$(grep -obUa "$1" relay/relay.db | head -1 | cut -d: -f1)
    [ -n "$at" ] && flip relay/relay.db $((at + 3))
}
run_relay && stop relay TERM # so that all is in the database's own file
sqlite_page 'int.interpol/witness'
ends 5 denreid check --state relay && says 'entry 1:|document 1:'
report "one changed byte of a stored document is found, and which one named"

exit "$failed"
