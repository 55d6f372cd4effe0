/// A size in memory, written as people read it: 41.2 GB, of a thousand million bytes each.
///
/// Sums and products stop at the largest number there is, so that no size somebody asks for can
/// overflow on its way to being refused.
public struct ByteCount: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number of bytes, at least 0.
    public let bytes: Int

    /// More than there is anywhere.
    public static let unlimited = ByteCount(.max)

    /// Nothing.
    public static let zero = ByteCount(0)

    /// Counts bytes; less than none are none.
    public init(_ bytes: Int) {
        self.bytes = max(bytes, 0)
    }

    /// Reads what people write on a command line: 8589934592, 8G, 512M, 1.5G; 1 K is 1024 bytes.
    public init?(_ text: String) {
        let suffixes: [Character: Double] = ["K": 0x1p10, "M": 0x1p20, "G": 0x1p30, "T": 0x1p40]
        let unit = text.last.flatMap { suffixes[Character($0.uppercased())] }
        guard let number = Double(unit == nil ? text : String(text.dropLast())),
            number > 0, let bytes = Int(exactly: (number * (unit ?? 1)).rounded(.down)), bytes > 0
        else { return nil }
        self.init(bytes)
    }

    /// The smaller of both comes first.
    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    /// Both together.
    public static func + (left: ByteCount, right: ByteCount) -> ByteCount {
        let (sum, overflow) = left.bytes.addingReportingOverflow(right.bytes)
        return overflow ? .unlimited : ByteCount(sum)
    }

    /// What is left, at least nothing.
    public static func - (left: ByteCount, right: ByteCount) -> ByteCount {
        ByteCount(left.bytes - right.bytes)
    }

    /// So many of them.
    public static func * (size: ByteCount, count: Int) -> ByteCount {
        let (product, overflow) = size.bytes.multipliedReportingOverflow(by: max(count, 0))
        return overflow ? .unlimited : ByteCount(product)
    }

    /// Three digits and a unit: "7.06 GB", "41.2 GB", "850 MB".
    public var description: String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        var (size, unit) = (Double(bytes), 0)
        while size >= 999.5, unit < units.count - 1 {
            (size, unit) = (size / 1000, unit + 1)
        }
        let digits = unit == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2
        return "\(size.formatted(digits: digits)) \(units[unit])"
    }
}

extension Double {
    /// The number with so many digits after the point, which are written without Foundation.
    fileprivate func formatted(digits: Int) -> String {
        let scale = [1, 10, 100][digits]
        let whole = Int((self * Double(scale)).rounded())
        guard digits > 0 else { return "\(whole)" }
        let fraction = String(whole % scale + scale).dropFirst()
        return "\(whole / scale).\(fraction)"
    }
}

extension Int {
    /// The number with its thousands apart: 1,000,000.
    public var grouped: String {
        var text = ""
        for (index, digit) in String(magnitude).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + String(text.reversed())
    }
}
