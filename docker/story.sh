# The chapters of the demo; sourced by docker/demo, which has the verbs.

endpoint=tcp://127.0.0.1:$(free_port)
members='int.interpol int.oversight jp.mofa jp.moj jp.npa kr.moj org.relay'

# certify MEMBER ID PURPOSE [OPTION]...: keys and request on the holder's machine.
certify() {
    local member=$1 id=$2 purpose=$3
    shift 3
    quiet denrei-keys request new --member "$member" --id "$id" --purpose "$purpose" \
        --federation root.dir --out-key "$member-$id.key" --out-request "$member-$id.request" "$@"
}

# newest_id STATE: the id of the message that an officer sent last.
newest_id() { denrei track --json --state "$1" 2> /dev/null | sed -n 's/.*"id": *"\([^"]*\)".*/\1/p' | head -1; }

chapter "1. Three root key holders make a federation; each member's authority issues its roster"
for holder in sato kim martin; do
    quiet denrei-keys root new --holder "$holder" --out "root-$holder.key" --no-passphrase
    denrei-keys public "root-$holder.key" > "root-$holder.pub"
done
for member in $members; do
    quiet denrei-keys authority new --member "$member" --out "authority-$member.key" --no-passphrase
    denrei-keys public "authority-$member.key" > "authority-$member.pub"
done
for member in int.interpol kr.moj; do
    quiet denrei-keys witness new --member "$member" --out "witness-$member.key" --no-passphrase
    denrei-keys public "witness-$member.key" > "witness-$member.pub"
done
quiet denrei-keys relay new --out relay.key --no-passphrase
denrei-keys public relay.key > relay.pub
sed "s|@ENDPOINT@|$endpoint|" "$here/federation.json" > federation.json
quiet denrei-keys directory draft federation.json --out root.dir
run denrei-keys directory check root.dir
expect 5 "a directory without signatures does not pass" 'signature'
quiet denrei-keys directory sign root.dir --key root-sato.key
run denrei-keys directory check root.dir
expect 5 "one of three signatures is not enough" 'signature'
quiet denrei-keys directory sign root.dir --key root-martin.key
run denrei-keys directory check root.dir
expect 0 "two of three root key holders make the federation"

# One key file has a passphrase; the others are protected by their mode alone, as the owner says.
echo 'correct horse battery staple' > passphrase
certify jp.mofa o17 officer --kinds lost-passport,screening-hit --passphrase-fd 3 3< passphrase
certify jp.npa o3 officer --kinds suspect-alert,screening-hit --no-passphrase
certify jp.moj o1 officer --kinds mla,victim-referral --no-passphrase
certify kr.moj o5 officer --kinds mla --no-passphrase
certify kr.moj n1 node --kinds screening-hit --no-passphrase
certify int.interpol n1 node --kinds screening-hit --no-passphrase
certify int.oversight a1 auditor --no-passphrase
certify org.relay op1 operator --no-passphrase
for member in $members; do
    requests=()
    for request in "$member"-*.request; do requests+=(--add "$request"); done
    quiet denrei-keys roster issue --member "$member" --authority "authority-$member.key" \
        --directory root.dir "${requests[@]}" --out "$member.roster"
done
rosters=()
for member in $members; do rosters+=(--roster "$member.roster"); done
quiet denrei-keys bundle make --directory root.dir "${rosters[@]}" --out federation.bundle
run denrei-keys bundle check federation.bundle
expect 0 "the installation bundle holds the directory and seven rosters"

# ---- 2
chapter "2. The relay starts; two partner nodes subscribe"
quiet denreid init --bundle federation.bundle --key relay.key --state relay --highwater relay.highwater
start relay denreid run --state relay
until_true 120 grep -q ' serving ' relay.log || step_failed "the relay does not serve"
for member in int.interpol kr.moj; do
    quiet denrei-node init --bundle federation.bundle --key "$member-n1.key" --state "node-$member"
    start "node-$member" denrei-node run --state "node-$member" --witness-key "witness-$member.key"
done
for member in int.interpol kr.moj; do
    until_true 120 grep -q ' connected ' "node-$member.log" || step_failed "node of $member"
done
run grep -h -E ' serving | connected ' relay.log node-int.interpol.log node-kr.moj.log
expect 0 "the relay serves, both nodes are connected" ' serving ' 'node|connected'

# ---- 3
chapter "3. An officer of jp.mofa sends three lost passports to @sltd"
officer() { quiet denrei init --bundle federation.bundle --key "$1-$2.key" --state "$1" "${@:3}"; }
officer jp.mofa o17 --passphrase-fd 3 3< passphrase
officer jp.npa o3
officer jp.moj o1
officer kr.moj o5
run denrei send lost-passport "$here/story/passports.json" --to @sltd --dry-run --state jp.mofa
expect 0 "--dry-run shows what would go to whom" 'int\.interpol' 'kr\.moj'
run denrei send lost-passport "$here/story/passports.json" --to @sltd --wait delivered --timeout 120s \
    --state jp.mofa --passphrase-fd 3 3< passphrase
