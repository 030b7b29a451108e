# Diplomatic channel, without a treaty
#
# A profile of what this legal basis asks of a request, read by the build (proto/treaty.h).  Lines are
# `key = value`; one that begins with blanks goes on with the value above.  "source" says where the
# words are from; "check" says what somebody with the text in hand should still compare: where the
# number of an article was not found, the article is that of the general rule, and not a guess.

[treaty channel.diplomatic]
title = Diplomatic channel, without a treaty
title.ja = 外交経路(条約に基づかない共助)
channels = DIPLOMATIC URGENT_DIRECT
source = Act on International Assistance in Investigation (Japan, Act No. 69 of 1980), Art. 2 to
    5: translations of the Ministry of Justice (japaneselawtranslation.go.jp) and of the
    Cooperation and Judicial Assistance Database (cjad.nottingham.ac.uk).
source = Routing without a treaty: Ministry of Justice of Japan (moj.go.jp).
check = The law of the other state on assistance without a treaty.

[party JPN]
name = Japan
name.ja = 日本国
languages = ja en
article = Ministry of Justice of Japan, contents of a request (1)

[party *]
name = Any state
name.ja = 全ての国
article = Comity: a language that the requested state accepts

[authority JPN]
role = FOREIGN_MINISTRY
does = send receive
name = Minister for Foreign Affairs
name.ja = 外務大臣
article = Act on International Assistance in Investigation Art. 3(1)

[authority JPN]
role = CENTRAL_AUTHORITY
does = send receive
name = Minister of Justice, in an emergency with the consent of the Minister for Foreign Affairs
name.ja = 法務大臣(緊急その他特別の事情があり、外務大臣が同意した場合)
article = Act on International Assistance in Investigation Art. 3(1)

[authority *]
role = FOREIGN_MINISTRY
does = send receive
name = Ministry of foreign affairs
name.ja = 外務省
article = Act on International Assistance in Investigation Art. 3(1)

[authority *]
role = CENTRAL_AUTHORITY
does = send receive
name = Ministry of justice, in an emergency
name.ja = 司法省(緊急の場合)
article = Act on International Assistance in Investigation Art. 3(1)

[content reference]
need = mandatory
article = Practice of central authorities
text = Your own reference of the case: letters, digits and -_./.
text.ja = 自庁の事件番号。英数字と -_./ を用いる。

[content request.channel]
need = mandatory
article = Act on International Assistance in Investigation Art. 3(1)
text = The diplomatic channel; in urgency directly to the ministry of justice.
text.ja = 外交経路。緊急の場合は司法省に直接送付することができる。

[content request.requesting_authority]
need = mandatory
article = UNTOC Art. 18(15)(a)
text = The authority that makes the request.
text.ja = 共助を請求する当局の名称。

[content request.contact.office]
need = mandatory
article = Ministry of Justice of Japan, contents of a request (1)
text = The office that answers questions about the request.
text.ja = 請求についての照会先の部署。

[content request.contact.email]
need = mandatory
article = Ministry of Justice of Japan, contents of a request (1)
text = An e-mail address at which somebody answers.
text.ja = 照会先の電子メールアドレス。

[content request.conducting_authority]
need = mandatory
article = UNTOC Art. 18(15)(b)
text = Name and functions of the authority that conducts the investigation, prosecution or
    proceeding.
text.ja = 捜査、訴追その他の手続を行っている当局の名称及び職務。

[content request.proceeding]
need = mandatory
article = UNTOC Art. 18(15)(b)
text = Kind and stage of the proceeding.
text.ja = 手続の種類及び段階。

[content request.subject_matter]
need = mandatory
article = UNTOC Art. 18(15)(b)
text = Subject matter and nature of the investigation, prosecution or proceeding.
text.ja = 捜査、訴追その他の手続の対象及び性質。

[content request.facts]
need = mandatory except SERVICE
article = UNTOC Art. 18(15)(c)
text = Summary of the relevant facts; not needed where nothing but service of documents is asked
    for.
