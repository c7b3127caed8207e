// The stable codes of what is wrong with a book. A code keeps its meaning for ever; new complaints
// take new numbers.
#pragma once

#include <string_view>

namespace lupaus::rules::language {

// The text
inline constexpr std::string_view kYamlSyntax = "P001";
inline constexpr std::string_view kYamlFeature = "P002";  ///< anchors, aliases, tags
inline constexpr std::string_view kDuplicateKey = "P003";
inline constexpr std::string_view kUnknownKey = "P004";
inline constexpr std::string_view kMissingKey = "P005";
inline constexpr std::string_view kWrongShape = "P006";   ///< a map, list or single value expected
inline constexpr std::string_view kUnknownKind = "P007";  ///< apiVersion and kind
inline constexpr std::string_view kBadName = "P008";
inline constexpr std::string_view kNameTwice = "P009";
// Single values
inline constexpr std::string_view kBadDuration = "P010";
inline constexpr std::string_view kBadMoney = "P011";
inline constexpr std::string_view kNoCurrency = "P012";
inline constexpr std::string_view kBadDate = "P013";
inline constexpr std::string_view kUnknownWord = "P014";
inline constexpr std::string_view kBadNumber = "P015";
inline constexpr std::string_view kBadReference =
    "P016";  ///< `ticket.x` where an attribute is expected
inline constexpr std::string_view kTooLarge = "P017";
// Promises
inline constexpr std::string_view kEmptyPeriod = "P020";
inline constexpr std::string_view kUnmappedEvent = "P021";
inline constexpr std::string_view kUnknownEvent = "P022";
inline constexpr std::string_view kExpiredEffect = "P023";
inline constexpr std::string_view kBadCondition = "P024";  ///< `when`, `then`, `else` incomplete
inline constexpr std::string_view kExpiryNeeded = "P025";
inline constexpr std::string_view kNeverStarts = "P026";
inline constexpr std::string_view kBadLimit = "P027";  ///< zero, or days where they mean nothing
inline constexpr std::string_view kOpenWithin = "P028";
inline constexpr std::string_view kNoWording = "P029";
// Calendars, branches, vocabularies
inline constexpr std::string_view kBadHours = "P030";
inline constexpr std::string_view kDayTwice = "P031";
inline constexpr std::string_view kDateTwice = "P032";
inline constexpr std::string_view kUnknownZone = "P033";
inline constexpr std::string_view kUnknownCalendar = "P034";
inline constexpr std::string_view kUnknownVocabulary = "P035";
inline constexpr std::string_view kNoBranchHours = "P036";
inline constexpr std::string_view kNeverOpens = "P037";
inline constexpr std::string_view kEmptyException = "P038";
inline constexpr std::string_view kBadAttribute = "P039";
inline constexpr std::string_view kBadVocabulary = "P040";
// Money
inline constexpr std::string_view kTierOrder = "P041";
inline constexpr std::string_view kMixedCurrency = "P042";
inline constexpr std::string_view kZeroMoney = "P043";
inline constexpr std::string_view kBadCap = "P044";
inline constexpr std::string_view kBadSettle = "P045";
inline constexpr std::string_view kBadVoucher =
    "P049";  ///< validity of vouchers, but none are given
// What no reader of the text sees, but its meaning shows
inline constexpr std::string_view kNeverStops = "P046";
inline constexpr std::string_view kNoCustomer = "P047";  ///< a customer's cap, but no customers
inline constexpr std::string_view kNoDocument = "P048";  ///< a file that says nothing
// Conditions
inline constexpr std::string_view kConditionSyntax = "P050";
inline constexpr std::string_view kUnknownName = "P051";
inline constexpr std::string_view kConditionType = "P052";
inline constexpr std::string_view kConditionUnsupported = "P053";
inline constexpr std::string_view kNameNotHere = "P054";
// Warnings
inline constexpr std::string_view kTierBelowLimit = "P060";
inline constexpr std::string_view kKeptUnserved = "P061";
inline constexpr std::string_view kWarnAtStart = "P062";
inline constexpr std::string_view kStopsAsItStarts = "P063";
inline constexpr std::string_view kPausesAsItStarts = "P064";
inline constexpr std::string_view kPauseUnpaired =
    "P065";  ///< pause without resume, or the reverse
inline constexpr std::string_view kNeverKept = "P066";
inline constexpr std::string_view kLongerThanOpening = "P067";
inline constexpr std::string_view kTierNeverReached = "P068";
inline constexpr std::string_view kTierAddsNothing = "P069";
inline constexpr std::string_view kTierGap = "P070";
inline constexpr std::string_view kCapBelowTier = "P071";
inline constexpr std::string_view kCapNeverBinds = "P072";
inline constexpr std::string_view kPauseIgnored = "P073";  ///< with target.by (R17)
inline constexpr std::string_view kSuspensionOutside = "P074";
inline constexpr std::string_view kCaseNeverReached = "P075";
inline constexpr std::string_view kNeverPayable = "P076";
inline constexpr std::string_view kNeverBroken = "P077";  ///< the limit cannot be exceeded
inline constexpr std::string_view kClaimMovesClock = "P078";
inline constexpr std::string_view kBoundsCrossed = "P079";  ///< at_most below at_least or the sum
inline constexpr std::string_view kWordingDisagrees = "P080";
inline constexpr std::string_view kWordingWithoutLimit = "P081";
inline constexpr std::string_view kWordingWithoutConsequence = "P082";
inline constexpr std::string_view kWordingVague = "P083";
inline constexpr std::string_view kDecidesNothing =
    "P084";                                                ///< a condition that is always the same
inline constexpr std::string_view kUnknownClass = "P085";  ///< of a day
// Read but not judged yet
inline constexpr std::string_view kNotSupported = "P090";
// Bytes that are no text
inline constexpr std::string_view kNotUtf8 = "P091";
// A layout that `fmt` cannot put in order
inline constexpr std::string_view kNotFormattable = "P092";

}  // namespace lupaus::rules::language