expect 0 "accepted with a receipt, and delivered to both" 'int\.interpol' 'kr\.moj'
sent_passports=$(newest_id jp.mofa)

# ---- 4
chapter "4. INTERPOL's node has them; travellers are screened there"
run denrei-node list --state node-int.interpol
expect 0 "the node has the message" 'LOST_PASSPORT'
zone_stolen=$'P<JPNTANAKA<<HANAKO<<<<<<<<<<<<<<<<<<<<<<<<<\nTR12345672JPN8503079F3105205<<<<<<<<<<<<<<04'
zone_clear=$'P<JPNTANAKA<<HANAKO<<<<<<<<<<<<<<<<<<<<<<<<<\nTR76543210JPN8503079F3105205<<<<<<<<<<<<<<08'
zone_wrong=$'P<JPNTANAKA<<HANAKO<<<<<<<<<<<<<<<<<<<<<<<<<\nTR76543211JPN8503079F3105205<<<<<<<<<<<<<<08'
run denrei-node screen --mrz "$zone_stolen" --state node-int.interpol
expect 10 "a hit, with the owner's instructions" HIT jp.mofa 'Seize document|SEIZE_DOCUMENT' sltd@mofa.example
run denrei-node hit report 1 --action SEIZED,HOLDER_INTERVIEWED --type airport --place 'Lyon, Terminal 1' \
    --country FRA --conveyance AF293 --office 'Border post Lyon' --phone '+33 4 5555 0100' \
    --state node-int.interpol --timeout 120s
expect 0 "the hit is reported to the owner alone, with a receipt" accepted 'jp\.mofa alone'
run denrei hit list --state jp.mofa --passphrase-fd 3 3< passphrase
expect 0 "the owner sees it, and until when it must answer" 'TR1234567 JPN' ISSUER_NOTIFIED
hit=$(denrei hit list --json --state jp.mofa --passphrase-fd 3 3< passphrase | sed -n 's/^{"schema":1,"id":"\([^"]*\)".*/\1/p')
quiet denrei hit confirm "$hit" --action SEIZE_DOCUMENT --note 'It was stolen in Paris.' --state jp.mofa \
    --passphrase-fd 3 3< passphrase
until_true 120 sh -c 'denrei-node hit list --state node-int.interpol | grep -q CONFIRMED'
run denrei-node hit list --state node-int.interpol
expect 0 "the node has the owner's answer" CONFIRMED
# "No hit" needs a quorum of witnesses, which cosign at their next round.
until_true 120 denrei-node screen --mrz "$zone_clear" --state node-int.interpol
run denrei-node screen --mrz "$zone_clear" --state node-int.interpol
expect 0 "another traveller: no hit" 'NO HIT'
run denrei-node screen --mrz "$zone_wrong" --state node-int.interpol
expect 11 "a misread zone is named, and not called clear" 'check digit'
run denrei-node screen MZ0001234 JPN --state node-int.interpol
expect 10 "a blank within the stolen range" HIT 'Stolen blank'
run denrei-node import "$here/story/sltd.csv" --state node-int.interpol
expect 0 "a list of lost and stolen documents from elsewhere is imported" 'sltd: 3 documents'
run denrei-node screen TZBO12345 JPN --state node-int.interpol
expect 10 "a number that was misread hits it, with a lower score and the reason" 'List: sltd' \
    'Score: 70' '8 for B at place 3'

# ---- 5
chapter "5. jp.npa sends a suspect alert to Korea; the Korean officer reads it"
review=$(date -d '+2 years' +%F)
sed "s/@REVIEW@/$review/" "$here/story/alert.json" > alert.json
run denrei send suspect-alert alert.json --to kr.moj --legal-basis diffusion.jp-kr --priority flash \
    --tlp amber --use h1 --attach "$here/story/photograph.png" --state jp.npa
