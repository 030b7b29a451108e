#include "proto/state_code.h"

#include "proto/nearest.h"

#include <string.h>
#include <strings.h>

/*
 * ISO 3166-1 from Debian's iso-codes 4.15 (iso_3166-1.json, common names where it has them), the
 * rest from ICAO Doc 9303-3, 8th edition, section 5, parts B to D.  In byte order of the code.
 */
static const struct state_code table[] = {
    {"ABW", "AW", "Aruba", STATE_ISO},
    {"AFG", "AF", "Afghanistan", STATE_ISO},
    {"AGO", "AO", "Angola", STATE_ISO},
    {"AIA", "AI", "Anguilla", STATE_ISO},
    {"ALA", "AX", "Åland Islands", STATE_ISO},
    {"ALB", "AL", "Albania", STATE_ISO},
    {"AND", "AD", "Andorra", STATE_ISO},
    {"ARE", "AE", "United Arab Emirates", STATE_ISO},
    {"ARG", "AR", "Argentina", STATE_ISO},
    {"ARM", "AM", "Armenia", STATE_ISO},
    {"ASM", "AS", "American Samoa", STATE_ISO},
    {"ATA", "AQ", "Antarctica", STATE_ISO},
    {"ATF", "TF", "French Southern Territories", STATE_ISO},
    {"ATG", "AG", "Antigua and Barbuda", STATE_ISO},
    {"AUS", "AU", "Australia", STATE_ISO},
    {"AUT", "AT", "Austria", STATE_ISO},
    {"AZE", "AZ", "Azerbaijan", STATE_ISO},
    {"BDI", "BI", "Burundi", STATE_ISO},
    {"BEL", "BE", "Belgium", STATE_ISO},
    {"BEN", "BJ", "Benin", STATE_ISO},
    {"BES", "BQ", "Bonaire, Sint Eustatius and Saba", STATE_ISO},
    {"BFA", "BF", "Burkina Faso", STATE_ISO},
    {"BGD", "BD", "Bangladesh", STATE_ISO},
    {"BGR", "BG", "Bulgaria", STATE_ISO},
    {"BHR", "BH", "Bahrain", STATE_ISO},
    {"BHS", "BS", "Bahamas", STATE_ISO},
    {"BIH", "BA", "Bosnia and Herzegovina", STATE_ISO},
    {"BLM", "BL", "Saint Barthélemy", STATE_ISO},
    {"BLR", "BY", "Belarus", STATE_ISO},
    {"BLZ", "BZ", "Belize", STATE_ISO},
    {"BMU", "BM", "Bermuda", STATE_ISO},
    {"BOL", "BO", "Bolivia", STATE_ISO},
    {"BRA", "BR", "Brazil", STATE_ISO},
    {"BRB", "BB", "Barbados", STATE_ISO},
    {"BRN", "BN", "Brunei Darussalam", STATE_ISO},
    {"BTN", "BT", "Bhutan", STATE_ISO},
    {"BVT", "BV", "Bouvet Island", STATE_ISO},
    {"BWA", "BW", "Botswana", STATE_ISO},
    {"CAF", "CF", "Central African Republic", STATE_ISO},
    {"CAN", "CA", "Canada", STATE_ISO},
    {"CCK", "CC", "Cocos (Keeling) Islands", STATE_ISO},
    {"CHE", "CH", "Switzerland", STATE_ISO},
    {"CHL", "CL", "Chile", STATE_ISO},
    {"CHN", "CN", "China", STATE_ISO},
    {"CIV", "CI", "Côte d'Ivoire", STATE_ISO},
    {"CMR", "CM", "Cameroon", STATE_ISO},
    {"COD", "CD", "Congo, The Democratic Republic of the", STATE_ISO},
    {"COG", "CG", "Congo", STATE_ISO},
    {"COK", "CK", "Cook Islands", STATE_ISO},
    {"COL", "CO", "Colombia", STATE_ISO},
    {"COM", "KM", "Comoros", STATE_ISO},
    {"CPV", "CV", "Cabo Verde", STATE_ISO},
    {"CRI", "CR", "Costa Rica", STATE_ISO},
    {"CUB", "CU", "Cuba", STATE_ISO},
    {"CUW", "CW", "Curaçao", STATE_ISO},
    {"CXR", "CX", "Christmas Island", STATE_ISO},
    {"CYM", "KY", "Cayman Islands", STATE_ISO},
    {"CYP", "CY", "Cyprus", STATE_ISO},
    {"CZE", "CZ", "Czechia", STATE_ISO},
    {"D", "DE", "Germany", STATE_EXCEPTION},
    {"DJI", "DJ", "Djibouti", STATE_ISO},
    {"DMA", "DM", "Dominica", STATE_ISO},
    {"DNK", "DK", "Denmark", STATE_ISO},
    {"DOM", "DO", "Dominican Republic", STATE_ISO},
    {"DZA", "DZ", "Algeria", STATE_ISO},
    {"ECU", "EC", "Ecuador", STATE_ISO},
    {"EGY", "EG", "Egypt", STATE_ISO},
    {"ERI", "ER", "Eritrea", STATE_ISO},
    {"ESH", "EH", "Western Sahara", STATE_ISO},
    {"ESP", "ES", "Spain", STATE_ISO},
    {"EST", "EE", "Estonia", STATE_ISO},
    {"ETH", "ET", "Ethiopia", STATE_ISO},
    {"EUE", "EU", "European Union", STATE_ORGANISATION},
    {"FIN", "FI", "Finland", STATE_ISO},
    {"FJI", "FJ", "Fiji", STATE_ISO},
    {"FLK", "FK", "Falkland Islands (Malvinas)", STATE_ISO},
    {"FRA", "FR", "France", STATE_ISO},
    {"FRO", "FO", "Faroe Islands", STATE_ISO},
    {"FSM", "FM", "Micronesia, Federated States of", STATE_ISO},
    {"GAB", "GA", "Gabon", STATE_ISO},
    {"GBD", "", "British Overseas Territories citizen", STATE_EXCEPTION},
    {"GBN", "", "British National (Overseas)", STATE_EXCEPTION},
    {"GBO", "", "British Overseas citizen", STATE_EXCEPTION},
    {"GBP", "", "British protected person", STATE_EXCEPTION},
    {"GBR", "GB", "United Kingdom", STATE_ISO},
    {"GBS", "", "British subject", STATE_EXCEPTION},
    {"GEO", "GE", "Georgia", STATE_ISO},
    {"GGY", "GG", "Guernsey", STATE_ISO},
    {"GHA", "GH", "Ghana", STATE_ISO},
    {"GIB", "GI", "Gibraltar", STATE_ISO},
    {"GIN", "GN", "Guinea", STATE_ISO},
    {"GLP", "GP", "Guadeloupe", STATE_ISO},
    {"GMB", "GM", "Gambia", STATE_ISO},
    {"GNB", "GW", "Guinea-Bissau", STATE_ISO},
    {"GNQ", "GQ", "Equatorial Guinea", STATE_ISO},
    {"GRC", "GR", "Greece", STATE_ISO},
    {"GRD", "GD", "Grenada", STATE_ISO},
    {"GRL", "GL", "Greenland", STATE_ISO},
    {"GTM", "GT", "Guatemala", STATE_ISO},
    {"GUF", "GF", "French Guiana", STATE_ISO},
    {"GUM", "GU", "Guam", STATE_ISO},
    {"GUY", "GY", "Guyana", STATE_ISO},
    {"HKG", "HK", "Hong Kong", STATE_ISO},
    {"HMD", "HM", "Heard Island and McDonald Islands", STATE_ISO},
    {"HND", "HN", "Honduras", STATE_ISO},
    {"HRV", "HR", "Croatia", STATE_ISO},
    {"HTI", "HT", "Haiti", STATE_ISO},
    {"HUN", "HU", "Hungary", STATE_ISO},
    {"IDN", "ID", "Indonesia", STATE_ISO},
    {"IMN", "IM", "Isle of Man", STATE_ISO},
    {"IND", "IN", "India", STATE_ISO},
    {"IOT", "IO", "British Indian Ocean Territory", STATE_ISO},
    {"IRL", "IE", "Ireland", STATE_ISO},
    {"IRN", "IR", "Iran", STATE_ISO},
    {"IRQ", "IQ", "Iraq", STATE_ISO},
    {"ISL", "IS", "Iceland", STATE_ISO},
    {"ISR", "IL", "Israel", STATE_ISO},
    {"ITA", "IT", "Italy", STATE_ISO},
    {"JAM", "JM", "Jamaica", STATE_ISO},
    {"JEY", "JE", "Jersey", STATE_ISO},
    {"JOR", "JO", "Jordan", STATE_ISO},
    {"JPN", "JP", "Japan", STATE_ISO},
    {"KAZ", "KZ", "Kazakhstan", STATE_ISO},
    {"KEN", "KE", "Kenya", STATE_ISO},
    {"KGZ", "KG", "Kyrgyzstan", STATE_ISO},
    {"KHM", "KH", "Cambodia", STATE_ISO},
    {"KIR", "KI", "Kiribati", STATE_ISO},
    {"KNA", "KN", "Saint Kitts and Nevis", STATE_ISO},
    {"KOR", "KR", "South Korea", STATE_ISO},
    {"KWT", "KW", "Kuwait", STATE_ISO},
    {"LAO", "LA", "Laos", STATE_ISO},
    {"LBN", "LB", "Lebanon", STATE_ISO},
    {"LBR", "LR", "Liberia", STATE_ISO},
    {"LBY", "LY", "Libya", STATE_ISO},
    {"LCA", "LC", "Saint Lucia", STATE_ISO},
    {"LIE", "LI", "Liechtenstein", STATE_ISO},
    {"LKA", "LK", "Sri Lanka", STATE_ISO},
    {"LSO", "LS", "Lesotho", STATE_ISO},
    {"LTU", "LT", "Lithuania", STATE_ISO},
    {"LUX", "LU", "Luxembourg", STATE_ISO},
    {"LVA", "LV", "Latvia", STATE_ISO},
    {"MAC", "MO", "Macao", STATE_ISO},
    {"MAF", "MF", "Saint Martin (French part)", STATE_ISO},
    {"MAR", "MA", "Morocco", STATE_ISO},
    {"MCO", "MC", "Monaco", STATE_ISO},
    {"MDA", "MD", "Moldova", STATE_ISO},
    {"MDG", "MG", "Madagascar", STATE_ISO},
    {"MDV", "MV", "Maldives", STATE_ISO},
    {"MEX", "MX", "Mexico", STATE_ISO},
    {"MHL", "MH", "Marshall Islands", STATE_ISO},
    {"MKD", "MK", "North Macedonia", STATE_ISO},
    {"MLI", "ML", "Mali", STATE_ISO},
    {"MLT", "MT", "Malta", STATE_ISO},
    {"MMR", "MM", "Myanmar", STATE_ISO},
    {"MNE", "ME", "Montenegro", STATE_ISO},
    {"MNG", "MN", "Mongolia", STATE_ISO},
    {"MNP", "MP", "Northern Mariana Islands", STATE_ISO},
    {"MOZ", "MZ", "Mozambique", STATE_ISO},
    {"MRT", "MR", "Mauritania", STATE_ISO},
    {"MSR", "MS", "Montserrat", STATE_ISO},
    {"MTQ", "MQ", "Martinique", STATE_ISO},
    {"MUS", "MU", "Mauritius", STATE_ISO},
    {"MWI", "MW", "Malawi", STATE_ISO},
    {"MYS", "MY", "Malaysia", STATE_ISO},
    {"MYT", "YT", "Mayotte", STATE_ISO},
    {"NAM", "NA", "Namibia", STATE_ISO},
    {"NCL", "NC", "New Caledonia", STATE_ISO},
    {"NER", "NE", "Niger", STATE_ISO},
    {"NFK", "NF", "Norfolk Island", STATE_ISO},
    {"NGA", "NG", "Nigeria", STATE_ISO},
    {"NIC", "NI", "Nicaragua", STATE_ISO},
    {"NIU", "NU", "Niue", STATE_ISO},
    {"NLD", "NL", "Netherlands", STATE_ISO},
    {"NOR", "NO", "Norway", STATE_ISO},
    {"NPL", "NP", "Nepal", STATE_ISO},
    {"NRU", "NR", "Nauru", STATE_ISO},
    {"NZL", "NZ", "New Zealand", STATE_ISO},
    {"OMN", "OM", "Oman", STATE_ISO},
    {"PAK", "PK", "Pakistan", STATE_ISO},
    {"PAN", "PA", "Panama", STATE_ISO},
    {"PCN", "PN", "Pitcairn", STATE_ISO},
    {"PER", "PE", "Peru", STATE_ISO},
    {"PHL", "PH", "Philippines", STATE_ISO},
    {"PLW", "PW", "Palau", STATE_ISO},
    {"PNG", "PG", "Papua New Guinea", STATE_ISO},
    {"POL", "PL", "Poland", STATE_ISO},
    {"PRI", "PR", "Puerto Rico", STATE_ISO},
    {"PRK", "KP", "North Korea", STATE_ISO},
    {"PRT", "PT", "Portugal", STATE_ISO},
    {"PRY", "PY", "Paraguay", STATE_ISO},
    {"PSE", "PS", "Palestine, State of", STATE_ISO},
    {"PYF", "PF", "French Polynesia", STATE_ISO},
    {"QAT", "QA", "Qatar", STATE_ISO},
    {"REU", "RE", "Réunion", STATE_ISO},
    {"RKS", "XK", "Kosovo", STATE_EXCEPTION},
    {"ROU", "RO", "Romania", STATE_ISO},
    {"RUS", "RU", "Russian Federation", STATE_ISO},
    {"RWA", "RW", "Rwanda", STATE_ISO},
    {"SAU", "SA", "Saudi Arabia", STATE_ISO},
    {"SDN", "SD", "Sudan", STATE_ISO},
    {"SEN", "SN", "Senegal", STATE_ISO},
    {"SGP", "SG", "Singapore", STATE_ISO},
    {"SGS", "GS", "South Georgia and the South Sandwich Islands", STATE_ISO},
    {"SHN", "SH", "Saint Helena, Ascension and Tristan da Cunha", STATE_ISO},
    {"SJM", "SJ", "Svalbard and Jan Mayen", STATE_ISO},
    {"SLB", "SB", "Solomon Islands", STATE_ISO},
    {"SLE", "SL", "Sierra Leone", STATE_ISO},
    {"SLV", "SV", "El Salvador", STATE_ISO},
    {"SMR", "SM", "San Marino", STATE_ISO},
    {"SOM", "SO", "Somalia", STATE_ISO},
    {"SPM", "PM", "Saint Pierre and Miquelon", STATE_ISO},
    {"SRB", "RS", "Serbia", STATE_ISO},
    {"SSD", "SS", "South Sudan", STATE_ISO},
    {"STP", "ST", "Sao Tome and Principe", STATE_ISO},
    {"SUR", "SR", "Suriname", STATE_ISO},
    {"SVK", "SK", "Slovakia", STATE_ISO},
    {"SVN", "SI", "Slovenia", STATE_ISO},
    {"SWE", "SE", "Sweden", STATE_ISO},
    {"SWZ", "SZ", "Eswatini", STATE_ISO},
    {"SXM", "SX", "Sint Maarten (Dutch part)", STATE_ISO},
    {"SYC", "SC", "Seychelles", STATE_ISO},
    {"SYR", "SY", "Syria", STATE_ISO},
    {"TCA", "TC", "Turks and Caicos Islands", STATE_ISO},
    {"TCD", "TD", "Chad", STATE_ISO},
    {"TGO", "TG", "Togo", STATE_ISO},
    {"THA", "TH", "Thailand", STATE_ISO},
    {"TJK", "TJ", "Tajikistan", STATE_ISO},
    {"TKL", "TK", "Tokelau", STATE_ISO},
    {"TKM", "TM", "Turkmenistan", STATE_ISO},
    {"TLS", "TL", "Timor-Leste", STATE_ISO},
    {"TON", "TO", "Tonga", STATE_ISO},
    {"TTO", "TT", "Trinidad and Tobago", STATE_ISO},
    {"TUN", "TN", "Tunisia", STATE_ISO},
    {"TUR", "TR", "Türkiye", STATE_ISO},
    {"TUV", "TV", "Tuvalu", STATE_ISO},
    {"TWN", "TW", "Taiwan", STATE_ISO},
    {"TZA", "TZ", "Tanzania", STATE_ISO},
    {"UGA", "UG", "Uganda", STATE_ISO},
    {"UKR", "UA", "Ukraine", STATE_ISO},
    {"UMI", "UM", "United States Minor Outlying Islands", STATE_ISO},
    {"UNA", "", "United Nations specialized agency", STATE_ORGANISATION},
    {"UNK", "", "United Nations Interim Administration Mission in Kosovo", STATE_ORGANISATION},
    {"UNO", "", "United Nations", STATE_ORGANISATION},
    {"URY", "UY", "Uruguay", STATE_ISO},
    {"USA", "US", "United States", STATE_ISO},
    {"UTO", "", "Utopia", STATE_SPECIMEN},
    {"UZB", "UZ", "Uzbekistan", STATE_ISO},
    {"VAT", "VA", "Holy See (Vatican City State)", STATE_ISO},
    {"VCT", "VC", "Saint Vincent and the Grenadines", STATE_ISO},
    {"VEN", "VE", "Venezuela", STATE_ISO},
    {"VGB", "VG", "Virgin Islands, British", STATE_ISO},
    {"VIR", "VI", "Virgin Islands, U.S.", STATE_ISO},
    {"VNM", "VN", "Vietnam", STATE_ISO},
    {"VUT", "VU", "Vanuatu", STATE_ISO},
    {"WLF", "WF", "Wallis and Futuna", STATE_ISO},
    {"WSM", "WS", "Samoa", STATE_ISO},
    {"XBA", "", "African Development Bank", STATE_ORGANISATION},
    {"XCC", "", "Caribbean Community", STATE_ORGANISATION},
    {"XCE", "", "Council of Europe", STATE_ORGANISATION},
    {"XCO", "", "Common Market for Eastern and Southern Africa", STATE_ORGANISATION},
    {"XDC", "", "Southern African Development Community", STATE_ORGANISATION},
    {"XEC", "", "Economic Community of West African States", STATE_ORGANISATION},
    {"XES", "", "Organization of Eastern Caribbean States", STATE_ORGANISATION},
    {"XIM", "", "African Export-Import Bank", STATE_ORGANISATION},
    {"XMP", "", "Parliamentary Assembly of the Mediterranean", STATE_ORGANISATION},
    {"XOM", "", "Sovereign Military Order of Malta", STATE_ORGANISATION},
    {"XPO", "", "INTERPOL", STATE_ORGANISATION},
    {"XXA", "", "Stateless person", STATE_OF_PERSON},
    {"XXB", "", "Refugee (Convention of 1951)", STATE_OF_PERSON},
    {"XXC", "", "Refugee (other)", STATE_OF_PERSON},
    {"XXX", "", "Unspecified nationality", STATE_OF_PERSON},
    {"YEM", "YE", "Yemen", STATE_ISO},
    {"ZAF", "ZA", "South Africa", STATE_ISO},
    {"ZMB", "ZM", "Zambia", STATE_ISO},
    {"ZWE", "ZW", "Zimbabwe", STATE_ISO},
};

