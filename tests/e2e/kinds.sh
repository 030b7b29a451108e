#!/bin/bash
# All eight kinds, each from its form to the recipient's screen and back, by the real programs; and
# what a kind's row forbids, refused by the sender's own program and, when a hostile officer skips
# that, by the relay.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
report "a federation is made"
run_relay
report "the relay starts"
set_up_officer jp.mofa o17 && set_up_officer jp.npa o3 && set_up_officer jp.moj o1 &&
    set_up_officer kr.moj o5 && set_up_officer int.interpol o1
report "five officers are set up"
today=$(date -u +%F)
soon=$(date -u -d '+20 days' +%F)
contact='{"office":"Duty desk","email":"desk@agency.example"}'

cat > lost-passport.json << JSON
{"documents":[{"number":"TR1234567","issuing_state":"JPN","type":"PASSPORT","status":"STOLEN"}],
 "instructions":{"actions":["CONTACT_OWNER"],"contact":$contact}}
JSON
cat > suspect-alert.json << JSON
{"role":"BROKER","checked_not_a_victim":true,"names":[{"script":"LATIN","family":"YAMADA","given":"TARO"}],
 "offences":[{"category":"TRAFFICKING_IN_PERSONS","description":"Recruits with false promises."}],
 "actions":["LOCATE"],"legal_basis":"Police Act, Article 61-3","source_evaluation":"B",
 "information_evaluation":"2","review_date":"$soon","contact":$contact}
JSON
cat > mla.json << JSON
{"reference":"MOJ-2026-MLA-0042",
 "request":{"channel":"CENTRAL_AUTHORITIES","requesting_authority":"Ministry of Justice of Japan",
  "contact":$contact,"conducting_authority":"Tokyo District Public Prosecutors Office",
  "proceeding":"INVESTIGATION","subject_matter":"Trafficking in persons","facts":"Persons were recruited in 2023.",
  "dual_criminality":{"conduct":"Passports were taken.","place":"Osaka","time":"2023",
   "own_law":"Penal Code, Article 226-2","requested_law":"The same is punished there."},
  "offences":[{"name":"Trafficking in persons","provisions":"Penal Code, Article 226-2"}],
  "assistance":[{"measure":"RECORDS","description":"Bank records of the account.","necessity":"They show the proceeds."}],
  "purpose":"Evidence at trial","language":"en"}}
JSON
cat > mla.answer << JSON
{"reference":"KR-2026-0815","their_reference":"MOJ-2026-MLA-0042",
 "acknowledgement":{"received_on":"$today","handling_authority":"Ministry of Justice","contact":$contact}}
JSON
cat > screening-hit.json << JSON
{"report":{"subject":"DOCUMENT","document":{"number":"TR1234567","issuing_state":"JPN","type":"PASSPORT"},
 "score":100,"reason":"number and issuing state are the same",
 "meeting":{"type":"AIRPORT","place":"Incheon Airport","country":"KOR","at":"${today}T00:00:00Z"},
 "actions":["NOTHING_YET"],"data":{"list":"sltd","list_as_of":"${today}T00:00:00Z"},"contact":$contact}}
JSON
cat > screening-hit.answer << JSON
{"confirmed":{"actions":["SEIZE_DOCUMENT"],"contact":$contact}}
JSON
cat > organisation-notice.json << JSON
{"reference":"OTIT-2026-17","report":{"organisation":{"kind":"SENDING_ORGANISATION","names":["Hanil Manpower"],"country":"KOR",
  "licence":"KR-0042"},"programme":"TECHNICAL_INTERN",
 "acts":["DEPOSIT"],"facts":"Each of twelve workers paid a deposit.","workers":12,
 "money":[{"amount":"8500.00","currency":"USD","what":"deposit"}],
 "actions":["INVESTIGATE"],"reply_by":"$soon","contact":$contact}}
JSON
cat > organisation-notice.answer << JSON
{"outcome":{"results":["REVOKED"],"text":"The licence KR-0042 was revoked.","decided_on":"$today","final":true}}
JSON
cat > technique-bulletin.json << JSON
{"reference":"NPA-MO-031","purple_notice":"P-123/5-2026","title":"Name lending by farm hosts","fields":["RECRUITMENT"],
 "description":"A host lends its approval to another.","indicators":["The same photograph on two cards"],
 "actions":["TRAIN_STAFF"],"contact":$contact}
JSON
sed 's/NPA-MO-031/KR-MO-007/; s/farm hosts/shipyards/' technique-bulletin.json > technique-bulletin.answer
cat > victim-referral.json << JSON
{"pseudonym":"V-2026-0012","report":{"age":"ADULT","nationality":"KOR","indicators":["DEBT_BONDAGE"],"country":"JPN",
 "safety":"AT_RISK","needs":["SHELTER","RETURN"],"consent":"GIVEN","summary":"Wages were kept for a debt.","contact":$contact}}
JSON
cat > victim-referral.answer << JSON
{"pseudonym":"V-2026-0012","acceptance":{"measures":["SHELTER"],"handling_authority":"Protection Division","contact":$contact}}
JSON
cat > travel-notice.json << JSON
{"journey":{"role":"POSSIBLE_VICTIM","mode":"AIR","conveyance":"NH863","from":"ICN","to":"NRT","departs_on":"$today",
 "seat":"41K","locator":"TYVWZ9","indicators":["SPOKEN_FOR"],"summary":"A companion answers for her.",
 "actions":["MEET_ON_ARRIVAL"],"contact":$contact}}
JSON
cat > travel-notice.answer << JSON
{"answer":{"outcomes":["MET","PROTECTED"],"text":"Met at the gate.","contact":$contact}}
JSON