expect 0 "accepted" 'kr\.moj'
sent_alert=$(newest_id jp.npa)
until_true 120 denrei-node show "$sent_alert" --state node-kr.moj || step_failed "the alert did not come"
run denrei inbox --state kr.moj
expect 0 "the Korean officer's inbox" suspect-alert
run denrei show "$sent_alert" --state kr.moj
expect 0 "read in kanji, kana and Latin letters" 田中 タナカ TANAKA
run env LC_ALL=ja_JP.UTF-8 denrei show "$sent_alert" --state jp.npa
expect 0 "its sender reads the same in Japanese, with the original below" '種別 +被疑者手配' '原文'
run denrei attachment "$sent_alert" 1 --out photograph.png --state kr.moj
expect 0 "its photograph is fetched, every chunk verified" 'image/png'
cmp "$here/story/photograph.png" photograph.png || step_failed "the photograph is another"
run denrei-node screen --name 'TANAKA, ICHIROH' --birth 1979-04-15 --state node-kr.moj
expect 10 "the border meets the name as a passport spells it: a hit, with score and reason" HIT jp.npa \
    'Score: [0-9]+ of 100' 'passport Hepburn: ICHIROH / ICHIRO'
run denrei-node screen --name '田中一郎' --state node-kr.moj
expect 10 "in kanji too" HIT 'same in its characters'
run denrei track "$sent_alert" --state jp.npa
expect 0 "the sender sees accepted, delivered and read, each with its time" 'Accepted' 'delivered' 'read' \
    '20[0-9]{2}-[0-9]{2}-[0-9]{2}'

# ---- 6
chapter "6. jp.moj sends a request for mutual legal assistance under the Korea treaty"
run denrei mla profiles
expect 0 "each treaty has a profile, with its deadlines" treaty.jp-kr.2007 treaty.jp-us.2006 channel.diplomatic
denrei mla profiles treaty.jp-kr.2007 | sed 's/^days = 120/days = soon/' > treaty.jp-kr.2007.profile
run denrei mla profiles check treaty.jp-kr.2007.profile
expect 1 "an error in a profile is told with its line and remedy" 'line [0-9]+: "soon" is no number of days'
run denrei mla new "$here/story/mla-incomplete.json" --to kr.moj --state jp.moj
expect 3 "what a request lacks is asked for by name, with the article that wants it" \
    'request.facts.*UNTOC Art. 18' offences assistance purpose dual_criminality
run denrei mla new "$here/story/mla.json" --to kr.moj --legal-basis treaty.jp-kr.2007 --state jp.moj
expect 0 "the complete request is accepted" 'kr\.moj'
sent_mla=$(newest_id jp.moj)
until_true 120 denrei-node show "$sent_mla" --state node-kr.moj || step_failed "the request did not come"
for part in ack accept execute answer close; do
    sed "s/@TODAY@/$(date +%F)/; s/@REVIEW@/$review/" "$here/story/mla-$part.json" > "mla-$part.json"
done
run denrei inbox --state kr.moj
expect 0 "the request is in the Korean officer's inbox" mla
run denrei reply "$sent_mla" mla-ack.json --state kr.moj
expect 0 "Korea acknowledges" 'jp\.moj'
run denrei reply "$sent_mla" mla-answer.json --state kr.moj
expect 3 "an answer is no step from there: told what would be" 'the case is RECEIVED' 'acceptance'
quiet denrei reply "$sent_mla" mla-accept.json --state kr.moj
quiet denrei reply "$sent_mla" mla-execute.json --state kr.moj
run denrei case list --state jp.moj
expect 0 "jp.moj's board: who must act, and by when" 'IN_EXECUTION.*kr\.moj'
run denrei reply "$sent_mla" mla-answer.json --state kr.moj
expect 0 "Korea answers in the thread" 'jp\.moj'
run denrei inbox --state jp.moj
expect 0 "its steps are in the inbox of jp.moj" mla
sent_closure=$(denrei reply "$sent_mla" mla-close.json --state jp.moj 2> /dev/null | cut -c1-36)
until_true 120 denrei-node show "$sent_closure" --state node-kr.moj || step_failed "the closure did not come"
run denrei case show "$sent_mla" --state jp.moj
expect 0 "the case from its request to its closure, each step with its log entry" 'CLOSED' 'final answer'

# ---- 7
chapter "7. The relay is killed and comes back: nothing is lost, nothing comes twice"
printf '\n$ kill -KILL %s   # the relay\n' "${pids[relay]}"
kill -KILL "${pids[relay]}"
wait "${pids[relay]}" 2> /dev/null
run denrei send lost-passport "$here/story/one-passport.json" --to int.interpol \
    --state jp.mofa --passphrase-fd 3 3< passphrase
expect 4 "a message sent while the relay is down is stored and waits" 'waits'
sent_waiting=$(newest_id jp.mofa)
start flush denrei flush --wait 120s --state jp.mofa --passphrase-fd 3 3< passphrase
start relay denreid run --state relay
wait "${pids[flush]}"
status=$?
unset 'pids[flush]'
cp flush.log "$out"
sed 's/^/  /' "$out"
expect 0 "it goes out by itself when the relay is back" '1 left the outbox'
until_true 120 denrei-node show "$sent_waiting" --state node-int.interpol || step_failed "it did not come"
for member in int.interpol kr.moj; do
    denrei-node list --json --state "node-$member" | sed -n 's/^{"schema":1,"id":"\([^"]*\)".*/\1/p' > "ids-$member"
