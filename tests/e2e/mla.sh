#!/bin/bash
# denrei mla: treaty profiles, and a request made part by part at a terminal, as a form in an editor,
# and from JSON, with the real relay.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
report "a federation is made"
run_relay
report "the relay starts"
set_up_officer jp.moj o1 && set_up_officer kr.moj o5
report "two central authorities have an officer each"

# ---- profiles
profiles=$root/proto/treaties
check 0 "the profiles are listed, with their deadlines" 'treaty.jp-kr.2007.*7d.*120d.*JPN KOR' 'treaty.jp-us.2006' \
    'treaty.jp-eu.2011' 'convention.untoc' 'channel.diplomatic' -- denrei mla profiles
check 0 "in Japanese too" '刑事に関する共助に関する日本国と大韓民国との間の条約' -- env LC_ALL=ja_JP.UTF-8 denrei mla profiles
check 0 "one profile is shown as its file" 'UNTOC Art. 18\(15\)\(c\)' '法務部長官' -- denrei mla profiles treaty.jp-kr.2007
check 2 "a profile that does not exist is told with the nearest" 'did you mean treaty.jp-kr.2007' -- denrei mla profiles treaty.jp-kr.2006
check 0 "a good profile file passes" 'good: treaty.jp-kr.2007' -- denrei mla profiles check "$profiles/treaty.jp-kr.2007.profile"
sed 's/^days = 10/days = ten/; s/^\[refusal PERSECUTION\]/[refusal BANK_SECRECY]/; s/^name = Japan$//' \
    "$profiles/treaty.jp-kr.2007.profile" > bad.profile
check 1 "a profile file with errors is refused: each line, reason and remedy" \
    'bad.profile, line [0-9]+: "ten" is no number of days.*' 'write|give whole days' 'BANK_SECRECY' 'lacks name' -- \
    denrei mla profiles check bad.profile
head -c 5000 "$B/denrei" > binary.profile
check 1 "a profile that is no text is refused" 'not UTF-8|control character' -- denrei mla profiles check binary.profile
check 1 "a profile that is not there is told" 'cannot be read' -- denrei mla profiles check nowhere.profile

# ---- from JSON
cp "$root/docker/story/mla.json" "$root/docker/story/mla-incomplete.json" .
check 3 "an incomplete request is refused: each part by name, with its article" \
    'request.facts: it is missing.*UNTOC Art. 18\(15\)\(c\)' 'request.purpose.*18\(15\)\(f\)' 'request.offences' \
    'request.dual_criminality.conduct.*18\(9\)' -- denrei mla new mla-incomplete.json --to kr.moj --state jp.moj
check 0 "the only legal basis between the two is found, and the request goes" 'kr\.moj' -- \
    denrei mla new mla.json --to kr.moj --state jp.moj
check 3 "a language that the requested party does not accept is refused" 'request.language: Republic of Korea does not accept requests in fr' -- \
    denrei mla new mla.json request.language=fr --to kr.moj --state jp.moj
check 3 "an urgent request names the day of its written confirmation" 'request.written_confirmation_by.*missing' 'confirms the urgent request' -- \
    denrei mla new mla.json request.urgency_reason='The trial begins.' --to kr.moj --state jp.moj
check 2 "a request goes to one member" 'one central authority' -- denrei mla new mla.json --to kr.moj,jp.npa --state jp.moj
check 2 "a member without a legal basis is told so" 'none for mla between' -- denrei mla new mla.json --to jp.npa --state jp.moj
check 2 "without a terminal a file or the editor is asked for" 'no terminal' '--edit' -- denrei mla new --to kr.moj --state jp.moj < /dev/null
id=$(newest_of jp.moj)
denrei inbox --state kr.moj > out 2>&1
check 3 "a ground that the treaty lacks is refused with those that it has" 'refusal.ground: treaty.jp-kr.2007 does not let' 'POLITICAL_OFFENCE' -- \
    denrei reply "$id" reference=KR-1 refusal.ground=NO_RECIPROCITY refusal.reasons=x refusal.consultation=x --state kr.moj

