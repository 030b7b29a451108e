#include "clients/officer/io/mla_words.h"

/* English, Japanese. */
static const char *const WORDS[MLA_WORDS_COUNT][2] = {
    [MLA_WORDS_REQUEST_TO] = {"Request for mutual legal assistance to", "共助請求の宛先"},
    [MLA_WORDS_COMMANDS] = {":back  :skip  :clear  :edit  :missing  :quit; the draft is kept after "
                            "every answer",
                            ":back 戻る  :skip 飛ばす  :clear 消す  :edit エディタで書く  "
                            ":missing 未記入の一覧  :quit 中断。下書きは回答ごとに保存されます"},
    [MLA_WORDS_GENERAL] =
        {"This legal basis has no profile: the general rules of UNTOC Article 18 "
         "lead.",
         "この法的根拠の様式は登録されていないため、国際組織犯罪防止条約第十八条の"
         "一般規定に従います。"},
    [MLA_WORDS_MANDATORY] = {"mandatory", "必須"},
    [MLA_WORDS_OPTIONAL] = {"optional", "任意"},
    [MLA_WORDS_EXAMPLE] = {"Example", "例"},
    [MLA_WORDS_LANGUAGES] = {"Languages that it accepts", "相手国が受理する言語"},
    [MLA_WORDS_NOW] = {"Now (Enter keeps it)", "現在の回答(Enter で維持)"},
    [MLA_WORDS_LINES] = {"one or more lines; a line that is only a dot ends them",
                         "複数行可。「.」だけの行で終了"},
    [MLA_WORDS_LIST] = {"one in each line; a line that is only a dot ends them",
                        "一行に一つ。「.」だけの行で終了"},
    [MLA_WORDS_YES_NO] = {"yes or no", "はい=yes、いいえ=no"},
    [MLA_WORDS_CHOICE] = {"a number or a word", "番号又は語"},
    [MLA_WORDS_MUST] = {"This part must be there; answer it, or :skip it for now",
                        "この項目は必須です。回答するか、:skip で後回しにしてください"},
    [MLA_WORDS_UNKNOWN] = {"There is no such command; those are", "次のコマンドがあります"},
    [MLA_WORDS_FIRST_PART] = {"This is the first part.", "最初の項目です。"},
    [MLA_WORDS_ANY] = {"is there one to name?", "記載しますか。"},
    [MLA_WORDS_ANOTHER] = {"another one?", "もう一つ記載しますか。"},
    [MLA_WORDS_MISSING] = {"missing", "未記入"},
    [MLA_WORDS_WRONG] = {"wrong", "要訂正"},
    [MLA_WORDS_NOT_COMPLETE] = {"Not complete yet", "未完了の項目"},
    [MLA_WORDS_GO_THROUGH] = {"Go through them now?", "今記載しますか。"},
    [MLA_WORDS_COMPLETE] = {"Complete: every mandatory part is there. Answered",
                            "必須項目は全て記載されています。回答数"},
    [MLA_WORDS_NOT_GIVEN] = {"Optional and left out", "任意項目のうち記載のないもの"},
    [MLA_WORDS_SEND] = {"Send it now?", "送信しますか。"},
    [MLA_WORDS_DRAFT] = {"The draft is kept in", "下書きの保存先"},
};

const char *
mla_words(enum mla_words words, enum language language)
{
    return WORDS[words][language == LANGUAGE_JA ? 1 : 0];
}
