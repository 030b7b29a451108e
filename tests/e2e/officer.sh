#!/bin/bash
# The officer's program against the real relay: send, receive, read, track, answer, update, withdraw,
# wait while the relay is away, and what bad input gets.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
report "a federation is made"
run_relay
report "the relay starts"

lost=('documents[0].issuing_state=JPN' 'documents[0].type=PASSPORT' 'documents[0].status=STOLEN'
    instructions.actions=SEIZE_DOCUMENT 'instructions.contact.office=Passport Division'
    instructions.contact.email=sltd@mofa.example)
cat > alert.json << 'JSON'
// A comment line is allowed.
{"role":"SUSPECT","checked_not_a_victim":true,
 "names":[{"script":"HAN","language":"ja","family":"山田","given":"太郎","reading":"ヤマダ タロウ"},
          {"script":"LATIN","family":"YAMADA","given":"TARO"}],
 "dates_of_birth":["1985-03"],"nationalities":["JPN"],
 "offences":[{"category":"TRAFFICKING_IN_PERSONS","description":"Recruited \u001b[31m persons."}],
 "actions":["LOCATE"],"legal_basis":"Police Act, Article 61-3",
 "source_evaluation":"B","information_evaluation":"2","review_date":"@REVIEW@",
 "contact":{"office":"International Division","email":"icpo@npa.example"}}
JSON
sed -i "s/@REVIEW@/$(date -d '+2 years' +%F)/" alert.json
sed 's/ \\u001b\[31m//' alert.json > alert.good.json
cat > request.json << 'JSON'
{"reference":"MOJ-2026-MLA-0042",
 "request":{"channel":"CENTRAL_AUTHORITIES","requesting_authority":"Ministry of Justice of Japan",
  "contact":{"office":"International Affairs Division","email":"mla@moj.example"},
  "conducting_authority":"Tokyo District Public Prosecutors Office","proceeding":"INVESTIGATION",
  "subject_matter":"Trafficking in persons","facts":"Between 2023-01 and 2023-11 persons were recruited.",
  "dual_criminality":{"conduct":"Passports were taken and wages kept.","place":"Osaka","time":"2023",
   "own_law":"Penal Code, Article 226-2","requested_law":"The same is punished there."},
  "offences":[{"name":"Trafficking in persons","provisions":"Penal Code, Article 226-2"}],
  "assistance":[{"measure":"RECORDS","description":"Bank records of the account named in the annex.",
                 "necessity":"They show where the proceeds went."}],
  "purpose":"Evidence at trial","language":"en"}}
JSON
cat > acknowledgement.json << 'JSON'
{"reference":"KR-2026-0815","their_reference":"MOJ-2026-MLA-0042",
 "acknowledgement":{"received_on":"2026-03-08","handling_authority":"Ministry of Justice",
  "contact":{"office":"International Criminal Affairs Division","email":"mla@kr.example"}}}
JSON

# listed STATE COMMAND: the message ids, newest first.
listed() { denrei "$2" --state "$1" --offline --json | sed 's/^{"schema":1,"id":"\([^"]*\)".*/\1/'; }
newest() { listed "$1" "$2" | head -1; }

# ---- setting up
ends 0 denrei init --bundle federation.bundle --key jp.mofa-o17.key --state mofa && says 'Ready: jp.mofa/o17'
report "one command sets an officer up from bundle and key"
for officer in 'npa jp.npa-o3' 'moj jp.moj-o1' 'korea kr.moj-o5' 'interpol int.interpol-o1'; do
    denrei init --bundle federation.bundle --key "${officer#* }.key" --state "${officer% *}" 2>> out || failed=1
