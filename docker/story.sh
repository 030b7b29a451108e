# The chapters of the demo; sourced by docker/demo, which has the verbs.

endpoint=tcp://127.0.0.1:$(free_port)
members='int.interpol int.oversight jp.mofa jp.moj jp.npa kr.moj org.relay'

# certify MEMBER ID PURPOSE [OPTION]...: keys and request on the holder's machine.
certify() {
    local member=$1 id=$2 purpose=$3
    shift 3
    quiet denrei-keys request new --member "$member" --id "$id" --purpose "$purpose" "$@" \
        --federation root.dir --out-key "$member-$id.key" --out-request "$member-$id.request" \
        --no-passphrase
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

certify jp.mofa o17 officer --kinds lost-passport
certify jp.npa o3 officer --kinds suspect-alert
certify jp.moj o1 officer --kinds mla
certify kr.moj o5 officer --kinds mla
certify kr.moj n1 node
certify int.interpol n1 node
certify int.oversight a1 auditor
certify org.relay op1 operator
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
until_true 10 grep -q ' serving ' relay.log || step_failed "the relay does not serve"
for member in int.interpol kr.moj; do
    quiet denrei-node init --bundle federation.bundle --key "$member-n1.key" --state "node-$member"
    start "node-$member" denrei-node run --state "node-$member" --witness-key "witness-$member.key"
done
for member in int.interpol kr.moj; do
    until_true 10 grep -q ' connected ' "node-$member.log" || step_failed "node of $member"
done
run grep -h -E ' serving | connected ' relay.log node-int.interpol.log node-kr.moj.log
expect 0 "the relay serves, both nodes are connected" ' serving ' 'node|connected'

# ---- 3
chapter "3. An officer of jp.mofa sends three lost passports to @sltd"
officer() { quiet denrei init --bundle federation.bundle --key "$1-$2.key" --state "$1" "${@:3}"; }
echo 'correct horse battery staple' > passphrase
officer jp.mofa o17 --passphrase-fd 3 3< passphrase
officer jp.npa o3
officer jp.moj o1
officer kr.moj o5
run denrei send lost-passport "$here/story/passports.json" --to @sltd --dry-run --state jp.mofa
expect 0 "--dry-run shows what would go to whom" 'int\.interpol' 'kr\.moj'
run denrei send lost-passport "$here/story/passports.json" --to @sltd --wait delivered --timeout 20s \
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
run denrei-node screen --mrz "$zone_clear" --state node-int.interpol
expect 0 "another traveller: no hit" 'NO HIT'
run denrei-node screen --mrz "$zone_wrong" --state node-int.interpol
expect 11 "a misread zone is named, and not called clear" 'check digit'
run denrei-node screen MZ0001234 JPN --state node-int.interpol
expect 10 "a blank within the stolen range" HIT STOLEN_BLANK

# ---- 5
chapter "5. jp.npa sends a suspect alert to Korea; the Korean officer reads it"
review=$(date -d '+2 years' +%F)
sed "s/@REVIEW@/$review/" "$here/story/alert.json" > alert.json
run denrei send suspect-alert alert.json --to kr.moj --legal-basis diffusion.jp-kr --priority flash \
    --tlp amber --use h1 --state jp.npa
expect 0 "accepted" 'kr\.moj'
sent_alert=$(newest_id jp.npa)
until_true 10 denrei-node show "$sent_alert" --state node-kr.moj || step_failed "the alert did not come"
run denrei inbox --state kr.moj
expect 0 "the Korean officer's inbox" SUSPECT_ALERT
run denrei show "$sent_alert" --state kr.moj
expect 0 "read in kanji, kana and Latin letters" 田中 タナカ TANAKA
run denrei track "$sent_alert" --state jp.npa
expect 0 "the sender sees accepted, delivered and read, each with its time" -i 'accepted' 'delivered' 'read' \
    '20[0-9]{2}-[0-9]{2}-[0-9]{2}'

# ---- 6
chapter "6. jp.moj sends a request for mutual legal assistance under the Korea treaty"
run denrei send mla "$here/story/mla-incomplete.json" --to kr.moj --legal-basis treaty.jp-kr.2007 --state jp.moj
expect 3 "a request without its mandatory contents is refused before it leaves" facts offences assistance purpose
run denrei send mla "$here/story/mla.json" --to kr.moj --legal-basis treaty.jp-kr.2007 --state jp.moj
expect 0 "the complete request is accepted" 'kr\.moj'
sent_mla=$(newest_id jp.moj)
until_true 10 denrei-node show "$sent_mla" --state node-kr.moj || step_failed "the request did not come"
for part in ack answer; do
    sed "s/@TODAY@/$(date +%F)/; s/@REVIEW@/$review/" "$here/story/mla-$part.json" > "mla-$part.json"
done
run denrei reply "$sent_mla" mla-ack.json --state kr.moj
expect 0 "Korea acknowledges" 'jp\.moj'
run denrei reply "$sent_mla" mla-answer.json --state kr.moj
expect 0 "Korea answers in the thread" 'jp\.moj'
run denrei inbox --state jp.moj
expect 0 "both are in the inbox of jp.moj" MLA
