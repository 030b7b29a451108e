#!/bin/bash
# What goes wrong around the officer's program: interrupted commands, a full disk, several at once, a
# wrong passphrase, another relay at the endpoint, and a relay that forks its log or goes back.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
report "a federation is made"
run_relay

# lost NUMBER: the words of a lost passport
lost() {
    words=("documents[0].number=$1" 'documents[0].issuing_state=JPN' 'documents[0].type=PASSPORT'
        'documents[0].status=STOLEN' instructions.actions=SEIZE_DOCUMENT
        'instructions.contact.office=Passport Division' instructions.contact.email=sltd@mofa.example)
}
send_lost() { lost "$1" && denrei send lost-passport "${words[@]}" --to @sltd --state mofa; }
for officer in 'mofa jp.mofa-o17' 'npa jp.npa-o3' 'interpol int.interpol-o1'; do
    denrei init --bundle federation.bundle --key "${officer#* }.key" --state "${officer% *}" > out 2>&1
done
numbers() { denrei inbox --limit 1000 --state interpol --json | grep -o '"id":"[^"]*"' | sort; }

# ---- a passphrase
denrei-keys request new --member jp.npa --id o4 --purpose officer --kinds suspect-alert --federation root.dir \
    --out-key o4.key --out-request o4.request --passphrase-fd 3 3<<< 'correct horse' > out 2>&1 &&
    denrei-keys roster add o4.request --previous jp.npa.roster --authority authority-jp.npa.key \
        --directory root.dir --out npa.2.roster >> out 2>&1 &&
    ends 0 denrei publish npa.2.roster --state npa
rosters=()
for member in $members; do [ "$member" = jp.npa ] || rosters+=(--roster "$member.roster"); done
denrei-keys bundle make --directory root.dir "${rosters[@]}" --roster npa.2.roster --out newer.bundle >> out 2>&1
report "a new credential is published and a newer bundle made"
ends 1 denrei init --bundle newer.bundle --key o4.key --state npa4 --passphrase-fd 3 3<<< 'wrong horse' &&
    says 'passphrase' && [ ! -e npa4 ]
report "a wrong passphrase is told, and nothing is left"
ends 1 setsid -w denrei init --bundle newer.bundle --key o4.key --state npa4 && says 'passphrase-fd' && [ ! -e npa4 ]
report "without a terminal the flag that gives the passphrase is named"
ends 0 denrei init --bundle newer.bundle --key o4.key --state npa4 --passphrase-fd 3 3<<< 'correct horse' &&
    ends 0 denrei status --state npa4 --passphrase-fd 3 3<<< 'correct horse' && says 'jp.npa/o4'
report "the right passphrase opens the key; a bundle newer than the log's first rosters works"
ends 0 denrei status --state npa
report "the member's other officer is not disturbed"

# ---- several commands at once
for i in 1 2 3 4 5 6; do send_lost "TR200000$i" > "out.$i" 2>&1 & senders[i]=$!; done
good=0
for i in 1 2 3 4 5 6; do wait "${senders[$i]}" && good=$((good + 1)); done
[ "$good" -eq 6 ]
report "commands on one state directory wait for each other"
ends 1 flock mofa/lock denrei status --state mofa && says 'in use'
report "one that holds it for long is named"

# ---- Ctrl-C at any moment
# Spread over the time that one takes, whatever the machine.
begun=${EPOCHREALTIME/./}
send_lost TR3000009 > out 2>&1
taken=$((${EPOCHREALTIME/./} - begun))
before=$(denrei track --limit 1000 --state mofa --offline | wc -l)
for i in $(seq 10 59); do
    lost "TR30000$i"
    moment=$((taken * (i - 9) / 40))
    timeout -s INT "$((moment / 1000000)).$(printf %06d $((moment % 1000000)))" \
        denrei send lost-passport "${words[@]}" --to @sltd --state mofa > /dev/null 2>&1
done
ends 0 denrei flush --state mofa && ends 0 denrei track --limit 1000 --state mofa &&
    ! grep -q waiting out && ! grep -q refused out
