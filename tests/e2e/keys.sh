#!/bin/bash
# denrei-keys, every command and what bad input gets: a federation is made, signed by one holder at
# a time, changed, and its credentials issued, renewed, revoked.
. "$(dirname "$0")/lib.bash"
umask 022 # as it often is: what is secret has to be made so

# unchanged FILE: whether it is as keep left it.
keep() { cp -p "$1" "$1.kept"; }
unchanged() { cmp -s "$1" "$1.kept"; }
new() { denrei-keys "$1" new "${@:2}" --no-passphrase; }

# ---- keys
ends 0 denrei-keys --help && says 'directory draft' 'roster revoke' && ends 0 denrei-keys help roster revoke &&
    says 'suspect-since'
report "help shows every command"
ends 2 denrei-keys witnes new && says 'witness new'
report "a wrong command is told with the nearest right one"
for holder in sato kim martin; do
    new root --holder "$holder" --out "$holder.key" > "$holder.pub" 2> out || failed=1
done
grep -q '^root [A-Za-z0-9+/]*= [0-9a-f]* root/sato$' sato.pub && [ "$(stat -c %a sato.key)" = 600 ]
report "a root key file has mode 0600, its public half goes to standard output"
keep sato.key
ends 1 new root --holder sato --out sato.key && says 'exists already' 'nothing is overwritten' && unchanged sato.key
report "a key file is never overwritten"
ends 2 new root --holder $'a\nb' --out x.key && says 'not a usable name' && [ ! -e x.key ]
report "a holder's name of two lines is refused"
ends 2 new authority --member JP --out x.key && says 'JP is not a member id' && [ ! -e x.key ]
report "a wrong member id is refused"
ends 1 new root --holder x --out nowhere/x.key && says 'not found'
report "a folder that does not exist is told"
for member in aa.one bb.two cc.three; do
    new authority --member "$member" --out "$member.key" > "$member.pub" 2> out || failed=1
done
new relay --out relay.key > relay.pub 2> out && [ "$(grep -c '^[a-z]' relay.pub)" = 3 ]
report "a relay's key file has three keys"
new witness --member bb.two --out witness.key > witness.pub 2> out
report "a witness key is made"
ends 0 denrei-keys public aa.one.key && cp out again.pub && cmp -s again.pub aa.one.pub
report "public prints the same again"
ends 0 denrei-keys public aa.one.key --json && says '"use":"authority"' '"schema":1' && ! grep -q mailbox out
report "public has JSON, and no mailbox seed in it"
ends 0 denrei-keys public aa.one.key --out copy.pub && cmp -s copy.pub aa.one.pub &&
    ends 1 denrei-keys public aa.one.key --out copy.pub
report "public writes a file, and does not overwrite one"

# ---- passphrases
ends 0 denrei-keys root new --holder pass --out pass.key --passphrase-fd 3 3<<< 'correct horse' &&
    ends 0 denrei-keys public pass.key --passphrase-fd 3 3<<< 'correct horse' && says '^root .* root/pass$'
report "a passphrase is read from a descriptor, and opens the file"
ends 1 denrei-keys public pass.key --passphrase-fd 3 3<<< 'wrong horse' && says 'wrong passphrase'
report "a wrong passphrase is told"
ends 1 setsid denrei-keys public pass.key < /dev/null && says 'no terminal' 'passphrase-fd'
report "without a terminal the descriptor is named"
ends 1 denrei-keys root new --holder x --out x.key --passphrase-fd 3 3< /dev/null && [ ! -e x.key ]
report "an empty passphrase makes no file"
ends 2 denrei-keys root new --holder x --out x.key --passphrase-fd 3 --no-passphrase 3<<< 'p' &&
    says 'say one of them' && [ ! -e x.key ]
