#!/bin/bash
# The end of a message: nobody but its sender can withdraw it; it takes effect at every partner, who
# says so with the time; its body is gone from the relay and every node while proofs still hold; what
# comes late or out of order is recorded and turns nothing back; who has left keeps nobody else from
# being told.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
run_relay && start_node int.interpol && start_node kr.moj
report "relay and two nodes run"
set_up_officer jp.mofa o17 && set_up_officer jp.npa o3 && set_up_officer kr.moj o5 &&
    set_up_officer int.interpol o1 && set_up_auditor
report "officers and auditor are set up"
hostile=$B/tests/e2e/hostile/hostile
screen() { denrei-node screen "$1" JPN --state "node-$2" > screen.out 2>&1; }
hit() { screen "$@"; [ $? -eq 10 ]; }
no_hit() { ! hit "$@" && grep -q 'NO HIT\|CANNOT SAY' screen.out; }
state_of() { denrei-node list --json --state "node-$2" | sed -n "s/^{\"schema\":[0-9]*,\"id\":\"$1\".*\"state\":\"\([A-Z]*\)\".*/\1/p"; }

# A body of several pages, so that what is left of it can be counted apart from its log entry.
many=()
for i in {10..59}; do
    many+=("documents[$((i - 10))].number=TR55500$i" "documents[$((i - 10))].issuing_state=JPN"
        "documents[$((i - 10))].type=PASSPORT" "documents[$((i - 10))].status=STOLEN"
        "documents[$((i - 10))].additional_info=$(printf 'x%.0s' {1..400})")
done
many+=(instructions.actions=SEIZE_DOCUMENT 'instructions.contact.office=Passport Division' instructions.contact.email=sltd@mofa.example)
check 0 "a long list of passports is sent" -- denrei send lost-passport "${many[@]}" --to @sltd --state jp.mofa
id=$(newest_of jp.mofa)
eventually hit TR5550010 int.interpol && eventually hit TR5550059 kr.moj
report "each is a hit at both partners"
denrei inbox --state kr.moj > out 2>&1

# ---- nobody but its sender
check 3 "a recipient's client refuses to withdraw it" 'not a message of yours' 'denrei reply' -- denrei withdraw "$id" --state kr.moj
hash=$(denrei track "$id" --json --state jp.mofa | sed 's/.*"hash":"\([0-9a-f]*\)".*/\1/')
check 0 "the relay refuses a hostile member that withdraws it as its own" 'refused: ' -- \
    "$hostile" withdraw-as-own jp.npa int.interpol suspect-alert jp.mofa "$id" "$hash"
check 0 "and one that says it were the sender" 'refused: ' -- \
    "$hostile" withdraw-as-its-sender jp.npa int.interpol suspect-alert jp.mofa "$id" "$hash"
hit TR5550010 int.interpol && hit TR5550010 kr.moj
report "it is a hit as before"

# ---- it takes effect, with the time
# common FILE...: how many 32-byte pieces of the ciphertext that kr.moj's officer has are in them.
common() {
    perl -e 'local $/; open F, "<:raw", shift; my $have = <F>; my $in = "";
        for (@ARGV) { open G, "<:raw", $_ or next; $in .= <G>; }
        my $n = 0;
        for (my $at = 0; $at + 32 <= length $have; $at += 32) {
            my $piece = substr $have, $at, 32; my %seen; $seen{$_}++ for split //, $piece;
            $n++ if keys %seen > 24 && index($in, $piece) >= 0;
        }
        print $n' korea.copy "$@"
}
cp kr.moj/officer.db korea.copy
[ "$(common relay/*)" -gt 500 ]
report "(the relay has the body: $(common relay/*) pieces of it)"
check 0 "its sender withdraws it" -- denrei withdraw "$id" --state jp.mofa
withdrawal=$(newest_of jp.mofa)
eventually no_hit TR5550010 int.interpol && eventually no_hit TR5550059 kr.moj
report "it is no hit any more at either partner"
applied() { prints "$1.*applied 20[0-9]{2}-" denrei track "$withdrawal" --state jp.mofa; }
eventually applied int.interpol && eventually applied kr.moj
report "the sender sees per partner that it took effect, and when"
! denrei track "$withdrawal" --json --state jp.mofa | grep -q '"applied_at":null'
report "in JSON too"

