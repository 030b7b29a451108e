#!/bin/bash
# Attachments with the real programs: a photograph and a PDF of several chunks, cut off and resumed
# in both directions, spoiled at the relay in every way, of the wrong type, over the quota, and gone
# when their message is.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
sed -i 's/^#upload_mib = .*/upload_mib = 12/' relay/denreid.conf
report "a federation is made, with a small quota for uploads"
run_relay
report "the relay starts"
set_up_officer jp.npa o3
set_up_officer int.interpol o1

# A PNG of one pixel; a PDF with a body that is not the same in any two chunks.
base64 -d > face.png << 'PNG'
iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
PNG
make_pdf() { { printf '%%PDF-1.4\n'; head -c "$2" /dev/urandom; printf '\n%%%%EOF\n'; } > "$1"; }
make_pdf file.pdf 5000000
cat > alert.json << JSON
{"role":"SUSPECT","checked_not_a_victim":true,
 "names":[{"script":"LATIN","family":"YAMADA","given":"TARO"}],
 "dates_of_birth":["1985-03"],"nationalities":["JPN"],
 "offences":[{"category":"TRAFFICKING_IN_PERSONS","description":"Recruited persons."}],
 "actions":["LOCATE"],"legal_basis":"Police Act, Article 61-3",
 "source_evaluation":"B","information_evaluation":"2","review_date":"$(date -d '+2 years' +%F)",
 "contact":{"office":"International Division","email":"icpo@npa.example"}}
JSON
alert() { denrei send suspect-alert alert.json --to int.interpol --state jp.npa "$@"; }
fetch() { denrei attachment "$@" --state int.interpol; }
files() { ls relay/attachments | wc -l; }

# ---- there and back
check 0 "an alert goes with a photograph and a PDF" 'accepted' -- alert --attach face.png,file.pdf
id=$(newest_of jp.npa)
[ "$(files)" = 2 ] && [ -z "$(ls jp.npa/outbox)" ] && [ "$(stat -c %a relay/attachments/*_00)" = 600 ]
report "the relay has two files, mode 0600, and the outbox is empty"
! grep -qF IHDR relay/attachments/*_00 && ! grep -qF '%PDF' relay/attachments/*_01
report "what they hold is not what was attached"
check 0 "the recipient fetches the message" 'unread' -- denrei inbox --state int.interpol
check 0 "show lists them, and no key" 'face.png' 'image/png' 'file.pdf' 'application/pdf' \
    -- denrei show "$id" --state int.interpol
! grep -qi '^ *key' out
report "and prints no key"
check 0 "the photograph is fetched" 'every chunk was verified' -- fetch "$id" 1 --out got.png
check 0 "the PDF is fetched" 'application/pdf' -- fetch "$id" 2 --out got.pdf
cmp face.png got.png && cmp file.pdf got.pdf && [ "$(stat -c %a got.pdf)" = 600 ] && ! ls .denrei-* 2> /dev/null
report "both are what was sent, and nothing is left beside them"
check 1 "a file that is there is not overwritten" 'not overwritten' -- fetch "$id" 2 --out got.pdf
cmp -s file.pdf got.pdf
report "and stays as it was"
check 2 "which of several must be said" 'attachments 1 to 2' -- fetch "$id" --out x
check 2 "a number that there is not is refused" 'attachments 1 to 2' -- fetch "$id" 3 --out x
check 0 "the sender can fetch its own" 'image/png' -- denrei attachment "$id" 1 --out own.png --state jp.npa
cmp face.png own.png
report "and gets what it sent"

# ---- cut off and resumed
run_cut() { # PATTERN-OF-PROGRESS COMMAND...: kills the relay when the command has said so
    local pattern=$1
    shift
    "$@" > cut.out 2>&1 &
    local pid=$!
    eventually grep -qE "$pattern" cut.out
    stop relay KILL
    wait "$pid"
}
make_pdf large.pdf 5000000 && for i in 1 2 3 4; do cat large.pdf; done > more && make_pdf tail.pdf 400 &&
    cat more tail.pdf > large.pdf && rm more tail.pdf
sed -i 's/^upload_mib = .*/upload_mib = 64/' relay/denreid.conf
stop relay TERM; run_relay
# Both ends slowed down, so that there is a middle in which to cut.
run_cut 'sending attachment 30 %' strace -f -q -e trace=pread64 -e inject=pread64:delay_exit=60000 -o /dev/null \
    denrei send suspect-alert alert.json --to int.interpol --state jp.npa --attach large.pdf
