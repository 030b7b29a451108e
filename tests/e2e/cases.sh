#!/bin/bash
# MLA as a case: from the request to its closure, through clarification, consultation, postponement,
# partial execution and use consent; what the state does not allow is refused where it is sent, and
# where a sender without that check sends it; arrival out of order; the board; no answer, proved.
. "$(dirname "$0")/lib.bash"
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0:detect_leaks=0 # for faketime
make_federation > out 2>&1
report "a federation is made"
run_relay
report "the relay starts"
set_up_officer jp.moj o1
set_up_officer kr.moj o5
hostile=$B/tests/e2e/hostile/hostile_case
today=$(date +%F) later=$(date -d '+40 days' +%F)
contact='{"office":"International Criminal Affairs Division","email":"mla@kr.example"}'
in_kr='"reference":"KR-2026-0815","their_reference":"MOJ-2026-MLA-0042"'
in_jp='"reference":"MOJ-2026-MLA-0042","their_reference":"KR-2026-0815"'
cp "$root/docker/story/mla.json" request.json
write() { printf '{%s,%s}\n' "$2" "$3" > "$1.json"; }
write ack "$in_kr" "\"acknowledgement\":{\"received_on\":\"$today\",\"handling_authority\":\"Ministry of Justice\",\"contact\":$contact}"
write ask "$in_kr" "\"question\":{\"about\":\"MORE_INFORMATION\",\"questions\":[\"Which bank?\"],\"reply_by\":\"$later\"}"
write reply "$in_jp" '"reply":{"replies":["Hana Bank."]}'
write accept "$in_kr" '"acceptance":{"executing_authority":"Busan District Prosecutors Office"}'
write consult "$in_kr" '"question":{"about":"CONSULTATION","questions":["May it wait for our trial?"]}'
write postpone "$in_kr" "\"postponement\":{\"reasons\":\"Our own trial.\",\"consultation\":\"In the thread.\",\"until\":\"$later\"}"
write execute "$in_kr" "\"execution\":{\"begun_on\":\"$today\"}"
write partial "$in_kr" '"answer":{"extent":"PARTIAL","results":[{"measure":"RECORDS","outcome":"EXECUTED","text":"See the letter."}],"outstanding":"The second account"}'
write final "$in_kr" '"answer":{"extent":"FINAL","results":[{"measure":"RECORDS","outcome":"EXECUTED","text":"See the letter."}]}'
write use "$in_jp" '"question":{"about":"USE_CONSENT","questions":["May it be used against a second suspect?"]}'
write consent "$in_kr" '"reply":{"replies":["Yes."],"use_consented":true}'
write progress "$in_jp" '"question":{"about":"PROGRESS","questions":["How does it stand?"]}'
write standing "$in_kr" '"reply":{"replies":["It is being executed."]}'
write refuse "$in_kr" '"refusal":{"ground":"DUAL_CRIMINALITY","reasons":"No offence.","consultation":"In the thread."}'
write close "$in_jp" "\"closure\":{\"closed_on\":\"$today\"}"
treaty='--legal-basis treaty.jp-kr.2007'

newest() { denrei track --limit 1 --state "$1" --offline --json | sed 's/^{"schema":1,"id":"\([^"]*\)".*/\1/'; }
# step STATE ID FILE [OPTION]...: a reply that must pass; its id is $sent.
step() {
    local state=$1 id=$2 file=$3
    shift 3
    ends 0 denrei reply "$id" "$file.json" --state "$state" "$@" && says 'log entry' && sent=$(newest "$state")
}
# stands STATE PATTERN...: what `case show` says of $request.
stands() {
    local state=$1
    shift
    ends 0 denrei case show "$request" --state "$state" && says "$@"
}
new_request() { ends 0 denrei send mla request.json --to kr.moj $treaty --state jp.moj && request=$(newest jp.moj); }

