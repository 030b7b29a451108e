#!/bin/bash
# Time: a relay whose clock nobody confirms, rosters that have expired, clocks that are wrong.
. "$(dirname "$0")/lib.bash"
clock=$(find /usr/lib -name libfaketime.so.1 | head -1)
[ -n "$clock" ] || { echo "not ok libfaketime is there (package faketime)"; exit 1; }
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0:detect_leaks=0

# at SPAN COMMAND...: the command with its clock ahead by SPAN.
faked=(env LD_PRELOAD="$clock" FAKETIME_DONT_FAKE_MONOTONIC=1)
at() { "${faked[@]}" FAKETIME="$1" "${@:2}"; }

# relay_at SPAN [OPTION]...: the relay, with its clock so, until it serves.
relay_at() {
    local span=$1 before=0
    shift
    [ ! -f relay.log ] || before=$(wc -l < relay.log)
    start relay "${faked[@]}" FAKETIME="$span" denreid run --state relay "$@"
    eventually logged relay ' serving ' "$before"
}
# node_at SPAN MEMBER: its node, which is a witness, until it is connected.
node_at() {
    local before=0
    [ -d "node-$2" ] || denrei-node init --bundle federation.bundle --key "$2-n1.key" --state "node-$2" > out 2>&1
    [ ! -f "node-$2.log" ] || before=$(wc -l < "node-$2.log")
    start "node-$2" "${faked[@]}" FAKETIME="$1" denrei-node run --state "node-$2" --witness-key "witness-$2.key"
    eventually logged "node-$2" ' connected ' "$before"
}
make_federation > out 2>&1
relay_at +0 && set_up_officer jp.mofa o17 && set_up_officer int.interpol o1 &&
    node_at +0 int.interpol && node_at +0 kr.moj
report "a federation, its relay, two officers and two nodes"
lost_passport TR1111111 > out 2>&1
id=$(newest_of jp.mofa)
lost_passport TR2222222 --expires 2h --wait delivered --timeout ${deadline_seconds}s > out 2>&1
short=$(newest_of jp.mofa)
eventually prints 'NO HIT' denrei-node screen TR7654321 JPN --state node-int.interpol
report "the nodes have two messages, one that expires soon, and are a quorum"
denrei inbox --state int.interpol > out 2>&1
stop node-int.interpol TERM && stop node-kr.moj TERM
lost_passport TR3333333 > out 2>&1
late=$(newest_of jp.mofa)
stop relay TERM
report "a third one waits for its readers when the relay stops"

# ---- an officer's clock that is wrong
check 0 "by a clock that is far ahead all has expired" expired -- \
    at +20y denrei inbox --all --offline --state int.interpol
check 0 "and by the right one nothing is lost" TR2222222 -- \
    denrei show "$short" --offline --state int.interpol

# ---- the relay started again two days later: nobody has confirmed its clock
relay_at +2d && logged relay clock.unconfirmed > out
report "a relay that stood still for two days says that its clock is not confirmed"
check 4 "it takes nothing new" 'waits' 'clock' -- lost_passport TR4444444
check 0 "but delivers" 'jp.mofa.*lost-passport' -- denrei inbox --state int.interpol
check 0 "a clock that nobody confirmed erases nothing" TR2222222 -- \
    eval 'at +20y denrei inbox --state int.interpol > out && denrei show "$short" --offline --state int.interpol'
node_at +2d int.interpol && node_at +2d kr.moj && eventually logged relay clock.trusted
report "a quorum of witnesses confirms it, whatever receipts they still owe"
check 0 "a receipt that was refused meanwhile is kept, and goes then" -- denrei inbox --state int.interpol
eventually prints 'kr.moj.*delivered 20' denrei track "$late" --state jp.mofa
check 0 "so that the sender learns of it" 'int.interpol.*delivered 20' 'kr.moj.*delivered 20' -- \
    denrei track "$late" --state jp.mofa
check 0 "and what waited in the outbox has gone" '0 wait' -- denrei flush --state jp.mofa

# ---- what has expired
eventually prints EXPIRED denrei-node list --state node-kr.moj &&
    eventually sh -c '! grep -qa TR2222222 node-kr.moj/node.db node-kr.moj/node.db-wal'
report "what has expired is in no file of a node"
eventually prints "expired" at +2d denrei inbox --all --state int.interpol &&
    ends 0 denrei show "$short" --offline --state int.interpol && says 'expired: there is no content'
report "an officer's program erases it once the quorum has seen that time"
! grep -qa TR2222222 int.interpol/officer.db int.interpol/officer.db-wal
report "and no file has it"
stop node-int.interpol TERM && stop node-kr.moj TERM
stop relay TERM

# ---- eight days later: every roster has expired
relay_at +8d --accept-clock
check 3 "nothing new may be sent under expired rosters" 'expired' -- \
    at +8d denrei send lost-passport 'documents[0].number=TR5555555' \
    'documents[0].issuing_state=JPN' 'documents[0].type=PASSPORT' 'documents[0].status=STOLEN' \
    instructions.actions=SEIZE_DOCUMENT 'instructions.contact.office=Passport Division' \
    instructions.contact.email=sltd@mofa.example --to int.interpol --state jp.mofa
check 0 "what is there is still fetched" lost-passport -- at +8d denrei inbox --state int.interpol
check 0 "reading it is still receipted" TR1111111 -- at +8d denrei show "$id" --state int.interpol
check 0 "the sender sees that" 'int.interpol.*read 20' -- at +8d denrei track "$id" --state jp.mofa
check 0 "a withdrawal still reaches everyone of the group" 'int.interpol, kr.moj' 'accepted' -- \
    at +8d denrei withdraw "$id" --state jp.mofa
check 0 "and ends it" 'withdrawn' -- at +8d denrei inbox --all --state int.interpol
denrei-keys roster renew --previous jp.mofa.roster --authority authority-jp.mofa.key --directory root.dir --out renewed.roster > out 2>&1
check 0 "a new roster is still taken" 'roster' -- at +8d denrei publish renewed.roster --state jp.mofa
stop relay TERM

# ---- clocks that are wrong
check 3 "a relay whose clock is behind its log does not start" 'clock' 'behind' -- denreid run --state relay
exit "$failed"