# ---- in an editor: a script stands in for it and answers by the part's path
cat > editor << 'SH'
#!/bin/bash
# editor +LINE FILE: notes where it was opened, then applies the next of the edits edit.1, edit.2 ...
echo "$1" >> "$EDIT_DIR/lines"
n=$(wc -l < "$EDIT_DIR/lines")
cp "$2" "$EDIT_DIR/form.$n"
[ ! -e "$EDIT_DIR/edit.$n" ] || sed -i -f "$EDIT_DIR/edit.$n" "$2"
SH
chmod +x editor
export EDITOR="$dir/editor" EDIT_DIR=$dir
unset VISUAL
answer() { printf '/^\\[%s\\]$/a %s\n' "$(sed 's/[].[]/\\&/g' <<< "$1")" "$2"; }
{
    answer reference MOJ-2026-MLA-0050
    answer request.requesting_authority 'Ministry of Justice of Japan'
    answer request.contact.office 'International Affairs Division'
    answer request.contact.email mla@moj.example
    answer request.conducting_authority 'Osaka District Public Prosecutors Office'
    answer request.proceeding investigation
    answer request.subject_matter 'Trafficking in persons'
    answer request.facts 'In March persons were recruited.\n\n\\[sic] Their passports were kept.'
    answer request.dual_criminality.conduct 'He took passports and kept wages.'
    answer request.dual_criminality.place Osaka
    answer request.dual_criminality.time 'March 2026'
    answer request.dual_criminality.own_law 'Penal Code, Article 226-2'
    answer request.dual_criminality.requested_law 'The same is punished there.'
    answer 'request.offences[0].name' 'Trafficking in persons'
    answer 'request.offences[0].provisions' 'Article 226-2 ...'
    answer 'request.assistance[0].measure' 9
    answer 'request.assistance[0].description' 'Account 1, 2026.'
    answer request.purpose Evidence
    answer request.language en
} > edit.1
sed 's/investigation/investgation/' edit.1 > edit.tmp && mv edit.tmp edit.1        # a word that is none
echo 's/^investgation$/INVESTIGATION/' > edit.2                                     # mended; one part is missing still
answer 'request.assistance[0].necessity' 'The fees went there.' > edit.3            # and is written
check 0 "the form in the editor leads to a whole request" 'kr\.moj' -- denrei mla new --to kr.moj --edit --save form.draft --state jp.moj
[ "$(wc -l < lines)" -eq 3 ] && head -1 lines | grep -qx '+1' &&
    sed -n "$(sed -n 's/^+//p' lines | sed -n 2p)p" form.2 | grep -qx '\[request.proceeding\]' &&
    grep -q '^# !! .*request.proceeding.*"investgation" is none of its values' form.2 &&
    sed -n "$(sed -n 's/^+//p' lines | sed -n 3p)p" form.3 | grep -qx '\[request.assistance\[0\].necessity\]' &&
    grep -q '^# !! it is missing' form.3
report "an error opens the editor again at its line, with what is wrong and all that was typed"
grep -q 'MANDATORY (UNTOC Art. 18(15)(c))' form.1 && grep -q 'TESTIMONY' form.1
report "the form has the profile's words, articles and choices"
id=$(newest_of jp.moj)
eventually prints "$(cut -c1-13 <<< "$id")" denrei inbox --state kr.moj
check 0 "what was written arrives, line by line" 'In March persons' '\[sic\] Their passports were kept.' -- denrei show "$id" --state kr.moj
rm lines edit.*
check 3 "an editor that changes nothing ends the command, and the draft is kept" 'form2.draft, line [0-9]+, request.facts: it is missing' 'kept in form2.draft' -- \
    denrei mla new --to kr.moj --edit --save form2.draft --state jp.moj
check 1 "an editor that does not exist is told" 'no program /nonexistent/editor' 'set EDITOR' -- \
    env EDITOR=/nonexistent/editor denrei mla new --to kr.moj --edit --save form3.draft --state jp.moj
printf '[request.purpose\nx\n' > broken.draft
check 1 "a draft that is no form is told by its line" 'broken.draft, line 1: this line names no part' 'write it as in' -- \
    denrei mla new broken.draft --to kr.moj --state jp.moj