report "a command that was interrupted leaves the store whole, and what it stored goes"
after=$(wc -l < out)
numbers > got
[ "$after" -gt "$before" ] && [ "$(wc -l < got)" -eq "$after" ] && [ "$(sort -u got | wc -l)" -eq "$after" ]
report "and arrives once"

# Whether somebody has a connection to the relay: with the kernel, when the relay itself is stopped.
has_connection() {
    local place=${endpoint#tcp://} a b c d
    IFS=. read -r a b c d <<< "${place%:*}"
    grep -q "$(printf '%02X%02X%02X%02X:%04X 01 ' "$d" "$c" "$b" "$a" "${place##*:}")" /proc/net/tcp*
}
kill -STOP "${pids[relay]}"
lost TR3100000
denrei send lost-passport "${words[@]}" --to @sltd --state mofa > out 2>&1 &
waiting=$!
eventually has_connection
kill -INT "$waiting"
wait "$waiting"
[ $? -eq 130 ] && says 'interrupted' 'denrei flush'
report "Ctrl-C while the relay does not answer ends it at once, and says where the message is"
kill -CONT "${pids[relay]}"
ends 0 denrei flush --state mofa && ends 0 denrei track --limit 1000 --state mofa && ! grep -q waiting out
report "what was stored goes later"
after=$(wc -l < out)

# ---- a full disk
ends 1 bash -c 'trap "" XFSZ; ulimit -f 24; exec "$@"' - denrei send lost-passport "${words[@]}" --to @sltd --state mofa ||
    ends 70 bash -c 'trap "" XFSZ; ulimit -f 24; exec "$@"' - denrei send lost-passport "${words[@]}" --to @sltd --state mofa
says 'disk is full|disk'
report "a full disk is told"
ends 0 denrei track --limit 1000 --state mofa && [ "$(wc -l < out)" -eq "$after" ] &&
    ends 0 send_lost TR4000001
report "nothing was changed, and it goes on when there is room"

# ---- another relay at the endpoint
stop relay TERM
mkdir other && (
    cd other && dir=$dir/other && mkdir -p "$dir" && make_federation > out 2>&1
    sed -i "s|^listen.*|listen = $endpoint|" relay/denreid.conf
)
sed -i "s|^listen.*|listen = $endpoint|" other/relay/denreid.conf
run_relay env -C other
ends 5 denrei status --state mofa && says 'does not hold the key'
report "a relay that is not the one in the directory is found out"
stop relay TERM

# ---- a relay that goes back, and one that forks
cp -a relay relay.old && cp -a highwater highwater.old
run_relay
ends 0 send_lost TR5000001
report "the relay is back"
stop relay TERM
rm -rf relay highwater && cp -a relay.old relay && cp -a highwater.old highwater
run_relay
ends 5 denrei status --state mofa && says 'went back'
report "a relay that goes back is found out"
ends 0 denrei inbox --state interpol
for i in 1 2 3 4; do denrei inbox --state interpol > out 2>&1; done
denrei init --bundle federation.bundle --key jp.mofa-o17.key --state mofa.new > out 2>&1
for i in 1 2 3; do lost "TR600000$i"; denrei send lost-passport "${words[@]}" --to @sltd --state mofa.new > out 2>&1; done
ends 5 denrei status --state mofa && says 'contradicts'
report "a relay that shows another history is found out"
seen=$(ls mofa/evidence-*-seen.txt) && shown=${seen%-seen.txt}.txt && [ -s "$shown" ] &&
    [ "$(head -1 "$seen")" = "$(head -1 "$shown")" ] && ! cmp -s "$seen" "$shown" &&
    [ "$(grep -c "^— $(head -1 "$seen") " "$seen" "$shown" | cut -d: -f2 | sort -u)" = 1 ]
report "both checkpoints that its log signed are kept as evidence"
ends 4 send_lost TR6000009 || ends 5 send_lost TR6000009
report "nothing is sent to it"

stop relay TERM
exit "$failed"
