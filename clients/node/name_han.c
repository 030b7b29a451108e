#include "clients/node/name_han.h"

#include "clients/node/name_utf8.h"

#include <stdbool.h>
#include <string.h>

/*
 * Variants that are one name to their bearers: kyujitai and other forms with the form of today's
 * Japan first, where simplifying as in China does not bring them together already.
 */
static const char *const VARIANTS =
    "高髙 崎﨑嵜碕 辺邊邉边 斎斉齋齊斋齐 沢澤泽 浜濱濵滨 桜櫻樱 広廣广 国國圀 竜龍龙 滝瀧泷 学學 "
    "真眞 恵惠 寿壽寿 "
    "宝寶 円圓圆 関關关 沼沼 塩鹽盐 徳德 隆隆 吉𠮷 島嶋嶌岛 富冨 柳栁 渕淵渊 桑桒 児兒儿 亜亞亚 "
    "伝傳传 "
    "倹儉俭 剣劍剑 労勞劳 勲勳勋 区區区 厳嚴严 収收 双雙 団團团 垒 壮壯 声聲声 売賣卖 変變变 奥奧 "
    "嬢孃娘 実實实 "
    "宮宫 将將将 専專专 岳嶽 峡峽峡 巌巖岩 帯帶带 庁廳厅 弥彌弥 弾彈弹 従從从 応應应 恋戀恋 悦悅 "
    "愛爱 慎愼 懐懷怀 "
    "戸戶户 払拂 抜拔 択擇择 拝拜 挙擧举 撃擊击 数數数 斉齊齐 晋晉 暁曉晓 曽曾 条條条 来來来 "
    "栄榮荣 "
    "検檢检 楼樓楼 楽樂乐 様樣样 槙槇 権權权 横橫 欧歐欧 歩步 歳歲岁 歴歷历 気氣气 浄淨净 浅淺浅 "
    "涙淚泪 渋澁澀涩 "
    "温溫 満滿满 潜潛潜 瀬瀨濑 焼燒烧 犠犧牺 独獨独 瑶瑤 畳疊叠 県縣县 禄祿 禅禪禅 穂穗 穏穩稳 "
    "穣穰 "
    "粛肅肃 糸絲丝 経經经 絵繪绘 続續续 総總总 緑綠绿 縁緣缘 縄繩绳 聡聰聪 脇脅胁 茎莖茎 荘莊庄 "
    "蔵藏 薫薰 薬藥药 "
    "蛍螢萤 覚覺觉 覧覽览 観觀观 訳譯译 読讀读 豊豐丰 賛贊赞 転轉转 軽輕轻 逓遞递 遥遙 遠远 郎郞 "
    "都都 "
    "鉄鐵铁 銭錢钱 鎌鐮 鎮鎭镇 鉱鑛矿 陽阳 険險险 雑雜杂 霊靈灵 静靜 顔顏颜 顕顯显 駅驛驿 験驗验 "
    "鶏鷄鸡 麦麥麦 黒黑 "
    "黙默 点點点 鴎鷗鸥 館舘馆 野埜 藪薮 葛葛 芦蘆 祐佑 万萬 与與 礼禮 神神 福福 祥祥 靖靖 郷鄉乡 "
    "渡渡 藤籐 桧檜 梅梅 海海 朗朗 竈竃灶 籠篭笼 頼賴赖 凛凜 尭堯尧 遙遥 瑤瑶 晃晄 峰峯 杉杦 松枩 "
    "秋秌 船舩 崔﨔 "
    "曳曵 "
    "侠俠 戻戾 継繼继 繊纖纤 聖圣 義义 鳳凤 衛衞卫 叶葉叶";

/* Readings as surnames where they differ from the usual ones. */
static const char *const SURNAMES[][2] = {
    {"单", "shan"}, {"曾", "zeng"}, {"查", "zha"},  {"解", "xie"},  {"仇", "qiu"},
    {"任", "ren"},  {"翟", "zhai"}, {"朴", "piao"}, {"覃", "qin"},  {"盖", "gai"},
    {"区", "ou"},   {"尹", "yin"},  {"乐", "yue"},  {"缪", "miao"}, {"卜", "bu"},
    {"华", "hua"},  {"冼", "xian"}, {"召", "shao"}, {"纪", "ji"},   {"员", "yun"}};

static uint32_t
simple(uint32_t point)
{
    if (point >= NAME_HAN_FIRST && point <= NAME_HAN_LAST)
        return name_han_simple[point - NAME_HAN_FIRST];
    return point;
}

/* The first of the group that has `point`, and the last; 0: none has. */
static uint32_t
find_variant(uint32_t point, uint32_t *last)
{
    uint32_t first = 0, found = 0;
    bool is_in = false;

    for (const char *at = VARIANTS; *at != '\0';) {
        uint32_t next = name_utf8_next(&at);
        if (next == ' ' && is_in)
            break;
        first = next == ' ' ? 0 : first == 0 ? next : first;
        found = next;
        is_in = is_in || next == point;
    }
    *last = is_in ? found : 0;
    return is_in ? first : 0;
}

uint32_t
name_han_fold(uint32_t point)
{
    if (point >= 0x30A1 && point <= 0x30F6)
        point -= 0x60; /* as hiragana */
    if (point == 0x3096 || point == 0x3095 || point == 0x304C || point == 0x304B)
        return 0x3096; /* ke, ga and ka between kanji are written in all ways */
    if (point < 0x3400)
        return point;
    uint32_t last = 0;
    uint32_t usual = find_variant(point, &last);
    return simple(usual != 0 ? usual : point);
}

const char *
name_han_pinyin_of(uint32_t point, int is_surname)
{
    uint32_t last = 0;
    (void)find_variant(point, &last); /* which in China is written so */
    uint32_t plain = simple(point);

    if (last >= NAME_HAN_FIRST && last <= NAME_HAN_LAST &&
        name_han_pinyin[last - NAME_HAN_FIRST] != 0)
        plain = simple(last);
    for (size_t i = 0; is_surname && i < sizeof SURNAMES / sizeof SURNAMES[0]; i++) {
        const char *surname = SURNAMES[i][0];
        if (name_utf8_next(&surname) == plain)
            return SURNAMES[i][1];
    }
    if (plain < NAME_HAN_FIRST || plain > NAME_HAN_LAST)
        return NULL;
    uint16_t number = name_han_pinyin[plain - NAME_HAN_FIRST];
    return number == 0 ? NULL : name_han_syllables[number];
}
