/// A moment as HTTP writes it, to the second (RFC 9110 §5.6.7).
///
/// Days are counted with the proleptic Gregorian calendar in integers: no formatter, no locale.
public struct HTTPDate: Sendable, Hashable, Comparable {
    /// Seconds since 1970-01-01 00:00:00 UTC, without leap seconds.
    public let secondsSinceEpoch: Int

    /// Creates the moment that many seconds after 1970 began.
    public init(secondsSinceEpoch: Int) {
        self.secondsSinceEpoch = secondsSinceEpoch
    }

    /// The time of day.
    public static var now: HTTPDate {
        HTTPDate(secondsSinceEpoch: ServerClock.system.wallNanoseconds() / 1_000_000_000)
    }

    /// Whether one moment is before another.
    public static func < (left: Self, right: Self) -> Bool {
        left.secondsSinceEpoch < right.secondsSinceEpoch
    }

    /// The one form that is sent, as in "Sun, 06 Nov 1994 08:49:37 GMT".
    public var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    func append(to output: inout [UInt8]) {
        let days = Int((Double(secondsSinceEpoch) / 86_400).rounded(.down))
        let second = secondsSinceEpoch - days * 86_400
        let (year, month, day) = Self.civil(daysSinceEpoch: days)
        // 1970 began on a Thursday.
        let weekday = ((days + 4) % 7 + 7) % 7
        output.append(contentsOf: Self.weekdays[weekday].prefix(3).utf8)
        output.append(", ")
        output.append(twoDigits: day)
        output.append(.space)
        output.append(contentsOf: Self.months[month - 1].utf8)
        output.append(.space)
        output.append(twoDigits: year / 100)
        output.append(twoDigits: year % 100)
        for (separator, number) in [
            (UInt8.space, second / 3_600), (UInt8(ascii: ":"), second / 60 % 60),
            (UInt8(ascii: ":"), second % 60),
        ] {
            output.append(separator)
            output.append(twoDigits: number)
        }
        output.append(" GMT")
    }

    /// As in "1994-11-06T08:49:37".
    func append(rfc3339To output: inout [UInt8]) {
        let days = Int((Double(secondsSinceEpoch) / 86_400).rounded(.down))
        let second = secondsSinceEpoch - days * 86_400
        let (year, month, day) = Self.civil(daysSinceEpoch: days)
        output.append(twoDigits: year / 100)
        output.append(twoDigits: year % 100)
        for (separator, number) in [
            (UInt8(ascii: "-"), month), (UInt8(ascii: "-"), day),
            (UInt8(ascii: "T"), second / 3_600),
            (UInt8(ascii: ":"), second / 60 % 60), (UInt8(ascii: ":"), second % 60),
        ] {
            output.append(separator)
            output.append(twoDigits: number)
        }
    }

    static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Years are counted from March, so that the leap day is the last of its year.
    static func days(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month > 2 ? year : year - 1
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    static func civil(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}

extension [UInt8] {
    /// Appends a number below 100 with its leading zero.
    mutating func append(twoDigits number: Int) {
        append(UInt8(truncatingIfNeeded: 0x30 + number / 10))
        append(UInt8(truncatingIfNeeded: 0x30 + number % 10))
    }
}
