#!/bin/bash
# What people do wrong with all five programs, and what each says of it: an output that cannot be
# written, a wrong file, id, name or state directory.  Nothing is changed by any of it.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
report "denrei-keys makes a federation of seven members"
run_relay
set_up_officer jp.mofa o17 && set_up_officer jp.npa o3 && set_up_auditor &&
    start_node int.interpol && start_node kr.moj
report "officers, nodes and auditor are set up"
for number in TR1234567 TR1234568; do
    lost_passport "$number" --wait delivered --timeout ${deadline_seconds}s > out 2>&1
done
report "two messages are delivered"
id=$(newest_of jp.mofa)

# ---- standard output
# loses STATUS COMMAND...: with an output that is full, and one that is closed, it ends so and says it.
loses() {
    local wanted=$1
    shift
    ends "$wanted" bash -c 'exec "$@" > /dev/full' - "$@" && says 'standard output: it cannot be written' &&
        ends "$wanted" bash -c 'exec "$@" >&-' - "$@" && says 'standard output: it cannot be written: it is closed'
}
for program in denrei denreid denrei-node denrei-audit denrei-keys; do
    loses 1 $program --help && loses 1 $program --version
    report "$program does not take a lost output for a success"
done
loses 1 denrei track --state jp.mofa && loses 1 denrei template mla
report "nor does a table or a form"
loses 10 denrei-node screen TR1234567 JPN --state node-kr.moj
report "a hit stays a hit"
loses 1 denrei-node follow --state node-kr.moj
report "a stream that nobody can get ends"
ends 1 bash -c 'exec "$@" > /dev/full' - denrei-keys vkey --directory root.dir --json && says '"code":"IO"' '"exit":1'
report "with --json this is told in JSON as well"
all=yes
for command in 'denrei track --state jp.mofa' 'denrei template mla' 'denrei-keys show root.dir' 'denreid config' \
    'denrei-node follow --once --state node-kr.moj' 'denrei-audit replay --state audit'; do
    ends 0 bash -c 'set -o pipefail; $1 2> /dev/null | head -1' - "$command" && [ "$(wc -l < out)" -eq 1 ] || { all=no && break; }
done
[ $all = yes ]
report "a reader that has enough is no error"
cp -a jp.mofa closed && ends 1 bash -c 'exec "$@" <&- >&- 2>&-' - denrei track --state closed --offline &&
    ends 0 denrei track --state closed --offline && says "${id:0:13}" &&
    ends 1 bash -c 'exec "$@" <&-' - denrei send lost-passport - --to @sltd --state closed && says 'cannot be read'
report "closed descriptors never become a store, and closed input is no empty file"

# ---- files
# refuses_files FORMAT: what reads a file (%s) says what is wrong with one that never ends, and a directory.
refuses_files() {
    local words
    # shellcheck disable=SC2059
    read -ra words <<< "$(printf "$1" /dev/zero)"
    ends "${2:-1}" "${words[@]}" && says '/dev/zero: .*(it is too large \(at most [0-9]+ (MiB|KiB|bytes)\)|no plain file)' || return
    # shellcheck disable=SC2059
    read -ra words <<< "$(printf "$1" empty)"
    ends "${2:-1}" "${words[@]}" && says 'empty: .*is a directory'
}
mkdir empty
refuses_files 'denrei send lost-passport %s --to @sltd --state jp.mofa' &&
    refuses_files 'denrei publish %s --state jp.mofa' &&
    refuses_files 'denrei receipt --check %s --leaf out --state jp.mofa' &&
    refuses_files 'denrei init --bundle %s --key jp.mofa-o17.key --state new' &&
    refuses_files 'denrei init --bundle federation.bundle --key %s --state new' &&
    refuses_files 'denrei-node screen --file %s --state node-kr.moj' 11 &&
    refuses_files 'denrei-audit check %s --root root.dir' &&
    refuses_files 'denrei-audit verify --from export --root %s' &&
    refuses_files 'denrei-keys show %s' && refuses_files 'denrei-keys directory draft %s --out new' &&
    refuses_files 'denrei-keys bundle check %s' && refuses_files 'denrei-keys public %s' &&
    refuses_files 'denrei-keys roster check jp.mofa.roster --directory %s' && [ ! -e new ]
report "a file that is too large is told with the limit, a directory as one"
ends 1 denrei receipt "$id" --export empty --state jp.mofa && says 'empty: it cannot be written: it is a directory' &&
    ends 1 denrei-audit prove "$id" --out empty --state audit && says 'empty: .*it is a directory'
report "so is one in the place of a file to write"
echo x > junk
ends 1 denrei-keys directory draft junk --out new && says 'junk, line 1, column 1' && [ ! -e new ] &&
    ends 5 denrei-keys directory sign root.dir --key relay.key && says 'holds no root key' && ! grep -q KEY_USE out
report "a wrong description is told with its file, a wrong key in words"

