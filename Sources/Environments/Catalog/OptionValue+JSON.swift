public import JSONFields

extension OptionValue {
    /// The value of a JSON document; nil where a null is in it, which no option takes.
    package init?(_ value: JSONValue) {
        switch value {
        case .null: return nil
        case .bool(let bool): self = .boolean(bool)
        case .integer(let integer): self = .integer(integer)
        case .number(let number): self = .number(number)
        case .string(let text): self = .text(text)
        case .array(let elements):
            var values: [OptionValue] = []
            for element in elements {
                guard let value = OptionValue(element) else { return nil }
                values.append(value)
            }
            self = .list(values)
        case .object(let object):
            var values: [String: OptionValue] = [:]
            for (name, element) in object.fields {
                guard let value = OptionValue(element) else { return nil }
                values[name] = value
            }
            self = .object(values)
        }
    }
}

extension JSONValue {
    /// An environment option's value.
    public init(_ option: OptionValue) {
        switch option {
        case .boolean(let bool): self = .bool(bool)
        case .integer(let integer): self = .integer(integer)
        case .number(let number): self = .number(number)
        case .text(let text): self = .string(text)
        case .list(let values): self = .array(values.map(JSONValue.init))
        case .object(let values):
            var object = JSONObject()
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                object[name] = JSONValue(value)
            }
            self = .object(object)
        }
    }
}
