#!/bin/bash
# Passenger lists at the border: PAXLST and CSV are screened whole, in the order of the flight; what
# is malformed is named, the rest is screened, and a list that is not whole is never clear.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
run_relay && set_up_officer jp.mofa o17
report "a federation, its relay and an officer"
state=node-int.interpol
start_node int.interpol && start_node kr.moj
report "two nodes"
check 0 "a lost passport is reported" Accepted -- \
    lost_passport TR1234567 --wait delivered --timeout ${deadline_seconds}s
eventually prints 'NO HIT' denrei-node screen TR7654321 JPN --state "$state"
report "no hit is said once a quorum has confirmed the log"

# paxlst TRAVELLER...: a list of them; each is its segments behind NAD.
paxlst() {
    local traveller count=10
    printf '%s\n' "UNA:+.? '" "UNB+UNOA:4+NH:ZZ+KRAPIS:ZZ+261124:0930+REF1++APIS'" \
        "UNH+PAX1+PAXLST:D:05B:UN:IATA'" "BGM+745'" "NAD+MS+++HELP DESK'" "TDT+20+NH863'" \
        "LOC+125+HND'" "DTM+189:2611241310:201'" "LOC+87+GMP'" "DTM+232:2611241530:201'"
    for traveller in "$@"; do
        printf '%s\n' "$traveller"
        count=$((count + $(tr -dc "'" <<< "$traveller" | wc -c)))
    done
    printf '%s\n' "CNT+42:$#'" "UNT+$count+PAX1'" "UNZ+1+REF1'"
}
clear="NAD+FL+++SMITH:JOHN'ATT+2++M'DTM+329:790101'NAT+2+GBR'RFF+SEA:1A'DOC+P+GB1234567'LOC+91+GBR'"
hit="NAD+FL+++TANAKA:HANAKO'DTM+329:850307'NAT+2+JPN'RFF+SEA:2B'DOC+P:110:111+TR1234567'LOC+91+JPN'"
visa="NAD+FL+++LEE:MINHO'NAT+2+KOR'DOC+P+M12345678'DOC+V+TR1234567'LOC+91+JPN'"

paxlst "$clear" "$clear" > flight
check 0 "a list without a hit is clear" $'^1\t1A\tSMITH, JOHN\tGB1234567 GBR\tCLEAR' \
    'NH863 HND to GMP: 2 travellers, 0 HIT, 0 CANNOT_SAY, 2 CLEAR' -- \
    denrei-node screen --list flight --state "$state"
paxlst "$clear" "$hit" "$visa" > flight
check 10 "a list with hits names each in the order of the flight" $'^1\t1A\tSMITH.*CLEAR' \
    $'^2\t2B\tTANAKA, HANAKO\tTR1234567 JPN\tHIT' $'^3\t\tLEE, MINHO.*HIT' \
    'Traveller 2, TANAKA, HANAKO:' 'Owner: jp.mofa' 'no ground for arrest' -- \
    denrei-node screen --list flight --state "$state"
check 10 "and in JSON" '"place":2' '"verdict":"HIT"' '"message":"[0-9a-f-]*"' \
    '"complete_to_rest":1' -- denrei-node screen --list flight --json --state "$state"
[ "$(wc -l < out)" -eq 3 ]
report "a line for each traveller"

paxlst "$clear" "N4D+FL+++X'" "$hit" > flight
check 10 "a malformed segment is named and the rest is screened" \
    'segment 17 \(malformed\): it does not begin with a tag' 'the list is not whole' \
    $'^2\t2B\tTANAKA' -- denrei-node screen --list flight --state "$state"
paxlst "$clear" "${clear/DTM+329:790101/DTM+329:791301}" > flight
check 11 "a traveller with a malformed date is not called clear" 'segment 19 \(DTM\)' \
    $'^1\t1A\tSMITH, JOHN\tGB1234567 GBR\tCLEAR' \
    $'^2\t1A\tSMITH, JOHN\tGB1234567 GBR\tCANNOT_SAY\tthe date of birth' -- \
    denrei-node screen --list flight --state "$state"