done
ends 1 denrei init --bundle federation.bundle --key jp.mofa-o17.key --state mofa && says 'in use'
report "a state directory that is in use is not set up again"
ends 3 denrei init --bundle federation.bundle --key int.oversight-a1.key --state wrong && says 'is for denrei-audit, not for this program' && [ ! -e wrong ]
report "a key of another purpose is refused, and nothing is left"
ends 1 denrei init --bundle jp.mofa.roster --key jp.mofa-o17.key --state wrong && says 'bundle' && [ ! -e wrong ]
report "what is no bundle is refused, and nothing is left"
chmod 644 jp.npa-o3.key
ends 1 denrei status --state npa && says 'chmod|open to others|others'
report "a key file that others can read is refused"
chmod 600 jp.npa-o3.key
ends 2 denrei send lost-pasport --state mofa && says 'did you mean lost-passport'
report "a kind that does not exist is wrong usage, told with the nearest"
ends 2 denrei inbox && says 'DENREI_STATE'
report "no state directory is guessed"
ends 0 denrei status --state mofa && says 'jp.mofa/o17' "$endpoint" 'Directory +version 1' '0 waiting'
report "status says who, which relay, which documents"
ends 0 denrei contacts --state mofa && says '外務省.*ready$' '@sltd' 'treaty.jp-kr.2007' '^org.relay.*receives nothing$'
report "contacts shows members, groups and legal bases"
ends 0 denrei template mla && says '"request"' 'Mandatory'
report "template prints a form"

# ---- one lost passport to a group
ends 0 denrei send lost-passport 'documents[0].number=TR1234567' "${lost[@]}" --to @sltd --state mofa --dry-run &&
    says 'int.interpol, kr.moj \(@sltd\)' 'TR1234567' 'dry run' && [ -z "$(listed mofa track)" ]
report "a dry run shows what would go, and stores nothing"
ends 0 denrei send lost-passport 'documents[0].number=TR1234567' "${lost[@]}" --to @sltd --state mofa && says accepted 'log entry'
report "a lost passport is accepted"
lost_id=$(newest mofa track)
ends 0 denrei inbox --state interpol && says 'jp.mofa.*lost-passport.*unread'
report "the recipient's inbox has it"
ends 0 denrei track "$lost_id" --state mofa && says 'int.interpol.delivered' 'kr.moj.not delivered'
report "the sender sees who has it and who not"
ends 0 denrei show "${lost_id:0:20}" --state interpol && says 'TR1234567' 'verified' 'jp.mofa/o17'
report "the recipient reads it by a short id"
ends 0 denrei track "$lost_id" --state mofa && says 'int.interpol.delivered.*read 20'
report "the sender sees that it was read, and when"
ends 0 denrei show "$lost_id" --state mofa && says 'TR1234567'
report "the sender can read its own message again"
ends 0 denrei send lost-passport 'documents[0].number=TR1234568' "${lost[@]}" --to int.interpol,kr.moj --state mofa
report "several members can be named"

ends 7 denrei send lost-passport 'documents[0].number=TR1234569' "${lost[@]}" --to kr.moj --state mofa --wait read --timeout 1s && says 'not all recipients' 'not delivered yet'
report "waiting for a reader in vain ends with its own code"
until [ -e enough ]; do denrei inbox --state interpol; sleep 0.2; done > /dev/null 2>&1 &
reader=$!
ends 0 denrei send lost-passport 'documents[0].number=TR1234570' "${lost[@]}" --to int.interpol --state mofa --wait delivered --timeout ${deadline_seconds}s && says 'int.interpol.delivered'
report "waiting for delivery ends when it is delivered"
touch enough
wait "$reader"

# ---- receipts, offline
ends 0 denrei receipt "$lost_id" --state mofa --verify --export m.tlog-proof --leaf m.leaf && says 'Verified offline'
report "a receipt verifies offline and is exported"
ends 0 denrei receipt --check m.tlog-proof --leaf m.leaf --state npa && says 'is entry'
report "anybody of the federation can check the exported receipt"
cp m.leaf other.leaf && printf x >> other.leaf
ends 5 denrei receipt --check m.tlog-proof --leaf other.leaf --state npa && says 'does not prove'
report "an altered leaf is not proven"