report "two ways of protection are refused"
ends 1 denrei-keys public pass.key --passphrase-fd 77 && says 'could not be read'
report "a descriptor that is not open is told"
# type_twice FIRST SECOND: at a terminal, each when it is asked for; the status is the command's.
cat > type_twice << 'END'
set timeout [lindex $argv 0]
spawn -noecho denrei-keys root new --holder x --out x.key
foreach {prompt answer} [list "New passphrase for " [lindex $argv 1] "The same again for " [lindex $argv 2]] {
    expect -re "$prompt\[^:\]*: $" { send -- "$answer\r" } timeout { exit 99 } eof { exit 98 }
}
expect eof
exit [lindex [wait] 3]
END
type_twice() { expect -f type_twice "$deadline_seconds" "$@"; }
ends 2 type_twice one two && says 'differ' && [ ! -e x.key ]
report "two different passphrases typed make no file"
ends 0 type_twice one one && says 'Wrote' && ! grep -qE '^one|: *one' out &&
    ends 0 denrei-keys public x.key --passphrase-fd 3 3<<< one
report "the same passphrase typed twice makes a file, and is not shown"
chmod 644 sato.key
ends 1 denrei-keys public sato.key && says 'others can read' 'chmod 600'
report "a key file that others can read is refused, with its remedy"
chmod 600 sato.key
ln -s sato.key link.key
ends 1 denrei-keys public link.key
report "a symbolic link is no key file"
ends 1 denrei-keys public sato.pub && says 'others can read|not a key file'
report "a public file is no key file"
sed 's/root\/sato/root\/kim0/' sato.key > forged.key
chmod 600 forged.key
ends 1 denrei-keys public forged.key && says 'not a key file'
report "a key file with another's label is refused"
mkfifo wait
denrei-keys root new --holder x --out interrupted.key --passphrase-fd 3 3<> wait > out 2>&1 &
pid=$!
# It is the program, not yet a copy of this shell, and it sleeps: it waits for the passphrase.
waits() { grep -q '^Name:.*denrei-keys' "/proc/$pid/status" && grep -q '^State:.*S' "/proc/$pid/status"; }
eventually waits
kill -TERM "$pid"
wait "$pid" 2> /dev/null
[ $? -gt 128 ] && [ ! -e interrupted.key ] && [ -z "$(find . -name '*interrupted*')" ]
report "a command that is stopped leaves nothing behind"
ends 1 bash -c 'trap "" XFSZ; ulimit -f 0; exec "$@"' - denrei-keys root new --holder x --out full.key --no-passphrase < /dev/null
[ ! -e full.key ]
report "a full disk leaves no file"

# ---- the directory
cat > fed.json << 'JSON'
// The test's federation.
{"federation_name": "Test", "valid_days": 200, "root_threshold": 2,
 "roots": [{"holder": "Sato", "public_key": "sato.pub"}, {"holder": "Kim", "public_key": "kim.pub"},
           {"holder": "Martin", "public_key": "martin.pub"}],
 "members": [
  {"id": "bb.two", "name": "Second", "authority_keys": ["bb.two.pub"], "roles": ["POLICE"],
   "may_send": ["MLA"], "may_receive": ["MLA", "LOST_PASSPORT"]},
  {"id": "aa.one", "name": "First \u001b[31m", "local_name": "第一", "country": "JPN", "issuing_states": ["JPN"],
   "authority_keys": ["aa.one.pub"], "may_send": ["LOST_PASSPORT", "MLA"], "may_receive": ["MLA"]},
  {"id": "cc.three", "name": "Third", "roles": ["RELAY_OPERATOR"], "authority_keys": ["cc.three.pub"]}],
 "groups": [{"id": "@sltd", "members": ["bb.two", "aa.one"]}],
 "legal_bases": [{"id": "treaty.2007", "title": "Treaty", "members": ["bb.two", "aa.one"], "kinds": ["MLA"]}],
 "log": {"origin": "test.example/log", "public_key": "relay.pub"},
 "relays": [{"endpoint": "tcp://127.0.0.1:7700", "transport_key": "relay.pub", "relay_key": "relay.pub"}],
 "witnesses": [{"name": "bb.two/witness", "public_key": "witness.pub"}], "witness_quorum": 1}