static const size_t table_count = sizeof table / sizeof table[0];

const struct state_code *
state_code_find(const char *text)
{
    size_t low = 0, high = table_count;

    if (text == NULL)
        return NULL;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(text, table[middle].code);
        if (order == 0)
            return &table[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

bool
state_code_issues(const struct state_code *code)
{
    return code->use != STATE_OF_PERSON;
}

bool
state_code_is_nationality(const struct state_code *code)
{
    return code->use != STATE_ORGANISATION;
}

/*
 * Who else's documents are the same: British passports (Doc 9303-3, part B; Bermuda's and others'
 * had a code of their own before GBD), those of China's regions, the laissez-passer of the United
 * Nations, Kosovo's of before and after 2008, and territories with their state's passports.
 */
static const struct {
    const char *code, *issuer;
} issuers[] = {
    {"ABW", "NLD"}, {"AIA", "GBR"}, {"ALA", "FIN"}, {"ASM", "USA"}, {"BES", "NLD"}, {"BLM", "FRA"},
    {"BMU", "GBR"}, {"CCK", "AUS"}, {"COK", "NZL"}, {"CUW", "NLD"}, {"CXR", "AUS"}, {"CYM", "GBR"},
    {"FLK", "GBR"}, {"FRO", "DNK"}, {"GBD", "GBR"}, {"GBN", "GBR"}, {"GBO", "GBR"}, {"GBP", "GBR"},
    {"GBS", "GBR"}, {"GGY", "GBR"}, {"GIB", "GBR"}, {"GLP", "FRA"}, {"GRL", "DNK"}, {"GUF", "FRA"},
    {"GUM", "USA"}, {"HKG", "CHN"}, {"IMN", "GBR"}, {"IOT", "GBR"}, {"JEY", "GBR"}, {"MAC", "CHN"},
    {"MAF", "FRA"}, {"MNP", "USA"}, {"MSR", "GBR"}, {"MTQ", "FRA"}, {"MYT", "FRA"}, {"NCL", "FRA"},
    {"NFK", "AUS"}, {"NIU", "NZL"}, {"PCN", "GBR"}, {"PRI", "USA"}, {"PYF", "FRA"}, {"REU", "FRA"},
    {"SGS", "GBR"}, {"SHN", "GBR"}, {"SJM", "NOR"}, {"SPM", "FRA"}, {"SXM", "NLD"}, {"TCA", "GBR"},
    {"TKL", "NZL"}, {"UNA", "UNO"}, {"UNK", "RKS"}, {"VGB", "GBR"}, {"VIR", "USA"}, {"WLF", "FRA"},
};

const char *
state_code_issuer(const char *code)
{
    for (size_t i = 0; i < sizeof issuers / sizeof issuers[0]; i++) {
        if (strcmp(code, issuers[i].code) == 0)
            return issuers[i].issuer;
    }
    return code;
}

const struct state_code *
state_code_suggest(const char *text)
{
    struct nearest nearest;
    const struct state_code *best = NULL;

    if (text[0] == '\0')
        return NULL;
    if (strcasecmp(text, "DEU") == 0) /* ISO's code, which Doc 9303 replaces */
        return state_code_find("D");
    for (size_t i = 0; i < table_count; i++) {
        if (strcasecmp(text, table[i].code) == 0 || strcasecmp(text, table[i].name) == 0 ||
            (table[i].alpha2[0] != '\0' && strcasecmp(text, table[i].alpha2) == 0))
            return &table[i];
    }
    nearest_init(&nearest, text);
    for (size_t i = 0; i < table_count; i++)
        nearest_offer(&nearest, strlen(text) <= 4 ? table[i].code : table[i].name);
    for (size_t i = 0; i < table_count && nearest.count > 0 && best == NULL; i++) {
        if (nearest.names[0] == table[i].code || nearest.names[0] == table[i].name)
            best = &table[i];
    }
    return best;
}
