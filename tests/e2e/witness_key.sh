#!/bin/bash
# A witness that lost its state gets a new key by a new directory: the log goes on, under the new
# quorum, without anybody's help.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
run_relay && start_node int.interpol && start_node kr.moj && set_up_officer jp.mofa o17 && set_up_auditor
report "a federation with a relay, two witnesses, an officer and an auditor"
cosigned() {
    prints "$1" denrei-audit replay --kind lost-passport --json --state audit &&
        prints '"cosigners":2' denrei-audit verify --json --state audit
}
lost_passport TR1111111 > out 2>&1 && eventually cosigned "$(newest_of jp.mofa)"
report "both witnesses cosign what was sent"

stop node-kr.moj TERM
denrei-keys witness new --member kr.moj --out witness-new.key --no-passphrase > out 2>&1 &&
    denrei-keys public witness-new.key > witness-kr.moj.pub &&
    denrei-keys directory draft federation.json --previous root.dir --out next.dir >> out 2>&1 &&
    denrei-keys directory sign next.dir --federation root.dir --key root-sato.key >> out 2>&1 &&
    denrei-keys directory sign next.dir --federation root.dir --key root-kim.key >> out 2>&1
report "the root holders sign a directory with its new key"
check 0 "any member publishes it" 'directory' -- denrei publish next.dir --state jp.mofa
before=$(wc -l < node-int.interpol.log)
mv witness-new.key witness-kr.moj.key
start_node kr.moj && lost_passport TR2222222 > out 2>&1
eventually cosigned "$(newest_of jp.mofa)"
report "the old witness and the new one are a quorum again"
! logged node-int.interpol 'does not verify|why=' "$before"
report "and nothing looked wrong to the other node meanwhile"
exit "$failed"