JSON

# refused NAME STATUS PATTERN... : a description changed by the sed script on standard input.
refused() {
    local name=$1 status=$2
    shift 2
    sed -f /dev/stdin fed.json > bad.json
    ends "$status" denrei-keys directory draft bad.json --out bad.dir && says "$@" && [ ! -e bad.dir ]
    report "$name"
}
refused "a control character in a name is refused, and not printed raw" 1 'members\[aa.one\].name' <<< ''
grep -q $'\x1b' "$dir/out" && failed=1
sed -i 's/ \\u001b\[31m//' fed.json
refused "broken JSON is told with line and column" 1 'line 4, column' <<< '4s/]/}/'
refused "an unknown field is told with the nearest" 1 'federation_nam' 'federation_name' <<< 's/federation_name/federation_nam/'
refused "an unknown kind is told with its place" 1 'members\[0\].may_send' 'LOST_PASSPORT' <<< '6,7s/"MLA"/"LOST_PASPORT"/'
refused "an unknown role is told" 1 'roles' <<< 's/"POLICE"/"POLITE"/'
refused "a threshold above the roots is told" 1 'root_threshold' <<< 's/"root_threshold": 2/"root_threshold": 4/'
refused "an unknown member of a group is told" 1 'groups\[@sltd\].members: bb.toe' <<< '/@sltd/s/bb.two/bb.toe/'
refused "a member twice is told" 1 'members\[bb.two\].id' <<< 's/"id": "aa.one"/"id": "bb.two"/'
refused "a wrong state is told" 1 'members\[aa.one\].country' <<< 's/"country": "JPN"/"country": "JP"/'
refused "a relay operator's witness is told" 1 'witnesses\[0\].name' <<< 's|bb.two/witness|cc.three/witness|'
refused "a quorum of none is told" 1 'witness_quorum' <<< 's/"witness_quorum": 1/"witness_quorum": 0/'
refused "a wrong endpoint is told" 1 'relays\[0\].endpoint' 'tcp://host:port' <<< 's|tcp://|http://|'
refused "a key file that is not there is told with its place" 1 'roots\[0\].public_key' 'sato.pubb' <<< 's/sato.pub/sato.pubb/'
refused "a file without a key for the use is told" 1 'roots\[0\].public_key' 'no key for this use \(root\)' <<< 's/sato.pub/aa.one.pub/'
refused "one key in two places is told" 5 'two places' <<< 's/"kim.pub"/"sato.pub"/'
refused "more than a year is told" 1 'valid_days' <<< 's/"valid_days": 200/"valid_days": 400/'
refused "two ways to say the end are refused" 1 'valid_days' <<< 's/"valid_days": 200/"valid_days": 200, "expires": "2030-01-01T00:00:00Z"/'
refused "a date without its zone is told" 1 'expires' 'RFC 3339' <<< 's/"valid_days": 200/"expires": "2030-01-01"/'
refused "a version of one's own is refused" 1 'version' <<< 's/"valid_days": 200/"version": 7/'
sed -e 's/^root A/root B/' -e t -e 's/^root ./root A/' sato.pub > slipped.pub # always another letter
refused "a slip in a public key shows" 1 'damaged' <<< 's/sato.pub/slipped.pub/'
ends 1 denrei-keys directory draft none.json --out bad.dir && says 'none.json' 'not found'
report "a description that is not there is told"

# The description in the man page, by a reader who has only that.
mkdir manual
sed -n '/^# THE DESCRIPTION/,/^# OPTIONS/{/^{/,/^}/p}' "$root/keys/denrei-keys.1.scd" > manual/federation.json
for member in jp.moj kr.moj int.oversight org.relay; do
    new authority --member "$member" --out "manual/$member.key" > "manual/$member.pub" 2>> out