# ---- an alert in three scripts; text that could fool a terminal is refused
ends 1 denrei send suspect-alert alert.json --to kr.moj --legal-basis diffusion.jp-kr --state npa || ends 3 denrei send suspect-alert alert.json --to kr.moj --legal-basis diffusion.jp-kr --state npa
says 'offences\[0\].description' && ! grep -q $'\x1b' out
report "a control character is refused, and never reaches the terminal"
ends 0 denrei send suspect-alert - --to kr.moj --legal-basis diffusion.jp-kr --priority flash --state npa < alert.good.json
report "an alert goes from standard input"
alert_id=$(newest npa track)
ends 0 denrei inbox --state korea && says 'suspect-alert.*FLASH'
report "it arrives as FLASH"
ends 0 denrei show "$alert_id" --no-receipt --state korea && says '山田' 'ヤマダ タロウ' 'YAMADA'
ends 0 denrei track "$alert_id" --state npa && says 'kr.moj.delivered.*-.-'
report "it can be read without a receipt"
ends 0 denrei show "$alert_id" --state korea
ends 0 denrei track "$alert_id" --state npa && says 'read 20'
report "a receipt can follow"
ends 0 denrei show "$alert_id" --json --state korea && says '"schema":1' '"family":"山田"' '"state":"read"'
report "show prints JSON with a schema number"

# ---- mutual legal assistance, in a thread
ends 3 denrei send mla '{}' --to kr.moj --state moj || ends 1 denrei send mla reference=X --to kr.moj --state moj
ends 3 denrei send mla reference=MOJ-1 request.purpose=x --to kr.moj --state moj && says 'legal.basis' 'treaty.jp-kr.2007' 'request.facts'
report "a request that lacks mandatory contents is refused with all that is missing"
ends 0 denrei send mla request.json --to kr.moj --legal-basis treaty.jp-kr.2007 --state moj
report "a complete request is accepted"
mla_id=$(newest moj track)
denrei inbox --state korea > out 2>&1
ends 0 denrei reply "$mla_id" acknowledgement.json --state korea
report "the requested party acknowledges in the thread"
ends 0 denrei inbox --state moj && says 'kr.moj.*mla.*reply'
ends 0 denrei show "$(newest moj inbox)" --state moj && says "In reply to +$mla_id of jp.moj" 'treaty.jp-kr.2007' 'KR-2026-0815'
report "the reply keeps thread and legal basis"
ends 3 denrei reply "$mla_id" acknowledgement.json --state moj && says 'request'
report "the requesting party cannot acknowledge its own request"

# ---- update, withdraw
ends 0 denrei update "$lost_id" 'documents[0].additional_info=cover torn' --state mofa
report "a message is updated by naming what changes"
ends 0 denrei inbox --state interpol && says 'update' 'updated'
ends 0 denrei show "$(newest interpol inbox)" --state interpol && says 'cover torn' 'TR1234567'
report "the update carries the whole content, and replaces the original"
ends 0 denrei track --state mofa && says 'lost-passport.update.@sltd.accepted' 'lost-passport..@sltd.updated' &&
    ends 0 denrei track "$lost_id" --state mofa && says 'Updated +20.* by [0-9a-f-]{36}$'
report "its sender sees what has taken its place"
ends 3 denrei withdraw "$lost_id" --to kr.moj --state mofa && says 'int.interpol had the original' 'leave --to out' &&
    ends 3 denrei update "$lost_id" 'documents[0].additional_info=cover lost' --to kr.moj --state mofa && says 'int.interpol had the original' &&
    ends 0 denrei track --state mofa && ! grep -q refused out
report "recipients of the original that are left out are named before anything is sealed"
denrei withdraw "$lost_id" --offline --state mofa > out 2>&1
ends 0 denrei track --offline --state mofa && says 'lost-passport.withdrawal.*waiting' 'lost-passport.update.@sltd.accepted' 'lost-passport..@sltd.updated'
report "a withdrawal that waits has taken no place yet"
ends 0 denrei flush --state mofa
report "the newest of the chain is withdrawn by any of its ids"
ends 0 denrei inbox --all --state interpol && says 'withdrawal.*FLASH' 'withdrawn'
ends 0 denrei track "$(newest mofa track)" --state mofa && says 'int.interpol.*applied'
report "the withdrawal takes effect at the recipient, who says so"
ends 0 denrei show "$lost_id" --state interpol && says 'no content any more'
report "with all that was replaced before it"
ends 0 denrei track --state mofa && says 'lost-passport.withdrawal.int.interpol \+1.accepted' 'lost-passport..@sltd.withdrawn' &&
    ends 0 denrei track "$lost_id" --json --state mofa && says '"state":"withdrawn"' '"superseded_by":"'
