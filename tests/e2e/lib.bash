# What whole-system tests share: sourced first by a script of this folder, whose folder of programs
# is $B.  It makes the empty folder $dir, goes there, and at the end kills what it started and
# removes it.  $root is the top of the tree.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
root=$PWD
B=$(cd "${B:-build}" && pwd) || exit 1
dir=$(mktemp -d "${TMPDIR:-/tmp}/denrei.XXXXXX") || exit 1
umask 077
deadline_seconds=180 # of a condition; sanitizers and a busy machine make all ten times slower
declare -A pids=()  # daemon's name -> process

clean_up() {
    local name
    # A signal that reaches a child between its fork and its exec runs the traps there too.
    [ "$BASHPID" -eq $$ ] || return
    exec 2> /dev/null # bash tells of each process that was killed
    for name in "${!pids[@]}"; do kill -KILL "${pids[$name]}" 2> /dev/null; done
    kill -KILL $(jobs -p) 2> /dev/null
    wait 2> /dev/null
    cd / && rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
. "$root/tests/e2e/federation.bash"
cd "$dir" || exit 1

# check STATUS NAME PATTERN... -- COMMAND...: the command ends so, and says each pattern.
check() {
    local wanted=$1 name=$2 patterns=()
    shift 2
    while [ "$1" != -- ]; do patterns+=("$1"); shift; done
    shift
    ends "$wanted" "$@" && says "${patterns[@]}"
    report "$name"
}

# eventually COMMAND...: asks again until it holds; false after the deadline.
eventually() {
    local end=$((SECONDS + deadline_seconds))
    until "$@" > /dev/null 2>&1; do
        if [ "$SECONDS" -ge "$end" ]; then
            echo "(not within $deadline_seconds s: $*)" >> "$dir/out"
            return 1
        fi
        sleep 0.05
    done
}

# prints PATTERN COMMAND...: whether the command's output has it.
prints() {
    local pattern=$1
    shift
    "$@" 2>&1 | grep -E -- "$pattern" > /dev/null
}

# start NAME COMMAND...: a daemon; its log is NAME.log, its process ${pids[NAME]}.
start() {
    local name=$1
    shift
    "$@" >> "$name.log" 2>&1 < /dev/null &
    pids[$name]=$!
}

# stop NAME SIGNAL: ends a daemon; its exit status is the function's.
stop() {
    local pid=${pids[$1]:-}
    [ -n "$pid" ] || return 0
    kill "-$2" "$pid" 2> /dev/null
    wait "$pid" 2> /dev/null
    local status=$?
    unset "pids[$1]"
    return "$status"
}

# flip FILE PLACE: another byte there, whatever it was.
flip() {
    local byte
    byte=$(od -An -tu1 -j "$2" -N 1 "$1") && [ -n "$byte" ] &&
        printf "$(printf '\\x%02x' $((byte ^ 255)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# ended PROCESS: whether it is gone, but for its exit status.
ended() { [ ! -e "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status"; }

# run_relay [WRAPPER]...: the relay as a daemon named relay, until it serves.
run_relay() {
    local before=0
    [ ! -f relay.log ] || before=$(wc -l < relay.log)
    start relay "$@" denreid run --state relay
    eventually serves_or_ended "$before" && ! ended "${pids[relay]}"
}

serves_or_ended() { logged relay ' serving ' "$1" || ended "${pids[relay]}"; }

# logged NAME PATTERN [SINCE]: whether its log has the pattern after line SINCE.
logged() { tail -n "+$((${3:-0} + 1))" "$1.log" | grep -E -- "$2"; }

# start_node MEMBER [OPTION]...: its node, set up at first; until it is connected.
start_node() {
    local member=$1 before=0
    shift
    [ -d "node-$member" ] || denrei-node init --bundle federation.bundle --key "$member-n1.key" \
        --state "node-$member" >> "node-$member.log" 2>&1
    [ ! -f "node-$member.log" ] || before=$(wc -l < "node-$member.log")
    start "node-$member" denrei-node run --state "node-$member" --witness-key "witness-$member.key" "$@"
    eventually logged "node-$member" ' connected ' "$before"
}

# set_up_officer MEMBER ID: state directory MEMBER.
set_up_officer() {
    denrei init --bundle federation.bundle --key "$1-$2.key" --state "$1" >> officers.log 2>&1
}

set_up_auditor() {
    denrei-audit init --bundle federation.bundle --key int.oversight-a1.key --state audit >> officers.log 2>&1
}

# lost_passport NUMBER [OPTION]...: jp.mofa reports a stolen passport to @sltd.
lost_passport() {
    local number=$1
    shift
    denrei send lost-passport "documents[0].number=$number" 'documents[0].issuing_state=JPN' \
        'documents[0].type=PASSPORT' 'documents[0].status=STOLEN' instructions.actions=SEIZE_DOCUMENT \
        'instructions.contact.office=Passport Division' instructions.contact.email=sltd@mofa.example \
        --to @sltd --state jp.mofa "$@"
}

# ids_of STATE: ids of sent messages, newest first; of what is known without asking the relay.
ids_of() { denrei track --limit 100000 --state "$1" --offline --json | sed -n 's/^{"schema":[0-9]*,"id":"\([^"]*\)".*/\1/p'; }
newest_of() { ids_of "$1" | head -1; }
