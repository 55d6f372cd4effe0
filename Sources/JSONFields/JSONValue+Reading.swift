extension JSONValue {
    /// The number as an integer where it has no fraction: 1e6 is as good as 1000000.
    var wholeNumber: JSONValue {
        if case .number(let number) = self, let integer = Int(exactly: number) {
            return .integer(integer)
        }
        return self
    }

    var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    /// The value where it is short, else what it is.
    var summary: String {
        switch self {
        case .array(let elements) where elements.count > 40:
            return "a list of \(elements.count) elements"
        case .object(let object) where object.fields.count > 20:
            return "an object of \(object.fields.count) fields"
        default:
            let text = description
            let count = text.unicodeScalars.count
            if count <= 80 { return text.excerpt }
            // The quotes around a string are none of its characters.
            if case .string(let string) = self {
                return "\(kind) of \(string.unicodeScalars.count) characters"
            }
            return "\(kind) of \(count) characters"
        }
    }
}
