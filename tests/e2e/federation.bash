# A small federation for whole-system tests, made by the real programs: sourced, with $B the folder
# of the programs and $dir an empty folder.  It ends with the relay not yet running.
# Members and rights are those of docker/federation.json.

export PATH=$B:$PATH LC_ALL=C.UTF-8 TZ=Asia/Tokyo NO_COLOR=1
members='int.interpol int.oversight jp.mofa jp.moj jp.npa kr.moj org.relay'
failed=0
unset DENREI_STATE

# report NAME: a line for the status of the command before.
report() {
    local status=$?
    if [ "$status" -eq 0 ]; then
        echo "ok $1"
    else
        echo "not ok $1"
        failed=1
        sed 's/^/    /' "$dir/out" 2> /dev/null
    fi
}

# ends STATUS COMMAND...: whether it ends so; all that it prints is in $dir/out.
ends() {
    local wanted=$1 status
    shift
    "$@" > "$dir/out" 2>&1
    status=$?
    [ "$status" -eq "$wanted" ] || {
        echo "(exit status $status, not $wanted: $*)" >> "$dir/out"
        return 1
    }
}

# says PATTERN...: whether the last output has each of them.
says() {
    local pattern
    for pattern in "$@"; do
        grep -qE -- "$pattern" "$dir/out" || {
            echo "(lacks: $pattern)" >> "$dir/out"
            return 1
        }
    done
}

# free_endpoint: at an address that only this process uses.  All of 127.0.0.0/8 is this machine, and
# two processes that look for a free port of one address can find the same.
free_endpoint() {
    local address=127.$((1 + $$ / 65536)).$(($$ / 256 % 256)).$(($$ % 256)) port
    while :; do
        port=$((20000 + RANDOM % 12000))
        listens "tcp://$address:$port" || break
    done
    echo "tcp://$address:$port"
}

# listens ENDPOINT: whether somebody does.
listens() {
    local place=${1#tcp://}
    (exec 3<> "/dev/tcp/${place%:*}/${place##*:}") 2> /dev/null
}

# certify MEMBER ID PURPOSE [OPTION]...
certify() {
    local member=$1 id=$2 purpose=$3
    shift 3
    denrei-keys request new --member "$member" --id "$id" --purpose "$purpose" "$@" \
        --federation root.dir --out-key "$member-$id.key" --out-request "$member-$id.request" \
        --no-passphrase
}

# issue MEMBER [OPTION]...: the member's next roster from its requests.
issue_first() {
    local request requests=()
    for request in "$1"-*.request; do requests+=(--add "$request"); done
    denrei-keys roster issue --member "$1" --authority "authority-$1.key" --directory root.dir \
        "${requests[@]}" --out "$1.roster"
}

make_federation() {
    local holder member rosters=()
    endpoint=$(free_endpoint)
    for holder in sato kim martin; do
        denrei-keys root new --holder "$holder" --out "root-$holder.key" --no-passphrase
        denrei-keys public "root-$holder.key" > "root-$holder.pub"
    done
    for member in $members; do
        denrei-keys authority new --member "$member" --out "authority-$member.key" --no-passphrase
        denrei-keys public "authority-$member.key" > "authority-$member.pub"
    done
    for member in int.interpol kr.moj; do
        denrei-keys witness new --member "$member" --out "witness-$member.key" --no-passphrase
        denrei-keys public "witness-$member.key" > "witness-$member.pub"
    done
    denrei-keys relay new --out relay.key --no-passphrase
    denrei-keys public relay.key > relay.pub
    sed "s|@ENDPOINT@|$endpoint|" "$root/docker/federation.json" > federation.json
    denrei-keys directory draft federation.json --out root.dir
    denrei-keys directory sign root.dir --key root-sato.key
    denrei-keys directory sign root.dir --key root-martin.key
    certify jp.mofa o17 officer --kinds lost-passport,screening-hit,victim-referral,travel-notice
    certify jp.npa o3 officer --kinds suspect-alert,screening-hit,technique-bulletin
    certify jp.moj o1 officer --kinds mla,organisation-notice,victim-referral
    certify kr.moj o5 officer \
        --kinds mla,screening-hit,organisation-notice,technique-bulletin,victim-referral,travel-notice
    certify int.interpol o1 officer
    certify jp.moj n1 node
    certify kr.moj n1 node --kinds screening-hit
    certify int.interpol n1 node
    certify int.oversight a1 auditor
    certify org.relay op1 operator
    for member in $members; do
        issue_first "$member"
        rosters+=(--roster "$member.roster")
    done
    denrei-keys bundle make --directory root.dir "${rosters[@]}" --out federation.bundle
    denreid init --state relay --bundle federation.bundle --key relay.key --highwater highwater
}
