/// What keeps a text from being a name: of a job, an environment, or anything else that people,
/// logs and terminals are shown.
///
/// A name has at least one character, at most `limit`, and no control characters. Characters are
/// counted as Unicode scalars, as JSON Schema's `maxLength` does, so that a limit of n is one of
/// 4 n bytes too; what Swift calls a character may carry a megabyte of combining marks.
///
/// - Parameters:
///   - text: The text to be checked.
///   - limit: The most characters it may have.
/// - Returns: What is wrong, with what would be right; nil where it may be a name.
public func nameFault(_ text: String, limit: Int) -> String? {
    if text.isEmpty { return "must not be empty" }
    // A text has at most as many scalars as bytes, which are counted at once.
    if text.utf8.count > limit, text.unicodeScalars.count > limit {
        return "must be a string of at most \(limit) characters, "
            + "got a string of \(text.unicodeScalars.count) characters"
    }
    if text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return nil }
    for (index, scalar) in text.unicodeScalars.enumerated() where scalar.isControl {
        return "must not contain control characters, "
            + "got \(scalar.codePoint) as character \(index + 1)"
    }
    return nil
}

extension StringProtocol {
    /// The text as messages quote what comes from elsewhere: cut after 80 characters, counted as
    /// in ``nameFault(_:limit:)``, and with control characters written as `\u{202E}`.
    public var excerpt: String { excerpt(limit: 80) }

    /// The text as ``excerpt``, cut after `limit` characters.
    public func excerpt(limit: Int) -> String {
        var excerpt = String.UnicodeScalarView()
        for (index, scalar) in unicodeScalars.enumerated() {
            guard index < limit else { return String(excerpt) + "…" }
            if scalar.isControl {
                excerpt += "\\u{\(scalar.codePoint.dropFirst(2))}".unicodeScalars
            } else {
                excerpt.append(scalar)
            }
        }
        return String(excerpt)
    }
}

extension Unicode.Scalar {
    /// Whether the scalar shows nothing itself and changes how the text around it is shown: C0, DEL
    /// and C1, and the bidirectional embeddings, overrides and isolates (UAX #9 §2), by which a
    /// name can pass for another.
    fileprivate var isControl: Bool {
        switch value {
        case 0..<0x20, 0x7f...0x9f, 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    /// The scalar as the Unicode standard writes it, with four digits at least: U+202E.
    fileprivate var codePoint: String {
        let digits = String(value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
