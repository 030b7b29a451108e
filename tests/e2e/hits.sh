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

exit $failed