# round KIND FROM TO WORDS [OPTION]...: the form names the content's first field; it is sent, shown to
# the recipient with WORDS, answered if there is an answer, and the answer shown.
round() {
    local kind=$1 from=$2 to=$3 words=$4 id field
    shift 4
    field=$(grep -oE '"[a-z_]+"' "$kind.json" | head -1)
    check 0 "$kind: there is a form" "$field" -- denrei template "$kind"
    check 0 "$kind: it is sent" accepted -- \
        denrei send "$kind" "$kind.json" --to "$to" --state "$from" "$@"
    id=$(newest_of "$from")
    denrei inbox --state "${receiver:-$to}" > /dev/null 2>&1
    check 0 "$kind: its recipient reads it" "$words" -- denrei show "$id" --state "${receiver:-$to}"
    [ -f "$kind.answer" ] || return
    check 0 "$kind: it is answered in its thread" accepted -- \
        denrei reply "$id" "$kind.answer" --state "${receiver:-$to}"
    denrei inbox --state "$from" > /dev/null 2>&1
    check 0 "$kind: the answer reaches the sender" "${receiver:-$to}" -- \
        denrei show "$(newest_of "${receiver:-$to}")" --state "$from"
}

round lost-passport jp.mofa int.interpol TR1234567
receiver=kr.moj round suspect-alert jp.npa @police YAMADA --legal-basis diffusion.jp-kr
round mla jp.moj kr.moj MOJ-2026-MLA-0042 --legal-basis treaty.jp-kr.2007
round screening-hit kr.moj jp.mofa 'Incheon Airport' --legal-basis hits.sltd
round organisation-notice jp.moj kr.moj 'Hanil Manpower' --legal-basis memorandum.jp-kr
receiver=kr.moj round technique-bulletin jp.npa @police 'Name lending' --tlp green
round victim-referral jp.mofa kr.moj V-2026-0012 --legal-basis protection.jp-kr
round travel-notice kr.moj jp.mofa NH863 --legal-basis travel.jp-kr

# ---- what the rows forbid: at the sender
unsent() {
    local name=$1 words=$2 kind=$3 state=$4
    shift 4
    check 3 "$name is refused before it leaves" "$words" -- \
        denrei send "$kind" "$kind.json" --state "$state" --offline "$@"
}
unsent "a victim referral to a group" 'cannot be sent to a group' victim-referral jp.mofa \
    --to @police --legal-basis protection.jp-kr
unsent "a published victim referral" 'widest label is AMBER' victim-referral jp.mofa \
    --to kr.moj --legal-basis protection.jp-kr --tlp clear
unsent "a victim referral for any use" 'H0' victim-referral jp.mofa \
    --to kr.moj --legal-basis protection.jp-kr --use h0
unsent "a victim referral without a legal basis" 'protection.jp-kr' victim-referral jp.mofa --to kr.moj
unsent "an MLA to a member outside the treaty" 'legal_basis|KIND|may not receive' mla jp.moj \
    --to jp.mofa --legal-basis treaty.jp-kr.2007
unsent "a travel notice to a group" 'cannot be sent to a group' travel-notice jp.mofa \
    --to @police --legal-basis travel.jp-kr
unsent "an organisation notice without a legal basis" 'memorandum.jp-kr' organisation-notice jp.moj --to kr.moj
check 2 "a victim referral that is kept for too long is refused before it leaves" 'at most' -- \
    denrei send victim-referral victim-referral.json --state jp.mofa --offline --to kr.moj \
    --legal-basis protection.jp-kr --expires 1000d
sed 's/Wages were kept for a debt/Name: Hong Gil-dong/' victim-referral.json > named.json
check 3 "a referral whose text names the person is refused" 'report.summary' -- \
    denrei send victim-referral named.json --state jp.mofa --offline --to kr.moj --legal-basis protection.jp-kr

# ---- and at the relay, when a hostile officer's program asks nothing
hostile=$B/tests/e2e/hostile/hostile
refused() {
    local name=$1 code=$2
    shift 2
    check 0 "the relay refuses $name" "refused: $code" -- "$hostile" "$@"
}
for kind in mla victim-referral; do
    state=jp.moj
    [ "$kind" = mla ] || state=jp.mofa
    refused "$kind to a group" GROUP to-group "$state" kr.moj "$kind"
    refused "$kind with a label that is too wide" HANDLING label-too-wide "$state" kr.moj "$kind"
    refused "$kind without a legal basis" LEGAL_BASIS no-basis "$state" kr.moj "$kind"
    refused "$kind that is kept for too long" TIMES kept-too-long "$state" kr.moj "$kind"
done
refused "a victim referral for any use" HANDLING any-use jp.mofa kr.moj victim-referral
refused "a travel notice to a group" GROUP to-group jp.mofa kr.moj travel-notice
refused "a travel notice with a label that is too wide" HANDLING label-too-wide jp.mofa kr.moj travel-notice
refused "an organisation notice to a group" GROUP to-group jp.moj kr.moj organisation-notice
refused "an organisation notice without a legal basis" LEGAL_BASIS no-basis jp.moj kr.moj organisation-notice
refused "a screening hit to a group" GROUP to-group jp.mofa kr.moj screening-hit
refused "a suspect alert for everybody" HANDLING label-too-wide jp.npa kr.moj suspect-alert
refused "a lost passport that is kept for ever" TIMES kept-too-long jp.mofa kr.moj lost-passport
refused "a technique bulletin that is kept for ever" TIMES kept-too-long jp.npa kr.moj technique-bulletin
refused "a case number in the header" THREAD case-number jp.moj kr.moj mla
exit $failed
