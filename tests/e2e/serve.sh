#!/bin/bash
# The screening API for a border application: what it answers, who may ask, and what it does with
# requests that are wrong, too large, or come when its data cannot say.
. "$(dirname "$0")/lib.bash"
clock=$(find /usr/lib -name libfaketime.so.1 | head -1)
[ -n "$clock" ] || { echo "not ok libfaketime is there (package faketime)"; exit 1; }
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0:detect_leaks=0
make_federation > out 2>&1
run_relay && set_up_officer jp.mofa o17
report "a federation, its relay and an officer"
state=node-int.interpol
denrei-node init --bundle federation.bundle --key int.interpol-n1.key --state early > out 2>&1
check 1 "a node that has not run yet serves nothing" 'denrei-node run' -- \
    timeout 20 denrei-node serve --listen "unix:$PWD/early.sock" --state early
start_node int.interpol && start_node kr.moj
lost_passport TR1234567 --wait delivered --timeout ${deadline_seconds}s > out 2>&1 &&
    eventually prints 'NO HIT' denrei-node screen TR7654321 JPN --state "$state"
report "a node with a lost passport on record"

# ---- where it listens, and for whom
umask 077
printf '# border application\n%s\n' "$(printf 'k%.0s' {1..40})" > tokens
token=$(tail -1 tokens)
check 2 "an address of the network is refused" 'no loopback address' -- \
    timeout 20 denrei-node serve --listen 0.0.0.0:8420 --token-file tokens --state "$state"
check 2 "an address without any token is refused" 'token-file' -- \
    timeout 20 denrei-node serve --listen 127.0.0.1:0 --state "$state"
echo short > bad-tokens
check 1 "a token that can be guessed is refused and not shown" 'bad-tokens, line 1: this is no token' -- \
    timeout 20 denrei-node serve --listen 127.0.0.1:0 --token-file bad-tokens --state "$state"
cp tokens open-tokens && chmod 644 open-tokens
check 1 "a token file that others can read is refused" '0600' -- \
    timeout 20 denrei-node serve --listen 127.0.0.1:0 --token-file open-tokens --state "$state"
check 1 "a user that does not exist is named" 'no user "nobody-here"' -- \
    timeout 20 denrei-node serve --listen "unix:$PWD/api.sock" --allow-user nobody-here --state "$state"
start api denrei-node serve --listen "unix:$PWD/api.sock" --state "$state"
eventually logged api ' serving '
report "it serves on a local socket"
[ "$(stat -c %a api.sock)" = 660 ]
report "which others than user and group cannot open"
check 1 "a second one on the same socket is refused" 'somebody listens' -- \
    timeout 20 denrei-node serve --listen "unix:$PWD/api.sock" --state "$state"

# ask STATUS NAME PATTERN... -- CURL-ARGUMENT...
ask() {
    local wanted=$1 name=$2 patterns=()
    shift 2
    while [ "$1" != -- ]; do patterns+=("$1") && shift; done
    shift
    status=$(curl -sS -m 30 -o answer -w '%{http_code}' "$@" 2> curl.err)
    { cat answer curl.err; echo " status $status"; } > out 2>&1
    [ "$status" = "$wanted" ] && says "${patterns[@]}"
    report "$name"
}
local_socket=(--unix-socket api.sock)
screen=http://localhost/v1/screen
health=http://localhost/v1/health

# ---- answers
ask 200 "its own user asks without a token" '"verdict":"CLEAR"' '"number":"TR7654321"' -- \
    "${local_socket[@]}" "$screen" -d '{"number":"tr 7654321","state":"jpn"}'
ask 200 "a hit has the owner, what it asks, and how fresh the data are" '"verdict":"HIT"' \
    '"owner":"jp.mofa"' '"instructions":\{"actions":\["SEIZE_DOCUMENT"' '"complete_to_rest":1' \
    '"reference":"lane-4"' -- \
    "${local_socket[@]}" "$screen" -d '{"number":"TR1234567","state":"JPN","reference":"lane-4"}'
ask 200 "a zone is screened" '"verdict":"CLEAR"' '"state":"UTO"' -- "${local_socket[@]}" "$screen" -d \
    '{"mrz":"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"}'
ask 400 "a misread zone is not clear" '"verdict":"CANNOT_SAY"' 'check digit' -- \
    "${local_socket[@]}" "$screen" -d \
    '{"mrz":"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C37UTO7408122F1204159ZE184226B<<<<<10"}'
ask 200 "a person is asked for by name" '"verdict":"CLEAR"' -- "${local_socket[@]}" "$screen" \
    -d '{"family_name":"SUZUKI","given_names":"JIRO","date_of_birth":"1985-03-07"}'
