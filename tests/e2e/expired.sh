#!/bin/bash
# What has expired says so: directory, roster, credential; a node that is behind cannot say "clear".
. "$(dirname "$0")/lib.bash"
clock=$(find /usr/lib -name libfaketime.so.1 | head -1)
[ -n "$clock" ] || { echo "not ok libfaketime is there (package faketime)"; exit 1; }
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0:detect_leaks=0

# later SPAN COMMAND...: the command with its clock ahead by SPAN.
later() { LD_PRELOAD=$clock FAKETIME=$1 "${@:2}"; }

make_federation > out 2>&1
set_up_officer jp.npa o3
sed "s/@REVIEW@/$(date -d '+4 years' +%F)/" "$root/docker/story/alert.json" > alert.json
dry_run() {
    later "$1" denrei send suspect-alert alert.json --to kr.moj --legal-basis diffusion.jp-kr \
        --tlp amber --use h1 --state jp.npa --dry-run
}
check 0 "today the alert may go" -- dry_run +0
check 3 "after ten days the roster has expired" 'roster has expired' 'publish a new one' -- dry_run +10d
check 3 "after 400 days the credential has expired" 'credential is unknown, revoked, expired' \
    -- dry_run +400d
check 0 "today the directory holds" -- later +0 denrei-keys directory check root.dir
check 3 "after 400 days it has expired" 'has expired' 'draft the next version' \
    -- later +400d denrei-keys directory check root.dir
exit "$failed"
