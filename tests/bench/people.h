/*
 * people.h - synthetic persons for benchmarks: names as frequent as in their countries, dates of
 * birth of 15 to 80 years ago; the same ones for the same seed.
 *
 * The lists are the most frequent surnames and given names of public statistics, most frequent
 * first; what is drawn is skewed to their beginning, and tails are composed from syllables, since
 * rare names are many.
 */
#ifndef TESTS_BENCH_PEOPLE_H
#define TESTS_BENCH_PEOPLE_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { PEOPLE_NAME_BYTES = 64, PEOPLE_DATE_BYTES = 11 };

struct people_one {
    char family[PEOPLE_NAME_BYTES];
    char given[PEOPLE_NAME_BYTES];
    char birth[PEOPLE_DATE_BYTES];
    const char *nationality;
    char sex;
};

/* Words with blanks between them, the most frequent first. */
struct people_words {
    const char *text;
    double skew; /* 1: all alike; the higher, the more of the first ones */
};

enum people_style { PEOPLE_PLAIN, PEOPLE_JOINED, PEOPLE_TWO_FAMILIES, PEOPLE_MIDDLE };

struct people_country {
    const char *code;
    unsigned share; /* of 100 */
    enum people_style style;
    struct people_words families;
    struct people_words family_heads, family_tails; /* rare surnames: a head and a tail */
    double rare;                                    /* part of rare surnames */
    struct people_words men, women;                 /* given names, or their first half */
    struct people_words men_ends, women_ends;       /* of PEOPLE_JOINED: the second half */
};