text.ja = 関係する事実の概要。文書の送達のみを求める場合は不要。

[content request.dual_criminality.conduct]
need = mandatory except SERVICE
article = Act on International Assistance in Investigation Art. 2(ii)
text = Dual criminality is judged on facts: what was done, in plain words, without the names of
    offences.
text.ja = 双罰性は事実に基づいて判断される。罪名を用いずに、行われた行為を具体的に記載する。

[content request.dual_criminality.place]
need = mandatory except SERVICE
article = Act on International Assistance in Investigation Art. 2(ii)
text = Where it was done.
text.ja = 行為の場所。

[content request.dual_criminality.time]
need = mandatory except SERVICE
article = Act on International Assistance in Investigation Art. 2(ii)
text = When it was done.
text.ja = 行為の時期。

[content request.dual_criminality.own_law]
need = mandatory except SERVICE
article = Act on International Assistance in Investigation Art. 2(ii)
text = Which provision of your own law makes it an offence.
text.ja = 当該行為を犯罪とする自国法の規定。

[content request.dual_criminality.requested_law]
need = mandatory except SERVICE
article = Act on International Assistance in Investigation Art. 2(ii)
text = Why the same conduct would be an offence in the requested state, if it were done there.
text.ja = 同じ行為が被請求国で行われたとした場合に、その法令上犯罪となる理由。

[content request.offences.name]
need = mandatory
article = Ministry of Justice of Japan, contents of a request (5)
text = Name of the offence.
text.ja = 罪名。

[content request.offences.provisions]
need = mandatory
article = Ministry of Justice of Japan, contents of a request (5)
text = The applicable provisions word by word, those that they refer to included.
text.ja = 適用法条の条文(準用・引用する規定を含む)。

[content request.offences.maximum_penalty]
need = optional
article = Ministry of Justice of Japan, contents of a request (5)
text = The longest sentence that the offence carries.
text.ja = 法定刑の上限。

[content request.offences.time_barred_on]
need = optional
article = Ministry of Justice of Japan, contents of a request (5)
text = The day on which prosecution becomes time-barred.
text.ja = 公訴時効の完成日。

[content request.assistance.measure]
need = mandatory
article = UNTOC Art. 18(15)(d)
text = What kind of assistance is sought.
text.ja = 求める共助の種類。

[content request.assistance.description]
need = mandatory
article = UNTOC Art. 18(15)(d)
text = Exactly what is sought: place, person, articles, accounts, period.
text.ja = 求める共助の内容(場所、人、物、口座、期間など)の説明。

[content request.assistance.necessity]
need = mandatory
article = Ministry of Justice of Japan, contents of a request (6)
text = Why it is necessary in the light of the facts.
text.ja = 事実に照らして当該共助が必要である理由。

[content request.assistance.why_essential]
need = mandatory for TESTIMONY VIDEO_HEARING ARTICLES
article = Act on International Assistance in Investigation Art. 2(iii)
text = Why the evidence is essential to the investigation: wanted in writing for a witness and
    for articles of evidence.
text.ja = 証拠が捜査に欠くことのできないものであること(証人尋問及び証拠物の提供の場合)。

[content request.assistance.questions]
need = mandatory for TESTIMONY VIDEO_HEARING
article = UNTOC Art. 18(15)(d)
text = The questions to be put.
text.ja = 質問事項。

[content request.assistance.place]
need = mandatory for SEARCH_AND_SEIZURE EXAMINE_OBJECTS_OR_SITES
article = UNTOC Art. 18(15)(d)
text = The place to be searched or examined.
text.ja = 捜索又は見分をすべき場所。

[content request.assistance.manner_of_service]
need = mandatory for SERVICE
article = UNTOC Art. 18(15)(d)
text = Manner of service, and the last day for it.
text.ja = 送達の方法及び期限。

[content request.assistance.procedure]
need = optional
article = UNTOC Art. 18(15)(d), (17)
text = A particular procedure that should be followed, with its reason.
text.ja = 従うことを希望する特定の手続及びその理由。