done
new witness --member kr.moj --out manual/w.key > manual/kr.moj-witness.pub 2>> out
cp sato.pub kim.pub martin.pub relay.pub manual
ends 0 denrei-keys directory draft manual/federation.json --out manual/root.dir && says 'treaty.jp-kr.2007' '2 root holders'
report "the man page's description makes a directory"

mkdir sub
sed 's|"\([a-z.]*\).pub"|"../\1.pub"|g' fed.json > sub/fed.json
ends 0 denrei-keys directory draft sub/fed.json --out sub.dir
report "keys are looked for from the description's folder"
ends 0 denrei-keys directory draft fed.json --out root.dir && says 'FEDERATION' 'unsigned' '2 root holders'
report "a directory is drafted, members in any order"
ends 1 denrei-keys directory draft fed.json --out root.dir && says 'exists already'
report "a draft does not overwrite"
ends 5 denrei-keys directory check root.dir && says '0 of the 2 signatures' 'directory sign'
report "an unsigned directory does not hold"
ends 0 denrei-keys directory sign root.dir --key sato.key && says '1 of the 2' 'next holder'
report "one holder signs"
keep root.dir
ends 1 denrei-keys directory sign root.dir --key sato.key && says 'signed it already' && unchanged root.dir
report "the same holder does not sign twice"
ends 5 denrei-keys directory sign root.dir --key aa.one.key && says 'no root key' && unchanged root.dir
report "an authority's key does not sign a directory"
ends 5 denrei-keys directory sign root.dir --key pass.key --passphrase-fd 3 3<<< 'correct horse' &&
    says 'none of the directory' && unchanged root.dir
report "a stranger's root key does not sign the root file"
ends 5 denrei-keys directory check root.dir && says '1 of the 2 signatures'
report "one signature of two is not enough"
ends 0 denrei-keys directory sign root.dir --key martin.key --json && says '"signatures":2' &&
    ends 0 denrei-keys directory check root.dir && says 'federation +[0-9a-f]{64}'
report "two of three are enough"
ends 0 denrei-keys directory show root.dir && says 'aa.one' '第一|First' '@sltd' 'treaty.2007' 'signed by +2' &&
    ends 0 denrei-keys directory show root.dir --json && says '"federation_name":"Test"' '"signatures":2'
report "show prints a directory, as JSON too"
cp root.dir broken.dir
flip broken.dir 40
denrei-keys directory check broken.dir > out 2>&1
[ $? -ne 0 ] && says 'denrei-keys: '
report "a damaged directory is refused"
sed 's/"valid_days": 200/"not_before":"2024-01-01T00:00:00Z","expires":"2024-06-01T00:00:00Z"/' fed.json > old.json
denrei-keys directory draft old.json --out old.dir > out 2>&1
for holder in sato kim; do denrei-keys directory sign old.dir --key "$holder.key" >> out 2>&1; done
ends 3 denrei-keys directory check old.dir && says 'has expired' 'previous'
report "an expired directory is told, with its remedy"

ends 0 denrei-keys roster issue --member aa.one --authority aa.one.key --directory old.dir --out old.roster &&
    says 'the directory has expired'
report "an authority is told that its directory has expired"

# ---- requests
request() { # ID PURPOSE MEMBER [OPTION]...
    denrei-keys request new --member "$3" --id "$1" --purpose "$2" --federation root.dir \
        --out-key "$1.key" --out-request "$1.request" --no-passphrase "${@:4}"
}
ends 0 request o17 officer aa.one --kinds lost-passport,MLA && says 'credential aa.one/o17 [0-9a-f]{64}' &&
    [ "$(stat -c %a o17.key)" = 600 ]
