extension HTTPDate {
    /// Reads one of the three forms that RFC 9110 §5.6.7 wants understood; nil for anything else.
    ///
    ///     Sun, 06 Nov 1994 08:49:37 GMT
    ///     Sunday, 06-Nov-94 08:49:37 GMT
    ///     Sun Nov  6 08:49:37 1994
    ///
    /// Two digits of a year stand for 1970…2069.
    public init?(_ text: String) {
        guard text.utf8.count <= 40, text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let words = text.split(whereSeparator: { $0 == " " || $0 == "-" || $0 == "," })
        let parts: (day: Substring, month: Substring, year: Substring, time: Substring)
        switch words.count {
        case 6 where words[5] == "GMT":
            parts = (words[1], words[2], words[3], words[4])
        case 5 where words[3].contains(":"):
            parts = (words[2], words[1], words[4], words[3])
        default:
            return nil
        }
        guard Self.weekdays.contains(where: { $0 == words[0] || $0.prefix(3) == words[0] }),
            let month = Self.months.firstIndex(where: { $0 == parts.month }),
            let day = Self.number(parts.day, in: 1...31),
            var year = Self.number(parts.year, in: 0...9_999),
            let seconds = Self.seconds(parts.time)
        else { return nil }
        if parts.year.utf8.count == 2 {
            year += year < 70 ? 2_000 : 1_900
        }
        let days = Self.days(year: year, month: month + 1, day: day)
        guard Self.civil(daysSinceEpoch: days) == (year, month + 1, day) else { return nil }
        self.init(secondsSinceEpoch: days * 86_400 + seconds)
    }

    private static func seconds(_ time: Substring) -> Int? {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ $0.utf8.count == 2 }),
            let hour = number(parts[0], in: 0...23), let minute = number(parts[1], in: 0...59),
            // 60 is a leap second.
            let second = number(parts[2], in: 0...60)
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    private static func number(_ digits: Substring, in range: ClosedRange<Int>) -> Int? {
        guard digits.utf8.count <= 4, let value = Array(digits.utf8).span.decimal(),
            range.contains(value)
        else { return nil }
        return value
    }
}
