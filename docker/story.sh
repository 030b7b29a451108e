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
