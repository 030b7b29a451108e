#!/bin/bash
# Lists of documents from elsewhere: imported whole or not at all, hits on them, damage of many
# kinds, a full disk, a kill in the middle, two imports at once; a list that is old, damaged or
# gone lets nobody be called clear.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
run_relay && set_up_officer jp.mofa o17 && start_node int.interpol && start_node kr.moj
report "a federation, its relay and two nodes"
state=node-int.interpol
export DENREI_STATE=$state
eventually prints 'NO HIT' denrei-node screen XX0000001 JPN
report "no hit is said once a quorum has confirmed the log"

# ---- a list and hits on it
names=DIN,Issuing-Country,type,fraud_type,date_of_issue,date_of_expiry,stolen_on,national_reference
cat > sltd.csv << 'CSV'
DIN,Issuing-Country,type,fraud_type,date_of_issue,date_of_expiry,stolen_on,national_reference
TK1234567,JPN,PASSPORT,stolen from bearer,2021-05-20,2031-05-20,2026-03,MOFA-2026-1
C01X00T47,DEU,P,lost by bearer,20210520,20310520,2026-03-01,
AB8012345,GBD,identity document,revoked,,,2026-01-02,"X/1"
CSV
check 0 "a trial imports nothing" '3 records could be' -- denrei-node import sltd.csv --dry-run
check 0 "and leaves nothing" -- test ! -e $state/imports
check 0 "a list is imported under its file's name" 'sltd: 3 documents' -- denrei-node import sltd.csv
check 10 "a document in it is a hit that names list and owner" HIT 'Owner: jp.mofa' 'List: sltd' \
    'MOFA-2026-1' -- denrei-node screen TK1234567 JPN
check 10 "JSON has the list, the owner and the reason" '"list":"sltd"' '"owner":"jp.mofa"' \
    '"score":100' '"why":"number and issuing state are the same"' '"documents":3' -- \
    denrei-node screen TK1234567 JPN --json
check 10 "ISO's code for Germany is Doc 9303's" 'HIT' -- denrei-node screen C01X00T47 D
check 10 "what readers confuse is a hit with a lower score" 'Score: 70' '8 for B at place 3' -- \
    denrei-node screen ABBO12345 GBD
check 10 "so is another code of the same issuer" 'Score: 85' 'under GBD' -- \
    denrei-node screen AB8012345 GBR
check 0 "others are clear, and the list's date is told" 'NO HIT' 'List sltd: 3 documents' -- \
    denrei-node screen TK1234568 JPN
check 0 "lists are listed" $'sltd\t3\t' GOOD -- denrei-node import list
check 0 "a message with a document" Accepted -- \
    lost_passport TR1234S67 --wait delivered --timeout ${deadline_seconds}s
check 10 "which is compared for confusions too" 'Score: 80' 'S for 5 at place 7' -- denrei-node screen TR1234567 JPN

# ---- damaged lists: each row is named, the rest is taken
cat > many.csv << 'CSV'
din;issuing_country;type;fraud;remark
GOOD00001;JPN;PASSPORT;LOST;
BAD!;JPN;PASSPORT;LOST;
GOOD00002;XYZ;PASSPORT;LOST;
GOOD00003;JPN;PASPORT;LOST;
GOOD00004;JPN;PASSPORT;MISLAID;
GOOD00005;JPN;PASSPORT
;JPN;PASSPORT;LOST;
GOOD00006;JPN;PASSPORT;LOST;"two
lines"
GOOD00007;JPN;"PASS"PORT;LOST;
GOOD00008;JPN;PASSPORT;LOST;
GOOD00009;JPN;PASSPORT;LOST;
GOOD00010;JPN;PASSPORT;LOST;"never closed
CSV
check 1 "a column that is not known is named, with what to do" 'line 1, column 5' 'skip-column' -- \
    denrei-node import many.csv
check 3 "a list of which most is damaged is not taken" 'nothing was imported' 'line 3, column 1' -- \
    denrei-node import many.csv --skip-column remark --rejects /dev/shm/denrei.$$.rejects
rm -f /dev/shm/denrei.$$.rejects
for i in {1..9}; do echo "MORE0000$i;JPN;PASSPORT;LOST;"; done > more
sed -i '2r more' many.csv
check 6 "damaged rows are rejected by line, column and rule" 'line 12, column 1 \(din\)' \
    'line 13, column 2 \(issuing_country\)' 'line 14, column 3 \(type\)' \
    'line 15, column 4 \(fraud_type\)' 'line 16: the row has 3 fields' 'mandatory field' \
    'line 20, column 3 .*: a quote' 'line 23, column 5: a quote' '8 rows rejected' 'many: 13 documents' -- \
    denrei-node import many.csv --skip-column remark
check 0 "and stand with the reason in a file that can be corrected" \
    'BAD!;JPN;PASSPORT;LOST;;"line 12, column 1' 'rejected_because' -- cat many.csv.rejects.csv
check 1 "which is not written over" 'there already' -- denrei-node import many.csv --skip-column remark
sed -n '1,2s/BAD!/BADNESS1/p' many.csv.rejects.csv | sed '1{h;s/.*/din;issuing_country;type;fraud;remark;rejected_because/p;g}' > fixed.csv
check 0 "corrected rows are added" 'many: 14 documents' -- \
    denrei-node import fixed.csv --source many --add --skip-column remark