report "a holder makes key and request"
ends 0 request n1 node bb.two --witness --json && says '"witness_key":"' '"credential":"'
report "a node gets a witness key as well, told as JSON"
ends 0 request y1 officer aa.on && says 'no member aa.on .did you mean aa.one' &&
    ends 0 request y2 officer bb.two --kinds lost-passport && says 'does not let bb.two send LOST_PASSPORT' &&
    ends 0 request y3 officer bb.two --kinds mla && ! grep -q Note out
report "what a roster could not take is told when the request is made"
ends 2 request x boss aa.one && says 'officer, node, auditor or operator' && [ ! -e x.request ]
report "an unknown purpose is told"
ends 2 request x officer aa.one --kinds lost-pasport && says 'did you mean lost-passport' && [ ! -e x.request ]
report "an unknown kind is told with the nearest"
ends 2 request X officer aa.one && says 'local id'
report "a wrong local id is told"
ends 2 request x officer aa.one --valid-days 0 && says 'valid-days'
report "a validity of no day is refused"
keep o17.key
ends 1 request o17 officer aa.one && unchanged o17.key
report "a request does not overwrite"
ends 1 denrei-keys request new --member aa.one --id x2 --purpose officer --federation root.dir \
    --out-key x2.key --out-request nowhere/x2.request --no-passphrase && [ ! -e x2.key ]
report "a key without its request is not left behind"
ends 0 denrei-keys request check o17.request --federation root.dir && says 'aa.one/o17' 'holds'
report "a request is checked"
ends 5 denrei-keys request check o17.request --federation sub.dir && says 'another federation|more root holders'
report "a request of another federation does not hold"
ends 1 denrei-keys request check root.dir --federation root.dir && says 'this is a directory, not a credential request'
report "a wrong file is told by what it is"

# ---- rosters
roster() { # VERB [OPTION]...: the next roster of aa.one in place of the one before
    denrei-keys roster "$1" "${@:2}" --previous aa.roster --authority aa.one.key --directory root.dir --out aa.roster
}
issue() { # MEMBER AUTHORITY OUT [OPTION]...
    denrei-keys roster issue --member "$1" --authority "$2" --directory root.dir --out "$3" "${@:4}"
}
ends 0 issue aa.one aa.one.key aa.roster --add o17.request && says 'version +1' 'o17'
report "an authority issues a roster"
ends 0 issue bb.two bb.two.key bb.roster --add n1.request --days 3 --json && says '"credentials":1' '"expires":"20'
report "another, for three days, told as JSON"
ends 5 issue aa.one bb.two.key x.roster --add o17.request && says 'no authority key of aa.one' && [ ! -e x.roster ]
report "another member's authority issues nothing"
ends 5 issue aa.one sato.key x.roster && says 'no authority key' && [ ! -e x.roster ]
report "a root key issues no roster"
ends 3 issue bb.two bb.two.key x.roster --add o17.request && says 'request of aa.one, not of bb.two' && [ ! -e x.roster ]
report "another member's request is refused"
ends 1 issue dd.four aa.one.key x.roster && says 'no such member'
report "an unknown member is told"
ends 2 issue aa.one aa.one.key x.roster --days 8 && says 'at most 7 days'
report "more than seven days are refused"
ends 0 issue aa.one aa.one.key bare.roster && says '1 +[A-Za-z0-9+/]*=, held by no credential, current'
report "a mailbox key that nobody holds is told"
ends 2 denrei-keys roster renew --authority aa.one.key --directory root.dir --out x.roster && says 'previous'
report "renewing asks for the one before"
request o18 officer aa.one --kinds suspect-alert > out 2>&1
keep aa.roster
ends 3 roster add o18.request && says 'does not let aa.one send SUSPECT_ALERT' && unchanged aa.roster
report "a kind that the directory does not grant is refused"
ends 1 roster add o17.request && says 'of this id already' && unchanged aa.roster
report "an id that is taken is refused"
request op operator aa.one > out 2>&1
ends 3 roster add op.request && says 'does not operate the relay' && unchanged aa.roster
report "only the relay's operator has operators"
request o19 officer aa.one --kinds mla > out 2>&1
ends 0 roster add o19.request && says 'version +2' 'o17' 'o19' '1 +[A-Za-z0-9+/]*=, for 2 credentials, current'
report "a credential is added"
ends 0 roster renew && says 'version +3'
report "a roster is renewed"
ends 1 roster revoke o99 && says 'no such credential'
report "an unknown credential cannot be revoked"
ends 0 roster revoke o17 --suspect-since 1042 && says 'version +4' 'SUSPECT .* since leaf 1042' 'for 1 credential, current' 'Publish'
report "a credential is revoked, with a new mailbox key"
ends 0 roster rotate && says 'version +5' '^ *3 +.*current'
report "the mailbox key is replaced"
for _ in 1 2 3 4 5 6 7; do roster rotate > out 2>&1 || failed=1; done
says '^ *10 +.*current' '^ *3 ' && ! grep -qE '^  2 ' out
report "eight mailbox keys are kept, the oldest goes"
ends 0 denrei-keys roster check aa.roster --directory root.dir && says 'version +12' &&
    ends 0 denrei-keys roster show aa.roster --directory root.dir --json && says '"version":12' '"verified":true'
