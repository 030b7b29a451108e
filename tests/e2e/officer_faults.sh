#!/bin/bash
# What goes wrong around the officer's program: interrupted commands, a full disk, several at once, a
# wrong passphrase, another relay at the endpoint, and a relay that forks its log or goes back.
# $B is the build's folder.
set -u
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
B=$(cd "${B:-build}" && pwd)
dir=$(mktemp -d) || exit 1
relay_pid=
trap 'kill "$relay_pid" 2> /dev/null; rm -rf "$dir"' EXIT
umask 077
. tests/e2e/federation.bash
cd "$dir" || exit 1
make_federation > out 2>&1
report "a federation is made"
start_relay

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
for i in 1 2 3 4 5 6; do send_lost "TR200000$i" > "out.$i" 2>&1 & pids[i]=$!; done
good=0
for i in 1 2 3 4 5 6; do wait "${pids[$i]}" && good=$((good + 1)); done
[ "$good" -eq 6 ]
report "commands on one state directory wait for each other"
ends 1 flock mofa/lock denrei status --state mofa && says 'in use'
report "one that holds it for long is named"

# ---- Ctrl-C at any moment
before=$(denrei track --limit 1000 --state mofa --offline | wc -l)
for i in $(seq 10 59); do
    lost "TR30000$i"
    timeout -s INT "0.0$((i % 10))$((i / 10))" denrei send lost-passport "${words[@]}" --to @sltd --state mofa > /dev/null 2>&1
done
ends 0 denrei flush --state mofa && ends 0 denrei track --limit 1000 --state mofa &&
    ! grep -q waiting out && ! grep -q refused out
report "a command that was interrupted leaves the store whole, and what it stored goes"
after=$(wc -l < out)
numbers > got
[ "$after" -gt "$before" ] && [ "$(wc -l < got)" -eq "$after" ] && [ "$(sort -u got | wc -l)" -eq "$after" ]
report "and arrives once"

kill -STOP "$relay_pid"
lost TR3100000
timeout -s INT 0.5 denrei send lost-passport "${words[@]}" --to @sltd --state mofa > out 2>&1
says 'interrupted' 'denrei flush'
report "Ctrl-C while the relay does not answer ends it at once, and says where the message is"
kill -CONT "$relay_pid"
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
stop_relay TERM
mkdir other && (
    cd other && dir=$dir/other && mkdir -p "$dir" && make_federation > out 2>&1
    sed -i "s|^listen.*|listen = $endpoint|" relay/denreid.conf
)
sed -i "s|^listen.*|listen = $endpoint|" other/relay/denreid.conf
(cd other && exec denreid run --state relay > relay.log 2>&1) &
relay_pid=$!
for _ in $(seq 100); do (exec 3<> "/dev/tcp/127.0.0.1/${endpoint##*:}") 2> /dev/null && break; sleep 0.05; done
ends 5 denrei status --state mofa && says 'does not hold the key'
report "a relay that is not the one in the directory is found out"
kill "$relay_pid"
wait "$relay_pid" 2> /dev/null

# ---- a relay that goes back, and one that forks
cp -a relay relay.old && cp -a highwater highwater.old
start_relay
ends 0 send_lost TR5000001
report "the relay is back"
stop_relay TERM
rm -rf relay highwater && cp -a relay.old relay && cp -a highwater.old highwater
start_relay
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

stop_relay TERM
exit "$failed"
