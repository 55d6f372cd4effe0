extension JSONValue {
    /// Reads UTF-8 text that is one JSON value, to the letter of RFC 8259.
    ///
    /// Stricter than most readers where leniency hides mistakes or lets two readers disagree: no
    /// name twice in one object, no lone surrogates, no byte order mark, no numbers beyond a double.
    /// - Throws: `JSONSyntaxError` with the place where the text stops being JSON.
    public init(parsing text: [UInt8]) throws(JSONSyntaxError) {
        var parser = JSONParser(text)
        self = try parser.document()
    }
}

/// Why a text is no JSON, and where.
public struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    /// The fault, with what was expected.
    public let reason: String
    /// Where it is: the number of bytes before it.
    public let offset: Int

    package init(reason: String, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// The fault and its place in one sentence.
    public var description: String { "not valid JSON at byte \(offset): \(reason)" }
}

/// A recursive descent over bytes that never goes deeper than `depthLimit`.
private struct JSONParser {
    private static let depthLimit = 100
    private let text: [UInt8]
    private var offset = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    mutating func document() throws(JSONSyntaxError) -> JSONValue {
        let value = try value(depth: 0)
        skipSpace()
        guard offset == text.count else { throw fault("expected nothing more") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        guard depth < Self.depthLimit else {
            throw JSONSyntaxError(reason: "nested deeper than \(Self.depthLimit)", offset: offset)
        }
        skipSpace()
        guard let first = peek else { throw fault("expected a value") }
        switch first {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw fault("expected a value")
        }
    }

    private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        offset += 1
        var object = JSONObject()
        var names = Set<String>()
        skipSpace()
        if take("}") { return .object(object) }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw fault("expected a name in quotes") }
            let start = offset
            let name = try string()
            guard names.insert(name).inserted else {
                throw JSONSyntaxError(
                    reason: "the name \"\(name.excerpt)\" stands twice",
                    offset: start
                )
            }
            skipSpace()
            guard take(":") else { throw fault("expected ':' after a name") }
            object.append(name, try value(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("}") else { throw fault("expected ',' or '}'") }
        return .object(object)
    }

    private mutating func array(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        offset += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return .array(elements) }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw fault("expected ',' or ']'") }
        return .array(elements)
    }

    private mutating func number() throws(JSONSyntaxError) -> JSONValue {
        let start = offset
        _ = take("-")
        if !take("0") { try digits() }
        var isWhole = true
        if take(".") {
            isWhole = false
            try digits()
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("+") { _ = take("-") }
            try digits()
        }
        guard offset - start <= 64 else {
            throw JSONSyntaxError(reason: "a number of more than 64 characters", offset: start)
        }
        let digits = String(decoding: text[start..<offset], as: UTF8.self)
        if isWhole, let integer = Int(digits) {
            return .integer(integer)
        }
        guard let number = Double(digits), number.isFinite else {
            throw JSONSyntaxError(reason: "the number \(digits) is too large", offset: start)
        }
        return .number(number)
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = offset
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            offset += 1
        }
        guard offset > start else { throw fault("expected a digit") }
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        let start = offset
        offset += 1
        var bytes: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw fault("a control character must be escaped") }
            if byte == UInt8(ascii: "\\") {
                try escape(into: &bytes)
            } else {
                bytes.append(byte)
                offset += 1
            }
        }
        guard take("\"") else { throw fault("expected '\"' at the end of a string") }
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw JSONSyntaxError(reason: "a string that is not UTF-8", offset: start)
        }
        return string
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(JSONSyntaxError) {
        let start = offset
        offset += 1
        let letter = peek
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter ?? 0)
        case UInt8(ascii: "b"): bytes.append(8)
        case UInt8(ascii: "f"): bytes.append(12)
        case UInt8(ascii: "n"): bytes.append(10)
        case UInt8(ascii: "r"): bytes.append(13)
        case UInt8(ascii: "t"): bytes.append(9)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xd800..<0xdc00).contains(code), take("\\"), take("u") {
                let low = try hexadecimal()
                guard (0xdc00..<0xe000).contains(low) else {
                    throw JSONSyntaxError(reason: "half of a surrogate pair", offset: start)
                }
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(code) else {
                throw JSONSyntaxError(reason: "half of a surrogate pair", offset: start)
            }
            bytes += String(scalar).utf8
        default: throw JSONSyntaxError(reason: "an unknown escape", offset: start)
        }
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("expected four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            offset += 1
        }
        return code
    }

    private mutating func word(
        _ word: String,
        _ value: JSONValue
    ) throws(JSONSyntaxError) -> JSONValue {
        guard text[offset...].starts(with: word.utf8) else { throw fault("expected a value") }
        offset += word.utf8.count
        return value
    }

    private var peek: UInt8? { offset < text.count ? text[offset] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
            offset += 1
        }
    }

    private func fault(_ reason: String) -> JSONSyntaxError {
        let found = peek.map { byte in
            (0x21...0x7e).contains(byte) ? "'\(Unicode.Scalar(byte))'" : "byte \(byte)"
        }
        return JSONSyntaxError(reason: "\(reason), got \(found ?? "the end")", offset: offset)
    }
}