report "a roster is checked and shown"
ends 1 denrei-keys roster check root.dir --directory root.dir && says 'this is a directory, not a roster'
report "a directory is no roster"
cp aa.roster forged.roster
flip forged.roster 60
denrei-keys roster check forged.roster --directory root.dir > out 2>&1
[ $? -ne 0 ] && says 'denrei-keys: '
report "a damaged roster is refused"

# ---- bundles
ends 0 denrei-keys bundle make --directory root.dir --roster aa.roster --roster bb.roster --out test.bundle &&
    says 'federation [0-9a-f]{64}' 'no roster of cc.three'
report "a bundle is made, and says what is missing"
ends 0 denrei-keys bundle check test.bundle && says 'aa.one' 'tcp://127.0.0.1:7700' &&
    ends 0 denrei-keys bundle show test.bundle --json && says '"member":"aa.one","version":12'
report "a bundle is checked and shown"
ends 1 denrei-keys bundle make --directory root.dir --roster aa.roster --roster aa.roster --out x.bundle &&
    says 'only the newest' && [ ! -e x.bundle ]
report "two rosters of one member are refused"
ends 1 denrei-keys bundle check aa.roster && says 'not an installation bundle'
report "a roster is no bundle"
ends 0 denrei-keys vkey --directory test.bundle && says '^test.example/log\+[0-9a-f]{8}\+' '^bb.two/witness\+[0-9a-f]{8}\+'
report "the verifier keys of log and witness are printed"
denrei-keys vkey --directory test.bundle > test.vkey
ends 0 denrei-keys show test.vkey && says 'of a log' 'test.example/log' 'of a witness' 'bb.two/witness' &&
    ends 0 denrei-keys show test.vkey --json && says '"of":"log"' '"fingerprint":"[0-9a-f]{16}"'
report "verifier keys are shown"

# ---- the next directory: a root holder and an authority are replaced, a key is voided
new root --holder lee --out lee.key > lee.pub 2> out
new authority --member aa.one --out aa.new.key > aa.new.pub 2> out
voided=$(awk '/^authority/ {print $2}' aa.one.pub)
sed -e 's/"Martin", "public_key": "martin.pub"/"Lee", "public_key": "lee.pub"/' -e 's/aa.one.pub/aa.new.pub/' \
    -e "s|\"witness_quorum\": 1|\"witness_quorum\": 1, \"voided_keys\": [\"$voided\"]|" -e 's/"may_send": \["MLA"\]/"may_send": []/' fed.json > next.json
ends 0 denrei-keys directory draft next.json --previous root.dir --out next.dir && says 'version 2'
report "the next version is drafted"
ends 0 denrei-keys directory compare root.dir next.dir && says 'Martin is REMOVED' 'Lee is ADDED' 'VOIDED' \
    'aa.one: authority key .* ADDED' 'bb.two: may no longer send MLA'