[content request.purpose]
need = mandatory
article = UNTOC Art. 18(15)(f)
text = The purpose for which the evidence, information or action is sought; it limits the use.
text.ja = 証拠、情報又は措置を求める目的。使用はこの目的に限られる。

[content request.persons.role]
need = mandatory for TESTIMONY VIDEO_HEARING SERVICE LOCATE_PERSON TRANSFER_DETAINED
    VOLUNTARY_APPEARANCE
article = UNTOC Art. 18(15)(e)
text = What the person is to the case.
text.ja = 事件における当該者の立場。

[content request.persons.names]
need = mandatory for TESTIMONY VIDEO_HEARING SERVICE LOCATE_PERSON TRANSFER_DETAINED
    VOLUNTARY_APPEARANCE
article = UNTOC Art. 18(15)(e)
text = The identity of any person concerned.
text.ja = 関係者の氏名。

[content request.persons.whereabouts]
need = optional
article = UNTOC Art. 18(15)(e)
text = The location of the person.
text.ja = 関係者の所在地。

[content request.persons.nationalities]
need = optional
article = UNTOC Art. 18(15)(e)
text = The nationality of the person.
text.ja = 関係者の国籍。

[content request.persons.date_of_birth]
need = optional
article = UNTOC Art. 18(15)(e)
text = The date of birth; it may be partial.
text.ja = 関係者の生年月日(一部でもよい)。

[content request.persons.relation]
need = optional
article = Ministry of Justice of Japan, contents of a request (2)
text = What the person has to do with the proceeding.
text.ja = 関係者と手続との関係。

[content request.reciprocity]
need = mandatory
article = Act on International Assistance in Investigation Art. 4
text = An assurance that a like request of the other state would be honoured.
text.ja = 相手国からの同種の請求に応ずる旨の保証(相互主義の保証)。

[content request.language]
need = mandatory
article = UNTOC Art. 18(14)
text = The language of the request and its annexes.
text.ja = 請求書及び附属文書の言語。

[content request.urgency_reason]
need = optional
article = UNTOC Art. 18(14)
text = Why it is urgent, if it is: an urgent request is confirmed in writing.
text.ja = 緊急を要する理由。緊急の請求は書面により確認する。

[content request.written_confirmation_by]
need = mandatory if urgent
article = Practice between states; 10 days are a working rule
text = The day by which the signed letter confirms the urgent request.
text.ja = 署名した書面により緊急の請求を確認する期限。

[content request.oral_request_on]
need = optional
article = UNTOC Art. 18(14)
text = The day of an oral request that this one confirms.
text.ja = この書面が確認する口頭の請求を行った日。

[content request.needed_by]
need = optional
article = UNTOC Art. 18(24)
text = The day by which the answer is needed.
text.ja = 回答を必要とする期限。

[content request.needed_by_reason]
need = optional
article = UNTOC Art. 18(24)
text = Why by that day.
text.ja = その期限の理由。

[content request.confidential]
need = optional
article = UNTOC Art. 18(20)
text = Whether the request itself is to be kept confidential.
text.ja = 請求の事実及び内容の秘密の保持を求めるか。

[content request.confidential_reason]
need = optional
article = UNTOC Art. 18(20)
text = Why it is to be kept confidential.
text.ja = 秘密の保持を求める理由。

[content request.annexes]
need = optional
article = Ministry of Justice of Japan, contents of a request (7)
text = Court orders and other documents that go with the request.
text.ja = 令状その他の添付書類。

[content request.expenses]
need = optional
article = UNTOC Art. 18(28)
text = Allowances and expenses.
text.ja = 手当及び費用。

[content request.prior_consultation]
need = optional
article = Ministry of Justice of Japan, contents of a request, prior consultation
text = Informal consultation before the request.
text.ja = 請求前の非公式な協議。

[content request.related_reference]
need = optional
article = Practice of central authorities
text = Reference of an earlier request that this one adds to.
text.ja = 関連する先の請求の番号。