big=$(newest_of jp.npa)
[ "$(ls jp.npa/outbox | wc -l)" = 1 ] && [ "$big" != "$id" ] && grep -q 'waits' cut.out
report "a relay that dies under an upload leaves it waiting, encrypted once"
sum=$(sha256sum < jp.npa/outbox/*)
run_relay
check 0 "flush goes on with it" -- denrei flush --state jp.npa
grep -E 'attachment.resumed .*chunks=[1-9]' relay.log > /dev/null
report "from the chunks that the relay had"
prints "log entry" denrei track "$big" --state jp.npa --offline && [ -z "$(ls jp.npa/outbox)" ] && [ -n "$sum" ]
report "it is accepted, and the outbox is empty"
denrei inbox --state int.interpol > out 2>&1
run_cut 'fetching attachment 30 %' strace -f -q -e trace=pwrite64 -e inject=pwrite64:delay_exit=60000 -o /dev/null \
    denrei attachment "$big" --out large.got --state int.interpol
[ ! -e large.got ] && [ -s .denrei-"$big"-1.part ] && [ "$(stat -c %a .denrei-"$big"-1.part)" = 600 ]
report "a fetch that is cut leaves its part, and not the file"
before=$(stat -c %s .denrei-"$big"-1.part)
run_relay
check 0 "the same command goes on" 'every chunk was verified' -- fetch "$big" --out large.got
cmp large.pdf large.got && [ "$before" -gt 1044479 ]
report "and the file is whole"
denrei attachment "$big" --out part.got --state int.interpol > /dev/null 2>&1
head -c 3000000 large.pdf | tr '\0-\177' '\1-\200' > .denrei-"$big"-1.part
check 0 "a part that was altered is fetched again" 'every chunk was verified' -- fetch "$big" --out again.got
cmp -s large.pdf again.got
report "and the file is right"

# ---- spoiled at the relay: the chunk is named
stored=$(ls relay/attachments/*_"$(tr -d - <<< "$id")"_01)
cp "$stored" good
chunk=1044497 data=4096
spoil() { # NAME PATTERN: the stored file was spoiled; put it right after
    check 5 "$1" "$2" -- fetch "$id" 2 --out spoiled
    [ ! -e spoiled ] || report "no file appears"
    rm -f .denrei-*; cat good > "$stored"
}
at() { dd if=good bs=1 skip=$((data + $1 * chunk)) count=$chunk iflag=fullblock status=none 2> /dev/null; }
over() { dd of="$stored" bs=1M seek=$((data + $1 * chunk)) oflag=seek_bytes conv=notrunc status=none; }
part() { tail -c +$((data + $1 * chunk + 1)) good | head -c $chunk; }
flip "$stored" $((data + 2 * chunk + 77))
spoil "a chunk that was altered is named" 'chunk 3 of 5 is not the one that was sealed'
part 1 | over 2
spoil "one that is repeated is named" 'chunk 3 of 5 is not the one that was sealed'
part 1 | over 3; part 3 | over 1
spoil "of two that were swapped the first is named" 'chunk 2 of 5 is not the one that was sealed'
truncate -s $((data + 3 * chunk + 500)) "$stored"
check 3 "where the file is cut off, the chunk is named" 'chunk 4 of 5 is missing at the relay' -- fetch "$id" 2 --out spoiled
grep -q 'attachment.damaged .*number=2 chunk=4' relay.log
report "and the operator is told"
rm -f .denrei-*; cat good > "$stored"
flip "$stored" 70
spoil "a leaf hash that was altered convinces nobody" 'chunk . of 5 is not the one that was sealed'
stop relay TERM; run_relay # which has open what it has served

# ---- bad input
echo 'not a picture' > fake.jpg
cp face.png fake.pdf
cp face.png face.jpeg
head -c 40 face.png > cut.png
: > empty.txt
cp /bin/true tool.txt
before=$(ids_of jp.npa | wc -l)
check 1 "an image that is not one is told" 'fake.jpg: its name and its content do not agree: its content is a plain text' -- alert --attach fake.jpg
check 1 "so is a PDF that is an image" 'fake.pdf: .*a PNG image' -- alert --attach fake.pdf
check 1 "and an image of another kind" 'face.jpeg: .*a PNG image' -- alert --attach face.jpeg
check 1 "an image that was cut off is told" 'cut.png: it begins as a PNG image but does not end as one' -- alert --attach cut.png
check 1 "an empty file is told" 'it is empty' -- alert --attach empty.txt
check 1 "a program by another name is told" 'tool.txt: .*its content is application' -- alert --attach tool.txt
check 1 "a type that is not on the list is told" 'federation.json: its name does not end' -- alert --attach federation.json
check 1 "a folder is told" 'not a plain file|cannot be opened' -- alert --attach relay
check 1 "a file that there is not is told" 'none.pdf: it cannot be opened' -- alert --attach none.pdf
check 1 "all files are told of at once" 'fake.jpg' 'none.pdf' -- alert --attach fake.jpg --attach none.pdf
check 3 "two files of one name are told" 'same name' -- alert --attach face.png,./face.png
check 1 "attachments are not typed" 'name the files: --attach' -- denrei send suspect-alert alert.json 'attachments[0].name=x' --to int.interpol --state jp.npa
set_up_officer jp.mofa o17
check 2 "a kind without attachments says so" 'no file goes with a lost-passport' -- lost_passport TK1234567 --attach face.png
[ "$(ids_of jp.npa | wc -l)" = "$before" ] && [ -z "$(ls jp.npa/outbox)" ]
report "and none of it left anything behind"
check 0 "a dry run looks at the files" 'face.png' 'Nothing was sent' -- alert --attach face.png --dry-run
[ -z "$(ls jp.npa/outbox)" ]
report "and encrypts nothing"

# ---- full disks
before=$(ids_of jp.npa | wc -l)
check 1 "a disk that is full while a file is encrypted is told" 'the disk is full' \
    -- strace -f -q -o /dev/null -e trace=fallocate -e inject=fallocate:error=ENOSPC \
    denrei send suspect-alert alert.json --to int.interpol --state jp.npa --attach file.pdf
[ "$(ids_of jp.npa | wc -l)" = "$before" ] && [ -z "$(ls jp.npa/outbox)" ]
report "and nothing is stored or left"
check 1 "a disk that fills under a fetch is told, with how far it came" 'the disk is full after [0-9]+ of [0-9]+ bytes' 'goes on where it stopped' \
    -- strace -f -q -o /dev/null -P "$PWD/.denrei-$id-2.part" -e trace=pwrite64 \
    -e inject=pwrite64:error=ENOSPC:when=3+ denrei attachment "$id" 2 --out full.got --state int.interpol
[ ! -e full.got ]
report "there is no file"
check 0 "with room again it goes on" 'every chunk was verified' -- fetch "$id" 2 --out full.got
cmp file.pdf full.got
report "and is right"

# ---- a node
denrei-node init --bundle federation.bundle --key int.interpol-n1.key --state node > out 2>&1
start node denrei-node run --state node --attachments files
# in FOLDER FILE NUMBER: whether attachment NUMBER of the message lies there as FILE.
lies() { cmp "$2" files/jp.npa_"$1"_"$3"; }
eventually lies "$id" file.pdf 2.pdf && lies "$id" face.png 1.png && eventually lies "$big" large.pdf 1.pdf ||
    { cat node.log >> out; false; }
report "a node fetches the files of messages in force"
check 1 "beside a running node nobody fetches" 'run --attachments' -- denrei-node attachment "$id" 1 --out node.png --state node
rm files/jp.npa_"$id"_1.png
stop node TERM
start node denrei-node run --state node --attachments files
eventually lies "$id" face.png 1.png
report "what is missing there comes again"

# ---- quota, waiting, withdrawal
sed -i 's/^upload_mib = .*/upload_mib = 4/' relay/denreid.conf
stop relay TERM; run_relay
check 4 "more than the quota is refused, and waits" 'QUOTA' -- alert --attach file.pdf
sed -i 's/^upload_mib = .*/upload_mib = 64/' relay/denreid.conf
stop relay TERM
before=$(files)
check 4 "without a relay it waits, encrypted" 'waits' -- alert --attach face.png
[ "$(ls jp.npa/outbox | wc -l)" = 2 ]
report "both lie in the outbox"
run_relay
check 0 "both go when they can" -- denrei flush --state jp.npa
[ "$(files)" = $((before + 2)) ] && [ -z "$(ls jp.npa/outbox)" ]
report "and are at the relay"
check 0 "an update without its files says so" 'do not go with this one' -- denrei update "$id" whereabouts=Osaka --state jp.npa
check 0 "the message is withdrawn" 'accepted' -- denrei withdraw "$id" --state jp.npa
gone() { ! ls relay/attachments/*_"$(tr -d - <<< "$id")"_* 2> /dev/null; }
eventually gone
report "its files are erased with its body"
eventually eval '! ls files/jp.npa_"$id"_* 2> /dev/null'
report "and at the node"
lies "$big" large.pdf 1.pdf
report "others stay"
stop node TERM
check 0 "a stopped node fetches one by order" 'node.pdf' -- denrei-node attachment "$big" --out node.pdf --state node
cmp large.pdf node.pdf
report "and it is whole"
denrei inbox --state int.interpol > out 2>&1
check 1 "the recipient has it no more" 'attachments with it' -- fetch "$id" 1 --out late.png
: > relay/attachments/jp.npa_"$(printf '0%.0s' {1..32})"_00
cp good relay/attachments/jp.npa_"$(tr -d - <<< "$id")"_05
cp good relay/attachments/jp.npa_"$(printf '1%.0s' {1..32})"_00
touch -d '2 days ago' relay/attachments/jp.npa_1*
stop relay KILL; run_relay
eventually logged relay 'attachment.swept .*why="its message has ended' && logged relay 'why="it was never submitted' > out
report "what a crash left of erased messages, and old uploads, is swept at the start"
set_up_auditor
check 0 "an auditor replays a log with attachments" -- denrei-audit replay --state audit
stop relay TERM
check 0 "the store is whole" 'The store is whole.* 3 attachments' -- denreid check --state relay
stored=$(ls relay/attachments/*_"$(tr -d - <<< "$big")"_00)
flip "$stored" $((data + 2 * chunk + 5))
check 5 "a chunk that was damaged is named by the check" 'entry [0-9]+: chunk 3 of attachment 1 is damaged' -- denreid check --state relay
rm "$stored"
check 5 "and an attachment that is missing" 'attachment 1 is missing' -- denreid check --state relay
exit "$failed"