# ---- the body is gone, the proofs hold
# Of a number that was never screened: what was met, a node keeps with its own hits.
erased() { [ "$(common relay/*)" -lt 60 ] && ! grep -qaF TR5550033 node-*/*; }
eventually erased
report "its body is gone from the relay ($(common relay/*) pieces left: its log entry), and from every node"
check 0 "the receipt of its acceptance still proves" 'Verified offline' -- denrei receipt "$id" --verify --state jp.mofa
check 0 "the log is sound" SOUND -- denrei-audit verify --state audit
check 0 "the erasure is a leaf" "erasure.jp.mofa..entry [0-9]+.$id.sound" -- denrei-audit replay --state audit

# ---- late and out of order
check 0 "an officer who fetched it before reads that it was withdrawn" -- denrei inbox --state kr.moj --all
lost_passport TR3000001 > out 2>&1
late=$(newest_of jp.mofa)
denrei inbox --state kr.moj > out 2>&1
ends 0 denrei show "$late" --offline --state kr.moj
report "an officer reads another one without a connection"
check 0 "it is withdrawn meanwhile" -- denrei withdraw "$late" --state jp.mofa
eventually no_hit TR3000001 kr.moj
check 0 "the receipt of the reader comes late" -- denrei flush --state kr.moj
ends 0 denrei track "$late" --state jp.mofa && says 'kr.moj.*read 20' '^Withdrawn '
report "it is recorded, and the message stays withdrawn"
check 0 "and proved" SOUND -- denrei-audit verify --state audit

# ---- the end comes before the beginning
stop node-int.interpol TERM
report "a node is stopped"
lost_passport TR3000002 > out 2>&1
first=$(newest_of jp.mofa)
denrei update "$first" 'documents[0].number=TR3000003' --state jp.mofa > out 2>&1
report "a message and a new version of it come meanwhile"
lost_passport TR3000004 > out 2>&1
second=$(newest_of jp.mofa)
denrei withdraw "$second" --state jp.mofa > out 2>&1
report "and another, which is withdrawn"
before=$(wc -l < node-int.interpol.log)
start_node int.interpol
eventually hit TR3000003 int.interpol && eventually [ -n "$(state_of "$second" int.interpol)" ]
report "the node comes back"
[ "$(logged node-int.interpol ' stored ' "$before" | grep -o 'state=[A-Z]*' | tr '\n' ' ')" = \
    'state=LIVE state=WITHDRAWAL state=REPLACED state=WITHDRAWN ' ]
report "new version and withdrawal came before what they end"
no_hit TR3000002 int.interpol && no_hit TR3000004 int.interpol
report "what came behind them never comes into force"
[ "$(state_of "$first" int.interpol)" = REPLACED ] && [ "$(state_of "$second" int.interpol)" = WITHDRAWN ]
report "and is listed as replaced and withdrawn"

# ---- a recipient has left the federation
lost_passport TR3000005 > out 2>&1
shared=$(newest_of jp.mofa)
eventually hit TR3000005 int.interpol
sed -e '/"id": "kr.moj"/,/authority_keys.*kr.moj/d' -e 's/, "kr.moj"//g; s/"jp.moj"\]/"jp.moj", "jp.npa"]/' \
    -e '/kr.moj\/witness/d' -e 's|witness-int.interpol.pub"},|witness-int.interpol.pub"}|' \
    -e 's/"witness_quorum": 2/"witness_quorum": 1/' federation.json > second.json
ends 0 denrei-keys directory draft second.json --previous root.dir --out second.dir &&
    denrei-keys directory sign second.dir --federation root.dir --key root-sato.key >> out 2>&1 &&
    denrei-keys directory sign second.dir --federation root.dir --key root-martin.key >> out 2>&1 &&
    ends 0 denrei publish second.dir --state jp.npa
report "a directory without kr.moj is in force"
check 3 "an update of what it had is refused, and says why" 'kr.moj' -- \
    denrei update "$shared" 'documents[0].additional_info=x' --to int.interpol --state jp.mofa
check 0 "a withdrawal goes to those who are still there" 'int.interpol' -- denrei withdraw "$shared" --state jp.mofa
eventually no_hit TR3000005 int.interpol
report "and ends it there"
check 0 "the auditor finds all of it right" SOUND -- denrei-audit verify --state audit
exit "$failed"
