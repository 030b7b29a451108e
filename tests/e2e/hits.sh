#!/bin/bash
# A hit from the counter to the owner of the record and back: by command, beside a running node and
# without one, and by policy; what is refused, what survives a kill, what the deadline does.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
run_relay && set_up_officer jp.mofa o17
report "a federation, its relay and an officer"
state=node-kr.moj
start_node kr.moj && start_node int.interpol
report "two nodes connect"
lost_passport TR1234567 --wait delivered --timeout ${deadline_seconds}s > out 2>&1
lost=$(newest_of jp.mofa)
node() { denrei-node "$@" --state "$state"; }
post=(--place 'Incheon, Terminal 1' --type airport --country KOR --office 'Border post' --phone '+82 32 555 0100')

# ---- found
check 0 "no hit, nothing to list" -- node hit list
check 10 "a hit says in plain words what it is, what to do and how fresh the data are" \
    'no ground for arrest' 'What the owner asks' 'Seize document' 'mailbox numbers 0 \(flash\) and 1' \
    'Hit 1: denrei-node hit report 1' -- node screen TR1234567 JPN
check 10 "the same look-up is the same hit" '"hit":1,' -- node screen TR1234567 JPN --json
check 0 "it is listed as found" $'TR1234567 JPN\tjp.mofa\tFOUND' -- node hit list
check 1 "a hit that does not exist is named" 'no such hit' -- node hit show 7
check 2 "and what is no number" 'not the number' -- node hit show x

# ---- reported beside the running node
check 3 "a report names all that it lacks" 'meeting.place' 'meeting.country' 'report.contact' -- \
    node hit report 1 --action SEIZED
check 3 "it goes to nobody but the owner" "jp.mofa's, and a hit is its owner's matter alone" -- \
    node hit report 1 --to jp.npa "${post[@]}"
check 0 "nothing was changed by what was refused" FOUND -- node hit list
check 0 "the running node sends it, and the receipt is verified" 'accepted' 'Reported to jp.mofa alone' -- \
    node hit report 1 --action SEIZED,HOLDER_INTERVIEWED --conveyance KE704 "${post[@]}" --timeout ${deadline_seconds}s
check 1 "it is reported once" 'reported already' -- node hit report 1 "${post[@]}"
check 1 "what was reported is not dismissed" 'was reported' -- node hit dismiss 1 --reason wrong
check 0 "the node sees it reported, and the deadline" '"state":"(HIT_REPORTED|ISSUER_NOTIFIED)"' '"deadline":"' -- \
    node hit list --json

# ---- answered
check 0 "the owner sees the hit and the deadline" $'kr.moj\tTR1234567 JPN' 'ISSUER_NOTIFIED' 'in force' -- \
    denrei hit list --state jp.mofa
id=$(denrei hit list --state jp.mofa --json | sed -n 's/.*"id":"\([^"]*\)".*"kind":"SCREENING_HIT".*/\1/p')
check 0 "with what was done and how fresh the data were" '"SEIZED"' '"conveyance":"KE704"' \
    '"complete_to_rest":1' '"hit":|"deadline":' -- denrei hit list --state jp.mofa --json
eventually prints ISSUER_NOTIFIED denrei-node hit list --state "$state"
report "the node knows that the owner has it"
check 1 "a reason that is none is named" OTHER_PERSON -- \
    denrei hit reject "$id" --reason other-persn --state jp.mofa
check 3 "a record is no report" 'not the report' -- denrei hit confirm "$lost" --state jp.mofa
check 0 "the owner asks for more time" accepted -- denrei hit more-time "$id" \
    --until "$(date -u -d '+2 days' +%FT%TZ)" --reason 'on paper' --state jp.mofa
eventually prints MORE_TIME denrei-node hit list --state "$state"
report "which the node sees"
check 0 "the owner confirms" accepted -- denrei hit confirm "$id" --action SEIZE_DOCUMENT --state jp.mofa
eventually prints CONFIRMED denrei-node hit list --state "$state"
report "the node sees it"
check 0 "with the answer" 'jp.mofa answered' 'Seize document' 'Answered:' -- node hit show 1
check 0 "the owner sees it as answered" CONFIRMED -- denrei hit list --all --state jp.mofa
check 0 "the node tells what was done since" accepted -- node hit follow-up 1 --action DOCUMENT_RETURNED

# ---- false hits, and records that ended
lost_passport TR2222222 > out 2>&1 && lost_passport TR3333333 > out 2>&1
second=$(ids_of jp.mofa | sed -n 2p)
eventually prints HIT denrei-node screen TR3333333 JPN --state "$state"
check 10 "another hit has the next number" '"hit":3,' -- node screen TR2222222 JPN --json
check 2 "a hit is never dismissed without a reason" 'reason' -- node hit dismiss 3 --reason ' '
check 0 "a false hit is dismissed with its reason" 'is dismissed' -- \
    node hit dismiss 3 --reason 'the number was mistyped'
check 0 "which is kept" DISMISSED 'the number was mistyped' -- node hit show 3
check 1 "what was dismissed is not reported" 'was dismissed' -- node hit report 3 "${post[@]}"
check 10 "the next one of the same look-up is a new hit that says so" 'Hit 4: ' \
    'Hit 3 of the same look-up was dismissed' -- node screen TR2222222 JPN
ends 0 denrei withdraw "$second" --state jp.mofa
eventually prints 'record ended' denrei-node hit list --state "$state"
check 1 "a hit on a record that was withdrawn since is refused" 'has withdrawn the record' 'dismiss 4' -- \
    node hit report 4 "${post[@]}"