# ---- a whole case
ends 4 denrei send mla request.json --to kr.moj $treaty --state jp.moj --offline
request=$(newest jp.moj)
ends 0 denrei case list --offline --state jp.moj && says "${request:0:13}.*SUBMITTED"
report "a request that waits to be sent is SUBMITTED"
ends 0 denrei flush --state jp.moj && stands jp.moj '^State +RELAYED' '^Must act +kr.moj: acknowledgement' "^ +by $(date -u -d '+7 days' +%F)"
report "in the log it is RELAYED, and the treaty's deadline for the acknowledgement runs"
ends 0 denrei track "$request" --offline --state jp.moj && says '^Due +20.*kr.moj'
report "track tells the deadline that runs, and for whom"
ends 0 denrei track "$request" --offline --state jp.moj --json && says '"due":\{"member":"kr.moj","at":"20[^"]*","overdue":false\}'
report "and in JSON"
ends 3 denrei send mla request.json --to kr.moj $treaty --state kr.moj; denrei inbox --state kr.moj > out 2>&1
ends 3 denrei reply "$request" final.json --state kr.moj && says 'the case is RELAYED' 'final answer now' 'kr.moj may send: acknowledgement'
report "an answer before anything else is refused at the sender, who is told what would be right"
step kr.moj "$request" ack && stands jp.moj '^State +RECEIVED'
report "acknowledged: RECEIVED"
ends 3 denrei reply "$request" ack.json --state kr.moj && says 'the case is RECEIVED' &&
    ends 3 denrei reply "$request" refuse.json --state kr.moj && says 'cannot send refusal now'
report "neither again, nor refused without a consultation"
step kr.moj "$request" ask && question=$sent && stands jp.moj '^State +CLARIFICATION_REQUESTED' '^Must act +jp.moj: reply with more information' "^ +by $later"
report "a question for more information names who must reply and by when"
step jp.moj "$question" reply && stands kr.moj '^State +SUPPLEMENTED' '^Must act +kr.moj'
report "its reply supplements the request"
ends 3 denrei reply "$question" reply.json --state jp.moj && says 'the case is SUPPLEMENTED' 'cannot send reply with more information now'
report "what is answered is not answered again"
step kr.moj "$request" accept && step kr.moj "$request" consult && consulted=$sent && stands jp.moj '^State +CONSULTING' '^Must act +jp.moj: reply to the consultation'
report "accepted, then CONSULTING"
step jp.moj "$consulted" reply && step kr.moj "$request" postpone && stands jp.moj '^State +POSTPONED' "^ +by $later"
report "POSTPONED until a day"
step kr.moj "$request" execute && step jp.moj "$request" progress && progress=$sent && stands kr.moj '^State +IN_EXECUTION' '^Must act +kr.moj: reply on progress'
report "IN_EXECUTION, and a question on progress is owed its reply"
ends 3 denrei reply "$request" use.json --state jp.moj && says 'cannot send question on another use'
report "no use consent before there is evidence"
step kr.moj "$progress" standing && step kr.moj "$request" partial && stands jp.moj '^State +PARTIALLY_EXECUTED'
report "PARTIALLY_EXECUTED"
step jp.moj "$sent" use 2> out2 || step jp.moj "$request" use
step kr.moj "$sent" consent && stands jp.moj 'reply on another use'
report "another use is asked for and consented to"
ends 3 denrei reply "$request" close.json --state jp.moj && says 'the case is PARTIALLY_EXECUTED'
report "no closure before the final answer"
step kr.moj "$request" final && stands jp.moj '^State +EXECUTED' '^Must act +jp.moj: closure'
report "EXECUTED"
step jp.moj "$request" close && stands kr.moj '^State +CLOSED' && ! says '^Must act'
report "CLOSED: nobody must act"
ends 3 denrei withdraw "$request" --state jp.moj && says 'the case is CLOSED' 'withdrawal now'
report "a closed case is not withdrawn"
closed=$request
ends 0 denrei case show "$closed" --json --state kr.moj && says '"schema":1' '"state":"CLOSED"' '"ended":true' '"step":"partial answer"' '"effect":"applied"' '"leaf":[0-9]+'
report "a case and its history are JSON"

# ---- hostile: no check at the sender
new_request && second=$request
step kr.moj "$request" ack
ends 0 "$hostile" jp.moj "$request" accept.json && says 'accepted at' && wrong=$(cut -c1-36 out)
report "the relay, which reads no content, takes a step of the wrong party"
stands kr.moj 'acceptance.REFUSED, still RECEIVED' && stands jp.moj '^State +RECEIVED'
report "its recipient refuses it and does not apply it"
ends 0 "$hostile" kr.moj "$request" final.json && early=$(cut -c1-36 out)
stands jp.moj 'final answer.REFUSED, still RECEIVED'
report "a step out of order is refused by its recipient as well"

# ---- arrival out of order: the FLASH lane comes first
step kr.moj "$request" accept && step kr.moj "$request" execute --priority flash
ends 0 denrei inbox --limit 2 --state jp.moj && says 'reply.FLASH'
stands jp.moj '^State +IN_EXECUTION'
report "a step that arrives before what it follows on is judged when that is here"