done
run sh -c 'for f in ids-*; do echo "$f: $(wc -l < "$f") messages, $(sort -u "$f" | wc -l) different"; done'
expect 0 "each node has every message once" 'ids-int.interpol: 3 messages, 3 different' \
    'ids-kr.moj: 4 messages, 4 different'

quiet denrei init --bundle federation.bundle --key org.relay-op1.key --state operator
run denrei status --state operator
expect 0 "the operator sees how the relay stands, and nothing of what was said" 'Witnessed' 'int\.interpol'

# ---- 8
chapter "8. An unknown key, a member without the right to a kind, and an altered message are refused"
certify jp.mofa o99 officer --kinds lost-passport --no-passphrase
quiet denrei-keys roster add jp.mofa-o99.request --previous jp.mofa.roster \
    --authority authority-jp.mofa.key --directory root.dir --out jp.mofa-2.roster
quiet denrei-keys bundle make --directory root.dir --roster jp.mofa-2.roster --roster kr.moj.roster \
    --roster int.interpol.roster --out unpublished.bundle
quiet denrei init --bundle unpublished.bundle --key jp.mofa-o99.key --state stranger
run denrei send lost-passport "$here/story/one-passport.json" --to int.interpol --state stranger
expect 4 "a key that no published roster has gets no session" 'does not admit'
run denrei send lost-passport "$here/story/one-passport.json" --to int.interpol --state jp.npa
expect 3 "jp.npa may not report passports: its own client says so" 'KIND_SEND|grant|may not'
hostile=${HOSTILE:-$B/tests/e2e/hostile/hostile}
for mode in other-kind altered-body altered-header; do
    run "$hostile" "$mode" jp.npa
    expect 0 "and the relay refuses who asks it all the same: $mode" 'refused: [A-Z_]+'
done
run denrei send victim-referral "$here/story/referral.json" --to @police --legal-basis protection.jp-kr --state jp.moj
expect 3 "what is known of a possible victim goes to no group" 'cannot be sent to a group'
run "$hostile" to-group jp.moj kr.moj victim-referral
expect 0 "nor does the relay take it" 'refused: GROUP'
run denrei send victim-referral "$here/story/referral.json" --to kr.moj --legal-basis protection.jp-kr --state jp.moj
expect 0 "only a member that is named, under an arrangement between the two, hears of it" accepted

# ---- 9
chapter "9. The auditor replays the log offline, proves one message, and finds one changed byte"
quiet denrei-audit init --bundle federation.bundle --key int.oversight-a1.key --state audit
run denrei-audit verify --state audit
expect 0 "everything in the log holds" SOUND
# The checkpoint that covers the last entries is cosigned at the nodes' next round.
until_true 120 sh -c 'denrei-audit verify --json --state audit | grep -q "\"cosigners\":2"'
run denrei-audit export export --state audit
expect 0 "the log is exported as a tlog-tiles directory" Exported
denrei-keys vkey --directory root.dir > vkeys
sed -n 1p vkeys > log.vkey
for member in int.interpol kr.moj; do grep "^$member/witness" vkeys > "witness-$member.vkey"; done
run denrei-audit replay --from export --root federation.bundle --kind lost-passport
expect 0 "who sent what kind to whom and when" 'jp\.mofa.*LOST_PASSPORT.*int\.interpol kr\.moj'
run denrei-audit replay --from export --root federation.bundle
expect 0 "with documents, receipts, refusals and the auditor's own access" refusal access
run denrei-audit prove "$sent_alert" --from export --root federation.bundle --out alert.evidence
expect 0 "one message is proved" 'proves entry'
run denrei-audit check alert.evidence --root federation.bundle
expect 0 "the proof convinces with nothing but the root file" 'jp\.npa' 'kr\.moj signed READ'
run denrei receipt "$sent_passports" --verify --state jp.mofa
expect 0 "the sender's own receipt verifies offline"
run denrei receipt "$sent_passports" --export receipt.tlog-proof --leaf receipt.leaf --state jp.mofa
expect 0 "and goes out as a tlog-proof"
cp -r export changed
entries=$(find changed/tile/entries -type f | head -1)
at=$(grep -abo 'jp.npa' "$entries" | head -1 | cut -d: -f1)
printf 'x' | dd of="$entries" bs=1 seek=$((at + 5)) conv=notrunc 2> /dev/null
run denrei-audit verify --from changed --root federation.bundle
expect 5 "one changed byte is found, and the entry named" 'entry [0-9]+'