check 0 "and is still there to be dismissed" 'dismissed' -- node hit dismiss 4 --reason 'record ended'

# ---- no node runs: the command sends it itself; the deadline passes
stop "$state" TERM
check 0 "without a running node the command sends it" accepted 'jp.mofa alone' -- \
    node hit report 2 --action RELEASED "${post[@]}"
clock=$(find /usr/lib -name libfaketime.so.1 | head -1)
later() {
    ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0:detect_leaks=0 \
        LD_PRELOAD=$clock FAKETIME=+13h FAKETIME_DONT_FAKE_MONOTONIC=1 "$@"
}
check 0 "after the legal basis's 12 hours there is no reply" $'TR3333333 JPN\tjp.mofa\tNO_REPLY' -- \
    later denrei-node hit list --open --state "$state"
ends 0 denrei hit list --state jp.mofa
check 0 "which the owner sees as well" $'TR3333333 JPN\t.*NO_REPLY' -- \
    later denrei hit list --offline --state jp.mofa

# ---- killed between report and receipt
lost_passport TR4444444 > out 2>&1
start_node kr.moj && eventually prints HIT denrei-node screen TR4444444 JPN --state "$state"
report "a node comes back, and a new record is met"
kill -STOP "${pids[relay]}"
check 4 "a report without a receipt waits" waiting -- \
    node hit report 5 --action SEIZED "${post[@]}" --timeout 3s
stop "$state" KILL
kill -CONT "${pids[relay]}"
start_node kr.moj
eventually prints $'TR4444444 JPN\tjp.mofa\t(HIT_REPORTED|ISSUER_NOTIFIED)' denrei-node hit list --state "$state"
report "a node that was killed before the receipt came has it in the end"
waited=$(node hit show 5 --json | sed -n 's/.*"report":"\([^"]*\)".*/\1/p')
eventually prints "$waited" denrei hit list --json --state jp.mofa
[ "$(denrei inbox --all --limit 1000 --json --state jp.mofa | grep -c "\"id\":\"$waited\"")" = 1 ]
report "and the owner has the report once"

# ---- by policy
stop "$state" TERM
check 2 "reporting by itself wants to know the place" 'type in \[post\] is missing' -- \
    timeout 20 denrei-node run --state "$state" --report-hits
node hit post > post.all
check 0 "a file explains itself" '\[contact\]' 'automatic' -- cat post.all
printf '[post]\ntype = AIRPORT\nplace = Incheon\ncountry = KOR\nplaec = x\n' > "$state/post.conf"
check 2 "a wrong line of it is named" 'line 5.*plaec.*place' -- node hit list
printf '%s\n' '[post]' 'type = AIRPORT' 'place = Incheon' 'country = KOR' '[contact]' 'office = Border post' \
    'phone = +82 32 555 0100' '[report]' 'automatic = yes' > "$state/post.conf"
lost_passport TR5555555 > out 2>&1
start_node kr.moj && eventually prints HIT denrei-node screen TR5555555 JPN --state "$state" &&
    eventually prints $'TR5555555 JPN\tjp.mofa\tISSUER_NOTIFIED|TR5555555 JPN\tjp.mofa\tHIT_REPORTED' \
        denrei-node hit list --state "$state"
report "by policy a hit is reported by itself"
check 0 "and says that nothing was done yet" '"NOTHING_YET"' -- node hit show 6 --json
# ---- a record of an imported list, and a number that was misread
cat > sltd.csv << 'CSV'
number,issuing_state,type,status,date_of_issue,date_of_expiry,lost_on,national_reference
TK6666666,JPN,PASSPORT,STOLEN,,,2024-03,MOFA-77
ZZ6666666,DEU,PASSPORT,STOLEN,,,,
CSV
denrei-node import sltd.csv --as-of "$(date -u -d '-1 hour' +%FT%TZ)" --state "$state" > out 2>&1
check 10 "a listed record is a hit, with its list and its owner" 'Owner: jp.mofa   List: sltd' 'Hit 7: ' -- \
    node screen TK6666666 JPN
eventually prints $'TK6666666 JPN\tjp.mofa\t(ISSUER_NOTIFIED|HIT_REPORTED)' denrei-node hit list --state "$state"
report "which is reported to the state's member by itself"
check 0 "with the list and its date" '"list":"sltd"' '"national_reference":"MOFA-77"' -- node hit show 7 --json
eventually prints 'TK6666666 JPN.*listed' denrei hit list --state jp.mofa
report "the owner sees that it is of a list"
id=$(denrei hit list --json --state jp.mofa | grep TK6666666 | sed -n 's/^{"schema":1,"id":"\([^"]*\)".*/\1/p')
check 0 "and has it back" accepted -- denrei hit recovered "$id" --on "$(date +%F)" --state jp.mofa
eventually prints $'TK6666666 JPN\tjp.mofa\tRECOVERED' denrei-node hit list --state "$state"
report "which the node sees"
check 10 "a listed record that nobody of the federation answers for is a hit" 'not known to the directory' -- \
    node screen ZZ6666666 D
check 3 "and is told to nobody by guess" 'not clear from the directory' -- node hit report 8

# ---- what the log tells of it
set_up_auditor
check 0 "the auditor counts hits and answers by the headers alone" \
    $'kr.moj\tSCREENING_HIT\t6\t0\t0\t3\t0' $'jp.mofa\t5\t2\t0\t0\t3' -- \
    denrei-audit statistics --state audit
check 0 "in JSON too" '"owner":"jp.mofa","reported":5,"in_time":2,"late":0,"no_reply":0,"open":3' -- \
    denrei-audit statistics --json --state audit
exit $failed