static const struct people_country PEOPLE[] = {
    {"CHN",
     20,
     PEOPLE_JOINED,
     {"WANG LI ZHANG LIU CHEN YANG HUANG ZHAO WU ZHOU XU SUN MA ZHU HU GUO HE LIN GAO LUO ZHENG "
      "LIANG XIE SONG TANG XU DENG FENG HAN CAO ZENG PENG XIAO CAI PAN TIAN DONG YUAN YU YE JIANG "
      "DU SU WEI CHENG LU DING REN SHEN YAO LU JIANG CUI ZHONG TAN LU FAN WANG LIAO SHI JIN JIA "
      "WEI "
      "XIA FU FANG BAI ZOU MENG XIONG QIN QIU HOU JIANG YIN XUE YAN DUAN LEI LONG TAO SHI HE GU "
      "MAO",
      1.9},
     {"OU SI SHANG", 1},
     {"YANG TU GUAN", 1},
     0.01,
     {"WEI JIAN GUO ZHI JUN XIAO MING HAI YONG DONG ZI HAO YU TIAN CHENG BO WEN SHAO JIN LONG BIN "
      "HONG GUANG DE FEI KE PENG RUI SI XIN YI ZE",
      1.3},
     {"LI XIAO MEI YU HONG XIU YAN JING FANG NA YING HUI LING ZI MENG SI YA XIN QIAN JIA TING WEN "
      "YI ROU SHU LAN CHUN QING DAN YUN",
      1.3},
     {"- - - MING JUN QIANG LEI TAO BO HUI PENG JIE FENG CHAO YU HAO XUAN CHEN YANG BIN KAI LONG "
      "PING HUA WEI GANG FEI DONG",
      1.2},
     {"- - - LI NA MIN JING YAN JUAN XIA MEI YING HUA LING PING HONG FANG TING XUAN HAN QI YAO LAN "
      "YUN QIN LIAN QING XIN",
      1.2}},
    {"IND",
     11,
     PEOPLE_PLAIN,
     {"SINGH KUMAR SHARMA DEVI PATEL KAUR KHAN DAS GUPTA YADAV RAM LAL MISHRA REDDY VERMA NAIR "
      "IYER "
      "RAO JOSHI MEHTA SHAH CHAUHAN THAKUR MALIK BEGUM ROY GHOSH BANERJEE MUKHERJEE CHATTERJEE "
      "BOSE DUTTA SEN PILLAI MENON NAIDU AGARWAL JAIN CHOPRA KAPOOR MALHOTRA BHAT HEGDE SHETTY "
      "DESAI KULKARNI PATIL PAWAR JADHAV SHINDE",
      1.8},
     {"RAM SHIV HAR DEV GOP KRISH NAR VISH BAL MOH CHAND SUR", 1},
     {"ANI ESH ATHAN ANATHAN AYAN INDER APPA ASWAMI AVAN ULKAR", 1},
     0.25,
     {"RAHUL AMIT RAJESH SANJAY VIJAY SUNIL ANIL RAJ RAVI SURESH RAMESH MANOJ ASHOK DEEPAK VIKAS "
      "ARJUN ROHIT AJAY MUKESH DINESH NIKHIL KARAN PRAKASH GANESH HARISH MOHAN NAVEEN PRADEEP",
      1.4},
     {"PRIYA SUNITA ANITA POOJA NEHA KAVITA ASHA REKHA GEETA MEENA SITA LAKSHMI RADHA ANJALI DIVYA "
      "SWATI SNEHA SHREYA NISHA USHA KIRAN SEEMA JYOTI MANJU RITU SHANTI SAVITA",
      1.4},
     {NULL, 1},
     {NULL, 1}},
    {"USA",
     13,
     PEOPLE_MIDDLE,
     {"SMITH JOHNSON WILLIAMS BROWN JONES MILLER DAVIS WILSON ANDERSON THOMAS TAYLOR MOORE JACKSON "
      "MARTIN LEE THOMPSON WHITE HARRIS CLARK LEWIS ROBINSON WALKER YOUNG ALLEN KING WRIGHT SCOTT "
      "HILL GREEN ADAMS NELSON BAKER HALL CAMPBELL MITCHELL CARTER ROBERTS TURNER PHILLIPS EVANS "
      "PARKER EDWARDS COLLINS STEWART MORRIS MURPHY COOK ROGERS REED BAILEY BELL COOPER WARD COX",
      1.7},
     {"ASH BRAD WHIT HAR WIN STAN KIRK LANG NOR THORN ED HOL BUCK CAR FAIR GRAY HUNT KEN LIN MAR",
      1},
     {"FORD TON LEY WOOD MAN SON BURY FIELD WELL WORTH BY HAM STEAD LAND BROOK", 1},
     0.5,
     {"JAMES JOHN ROBERT MICHAEL WILLIAM DAVID RICHARD JOSEPH THOMAS CHARLES CHRISTOPHER DANIEL "
      "MATTHEW ANTHONY MARK DONALD STEVEN PAUL ANDREW JOSHUA KENNETH KEVIN BRIAN GEORGE EDWARD "
      "RONALD TIMOTHY JASON JEFFREY RYAN JACOB GARY NICHOLAS ERIC JONATHAN STEPHEN LARRY JUSTIN",
      1.5},
     {"MARY PATRICIA JENNIFER LINDA ELIZABETH BARBARA SUSAN JESSICA SARAH KAREN LISA NANCY BETTY "
      "MARGARET SANDRA ASHLEY KIMBERLY EMILY DONNA MICHELLE CAROL AMANDA MELISSA DEBORAH STEPHANIE "
      "REBECCA LAURA SHARON CYNTHIA KATHLEEN AMY ANGELA SHIRLEY ANNA BRENDA PAMELA EMMA NICOLE",
      1.5},
     {NULL, 1},
     {NULL, 1}},
    {"JPN",
     12,
     PEOPLE_JOINED,
     {"SATO SUZUKI TAKAHASHI TANAKA ITO WATANABE YAMAMOTO NAKAMURA KOBAYASHI KATO YOSHIDA YAMADA "
      "SASAKI YAMAGUCHI MATSUMOTO INOUE KIMURA HAYASHI SHIMIZU SAITO YAMAZAKI MORI IKEDA HASHIMOTO "
      "ABE ISHIKAWA YAMASHITA OGAWA ISHII HASEGAWA GOTO OKADA KONDO MAEDA FUJITA ENDO AOKI "
      "SAKAMOTO "
      "MURAKAMI OTA KANEKO FUJII FUKUDA NISHIMURA MIURA TAKEUCHI NAKAGAWA OKAMOTO MATSUDA HARADA",
      1.6},
     {"KURO SHIRA TAKE MATSU SUGI UME KITA MINAMI NISHI HIGASHI NAKA KAWA ISHI IWA TANI MIYA OKA "
      "HAMA SHIMA ARA",
      1},
     {"DA MOTO MURA YAMA KAWA SHIMA NO SAWA HARA ZAKI GUCHI BE TANI MIZU", 1},
     0.45,
     {"HIRO TAKA MASA YOSHI KAZU TOSHI NOBU AKI YUKI KEN SHIN JUN DAI RYO SHO KEI HARU TOMO MICHI "
      "NAO",
      1.2},
     {"YU MI AKI HARU NAO TOMO KAZU YOSHI MASA SA KE KYO RI NA HITO MAYU AYA MEGU SHI CHI", 1.2},
     {"SHI YUKI KI TO YA O TAKA HIKO NORI AKI JI ICHI KAZU MI TARO SUKE TA HITO MASA", 1.1},
     {"KO MI E KA RI NA YO KI SA NE HO AKI KO MI", 1.1}},
    {"KOR",
     9,
     PEOPLE_JOINED,
     {"KIM LEE PARK CHOI JUNG KANG CHO YOON JANG LIM HAN OH SEO SHIN KWON HWANG AHN SONG JEON HONG "
      "YOO KO MOON YANG SON BAE BAEK HEO NAM SIM NOH HA KWAK SUNG CHA JOO WOO KOO MIN RYU NA JIN "
      "JI",
      2.4},
     {"NAM SUN", 1},
     {"GUNG WOO", 1},
     0.002,
     {"MIN JI SEUNG DONG SUNG JUN YOUNG HYUN JAE SANG KYUNG TAE JONG KWANG IN BYUNG JIN WOO HO "
      "CHUL",
      1.2},
     {"JI MIN SOO EUN HYE YOUNG SUN MI JUNG SEO YU HEE KYUNG NA HA BO SO YE JIN MYUNG", 1.2},
     {"JUN HO HYUN SOO WOO SU MIN HOON SIK JIN CHUL KYU SEOK YONG HWAN BIN TAE IL SUB GYU", 1.2},
     {"YOUNG HEE JIN SOOK MI EUN AH YEON JUNG KYUNG WON NA RIM HYUN JU SUN OK RA HEE BIN", 1.2}},
    {"VNM",
     6,
     PEOPLE_MIDDLE,
     {"NGUYEN TRAN LE PHAM HOANG HUYNH PHAN VU VO DANG BUI DO HO NGO DUONG LY", 2.2},
     {"TRINH DOAN MAI", 1},
     {"", 1},
     0.05,
     {"ANH MINH TUAN HUNG DUNG NAM LONG HAI SON DUC QUANG THANH HIEU TRUNG KHANH TUNG PHONG VINH",
      1.2},
     {"HOA LAN HUONG LINH MAI THAO TRANG NGOC HANH HONG THU PHUONG YEN NGA THUY DUNG VAN HA", 1.2},
     {NULL, 1},
     {NULL, 1}},
    {"RUS",
     8,
     PEOPLE_MIDDLE,
     {"IVANOV SMIRNOV KUZNETSOV POPOV VASILIEV PETROV SOKOLOV MIKHAILOV NOVIKOV FEDOROV MOROZOV "
      "VOLKOV ALEKSEEV LEBEDEV SEMENOV EGOROV PAVLOV KOZLOV STEPANOV NIKOLAEV ORLOV ANDREEV "
      "MAKAROV "
      "NIKITIN ZAKHAROV ZAITSEV SOLOVIEV BORISOV IAKOVLEV GRIGORIEV ROMANOV VOROBIEV SERGEEV",
      1.5},
     {"KOROL BOGDAN CHERN BEL ZHUK TARAS LUK SAVEL GOR KRAS MEDVED SHCHERB KARP DOLG TIM", 1},
     {"OV EV IN SKII ENKO OVICH UK ENKOV", 1},
     0.5,
     {"ALEKSANDR SERGEI DMITRII ANDREI ALEKSEI MAKSIM EVGENII IVAN MIKHAIL NIKOLAI VLADIMIR PAVEL "
      "ROMAN IGOR OLEG VIKTOR IURII DENIS ANTON KIRILL ILIA KONSTANTIN",
      1.3},
     {"ELENA OLGA NATALIA ANNA TATIANA IRINA EKATERINA MARIA SVETLANA ANASTASIA IULIIA MARINA "
      "GALINA LIUDMILA KSENIIA DARIA VALENTINA NADEZHDA POLINA",
      1.3},
     {NULL, 1},
     {NULL, 1}},
    {"D",
     6,
     PEOPLE_PLAIN,
     {"MUELLER SCHMIDT SCHNEIDER FISCHER WEBER MEYER WAGNER BECKER SCHULZ HOFFMANN SCHAEFER KOCH "
      "BAUER RICHTER KLEIN WOLF SCHROEDER NEUMANN SCHWARZ ZIMMERMANN BRAUN KRUEGER HOFMANN "
      "HARTMANN "
      "LANGE WERNER KRAUSE LEHMANN KOEHLER MAIER",
      1.4},
     {"HOLZ STEIN WALD BERG EICH ROSEN LINDEN GOLD SILBER KALT NEU ALT OBER NIEDER", 1},
     {"MANN BERG BACH NER MEIER HAUSEN FELD STEIN BAUER INGER KAMP", 1},
     0.5,
     {"THOMAS MICHAEL ANDREAS PETER STEFAN CHRISTIAN FRANK MARTIN JUERGEN WOLFGANG KLAUS MARKUS "
      "ALEXANDER JAN FELIX LUKAS MAXIMILIAN TIM JONAS LEON UWE DIETER",
      1.3},
     {"SABINE PETRA MONIKA SUSANNE ANDREA CLAUDIA BIRGIT ANNA LENA JULIA KATHARINA LAURA SARAH "
      "LISA "
      "MARIA NINA STEFANIE KAROLIN HEIKE GISELA",
      1.3},
     {NULL, 1},
     {NULL, 1}},
    {"ESP",
     7,
     PEOPLE_TWO_FAMILIES,
     {"GARCIA RODRIGUEZ GONZALEZ FERNANDEZ LOPEZ MARTINEZ SANCHEZ PEREZ GOMEZ MARTIN JIMENEZ RUIZ "
      "HERNANDEZ DIAZ MORENO MUNOZ ALVAREZ ROMERO ALONSO GUTIERREZ NAVARRO TORRES DOMINGUEZ "
      "VAZQUEZ "
      "RAMOS GIL RAMIREZ SERRANO BLANCO MOLINA MORALES SUAREZ ORTEGA DELGADO CASTRO ORTIZ RUBIO",
      1.4},
     {"VILLA CAS MONT FUENT OLIV ROSAL CAMP SALAZ ARAN", 1},
     {"AR ERO ALBA ES ADA ANO UEL", 1},
     0.15,
     {"ANTONIO JOSE MANUEL FRANCISCO DAVID JUAN JAVIER DANIEL CARLOS JESUS ALEJANDRO MIGUEL RAFAEL "
      "PEDRO PABLO ANGEL SERGIO FERNANDO LUIS ALBERTO ALVARO DIEGO",
      1.3},
     {"MARIA CARMEN ANA ISABEL LAURA CRISTINA MARTA LUCIA DOLORES PILAR ELENA RAQUEL PAULA SARA "
      "ROSA BEATRIZ NURIA SILVIA JULIA PATRICIA IRENE ANDREA",
      1.3},
     {NULL, 1},
     {NULL, 1}},
    {"EGY",
     5,
     PEOPLE_MIDDLE,
     {"MOHAMED AHMED ALI HASSAN HUSSEIN IBRAHIM MAHMOUD MOSTAFA KHALIL SALEH OSMAN SAYED ABDULLAH "
      "YOUSSEF SALEM NASSER KAMAL FAROUK ZAKI GABER RAMADAN SHERIF MANSOUR TAHA AMIN FATHY HAMDAN",
      1.3},
     {"AL", 1},
     {"MASRI RASHID HAKIM NAJJAR KHATIB QURESHI ZAHRANI GHAMDI OTAIBI HARBI SHEHRI", 1},
     0.3,
     {"MOHAMED AHMED MAHMOUD MOSTAFA OMAR KHALED ALI HASSAN IBRAHIM YOUSSEF TAREK AMR KARIM HOSSAM "
      "WALID SAMIR ADEL HANY SAMEH NABIL",
      1.4},
     {"FATMA AISHA MARIAM NOUR SARA HEBA MONA AMIRA DINA RANIA SALMA YASMIN LAYLA HANAN NADIA "
      "SAMIRA "
      "ZEINAB HUDA IMAN",
      1.4},
     {NULL, 1},
     {NULL, 1}},
    {"THA",
     3,
     PEOPLE_PLAIN,
     {"SAETANG SAELIM CHAIYASIT THONGCHAI", 1},
     {"WONG SUK CHAI THONG SRI RATTANA PHAN BOON KIT PRA CHAROEN SOM TAWEE UDOM", 1},
     {"SIRI PHONG SAWAT KUL CHAI SAKUN WATTANA PHAN SOMBAT THONG SUWAN RAT", 1},
     0.95,
     {"SOMCHAI SOMSAK PRASERT WICHAI SURACHAI ANAN THANAKORN KITTISAK NATTAPHON PRAYUT CHAIWAT "
      "NARONG PICHAI SOMPONG WIRAT",
      1.2},
     {"SOMJAI MALEE SUPAPORN SIRIPORN NOI WANNA PRANEE NATTHAYA RATCHANEE KANYA SUNISA PIMCHANOK "
      "ORAWAN JINTANA",
      1.2},
     {NULL, 1},
     {NULL, 1}},
};

