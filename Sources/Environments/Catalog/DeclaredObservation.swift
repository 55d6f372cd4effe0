internal import JSONFields

/// What the observations of an environment are that is not part of the program, as its job says it:
/// `{"shape":[4],"scalar":"float32"}`.
package struct DeclaredObservation: Equatable {
    /// What comes in, row-major: a screen's rows, columns and colors, or any numbers.
    package let shape: [Int]
    package let scalar: ObservationSpec.Scalar
    package let preprocessing: Preprocessing

    /// What is made of what comes in.
    package enum Preprocessing: String, CaseIterable {
        /// Nothing.
        case none
        /// 84×84 gray levels of a screen, as of Atari's.
        case atari
    }

    /// Bytes of one observation as it comes in.
    package var byteCount: Int { shape.reduce(scalar.byteCount, *) }

    static let description =
        "an object such as {\"shape\":[4],\"scalar\":\"float32\"} or "
        + "{\"shape\":[210,160,3],\"scalar\":\"uint8\",\"preprocessing\":\"atari\"}"

    /// The most numbers that one observation may have.
    static let sizeLimit = 1 << 22

    /// Reads the value of an option.
    init(_ value: OptionValue, option: String) throws(OptionFault) {
        guard case .object(let fields) = value else {
            throw OptionFault(
                option: option,
                message: "must be \(Self.description), got \(value.excerpt)"
            )
        }
        let names = ["shape", "scalar", "preprocessing"]
        if let unknown = fields.keys.sorted().first(where: { !names.contains($0) }) {
            throw OptionFault(
                option: option,
                message: "has \"\(unknown.excerpt)\", which is none of shape, scalar, preprocessing"
            )
        }
        shape = try Self.shape(fields["shape"], option)
        scalar = try Self.word(fields["scalar"] ?? "float32", option, "scalar")
        preprocessing = try Self.word(fields["preprocessing"] ?? "none", option, "preprocessing")
        if preprocessing == .atari, scalar != .uint8 || !Self.isScreen(shape) {
            throw OptionFault(
                option: option,
                message: "is preprocessed as Atari's screens are, so its shape must be "
                    + "[height, width] or [height, width, 3] and its scalar \"uint8\", got "
                    + value.excerpt
            )
        }
    }

    private static func isScreen(_ shape: [Int]) -> Bool {
        (shape.count == 2 || shape.count == 3 && shape[2] == 3) && shape[0] <= 4096
            && shape[1] <= 4096
    }

    private static func shape(
        _ value: OptionValue?,
        _ option: String
    ) throws(OptionFault) -> [Int] {
        let fault = OptionFault(
            option: option,
            message: "must have a \"shape\" of 1 to 3 whole numbers of at least 1, at most "
                + "\(sizeLimit) numbers in all, got \(value?.excerpt ?? "none")"
        )
        guard case .list(let elements) = value, (1...3).contains(elements.count) else {
            throw fault
        }
        var shape: [Int] = []
        for element in elements {
            guard case .integer(let length) = element, (1...sizeLimit).contains(length) else {
                throw fault
            }
            shape.append(length)
        }
        guard shape.reduce(1, *) <= sizeLimit else { throw fault }
        return shape
    }

    private static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ value: OptionValue,
        _ option: String,
        _ field: String
    ) throws(OptionFault) -> Word {
        if case .text(let text) = value, let word = Word(rawValue: text) { return word }
        let words = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        throw OptionFault(
            option: option,
            message: "must have a \"\(field)\" that is one of \(words), got \(value.excerpt)"
        )
    }
}

/// The names of an environment's actions, as its job says them.
enum DeclaredActions {
    static let description = "a list of 2 to 1024 different names, or a whole number of actions"

    /// The names, or numbers in place of names.
    static func names(_ value: OptionValue, option: String) throws(OptionFault) -> [String] {
        let fault = OptionFault(
            option: option,
            message: "must be \(description), got \(value.excerpt)"
        )
        switch value {
        case .integer(let count) where (2...1024).contains(count):
            return (0..<count).map { "\($0)" }
        case .list(let elements) where (2...1024).contains(elements.count):
            var names: [String] = []
            for element in elements {
                guard case .text(let name) = element, nameFault(name, limit: 100) == nil else {
                    throw fault
                }
                names.append(name)
            }
            guard Set(names).count == names.count else { throw fault }
            return names
        default: throw fault
        }
    }
}