# ---- withdrawal, board
new_request && ends 0 denrei withdraw "$request" --state jp.moj && stands kr.moj '^State +WITHDRAWN'
report "a request is withdrawn: WITHDRAWN, also at the other party"
ends 3 denrei reply "$request" ack.json --state kr.moj
report "nothing follows on a withdrawal"
ends 0 denrei case list --state jp.moj && says "${second:0:13}.*IN_EXECUTION.*jp.moj -> kr.moj.*kr.moj" && ! grep -q "${closed:0:13}" out
report "the board lists what is open"
ends 0 denrei case list --all --json --state jp.moj && says '"state":"CLOSED"' '"state":"WITHDRAWN"' '"overdue":false'
report "and with --all what has ended, as JSON"

ends 0 denrei case show "$closed" --state kr.moj && says '^Reference +MOJ-2026-MLA-0042' '^Subject +Trafficking'
report "a case is told apart by its reference and subject"
ends 0 faketime -f +150d denrei case list --offline --state jp.moj && says "${second:0:13}.*IN_EXECUTION.*kr.moj.OVERDUE since 20" 'A case is OVERDUE' &&
    ends 0 faketime -f +150d denrei case list --offline --json --state jp.moj && says '"overdue":true'
report "a day that has passed is told by a word"

# ---- the log shows what was refused, and why
set_up_auditor
denrei inbox --state kr.moj > out 2>&1
for refused in "$wrong kr.moj" "$early jp.moj"; do
    ends 0 denrei-audit prove "${refused% *}" --out "${refused% *}.evidence" --state audit &&
        ends 0 denrei-audit check "${refused% *}.evidence" --root federation.bundle && says "${refused#* } signed REFUSED.*CASE"
    report "the refusal is signed by ${refused#* }, and proved"
done

ends 0 denrei-audit verify --state audit && says '^SOUND' 'Cases: +3 \(messages [0-9]+, of which 2 refused by their recipients\); by their headers 0 out of order'
report "the auditor counts cases, and what their recipients refused, by headers alone"

# ---- no answer
new_request && unanswered=$request
by=$(date -u -d '+2 seconds' +%FT%TZ)
ends 2 denrei-audit prove "$unanswered" --no-answer --out none.evidence --state audit && says -- '--by'
report "no answer is proved by a time, or not at all"
ends 5 denrei-audit prove "$unanswered" --no-answer --by "$by" --out none.evidence --state audit && says 'quorum of witnesses' && [ ! -e none.evidence ]
report "without a quorum of witnesses that saw the log later there is no proof"
for member in int.interpol kr.moj; do start_node "$member"; done
eventually denrei-audit prove "$unanswered" --no-answer --by "$by" --out none.evidence --state audit
ends 0 denrei-audit check none.evidence --root federation.bundle && says 'kr.moj sent no message in its thread by' 'kr.moj signed DELIVERED' &&
    ends 0 denrei-audit check none.evidence --root federation.bundle --json && says '"no_answer":\{"member":"kr.moj"'
report "that there was no answer by then is proved offline, and that it had the request"
step kr.moj "$unanswered" ack
ends 0 denrei-audit check none.evidence --root federation.bundle &&
    eventually denrei-audit prove "$unanswered" --no-answer --by "$by" --out still.evidence --state audit &&
    ends 0 denrei-audit check still.evidence --root federation.bundle
report "an answer after the deadline leaves it proved"
later=$(date -u -d '+1 second' +%FT%TZ)
refuted() { denrei-audit prove "$unanswered" --no-answer --by "$later" --out refuted.evidence --state audit > out 2>&1; grep -q 'it did answer: entry' out; }
eventually refuted && [ ! -e refuted.evidence ]
report "an answer before it refutes it by its entry"
ends 0 "$hostile" jp.moj "$unanswered" accept.json && wrong=$(cut -c1-36 out)
eventually denrei-node show "$wrong" --state node-kr.moj
ends 0 denrei-node show "$wrong" --json --state node-kr.moj && says '"reason":"CASE"' '"state":"REFUSED"'
report "a node refuses a step of the wrong party with the same code"
at=$(grep -abo 'kr.moj' none.evidence | tail -1 | cut -d: -f1)
flip none.evidence $((at - 3))
ends 5 denrei-audit check none.evidence --root federation.bundle && says 'nothing is proved'
report "an altered entry in the proof proves nothing"

stop relay TERM
exit "$failed"
