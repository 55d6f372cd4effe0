/// The parameters of a query, in the order they came.
///
/// They are read as browsers write forms: pairs between "&", "+" is a space, percent-encoding is
/// undone once, in names and values alike. Where a name is given more than once, the first counts.
public struct HTTPQuery: Sendable {
    /// Names and values; a name without "=" has an empty value.
    public let pairs: [(name: String, value: String)]

    init(_ text: Span<UInt8>) {
        var pairs: [(name: String, value: String)] = []
        var start = 0
        while start < text.count {
            let end = text.firstIndex(from: start) { $0 == UInt8(ascii: "&") } ?? text.count
            if end > start {
                let pair = text.extracting(start..<end)
                let mark = pair.firstIndex(from: 0) { $0 == UInt8(ascii: "=") }
                let name = pair.extracting(first: mark ?? pair.count)
                let value = pair.extracting((mark.map { $0 + 1 } ?? pair.count)...)
                pairs.append((Self.decoded(name), Self.decoded(value)))
            }
            start = end + 1
        }
        self.pairs = pairs
    }

    /// The first value of that name.
    public subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    /// All values of that name.
    public func values(of name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    private static func decoded(_ text: Span<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "+"):
                bytes.append(.space)
            case UInt8(ascii: "%"):
                // The parser has let only complete escapes pass.
                bytes.append(text.percentDecoded(at: index) ?? UInt8(ascii: "%"))
                index += 2
            case let byte:
                bytes.append(byte)
            }
            index += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Span<UInt8> {
    /// The byte that "%41" at `index` stands for.
    func percentDecoded(at index: Int) -> UInt8? {
        guard index + 2 < count, let high = self[index + 1].hexValue,
            let low = self[index + 2].hexValue
        else { return nil }
        return high << 4 | low
    }
}