[refusal POLITICAL_OFFENCE]
manner = shall
article = Act on International Assistance in Investigation Art. 2(i)
text = The request relates to a political offence.
text.ja = 請求が政治犯罪に関するものである場合。

[refusal DUAL_CRIMINALITY]
manner = shall
article = Act on International Assistance in Investigation Art. 2(ii)
text = The conduct would not be an offence under the law of the requested state.
text.ja = 請求に係る行為が被請求国の法令によれば犯罪を構成しない場合。

[refusal NOT_ESSENTIAL]
manner = shall
article = Act on International Assistance in Investigation Art. 2(iii)
text = It is not shown in writing that the evidence is essential (a witness, articles of
    evidence).
text.ja = 証人尋問又は証拠物の提供について、証拠が捜査に欠くことのできないものであることが書
    面により明らかにされない場合。

[refusal NO_RECIPROCITY]
manner = shall
article = Act on International Assistance in Investigation Art. 4
text = The requesting state does not assure reciprocity.
text.ja = 相互主義の保証がない場合。

[refusal ESSENTIAL_INTERESTS]
manner = may
article = Comity (general rule: UNTOC Art. 18(21)(b))
text = Execution would be likely to prejudice sovereignty, security, ordre public or other
    essential interests.
text.ja = 請求の実施が自国の主権、安全、公の秩序その他の重要な利益を害するおそれがある場合。

[refusal DOMESTIC_PROHIBITION]
manner = may
article = Comity (general rule: UNTOC Art. 18(21)(c))
text = Own law would forbid the action in a like case of its own.
text.ja = 同様の犯罪について自国の管轄権の下で当該措置をとることが自国の国内法により禁止され
    ている場合。

[refusal WRONG_AUTHORITY]
manner = may
article = Act on International Assistance in Investigation Art. 5
text = Another authority is competent; the request is passed on to it, and the reasons name it.
text.ja = 他の当局が権限を有する場合。請求は当該当局に転送し、理由中に当該当局を示す。

[confirmation]
days = 10
article = Practice between states; 10 days are a working rule
text = An urgent request may be made by other means; the signed letter follows within 10 days.
text.ja = 緊急の請求は書面以外の方法で行うことができるが、10日以内に署名した書面により確認す
    る。

[deadline acknowledge]
days = 7
article = No treaty sets days; working rule of this profile (model: Directive 2014/41/EU Art.
    16(1))
text = The requested party confirms receipt within a week.
text.ja = 被請求国は一週間以内に受領を確認する。

[deadline answer]
days = 120
article = No treaty sets days; working rule of this profile (model: Directive 2014/41/EU Art. 12:
    30 days to decide, 90 to execute); UNTOC Art. 18(24): as soon as possible
text = The requested party answers or refuses within 120 days; an earlier day that the request
    names with its reason counts first.
text.ja = 被請求国は120日以内に回答又は拒否を行う。請求に理由を付してより早い期限が示された場
    合は、その期限を尊重する。

[deadline reply]
days = 30
article = No treaty sets days; working rule of this profile; UNTOC Art. 18(16), (24)
text = A question about the case is answered within 30 days.
text.ja = 照会には30日以内に回答する。

[use]
article = Comity (general rule: UNTOC Art. 18(19))
text = What is provided is not used for investigations, prosecutions or proceedings other than
    those in the request without prior consent of the requested party.
text.ja = 提供された証拠及び情報は、被請求国の事前の同意なしに、請求に記載された捜査、訴追そ
    の他の手続以外の目的に使用してはならない。

[dual-criminality]
manner = shall
article = Act on International Assistance in Investigation Art. 2(ii)
text = Japan gives no assistance where the conduct would be no offence under its law if it were
    done in Japan; it judges the facts and asks for more before it refuses.
text.ja = 日本国内で行われたとした場合に日本国の法令によれば罪に当たらない行為については共助
    をすることができない。判断は事実に基づいて行い、拒否する前に補充を求める。