report "compare says in words what changed"
ends 0 denrei-keys directory compare root.dir root.dir && says 'nothing but' &&
    ends 0 denrei-keys directory compare root.dir next.dir --json && says '"changes":\['
report "compare of the same finds nothing, and has JSON"
ends 2 denrei-keys directory sign next.dir --key sato.key && says 'federation'
report "a later version asks which federation it is of"
ends 0 denrei-keys root new --holder stranger --out stranger.key --no-passphrase && keep next.dir &&
    ends 5 denrei-keys directory sign next.dir --key stranger.key --federation root.dir &&
    says 'none of the directory.s roots, nor of those of the version before' && unchanged next.dir
report "a key that is a root of neither version signs nothing"
for holder in sato martin; do denrei-keys directory sign next.dir --key "$holder.key" --federation root.dir > out 2>&1 || failed=1; done
says '1 of the 2 signatures.*own roots' '2 of the 2 signatures of the version before' 'Hand next.dir to'
report "what is still missing is told, of its own roots and of those before"
ends 5 denrei-keys directory check root.dir next.dir && says 'before, 2 of 2' 'its own, 1 of'
report "the old holders alone do not install a new one"
denrei-keys directory sign next.dir --key lee.key --federation root.dir > out 2>&1
says '2 of the 2 signatures.*own roots' 'Next: denrei-keys directory check with every version'
report "and when it is enough"
ends 0 denrei-keys directory check root.dir next.dir && says 'Every version holds'
report "old and new together do"
ends 3 denrei-keys directory check next.dir && says 'every version'
report "a later version alone is not enough"
ends 5 denrei-keys roster check aa.roster --directory root.dir --directory next.dir
report "what a voided key signed does not count any more"
denrei-keys bundle make --directory root.dir --directory next.dir --roster bb.roster --out next.bundle > out 2>&1
ends 0 denrei-keys bundle check next.bundle && says 'directory +2'
report "a bundle has every version"
ends 0 denrei-keys roster issue --member aa.one --authority aa.new.key --directory next.bundle --add o19.request --out aa2.roster &&
    says 'o19'
report "the new authority issues"
sed -e "s|, \"voided_keys\": \[[^]]*\]||" next.json > third.json
denrei-keys directory draft third.json --previous next.dir --federation root.dir --out third.dir > out 2>&1 && says VOIDED
report "what was voided stays voided without being said again"

# ---- show
for file in sato.key sato.pub o17.request root.dir aa.roster test.bundle; do
    ends 0 denrei-keys show "$file" || failed=1
    case $file in *.pub) ;; *) ends 0 denrei-keys show "$file" --json && says '"schema":1' ;; esac
    report "show knows $file"
done
ends 0 denrei-keys show o17.request && says 'NOT VERIFIED' && ends 0 denrei-keys show o17.request --federation root.dir &&
    ! grep -q 'NOT VERIFIED' out
report "show says what it did not verify"
for file in root.dir aa.roster test.bundle o17.request; do
    ends 0 denrei-keys show - < "$file" || failed=1
done
ends 0 denrei-keys show - --federation root.dir < aa.roster && says 'aa.one'
report "show reads standard input"
ends 1 denrei-keys show fed.json && says 'no file of denrei-keys'
report "show says what it does not know"
ends 1 denrei-keys show fed.json --json && says '"schema":1,"error":' '"exit":1'
report "errors have JSON"
ends 0 bash -c 'set -o pipefail; denrei-keys show root.dir | head -1'
report "a reader that goes away is no error"
ends 1 bash -c 'denrei-keys show root.dir > /dev/full'
report "standard output that cannot be written is told"
[ -z "$(find . -name '*.tmp*' -o -name '.*.key*')" ]
report "no temporary file is left"
exit "$failed"
