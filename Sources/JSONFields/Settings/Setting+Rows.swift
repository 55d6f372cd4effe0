/// The kinds of rows; each reads, refuses and writes as ``FieldReader`` does.
extension Setting {
    /// A number without fraction.
    public static func wholeNumber(
        _ name: String,
        _ path: any WritableKeyPath<Root, Int> & Sendable,
        in range: ClosedRange<Int>,
        unit: String? = nil,
        _ summary: String,
        source: String? = nil
    ) -> Setting {
        Setting(.init(name, .wholeNumber(range), unit: unit, summary, source: source)) {
            $0.read(name, in: range, into: &$1[keyPath: path])
        } write: {
            .integer($0[keyPath: path])
        }
    }

    /// A number without fraction that is left out where another field, in another unit, stands in its
    /// place: the field `notBeside`, or one whose row names this one there.
    public static func wholeNumber(
        _ name: String,
        _ path: any WritableKeyPath<Root, Int?> & Sendable,
        in range: ClosedRange<Int>,
        unit: String,
        notBeside other: String? = nil,
        _ summary: String,
        source: String? = nil
    ) -> Setting {
        Setting(.init(name, .wholeNumber(range), unit: unit, summary, source: source)) {
            if let other, $0.has(name), $0.has(other) {
                $0.fail(name, "cannot stand beside \(other)")
            }
            var number = range.lowerBound
            $0.read(name, in: range, into: &number)
            if $0.has(name) { $1[keyPath: path] = number }
        } write: {
            $0[keyPath: path].map(JSONValue.integer)
        }
    }

    /// A number, kept in single precision.
    public static func number(
        _ name: String,
        _ path: any WritableKeyPath<Root, Float> & Sendable,
        in range: ClosedRange<Double>,
        unit: String? = nil,
        _ summary: String,
        source: String? = nil
    ) -> Setting {
        Setting(.init(name, .number(range), unit: unit, summary, source: source)) {
            $0.read(name, in: range, into: &$1[keyPath: path])
        } write: {
            .single($0[keyPath: path])
        }
    }

    /// A number, or null for none.
    public static func number(
        _ name: String,
        _ path: any WritableKeyPath<Root, Double?> & Sendable,
        in range: ClosedRange<Double>,
        _ summary: String
    ) -> Setting {
        Setting(.init(name, .number(range), summary, isNullable: true)) {
            guard $0.value(name) != .null else { return $1[keyPath: path] = nil }
            var number = 0.0
            $0.read(name, in: range, into: &number)
            if $0.has(name) { $1[keyPath: path] = number }
        } write: {
            .optional($0[keyPath: path])
        }
    }

    /// True or false.
    public static func boolean(
        _ name: String,
        _ path: any WritableKeyPath<Root, Bool> & Sendable,
        _ summary: String,
        source: String? = nil
    ) -> Setting {
        Setting(.init(name, .boolean, summary, source: source)) {
            $0.read(name, into: &$1[keyPath: path])
        } write: {
            .bool($0[keyPath: path])
        }
    }

    /// A text that can be a name.
    public static func text(
        _ name: String,
        _ path: any WritableKeyPath<Root, String> & Sendable,
        limit: Int,
        _ summary: String
    ) -> Setting {
        Setting(.init(name, .text(limit: limit), summary)) {
            $0.read(name, limit: limit, into: &$1[keyPath: path])
        } write: {
            .string($0[keyPath: path])
        }
    }

    /// One of the words of an enumeration.
    public static func choice<Choice: SettingChoice>(
        _ name: String,
        _ path: any WritableKeyPath<Root, Choice> & Sendable,
        _ summary: String,
        source: String? = nil
    ) -> Setting {
        Setting(.init(name, .choice(of: Choice.self), summary, source: source)) {
            $0.read(name, into: &$1[keyPath: path])
        } write: {
            .string($0[keyPath: path].rawValue)
        }
    }

    /// The word that tells this shape of an object from the others, which whoever chooses among
    /// them has read.
    public static func constant(_ name: String, _ word: String, _ summary: String) -> Setting {
        Setting(.init(name, .constant(word), summary, isRequired: true)) { fields, _ in
            _ = fields.value(name)
        } write: { _ in
            .string(word)
        }
    }
}