paxlst "$clear" "NAD+FL+++KIM:MINJI'DTM+329:900101'" > flight
check 11 "nor is one without a document" $'^2\t\tKIM, MINJI\t\tCANNOT_SAY\t.*no document' -- \
    denrei-node screen --list flight --state "$state"
paxlst "$clear" > whole
head -n -2 whole > flight
check 11 "a list that is cut off is not clear" 'end of file: the list is cut off' -- \
    denrei-node screen --list flight --state "$state"
sed "s/CNT+42:1/CNT+42:2/" whole > flight
check 11 "nor is one that says that it has more travellers" 'as many travellers' -- \
    denrei-node screen --list flight --state "$state"
printf "UNB+UNOA:4+A+B'UNH+1+CUSRES:D'UNT+2+1'UNZ+1+R'" > flight
check 11 "another message is refused" 'no PAXLST message' -- \
    denrei-node screen --list flight --state "$state"
paxlst "$(printf 'NAD+FL+++EVIL\e]52;c;eA==\a:X'"'"'')" > flight
check 11 "a name that would act on the terminal never reaches it" 'control character' -- \
    denrei-node screen --list flight --state "$state"
grep -q $'\e' out && false || true
report "no escape sequence is printed"

printf '%s\n' 'Surname;First name;DOB;Nationality;Passport;Issuing state;Seat' \
    'SMITH;JOHN;1979-01-01;GBR;GB1234567;GBR;1A' 'TANAKA;HANAKO;1985-03-07;JPN;tr-1234567;JPN;2B' > table
check 10 "a table is screened too" $'^1\t1A\tSMITH, JOHN.*CLEAR' $'^2\t2B\tTANAKA, HANAKO.*HIT' -- \
    denrei-node screen --list - --state "$state" < table
printf '%s\n' 'surname,passport,state' '"SMITH,GB1234567,GBR' 'TANAKA,TR1234567,JPN' > table
check 10 "a malformed row is named and costs no other" 'line 2: its quotation marks' \
    $'^2\t\tTANAKA\tTR1234567 JPN\tHIT' -- denrei-node screen --list table --state "$state"
printf '%s\n' 'surname,passport,state' 'SMITH,GB_12,GBR' 'LEE,M1234567,JPX' > table
check 11 "a number or state that cannot be is no clear traveller" $'^1\t.*CANNOT_SAY\t"GB_12"' \
    $'^2\t.*CANNOT_SAY\t"JPX"' -- denrei-node screen --list table --state "$state"
check 11 "an empty list is not all clear" -- denrei-node screen --list /dev/null --state "$state"
check 11 "nor is one that cannot be read" nowhere -- denrei-node screen --list nowhere --state "$state"
# ---- the person behind a clean document
set_up_officer jp.npa o3
sed "s/@REVIEW@/$(date -d '+2 years' +%F)/" "$root/docker/story/alert.json" > alert.json
check 0 "an alert on a person" Accepted -- denrei send suspect-alert alert.json --to int.interpol \
    --legal-basis diffusion.jp-kr --tlp amber --use h1 --state jp.npa \
    --wait delivered --timeout ${deadline_seconds}s
known="NAD+FL+++TANAKA:ICHIROH'ATT+2++M'DTM+329:790415'NAT+2+JPN'RFF+SEA:3C'DOC+P+TZ1111111'LOC+91+JPN'"
paxlst "$clear" "$known" > flight
eventually prints 'TANAKA, ICHIROH.*HIT' denrei-node screen --list flight --state "$state"
check 10 "finds a passenger whose document is not on record" $'^1\t1A\tSMITH.*CLEAR' \
    $'^2\t3C\tTANAKA, ICHIROH\tTZ1111111 JPN\tHIT' 'Owner: jp.npa' 'Score: [0-9]+ of 100' -- \
    denrei-node screen --list flight --state "$state"
exit "$failed"
