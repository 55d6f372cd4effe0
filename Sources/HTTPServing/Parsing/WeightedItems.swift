/// The items of a field like `Accept` or `Accept-Encoding`, each with how much the client likes it
/// (RFC 9110 §12.4.2).
struct WeightedItems {
    struct Item: Equatable {
        /// In lower case and without parameters.
        let name: String
        let hasParameters: Bool
        /// In thousandths: 0 means "not acceptable", 1000 is best and the default.
        let weight: Int
    }

    private(set) var items: [Item] = []

    /// More items than this are not looked at.
    private static let itemLimit = 64

    /// Reads a list; an item whose name or weight is malformed counts as not acceptable.
    init(_ list: String) {
        let bytes = Array(list.utf8)[...]
        for item in (bytes.split(outsideQuotes: UInt8(ascii: ",")) ?? []).prefix(Self.itemLimit)
        where !item.isEmpty {
            let parts = item.split(outsideQuotes: UInt8(ascii: ";")) ?? []
            guard let name = parts.first, !name.isEmpty else { continue }
            var (weight, hasParameters) = (1_000, false)
            for parameter in parts.dropFirst() where !parameter.isEmpty {
                guard let digits = Self.weightText(parameter) else {
                    hasParameters = true
                    continue
                }
                weight = Self.weight(digits) ?? 0
                // What follows the weight is no part of the name.
                break
            }
            items.append(
                Item(
                    name: String(decoding: name, as: UTF8.self).lowercased(),
                    hasParameters: hasParameters,
                    weight: weight
                )
            )
        }
    }

    /// The weight of an item of this very name.
    subscript(name: String) -> Int? {
        items.filter { $0.name == name }.map(\.weight).max()
    }

    /// What follows "q=".
    private static func weightText(_ parameter: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard parameter.first?.asciiLowercased == UInt8(ascii: "q") else { return nil }
        let rest = parameter.dropFirst().trimmed
        return rest.first == UInt8(ascii: "=") ? rest.dropFirst().trimmed : nil
    }

    /// At most three decimals, from 0 to 1.
    private static func weight(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...5).contains(digits.count), let whole = digits.first,
            whole == UInt8(ascii: "0") || whole == UInt8(ascii: "1"),
            digits.count == 1 || digits.dropFirst().first == UInt8(ascii: ".")
        else { return nil }
        var thousandths = Int(whole &- UInt8(ascii: "0")) * 1_000
        for (digit, value) in zip(digits.dropFirst(2), [100, 10, 1]) {
            guard digit.isDigit else { return nil }
            thousandths += Int(digit &- UInt8(ascii: "0")) * value
        }
        return thousandths <= 1_000 ? thousandths : nil
    }
}