report "nor do the sender's messages look as if they stood"
all=yes
for list in "track --state mofa" "track $lost_id --state mofa" 'inbox --all --state interpol'; do
    ends 0 script -qec "stty cols 80; denrei $list" /dev/null && says '20[0-9]{2}-|STAGE' && ! tr -d '\r' < out | grep -v '^Withdrawn ' | grep -E '^.{81}' || { all=no && break; }
done
[ $all = yes ]
report "tables fit a terminal of 80 columns"
ends 0 denrei show "$lost_id" --state mofa && says 'Withdrawn +20' 'content has ended' && ! grep -rqa 'cover torn' mofa interpol
report "and the sender keeps no copy either"
denrei init --bundle federation.bundle --key int.interpol-o1.key --state late > out 2>&1
ends 0 denrei inbox --all --state late && ends 0 denrei show "$lost_id" --state late && says 'no content any more'
report "who comes later gets no body of it"
ends 1 denrei withdraw "$lost_id" --state mofa && says 'has been withdrawn'
report "what was withdrawn is not withdrawn again"

# ---- the relay away
stop relay KILL
ends 4 denrei send lost-passport 'documents[0].number=TR7654321' "${lost[@]}" --to @sltd --state mofa && says 'stored and waits' 'denrei flush'
report "with the relay away a message is stored, and says so"
away_id=$(newest mofa track)
ends 4 denrei flush --state mofa && says 'nobody listens' '^1 waits'
report "flush without a relay says that none can be reached, and what still waits"
ends 4 denrei inbox --state interpol && says 'TR|lost-passport' 'nobody listens' 'Incomplete since 20'
report "the inbox shows what is here, since when it is incomplete, and that the relay was not reached"
run_relay
ends 0 denrei flush --wait ${deadline_seconds}s --state mofa
ends 0 denrei track "$away_id" --state mofa && says 'Accepted'
report "flush sends it when the relay is back"
ends 0 denrei flush --state mofa && ends 0 denrei inbox --json --state interpol && [ "$(grep -c "$away_id" out)" -eq 1 ]
report "it arrives once"
stop relay KILL
denrei send lost-passport 'documents[0].number=TR7654322' "${lost[@]}" --to @sltd --state mofa > out 2>&1
run_relay
ends 0 denrei track --state mofa && says 'lost-passport.*accepted' && ! grep -q waiting out
report "any later command sends what waits"

# ---- newer documents: sealed again under the same id
stop relay KILL
denrei send lost-passport 'documents[0].number=TR7654323' "${lost[@]}" --to @sltd --state mofa > out 2>&1
stale_id=$(newest mofa track)
run_relay
denrei-keys roster renew --authority authority-kr.moj.key --directory root.dir --previous kr.moj.roster --out kr.2.roster > out 2>&1
ends 0 denrei publish kr.2.roster --state korea && says 'roster version 2 of kr.moj is document' 'from now on'
report "an officer carries a signed roster to the relay"
ends 0 denrei publish kr.2.roster --state korea && says 'was there already$'
report "one that the log has already is told so"
ends 0 denrei publish kr.moj.roster --state korea && says 'version 1 of kr.moj' 'version 2 has taken its place'
report "so is one that is not in force any more"
ends 0 denrei flush --state mofa && ends 0 denrei track "$stale_id" --state mofa && says 'Accepted'
report "a message that waited is sealed again for the newer roster, under the same id"
ends 0 denrei inbox --state korea && ends 0 denrei show "$stale_id" --state korea && says 'TR7654323'
report "its recipient opens it"
ends 1 denrei publish federation.json --state korea && says 'no signed document'
report "what is no signed document is not published"