static inline uint64_t
people_draw(uint64_t *seed)
{
    uint64_t z = (*seed += UINT64_C(0x9E3779B97F4A7C15)); /* splitmix64 */

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static inline double
people_unit(uint64_t *seed)
{
    return (double)(people_draw(seed) >> 11) / 9007199254740992.0;
}

/* Append a word; "-" is none. */
static inline void
people_word(uint64_t *seed, const struct people_words *words, char *out)
{
    size_t count = 1, want, len = strlen(out);
    const char *at = words->text;

    if (at == NULL)
        return;
    for (const char *c = at; *c != '\0'; c++)
        count += *c == ' ' ? 1 : 0;
    want = (size_t)(pow(people_unit(seed), words->skew) * (double)count);
    for (; want > 0; want--)
        at = strchr(at, ' ') + 1;
    size_t word_len = strcspn(at, " ");
    if (*at != '-' && len + word_len < PEOPLE_NAME_BYTES) {
        memcpy(out + len, at, word_len);
        out[len + word_len] = '\0';
    }
}

static inline void
people_family(uint64_t *seed, const struct people_country *country, char *out)
{
    bool is_rare = people_unit(seed) < country->rare;

    people_word(seed, is_rare ? &country->family_heads : &country->families, out);
    if (is_rare)
        people_word(seed, &country->family_tails, out);
}

static inline void
people_make(uint64_t *seed, struct people_one *out)
{
    const struct people_country *country = PEOPLE;
    unsigned at = (unsigned)(people_draw(seed) % 100);

    while (at >= country->share) {
        at -= country->share;
        country++;
    }
    memset(out, 0, sizeof *out);
    bool is_man = people_draw(seed) % 2 == 0;
    const struct people_words *given = is_man ? &country->men : &country->women;
    out->nationality = country->code;
    out->sex = is_man ? 'M' : 'F';
    people_family(seed, country, out->family);
    people_word(seed, given, out->given);
    if (country->style == PEOPLE_JOINED)
        people_word(seed, is_man ? &country->men_ends : &country->women_ends, out->given);
    if (country->style == PEOPLE_TWO_FAMILIES) {
        strcat(out->family, " ");
        people_family(seed, country, out->family);
    }
    if (country->style == PEOPLE_MIDDLE && people_draw(seed) % 10 < 7) {
        strcat(out->given, " ");
        people_word(seed, given, out->given);
    }
    snprintf(out->birth, sizeof out->birth, "%04u-%02u-%02u",
             1946 + (unsigned)(people_draw(seed) % 65), 1 + (unsigned)(people_draw(seed) % 12),
             1 + (unsigned)(people_draw(seed) % 28));
}

#endif /* TESTS_BENCH_PEOPLE_H */