# ---- ids and names
# everywhere STATUS ID PATTERN...: whatever takes an id says the same of it, with the same status.
everywhere() {
    local wanted=$1 text=$2 command
    shift 2
    for command in 'denrei track' 'denrei show' 'denrei withdraw' 'denrei receipt' 'denrei reply' \
        'denrei-node show' 'denrei-audit prove'; do
        case $command in
        *node*) ends "$wanted" $command "$text" --state node-kr.moj ;;
        *audit*) ends "$wanted" $command "$text" --out proof --state audit ;;
        *) ends "$wanted" $command "$text" --state jp.mofa ;;
        esac && says "$@" || return
    done
}
everywhere 2 zz '^denrei[a-z-]*: zz: this is not a message id, nor the first digits of one' 'copy the first digits' &&
    everywhere 2 "${id}0" 'not a message id'
report "what is no id is wrong usage in every program"
everywhere 1 0123 'there is no such message'
report "an id that no message has is told"
everywhere 1 "${id:0:1}" 'several messages begin so' "give more digits:.* $id" && [ ! -e proof ]
report "one that begins several ids is told with them"
ends 2 lost_passport TR1 --to kr.moi && says 'no member kr.moi' 'did you mean kr.moj'
ends 2 denrei send lost-passport documents[0].number=TR1 --to @stld --state jp.mofa &&
    ends 2 denrei send lost-pasport documents[0].number=TR1 --to @sltd --state jp.mofa && says 'did you mean lost-passport' &&
    ends 2 denrei init --bundle federation.bundle --key jp.mofa-o17.key --relay tcp://other:1 --state new &&
    says 'no relay tcp://other:1' 'use one of the directory|leave it out' && [ ! -e new ]
report "a name that the directory does not have is wrong usage"

# ---- state directories
# foreign DIR OWNER COMMAND...: another program's directory is refused at once, and its owner named.
foreign() {
    local state=$1 owner=$2
    shift 2
    ends 2 "$@" --state "$state" && says "$state: this is the state directory of $owner" '-> .*--state'
}
foreign audit denrei-audit denrei inbox --offline && foreign node-kr.moj denrei-node denrei status --offline &&
    foreign jp.npa denrei denrei-node run && foreign jp.npa denrei denrei-node list &&
    foreign jp.npa denrei denrei-audit verify && foreign node-kr.moj denrei-node denrei-audit replay &&
    foreign relay denreid denrei track && foreign relay denreid denrei-audit verify &&
    foreign jp.npa 'a client' denreid run && foreign audit 'a client' denreid check
report "each program refuses the state of another, and names its owner"
[ ! -e jp.npa/node.db ] && [ ! -e audit/officer.db ] && [ ! -e node-kr.moj/officer.db ]
report "and leaves nothing there"
ends 11 denrei-node screen TR1234567 JPN --state jp.npa && says 'directory of denrei,'
report "screening with another's state cannot say"
all=yes
for state in jp.npa relay; do
    ends 1 denrei init --bundle federation.bundle --key jp.mofa-o17.key --state $state && says 'in use' || { all=no && break; }
    ends 1 denreid init --bundle federation.bundle --key relay.key --highwater hw2 --state $state &&
        says 'state directory of|another relay is running' '-> ' || { all=no && break; }
done
[ $all = yes ] && [ ! -e hw2 ]
report "init takes no directory of another program, nor of one that runs"
ends 3 denrei init --bundle federation.bundle --key kr.moj-n1.key --state new && says 'is for denrei-node' && [ ! -e new ]
report "a key for another program is told with its program"
ends 1 env DENREI_STATE=none denreid check && says '^denreid: none: there is no such directory' &&
    ends 2 env DENREI_STATE= denreid run && says 'DENREI_STATE' &&
    ends 1 env DENREI_STATE=relay denreid check && says '^denreid: relay: another relay is running' &&
    ends 2 env DENREI_STATE=jp.npa denreid run && says 'a client'
report "denreid knows DENREI_STATE as the others do"
mkdir -m 700 settings && echo 'lisen = x' > settings/denreid.conf
ends 2 denreid run --state settings && says '^denreid: settings/denreid.conf: line 1: unknown'
report "a wrong setting is told with its file and line, once"

# ---- stores of another version
# is_newer FILE: its schema's version, in bytes 60 to 63 of every SQLite file, is one that is to come.
# What a program leaves in the write-ahead log when it ends is in the file too.
is_newer() { rm -f "$1"-wal "$1"-shm && printf '\0\0\0\11' | dd of="$1" bs=1 seek=60 conv=notrunc status=none; }
stop relay TERM && stop node-kr.moj TERM
is_newer jp.npa/state.db && is_newer closed/officer.db && is_newer relay/relay.db && is_newer node-kr.moj/node.db
all=yes
for command in 'denrei status --state jp.npa' 'denrei track --offline --state closed' 'denreid run --state relay' \
    'denreid check --state relay' 'denrei-node list --state node-kr.moj' 'denrei-node run --state node-kr.moj'; do
    ends 1 $command && says '\.db: the store was written by another version of ' '-> ' && ! grep -q damaged out || { all=no && break; }
done
[ $all = yes ]
report "a store of another version is told as one, not as damaged"

exit "$failed"