# ---- a group whose members are others by now
old_bundle() {
    denrei-keys bundle make --directory root.dir --roster jp.mofa.roster --roster int.interpol.roster --out old.bundle &&
        denrei init --bundle old.bundle --key jp.mofa-o17.key --state old
}
ends 0 old_bundle && ends 0 denrei send lost-passport 'documents[0].number=TR7654324' "${lost[@]}" --to @sltd --dry-run --state old &&
    says 'To +int.interpol \(@sltd\)' 'kr.moj of @sltd does not get it: it has no roster'
report "who of a group would get nothing is told"
ends 0 denrei send lost-passport 'documents[0].number=TR7654324' "${lost[@]}" --to @sltd --state old &&
    says 'Sent to int.interpol, kr.moj \(@sltd\)' && ! grep 'does not get' out
report "a member of a group that is new to the sender gets the message too"

# ---- bad input
ends 2 denrei send lost-passport 'documents[0].number=TR1234567' "${lost[@]}" --to kr.mooj --state mofa && says 'did you mean kr.moj'
report "an unknown recipient gets the nearest names"
ends 2 denrei send lost-passport 'documents[0].number=TR1234567' 'documents[0].check_digit=9' "${lost[@]}" --to kr.mooj --dry-run --state mofa &&
    says 'did you mean kr.moj' 'check_digit'
report "and what is wrong with the content, in one report"
ends 2 denrei send lost-passport 'documents[0].number=TR1234567' "${lost[@]}" --to @sltd --expires 5m --state mofa && says '--expires' '1h or more'
report "an expiry that leaves no time to fetch is told by its option"
ends 2 denrei send lost-passport 'documents[0].number=TR1234567' "${lost[@]}" --to @sltd --expires 30000d --state mofa &&
    says '--expires: a lost-passport lives for [0-9]+ days at most' 'use [0-9]+d or less' && [ "$(grep -c 'denrei:' out)" -eq 1 ]
report "one beyond the kind's longest is told once, with the limit"
ends 3 denrei send lost-passport 'documents[0].number=TR1234567' 'documents[0].check_digit=9' "${lost[@]}" --to @sltd --state mofa && says 'check_digit' '9' '2'
report "a wrong check digit is named"
printf '{"documents":\n [x]}' > bad.json
ends 1 denrei send lost-passport bad.json --to @sltd --state mofa && says 'bad.json, line 2, column'
report "wrong JSON gets line and column"
ends 1 denrei send lost-passport 'documents[0].numbr=1' --to @sltd --state mofa && says 'numbr' 'number'
report "an unknown field gets its path and the nearest name"
ends 1 denrei show ffffffff --state mofa && says 'no such message'
report "an unknown id is told"
ends 1 denrei send lost-passport bad.json --to @sltd --state mofa --json && says '"schema":1' '"code":"FORMAT"' '"exit":1'
report "errors are JSON on demand"
ends 2 denrei send lost-passport --to @sltd --state mofa && says 'template'
report "no content is wrong usage"
ends 3 denrei send mla request.json --to kr.moj --legal-basis treaty.jp-kr.2007 --state mofa && says 'does not grant'
report "a member without the right to a kind is refused before anything leaves"
denrei track --state mofa 2> out | head -1 > /dev/null
[ "${PIPESTATUS[0]}" -eq 0 ] && [ ! -s out ]
report "a closed standard output is no error"

# ---- strangers and forgers
certify jp.mofa o99 officer --kinds lost-passport > out 2>&1
denrei-keys roster issue --member jp.mofa --authority authority-jp.mofa.key --directory root.dir --add jp.mofa-o99.request --out stranger.roster >> out 2>&1
rosters=()
for member in $members; do [ "$member" = jp.mofa ] || rosters+=(--roster "$member.roster"); done
denrei-keys bundle make --directory root.dir "${rosters[@]}" --roster stranger.roster --out stranger.bundle >> out 2>&1
denrei init --bundle stranger.bundle --key jp.mofa-o99.key --state stranger >> out 2>&1
ends 3 denrei status --state stranger && says 'does not admit this key'
report "a key that the relay does not know is told so"
rm -f mofa/officer.db-*
head -c 20000 federation.bundle > mofa/officer.db
ends 5 denrei track --state mofa && says damaged
report "a damaged store is told"

stop relay TERM
exit "$failed"