check 10 "and hit" HIT -- denrei-node screen BADNESS1 JPN
printf '\xff\xfed\0i\0n\0' > utf16.csv
check 1 "UTF-16 is named" 'UTF-16' -- denrei-node import utf16.csv
check 1 "an empty list too" 'empty' -- denrei-node import - --source empty < /dev/null
check 1 "a folder is none" 'directory' -- denrei-node import relay --source relay
check 2 "standard input needs a name" -- denrei-node import - < sltd.csv
printf '\xef\xbb\xbf%s\r\nTK7654321,JPN,PASSPORT,LOST,,,,\r\n' "$names" > bom.csv
check 0 "a byte order mark and CR LF do no harm" 'bom: 1 documents' -- denrei-node import bom.csv
check 0 "a list is dropped" dropped -- denrei-node import drop bom
check 0 "and hits no more" 'NO HIT' -- denrei-node screen TK7654321 JPN
check 1 "one that is not there is named" 'no such list' -- denrei-node import drop bom

# ---- all or nothing
generate() { # ROWS
    awk -v rows="$1" 'BEGIN { print "din,issuing_country,type,fraud_type"
        for (i = 0; i < rows; i++) printf "ZZ%07d,JPN,PASSPORT,STOLEN\n", (i * 7368787) % 9999991 }'
}
generate 2000000 > big.csv
denrei-node import big.csv --source sltd > killed.out 2>&1 &
killed=$!
eventually test -e $state/imports/lock && sleep 0.3
check 1 "a second import at once is refused" 'another import is running' "process $killed" -- \
    denrei-node import sltd.csv
kill -KILL $killed
wait $killed 2> /dev/null
check 10 "an import that is killed changes nothing" HIT -- denrei-node screen TK1234567 JPN
check 0 "nor is anything of it on record" 'NO HIT' -- denrei-node screen ZZ0000000 JPN
mkdir full
if mount -t tmpfs -o size=48m none full 2> /dev/null; then
    cp -a $state/. full/ 2> /dev/null
    check 1 "a disk that fills is told, and nothing changes" 'disk is full' -- \
        denrei-node import big.csv --source sltd --state full
    check 10 "the list is as it was" HIT -- denrei-node screen TK1234567 JPN --state full
    umount full
else
    ( ulimit -f 20000; trap '' XFSZ; exec denrei-node import big.csv --source sltd ) > out 2>&1
    [ $? -eq 1 ] && says 'disk is full'
    report "a file that may not grow is told as a full disk, and nothing changes"
fi
[ "$(ls $state/imports | grep -c '^sltd')" -eq 1 ]
report "one generation of each list is kept"
check 0 "then it goes through" 'sltd: 2000000 documents' -- denrei-node import big.csv --source sltd
check 10 "and hits" HIT -- denrei-node screen ZZ0000000 JPN
check 0 "what the list has no more is clear" 'NO HIT' -- denrei-node screen TK1234567 JPN
check 3 "a list that lost most of it is refused" 'nothing was imported' 'allow-smaller' -- \
    denrei-node import sltd.csv
check 0 "unless that is meant" 'sltd: 3 documents' -- denrei-node import sltd.csv --allow-smaller

check 0 "what is past its review date can be erased at once" '0 records' -- denrei-node import erase

# ---- no clear without sound and fresh lists
check 0 "an old list" -- denrei-node import sltd.csv --as-of 2026-01-01T00:00:00Z --max-age 30d
check 11 "lets nobody be called clear" 'CANNOT SAY' 'sltd is of 2026-01-01 and too old' -- \
    denrei-node screen TK1234568 JPN
check 10 "but hits" HIT -- denrei-node screen TK1234567 JPN
start serve denrei-node serve --listen "unix:$PWD/screen.sock"
health() { curl -s --unix-socket screen.sock http://localhost/v1/health; }
eventually prints '"status":"CANNOT_SAY"' health && prints 'sltd is of 2026-01-01 and too old' health
report "which the API's health says too"
check 0 "a new one does" -- denrei-node import sltd.csv
check 0 "at once" 'NO HIT' -- denrei-node screen TK1234568 JPN
eventually prints '"status":"FRESH"' health
report "for the API as well"
stop serve TERM
file=$(ls $state/imports/sltd.*.list)
cp "$file" kept
flip "$file" 1100
check 11 "a damaged list says nothing" 'CANNOT SAY' 'sltd is damaged or missing' -- \
    denrei-node screen TK1234568 JPN
check 11 "nor what it had" -- denrei-node screen TK1234567 JPN
cp kept "$file" && truncate -s 1024 "$file"
check 11 "nor does one that was cut" 'sltd is damaged or missing' -- denrei-node screen TK1234568 JPN
rm "$file"
check 11 "nor does one that is gone" 'sltd is damaged or missing' -- denrei-node screen TK1234568 JPN
check 0 "it is listed as such" UNREADABLE -- denrei-node import list
check 0 "importing it again mends it" -- denrei-node import sltd.csv
check 0 "for good" 'NO HIT' -- denrei-node screen TK1234568 JPN
exit $failed
