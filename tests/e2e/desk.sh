#!/bin/bash
# The officer's desk: a message in the reader's language with the original below.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
run_relay && set_up_officer jp.mofa o17 && set_up_officer jp.npa o3 && set_up_officer kr.moj o5 &&
    set_up_officer int.interpol o1 && set_up_officer jp.moj o1
report "relay and officers are set up"
ja() { LC_ALL=ja_JP.UTF-8 "$@"; }

# ---- in the reader's language
sed "s/@REVIEW@/$(date -d '+2 years' +%F)/" "$root/docker/story/alert.json" > alert.json
denrei send suspect-alert alert.json --to kr.moj --legal-basis diffusion.jp-kr --state jp.npa > out 2>&1
alert=$(newest_of jp.npa)
denrei inbox --state kr.moj > out 2>&1
ends 0 denrei show "$alert" --state kr.moj --no-receipt && says '^Kind +Suspect alert$' '^Priority +Routine$' '^From +jp.npa, ' '\(KOR\)|\(JPN\)' ': mostly reliable'
report "an English reader sees labels, enum values and states in words"
ends 0 ja denrei show "$alert" --state kr.moj --no-receipt && says '^種別 +被疑者手配$' '^優先度 +通常$' '^発信者 +jp.npa' '^法的根拠 +diffusion.jp-kr' '^受理日時 +[0-9]+年[0-9]+月[0-9]+日 [0-9:]{8}（\+09:00）（記録番号 [0-9]+）$' '^署名 .*検証済み' '^見直し期日： [0-9]+年[0-9]+月[0-9]+日$' '日本（JPN）|韓国（KOR）'
report "a Japanese reader sees all of it in Japanese"
sed '/^原文/,$d' out > wording
! grep -E '^ *[A-Za-z]' wording
report "no label of it is left in English"
ends 0 ja denrei show "$alert" --json --state kr.moj --no-receipt && cp out ja.json &&
    ends 0 denrei show "$alert" --json --state kr.moj --no-receipt && cmp out ja.json
report "JSON is the same in every language"
ends 0 ja denrei show "$alert" --state kr.moj --no-receipt && sed -n '/^原文/,$p' out > original.ja &&
    ends 0 denrei show "$alert" --state kr.moj --no-receipt && sed -n '/^Original/,$p' out > original.en &&
    [ "$(wc -l < original.en)" -gt 20 ] && [ "$(sed 1d original.ja)" = "$(sed 1d original.en)" ]
report "the original below is the same in every language"
mapfile -t fields < <(sed -n 's/^  content\.//p' original.en)
content_of() { sed 's/.*"content"://' out; }
ends 0 denrei send suspect-alert "${fields[@]}" --to kr.moj --legal-basis diffusion.jp-kr --state jp.npa --dry-run --json &&
    [ "$(content_of)" = "$(ends 0 denrei show "$alert" --json --state kr.moj --no-receipt; content_of)" ]
report "nothing is lost in it: given back as FIELD=VALUE it makes the same content"
ends 0 ja denrei show "$alert" --state jp.npa && says '^種別 +被疑者手配$' '^原文'
report "so does the sender's own copy"
denrei-node init --bundle federation.bundle --key kr.moj-n1.key --state node-kr.moj >> node-kr.moj.log 2>&1
start_node kr.moj
eventually prints "$alert" denrei-node list --json --state node-kr.moj
ends 0 ja denrei-node show "$alert" --state node-kr.moj && says '^種別 +被疑者手配$' '^状態 +LIVE：有効$' '^原文'
report "a node's show reads the same"

# ---- what an officer looks for
lost_passport TR4000001 > out 2>&1
passport=$(newest_of jp.mofa)
rows() { denrei inbox --state kr.moj --json "$@" 2> /dev/null | sed 's/^{"schema":1,"id":"\([^"]*\)".*/\1/'; }
[ "$(rows --kind lost-passport)" = "$passport" ] && [ "$(rows --from jp.npa)" = "$alert" ] &&
    [ "$(rows --id "${alert:0:13}")" = "$alert" ] && [ -z "$(rows --priority flash)" ] &&
    [ "$(rows --since 2020-01-01T00:00:00Z | wc -l)" -eq 2 ] && [ -z "$(rows --until 2020-01-01T00:00:00Z)" ]
report "the inbox shows only what is asked for"
[ "$(rows --unread | wc -l)" -eq 2 ] && ends 0 denrei show "$alert" --state kr.moj && [ "$(rows --unread)" = "$passport" ]
report "what was shown is unread no more"
ends 2 denrei inbox --state kr.moj --kind lost-pasport --priority soon && says 'did you mean lost-passport' 'priority'
report "a filter that means nothing is told with the nearest"
exit "$failed"
