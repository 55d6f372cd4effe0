/// What is wrong with a name that people are shown; nil where nothing is.
package func faultOfName(_ text: String) -> String? {
    let limit = 200
    guard !text.isEmpty else { return "must not be empty" }
    guard text.utf8.count <= limit else {
        return "must have at most \(limit) bytes, got \(text.utf8.count)"
    }
    let separators: Set<Unicode.GeneralCategory> = [.control, .lineSeparator, .paragraphSeparator]
    if let scalar = text.unicodeScalars.first(where: {
        separators.contains($0.properties.generalCategory)
    }) {
        let code = String(scalar.value, radix: 16, uppercase: true)
        let digits = String(repeating: "0", count: max(0, 4 - code.count)) + code
        return "must have no control characters, got U+\(digits)"
    }
    return nil
}

/// A text from a file as errors quote it: not more of it than a person reads.
///
/// Scalars are counted, because what Swift calls a character may be a megabyte of combining marks.
func quoted(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(80)
    return "\"\(String(shown))\(shown.endIndex < text.unicodeScalars.endIndex ? "…" : "")\""
}
