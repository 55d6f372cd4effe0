extension ArraySlice<UInt8> {
    /// The parts between the separators that stand outside of quoted strings (RFC 9110 §5.6.4),
    /// without whitespace around them; nil where a quoted string has no end.
    func split(outsideQuotes separator: UInt8) -> [ArraySlice<UInt8>]? {
        var parts: [ArraySlice<UInt8>] = []
        var start = startIndex
        var index = startIndex
        var isQuoted = false
        while index < endIndex {
            let byte = self[index]
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                index += 1
            } else if !isQuoted, byte == separator {
                parts.append(self[start..<index].trimmed)
                start = index + 1
            }
            index += 1
        }
        guard !isQuoted, index == endIndex else { return nil }
        parts.append(self[start...].trimmed)
        return parts
    }

    /// Without optional whitespace at the ends (RFC 9110 §5.6.3).
    var trimmed: ArraySlice<UInt8> {
        var slice = self
        while slice.first == .space || slice.first == .tab { slice.removeFirst() }
        while slice.last == .space || slice.last == .tab { slice.removeLast() }
        return slice
    }

    /// What a token or quoted string says; nil for anything else.
    var tokenOrQuotedText: String? {
        guard first == UInt8(ascii: "\"") else {
            guard !isEmpty, allSatisfy(\.isToken) else { return nil }
            return String(decoding: self, as: UTF8.self)
        }
        guard count >= 2, last == UInt8(ascii: "\"") else { return nil }
        var text: [UInt8] = []
        var content = dropFirst().dropLast()
        while let byte = content.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                // A quote inside would have ended the string.
                guard byte != UInt8(ascii: "\"") else { return nil }
                text.append(byte)
                continue
            }
            guard let escaped = content.popFirst() else { return nil }
            text.append(escaped)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
