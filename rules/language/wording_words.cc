#include "rules/language/wording_words.h"

#include <algorithm>

namespace lupaus::rules::language {
namespace {

using Kind = Quantity::Kind;
using Word = std::string_view;

constexpr int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;

constexpr UnitWord kFinnishUnits[] = {{"sekun*", Kind::time, kSecond},
                                      {"s", Kind::time, kSecond},
                                      {"sek", Kind::time, kSecond},
                                      {"minuut*", Kind::time, kMinute},
                                      {"min", Kind::time, kMinute},
                                      {"tunti*", Kind::time, kHour},
                                      {"tunni*", Kind::time, kHour},
                                      {"tunneis*", Kind::time, kHour},
                                      {"h", Kind::time, kHour},
                                      {"arkipäiv*", Kind::business_days},
                                      {"arkipv", Kind::business_days},
                                      {"pankkipäiv*", Kind::business_days},
                                      {"työpäiv*", Kind::business_days},
                                      {"virkapäiv*", Kind::business_days},
                                      {"kalenteripäiv*", Kind::calendar_days},
                                      {"päivä", Kind::days},
                                      {"päivän", Kind::days},
                                      {"päivää", Kind::days},
                                      {"päiväs*", Kind::days},
                                      {"päivän*", Kind::days},
                                      {"päiväl*", Kind::days},
                                      {"päiviss*", Kind::days},
                                      {"pv", Kind::days},
                                      {"vuorokau*", Kind::days},
                                      {"vrk", Kind::days},
                                      {"viikko*", Kind::weeks},
                                      {"viikon", Kind::weeks},
                                      {"viikos*", Kind::weeks},
                                      {"viikol*", Kind::weeks},
                                      {"vk", Kind::weeks},
                                      {"kuukau*", Kind::long_time},
                                      {"kk", Kind::long_time},
                                      {"vuosi*", Kind::long_time},
                                      {"vuode*", Kind::long_time},
                                      {"vuotta", Kind::long_time}};
constexpr UnitWord kSwedishUnits[] = {{"sekund*", Kind::time, kSecond},
                                      {"sek", Kind::time, kSecond},
                                      {"s", Kind::time, kSecond},
                                      {"minut*", Kind::time, kMinute},
                                      {"min", Kind::time, kMinute},
                                      {"timm*", Kind::time, kHour},
                                      {"tim", Kind::time, kHour},
                                      {"h", Kind::time, kHour},
                                      {"bankdag*", Kind::business_days},
                                      {"arbetsdag*", Kind::business_days},
                                      {"vardag*", Kind::business_days},
                                      {"kalenderdag*", Kind::calendar_days},
                                      {"dag", Kind::days},
                                      {"dagar", Kind::days},
                                      {"dagars", Kind::days},
                                      {"dags", Kind::days},
                                      {"dagen", Kind::days},
                                      {"dygn*", Kind::days},
                                      {"vecka", Kind::weeks},
                                      {"veckor*", Kind::weeks},
                                      {"veckas", Kind::weeks},
                                      {"månad*", Kind::long_time},
                                      {"år", Kind::long_time},
                                      {"års", Kind::long_time}};
constexpr UnitWord kEnglishUnits[] = {{"second", Kind::time, kSecond},
                                      {"seconds", Kind::time, kSecond},
                                      {"sec", Kind::time, kSecond},
                                      {"secs", Kind::time, kSecond},
                                      {"s", Kind::time, kSecond},
                                      {"minute", Kind::time, kMinute},
                                      {"minutes", Kind::time, kMinute},
                                      {"min", Kind::time, kMinute},
                                      {"mins", Kind::time, kMinute},
                                      {"hour", Kind::time, kHour},
                                      {"hours", Kind::time, kHour},
                                      {"hr", Kind::time, kHour},
                                      {"hrs", Kind::time, kHour},
                                      {"h", Kind::time, kHour},
                                      {"day", Kind::days},
                                      {"days", Kind::days},
                                      {"workday*", Kind::business_days},
                                      {"weekday*", Kind::business_days},
                                      {"week", Kind::weeks},
                                      {"weeks", Kind::weeks},
                                      {"month", Kind::long_time},
                                      {"months", Kind::long_time},
                                      {"year", Kind::long_time},
                                      {"years", Kind::long_time}};

constexpr Word kFinnishBetween[] = {"täy*",  "avoin*",    "avoim*",   "seuraav*",  "perättäis*",
                                    "alka*", "kokonais*", "arkisin*", "peräkkäis*"};
constexpr Word kSwedishBetween[] = {"hel",      "hela",     "helgfri*",     "öppna",
                                    "påbörja*", "följande", "nästkommande", "öppen"};
constexpr Word kEnglishBetween[] = {"open",    "opening", "full",        "whole",      "business",
                                    "working", "banking", "bank",        "calendar",   "week",
                                    "started", "further", "consecutive", "additional", "clock"};
constexpr Word kSwedishBusiness[] = {"helgfri*"};
constexpr Word kEnglishBusiness[] = {"business", "working", "banking", "bank", "week"};
constexpr Word kEnglishCalendar[] = {"calendar"};

constexpr Word kSwedishOne[] = {"en", "ett"};
constexpr Word kEnglishOne[] = {"a", "an"};
constexpr Word kFinnishNext[] = {"seuraava*", "saman*", "samass*", "saman"};
constexpr Word kSwedishNext[] = {"nästa", "samma", "följande"};
constexpr Word kEnglishNext[] = {"next", "same", "following"};
constexpr Word kFinnishWithin[] = {"alle"};
constexpr Word kSwedishWithin[] = {"inom", "på", "under"};
constexpr Word kEnglishWithin[] = {"within", "in", "under"};
constexpr Word kFinnishLarger[] = {"sata*", "sada*", "tuha*"};
constexpr Word kSwedishLarger[] = {"hundra*", "tusen*"};
constexpr Word kEnglishLarger[] = {"hundred", "thousand"};

constexpr Word kFinnishConsequences[] = {
    "maksa*",  "maksu*",       "korva*",     "hyvit*",   "ilmai*", "alennu*", "lahja*",
    "palaut*", "takaisin",     "pahoittel*", "anteeksi", "kupon*", "veloit*", "saat",
    "tarjoa*", "veloitukset*", "euro*",      "etukup*",  "rahat"};
constexpr Word kSwedishConsequences[] = {
    "betala*",     "ersätt*",      "kompens*", "återbetal*",   "gratis",  "kostnad*", "rabatt*",
    "tillgodo*",   "presentkort*", "bjud*",    "avdrag*",      "pengar*", "kredit*",  "ursäkt*",
    "avgiftsfri*", "euro*",        "kron*",    "värdekupong*", "tillbaka"};
constexpr Word kEnglishConsequences[] = {
    "pay*",    "paid",  "refund*", "compensat*", "voucher*", "credit*", "free",   "discount*",
    "money",   "gift*", "coupon*", "reimburse*", "apolog*",  "sorry",   "waive*", "charge*",
    "reward*", "euro*", "pound*",  "dollar*",    "deduct*",  "owe*",    "nothing"};

constexpr Word kFinnishSpeeds[] = {"mahdollisimman nopeasti",
                                   "mahdollisimman pian",
                                   "niin pian kuin mahdollista",
                                   "niin nopeasti kuin mahdollista",
                                   "kohtuullisessa ajassa",
                                   "viipymättä",
                                   "viivytyksettä",
                                   "pian",
                                   "nopeasti",
                                   "ripeästi",
                                   "joutuisasti",
                                   "lähiaikoina",
                                   "heti",
                                   "ilman aiheetonta viivytystä"};
constexpr Word kSwedishSpeeds[] = {"så fort som möjligt",
                                   "så snart som möjligt",
                                   "inom rimlig tid",
                                   "så snabbt som möjligt",
                                   "utan dröjsmål",
                                   "inom kort",
                                   "snart",
                                   "snabbt",
                                   "omgående",
                                   "skyndsamt",
                                   "genast",
                                   "direkt"};
constexpr Word kEnglishSpeeds[] = {"as soon as possible",
                                   "as quickly as possible",
                                   "asap",
                                   "in a timely manner",
                                   "within a reasonable time",
                                   "in due course",
                                   "without delay",
                                   "without undue delay",
                                   "at your earliest",
                                   "promptly",
                                   "quickly",
                                   "shortly",
                                   "soon",
                                   "fast",
                                   "immediately",
                                   "straight away",
                                   "swiftly"};
constexpr Word kFinnishHedges[] = {"pyrimme",         "yritämme",       "yleensä",
                                   "tavallisesti",    "tavoitteenamme", "mahdollisuuksien mukaan",
                                   "parhaamme mukaan"};
constexpr Word kSwedishHedges[] = {"vi försöker", "vi strävar", "normalt",    "vanligtvis",
                                   "oftast",      "i regel",    "om möjligt", "vår ambition"};
constexpr Word kEnglishHedges[] = {"we aim to",       "we try to",      "we strive to",
                                   "we endeavour to", "we endeavor to", "usually",
                                   "normally",        "typically",      "where possible",
                                   "if possible",     "we hope to",     "best efforts"};

constexpr LanguageWords kFinnish{kFinnishUnits,
                                 kFinnishBetween,
                                 {},
                                 {},
                                 {},
                                 kFinnishNext,
                                 kFinnishWithin,
                                 kFinnishLarger,
                                 kFinnishConsequences,
                                 kFinnishSpeeds,
                                 kFinnishHedges};
constexpr LanguageWords kSwedish{
    kSwedishUnits,        kSwedishBetween, kSwedishBusiness, {},
    kSwedishOne,          kSwedishNext,    kSwedishWithin,   kSwedishLarger,
    kSwedishConsequences, kSwedishSpeeds,  kSwedishHedges};
constexpr LanguageWords kEnglish{kEnglishUnits,    kEnglishBetween, kEnglishBusiness,
                                 kEnglishCalendar, kEnglishOne,     kEnglishNext,
                                 kEnglishWithin,   kEnglishLarger,  kEnglishConsequences,
                                 kEnglishSpeeds,   kEnglishHedges};

struct CurrencyWord {
  Word pattern;
  Word codes;
};
constexpr CurrencyWord kCurrencies[] = {{"€", "EUR"},
                                        {"eur", "EUR"},
                                        {"euro*", "EUR"},
                                        {"£", "GBP"},
                                        {"gbp", "GBP"},
                                        {"pound*", "GBP"},
                                        {"punta*", "GBP"},
                                        {"punna*", "GBP"},
                                        {"pund", "GBP"},
                                        {"$", "USD CAD AUD NZD"},
                                        {"usd", "USD"},
                                        {"dollar*", "USD CAD AUD NZD"},
                                        {"sek", "SEK"},
                                        {"nok", "NOK"},
                                        {"dkk", "DKK"},
                                        {"kr", "SEK NOK DKK ISK"},
                                        {"kronor", "SEK NOK DKK ISK"},
                                        {"krona", "SEK NOK DKK ISK"},
                                        {"kruunu*", "SEK NOK DKK ISK"},
                                        {"chf", "CHF"},
                                        {"frang*", "CHF"},
                                        {"franc*", "CHF"},
                                        {"yen", "JPY"},
                                        {"jpy", "JPY"}};

}  // namespace

bool is_word_like(std::string_view word, std::string_view pattern) {
  if (pattern.ends_with('*')) return word.starts_with(pattern.substr(0, pattern.size() - 1));
  return word == pattern;
}

bool is_word_among(std::string_view word, std::span<const std::string_view> patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](std::string_view pattern) { return is_word_like(word, pattern); });
}

const LanguageWords* find_language_words(std::string_view language) {
  if (language == "fi") return &kFinnish;
  if (language == "sv") return &kSwedish;
  if (language == "en") return &kEnglish;
  return nullptr;
}

std::string_view currencies_of(std::string_view word) {
  for (const CurrencyWord& currency : kCurrencies) {
    if (is_word_like(word, currency.pattern)) return currency.codes;
  }
  return "";
}

bool is_percent_word(std::string_view word) {
  static constexpr Word kPercents[] = {"%", "prosent*", "procent*", "percent*"};
  return is_word_among(word, kPercents);
}

}  // namespace lupaus::rules::language
