#!/bin/bash
# A suspect alert, screened at the node that received it: the name in kana, in another Latin
# spelling, from a machine-readable zone, with dates that differ; a withdrawal ends it.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
run_relay && set_up_officer jp.npa o3 && start_node int.interpol && start_node kr.moj
report "a federation with two nodes"
state=node-kr.moj
screen() { denrei-node screen "$@" --state "$state"; }

eventually prints 'NO HIT' screen --name 'TANAKA, ICHIRO' --birth 1985-03-07
report "before the alert nobody is known"
sed "s/@REVIEW@/$(date -d '+2 years' +%F)/" "$root/docker/story/alert.json" > alert.json
check 0 "an alert reaches the node" Accepted -- denrei send suspect-alert alert.json --to kr.moj \
    --legal-basis diffusion.jp-kr --priority flash --tlp amber --use h1 --state jp.npa \
    --wait delivered --timeout ${deadline_seconds}s
id=$(newest_of jp.npa)

# ---- one person, many ways
check 10 "the name in kana is a hit, with the reason and what is asked" HIT 'Owner: jp.npa' \
    'Score: [0-9]+ of 100: .*is the same' 'Actions.*(LOCATE|Locate)' -- screen --name 'タナカ, イチロウ' --birth 1979-04-15
check 10 "so is passport Hepburn, which is named" 'passport Hepburn: ICHIROH / ICHIRO' -- \
    screen --name 'TANAKA, ICHIROH' --birth 1979-04-15
check 10 "so are the characters" 'is the same in its characters' -- screen --name '田中一郎'
check 10 "so is the other order, with a slip" HIT -- screen --name 'ICHIRO TANAKKA' --birth 1978
check 10 "so is an alias" 'Ken Tanaka' -- screen --name 'TANAKA, KEN' --birth 1978-11-30
check 10 "in JSON with the score" '"score":[0-9]+' '"why":"' '"alert":' '"person":"TANAKA, ICHIRO"' -- \
    screen --name 'TANAKA, ICHIRO' --json
zone=$'P<JPNTANAKA<<ICHIROH<<<<<<<<<<<<<<<<<<<<<<<<\nTZ99999995JPN7904152M3105205<<<<<<<<<<<<<<08'
check 10 "a zone finds its holder, whatever the document" HIT 'and its holder' 'Score' -- screen --mrz "$zone"
eventually prints 'NO HIT' screen --name 'SUZUKI, JIRO' --birth 1985-03-07
check 0 "another person is none" 'NO HIT' -- screen --name 'TANAKA, JIRO' --birth 1964-08-01
check 0 "with a higher score wanted it is none" 'NO HIT' -- \
    screen --name 'ICHIRO TANAKKA' --score 100

# ---- bad input
check 2 "a date that is none is named" '1985-13-01' 'write it like' -- screen --name 'A, B' --birth 1985-13-01
check 2 "so is a nationality, with the nearest" JPX JPN -- screen --name 'A, B' --nationality JPX
check 2 "a name without letters" 'no letters' -- screen --name '123'
check 2 "a date without a name" 'give --name' -- screen --birth 1985-03-07
check 2 "a score beyond 100" '1 to 100' -- screen --name 'A, B' --score 101
check 11 "a node that was never set up cannot say" -- denrei-node screen --name 'A, B' --state elsewhere

ends 0 denrei withdraw "$id" --state jp.npa && eventually prints WITHDRAWN denrei-node list --state "$state"
report "the alert is withdrawn"
check 0 "and its person is not known any more" 'NO HIT' -- screen --name 'TANAKA, ICHIRO' --birth 1979-04-15
eventually sh -c "! grep -qai tanaka $state/node.db $state/node.db-wal"
report "and the name is in no file of the node"
exit "$failed"
