#!/bin/bash
# The letter of request: printed by the sender and by the recipient, in both languages, whole, with
# page numbers and the code that names message and log entry; never with boxes for characters.
. "$(dirname "$0")/lib.bash"
make_federation > out 2>&1
run_relay && set_up_officer jp.moj o1 && set_up_officer kr.moj o5
report "a federation, its relay and two central authorities"
check 0 "a request is sent" accepted -- denrei send mla "$root/docker/story/mla.json" --to kr.moj \
    --legal-basis treaty.jp-kr.2007 --state jp.moj
id=$(newest_of jp.moj)
leaf=$(denrei show "$id" --state jp.moj --json | sed -n 's/.*"leaf":\([0-9]*\).*/\1/p')

check 0 "the sender prints it" 'Wrote en.pdf' -- \
    denrei case print "$id" --out en.pdf --language en --state jp.moj
pdftotext -layout en.pdf out
says 'Request for Mutual Legal Assistance in Criminal Matters' 'Ministry of Justice of Japan' \
    'Treaty between Japan and the Republic of Korea' "Message $id, log entry $leaf" 'Page 1 of ' \
    'UNTOC Art. 18\(15\)\(d\)' 'Signature and seal'
report "with the treaty, the articles, the log entry and page numbers"
pages=$(pdfinfo en.pdf | sed -n 's/^Pages: *//p')
[ "$pages" -gt 1 ] && says "Page $pages of $pages"
report "the last page says how many there are"
reference=$(sed -n 's/.*"reference": *"\([^"]*\)".*/\1/p' "$root/docker/story/mla.json" | head -1)
says "Our reference: $reference"
report "and the sender's reference"

denrei inbox --state kr.moj > out 2>&1
check 0 "the recipient prints the same in Japanese" 'Wrote ja.pdf' -- \
    denrei case print "$id" --out ja.pdf --language ja --state kr.moj
pdftotext -layout ja.pdf out
says '刑事に関する共助の請求書' '日本国と大韓民国との間の条約' "電文番号 $id、ログ番号 $leaf" \
    '署名及び公印' '1 / [0-9]+ ページ'
report "with Japanese words"
pdffonts ja.pdf > out
says 'Noto'
report "in a font that has them, embedded"
! awk 'NR > 2 && $(NF - 4) != "yes"' out | grep .
report "every font is embedded"

check 0 "JSON names the file" '"file":"again.pdf"' -- \
    denrei case print "$id" --out again.pdf --language en --state jp.moj --json
cmp en.pdf again.pdf > out
report "printed again it is the same to the byte"
check 1 "a file that is there is not overwritten" 'en.pdf' -- \
    denrei case print "$id" --out en.pdf --state jp.moj
check 1 "a place where nothing can be written is told" 'nowhere/x.pdf' -- \
    denrei case print "$id" --out nowhere/x.pdf --state jp.moj
check 2 "another language is refused" 'give en or ja' -- \
    denrei case print "$id" --out x.pdf --language fr --state jp.moj
check 2 "a file must be named" 'out' -- denrei case print "$id" --state jp.moj
sed "s/@TODAY@/$(date +%F)/; s/@REVIEW@/$(date -d '+30 days' +%F)/" "$root/docker/story/mla-ack.json" > ack.json
ends 0 denrei reply "$id" ack.json --state kr.moj
report "an acknowledgement"
answer=$(sed -n 's/^\([0-9a-f-]\{36\}\)\taccepted.*/\1/p' out)
check 2 "what is no request is not printed" 'no request' -- \
    denrei case print "$answer" --out x.pdf --state kr.moj
[ ! -e x.pdf ]
report "and nothing is written"
exit "$failed"
