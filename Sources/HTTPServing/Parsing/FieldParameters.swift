/// A field's value with parameters behind it, as in `form-data; name="a"` (RFC 9110 §5.6.6).
struct FieldParameters {
    /// What stands before the first ";", in lower case.
    let value: String
    private var parameters: [(name: String, value: String)] = []

    init(_ text: String) {
        let bytes = Array(text.utf8)
        var index = bytes.firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
        value = String(decoding: bytes[..<index], as: UTF8.self).lowercased()
            .split(separator: " ").joined()
        while index < bytes.count {
            index += 1
            let nameEnd = bytes[index...].firstIndex { $0 == UInt8(ascii: "=") } ?? bytes.count
            guard nameEnd < bytes.count else { return }
            let name = String(decoding: bytes[index..<nameEnd], as: UTF8.self)
                .split(separator: " ").joined().lowercased()
            index = nameEnd + 1
            parameters.append((name, Self.parameterValue(bytes, &index)))
            index = bytes[index...].firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
        }
    }

    /// The first parameter of that name, given in lower case.
    subscript(name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    private static func parameterValue(_ bytes: [UInt8], _ index: inout Int) -> String {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
            let end = bytes[index...].firstIndex { !$0.isToken } ?? bytes.count
            defer { index = end }
            return String(decoding: bytes[index..<end], as: UTF8.self)
        }
        var value: [UInt8] = []
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            // Only a quote or a backslash is escaped by one; some clients send paths as they are.
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count,
                bytes[index + 1] == UInt8(ascii: "\"") || bytes[index + 1] == UInt8(ascii: "\\")
            {
                index += 1
            }
            value.append(bytes[index])
            index += 1
        }
        return String(decoding: value, as: UTF8.self)
    }
}