ask 400 "a date that is none is named" '"verdict":"CANNOT_SAY"' 'birth' -- "${local_socket[@]}" "$screen" \
    -d '{"name":"SUZUKI, JIRO","date_of_birth":"7.3.85"}'
ask 200 "many are answered in their order" \
    '"answers":\[\{.*"CLEAR".*"error".*"CANNOT_SAY".*"HIT".*"reference":"3"\}\]' -- \
    "${local_socket[@]}" "$screen" -d '{"travellers":[{"number":"TR7654321","state":"JPN"},
        {"number":"TR7654321","state":"JPX"},{"number":"TR1234567","state":"JPN","reference":"3"}]}'
ask 200 "health says that it can" '"status":"FRESH"' '"member":"int.interpol"' '"complete_to_rest":1' -- \
    "${local_socket[@]}" "$health"

# ---- what is wrong
ask 400 "what is not JSON" 'not JSON' -- "${local_socket[@]}" "$screen" -d '{"number":'
ask 400 "a name twice" 'not JSON' -- \
    "${local_socket[@]}" "$screen" -d '{"number":"A1","number":"B2","state":"JPN"}'
ask 400 "no object" 'not a JSON object' -- "${local_socket[@]}" "$screen" -d '[]'
ask 400 "a member that is not known is named, with the nearest" '"field":"numbr"' 'did you mean' -- \
    "${local_socket[@]}" "$screen" -d '{"numbr":"TR1234567","state":"JPN"}'
ask 400 "nobody and nothing" 'no document and no person is named' -- "${local_socket[@]}" "$screen" -d '{}'
ask 400 "a state that issues nothing" '"field":"state"' 'JPN' -- \
    "${local_socket[@]}" "$screen" -d '{"number":"TR1234567","state":"JPX"}'
ask 400 "an empty list" '1 to 1000' -- "${local_socket[@]}" "$screen" -d '{"travellers":[]}'
{ printf '{"travellers":['; printf '{},%.0s' {1..1000}; printf '{}]}'; } > many
ask 400 "a list that is too long" '1 to 1000' -- "${local_socket[@]}" "$screen" -d @many
head -c 1100000 /dev/zero | tr '\0' ' ' > large
ask 413 "a body that is too large" '1 MiB' -- "${local_socket[@]}" -H 'Expect:' "$screen" -d @large
ask 404 "another path" 'no such path' -- "${local_socket[@]}" http://localhost/v2/screen
ask 405 "another method" -- "${local_socket[@]}" "$screen"

# ---- tokens
ask 401 "a wrong token is refused, also of a user who may" 'Bearer' -- \
    "${local_socket[@]}" -H 'Authorization: Bearer wrong' "$health"
stop api TERM
[ ! -e api.sock ] && logged api ' stopped ' > out
report "SIGTERM ends it and removes the socket"
start tcp denrei-node serve --listen 127.0.0.1:0 --token-file tokens --state "$state"
eventually logged tcp ' serving '
port=$(sed -n 's/.* serving .*port=\([0-9]*\).*/\1/p' tcp.log)
ask 401 "an address asks everybody for a token" 'no token' -- "http://127.0.0.1:$port/v1/health"
ask 401 "and a part of one is none" -- \
    -H "Authorization: Bearer ${token%k}" "http://127.0.0.1:$port/v1/health"
printf 'header = "Authorization: Bearer %s"\n' "$token" > curl.conf
ask 200 "the token opens it" '"status":"FRESH"' -- -K curl.conf "http://127.0.0.1:$port/v1/health"
! grep -q "$token" api.log tcp.log
report "and is in no log"

# ---- data that cannot say
ends 0 denrei withdraw "$(newest_of jp.mofa)" --state jp.mofa
eventually prints WITHDRAWN denrei-node list --state "$state"
ask 200 "what was withdrawn is no hit any more" '"verdict":"CLEAR"' -- -K curl.conf \
    "http://127.0.0.1:$port/v1/screen" -d '{"number":"TR1234567","state":"JPN"}'
stop tcp KILL
mkdir -p stale && cp -r "$state/." stale
stop "$state" TERM
start later env LD_PRELOAD="$clock" FAKETIME=+1h FAKETIME_DONT_FAKE_MONOTONIC=1 denrei-node serve --listen "unix:$PWD/api.sock" --state stale
eventually logged later ' serving '
ask 503 "health says that stale data cannot say" '"status":"CANNOT_SAY"' '10 minutes' -- \
    "${local_socket[@]}" "$health"
ask 200 "and screening does not say clear" '"verdict":"CANNOT_SAY"' -- \
    "${local_socket[@]}" "$screen" -d '{"number":"TR7654321","state":"JPN"}'
stop later KILL
[ -e api.sock ] && start again denrei-node serve --listen "unix:$PWD/api.sock" --state stale &&
    eventually logged again ' serving '
report "the socket file of a killed server is replaced"
exit "$failed"