# ---- at a terminal
cat > talk.exp << 'EXPECT'
# talk.exp SECONDS ANSWERS COMMAND...: ANSWERS has lines PROMPT|ANSWER; ANSWER ^C interrupts.
set timeout [lindex $argv 0]
set file [open [lindex $argv 1]]
fconfigure $file -encoding utf-8
set lines [split [string trim [read $file] "\n"] "\n"]
eval spawn -noecho [lrange $argv 2 end]
foreach line $lines {
    lassign [split $line "|"] prompt answer
    # It listens once its prompt begins a line; "-> " is no prompt.
    if {$prompt ne "> "} {
        expect {
            -ex $prompt {}
            timeout { puts "\n(no prompt: $prompt)"; exit 99 }
            eof { puts "\n(ended before: $prompt)"; exit 98 }
        }
    }
    expect {
        -re {(\n> |N\] |n\] )$} {}
        timeout { puts "\n(does not listen: $prompt)"; exit 97 }
    }
    if {$answer eq "^C"} { send "\003" } else { send -- "$answer\r" }
}
expect eof
lassign [wait] pid spawned os status
exit $status
EXPECT
talk() { expect -f talk.exp "$deadline_seconds" "$@"; }
cat > answers << 'TALK'
Reference|MOJ 2026
wrong reference|MOJ-2026-MLA-0060
Requesting authority|Ministry of Justice of Japan
Office|International Affairs Division
Email|mla@moj.example
Conducting authority|Osaka District Public Prosecutors Office
> |.
Proceeding|:back
Conducting authority|
Proceeding|
must be there|nonsense
wrong|1
Subject matter|Trafficking in persons
> |.
Facts|The first line of the facts.
> |^C
TALK
check 130 "Ctrl-C keeps what was answered, and says how to go on" 'The draft is kept in mla-kr.moj.draft' \
    'denrei mla new --to kr.moj .*--save mla-kr.moj.draft' '\(mandatory; UNTOC Art. 18\(15\)\(b\)\)' \
    'Example: MOJ-2024-MLA-0042' 'wrong request.proceeding: "nonsense" is none of its values' '-> Write one of: INVESTIGATION' -- \
    talk answers denrei mla new --to kr.moj --state jp.moj
grep -qx 'Osaka District Public Prosecutors Office' mla-kr.moj.draft && grep -qx 'Trafficking in persons' mla-kr.moj.draft &&
    grep -qx 'The first line of the facts.' mla-kr.moj.draft
report "the draft has every answer, and the lines of the one that was interrupted"
cat > answers << 'TALK'
Now (Enter keeps it): MOJ-2026-MLA-0060|
Requesting authority|
Office|
Email|
Conducting authority|
Proceeding|
Subject matter|
Facts|In March persons were recruited.
> |Their passports were kept.
> |.
Conduct|He took passports and kept wages.
> |.
Place|Osaka
> |.
Time|March 2026
Own law|Penal Code, Article 226-2
> |.
Requested law|The same is punished there.
> |.
Offences 1: Name|Trafficking in persons
Provisions|Article 226-2 ...
> |.
Maximum penalty|
Time barred on|
another one?|n
Assistance 1: Measure|TESTIMONY
Description|Examine the witness KIM.
> |.
Necessity|She saw it.
> |.
Why essential|Nobody else saw it.
> |.
Questions|What did you see?
> |.
Place|
Manner of service|
Procedure|
another one?|n
Purpose|:skip
Persons 1: Role|WITNESS
Script|LATIN
Language|
Family|KIM
Given|YONGHEE
Full|
Reading|
Whereabouts|Seoul
> |.
Nationalities|KOR
> |.
Date of birth|1985-13
wrong|1985
Relation|
another one?|n
Language|en
Urgency reason|
Written confirmation by|
Oral request on|
Needed by|
Needed by reason|
Confidential|yes
Confidential reason|The suspect does not know.
> |.
Annexes|
Expenses|
Prior consultation|
Related reference|
Go through them now?|y
Purpose|Evidence
> |.
Send it now?|y
TALK
check 0 "the dialogue goes on with the draft, asks for what is missing, and sends" 'missing request.purpose' 'Not complete yet: 1' \
    'Complete: every mandatory part is there' 'Optional and left out: .*Expenses' 'Languages that it accepts \(kr.moj\): ko, en' 'accepted' -- talk answers denrei mla new --to kr.moj --state jp.moj
[ ! -e mla-kr.moj.draft ]
report "a draft without a name of its own ends with the request"
id=$(newest_of jp.moj)
eventually prints "$(cut -c1-13 <<< "$id")" denrei inbox --state kr.moj
check 0 "what was answered arrives" 'What did you see' 'KIM' 'Their passports were kept' -- denrei show "$id" --state kr.moj
check 1 "a draft that cannot be kept is told before anything is typed" 'the draft cannot be written' '--save FILE' -- \
    talk /dev/null denrei mla new --to kr.moj --save /nonexistent/draft --state jp.moj
printf '> |:quit\n' > answers
check 7 "the dialogue speaks Japanese" '必須' '自庁の事件番号' '下書きの保存先' '大韓民国との間の条約' -- \
    talk answers env LC_ALL=ja_JP.UTF-8 denrei mla new --to kr.moj --save japanese.draft --state jp.moj
rm -f lines edit.*
ends 3 env LC_ALL=ja_JP.UTF-8 denrei mla new --to kr.moj --edit --save ja.draft --state jp.moj &&
    grep -q '関係する事実の概要' form.1 && grep -q '必須' form.1
report "so does the form"
exit "$failed"
