import JSONFields

extension DocumentedAPI {
    /// Where a value differs from a schema; nil where it fits.
    ///
    /// Knows the words of JSON Schema that the
    /// document uses of answers: references, types, constants, limits, and how schemas are joined.
    func fault(of value: JSONValue, against schema: JSONValue, at place: String = "") -> String? {
        let schema = resolved(schema)
        for part in schema["allOf"].elements {
            if let fault = fault(of: value, against: part, at: place) { return fault }
        }
        let alternatives = schema["oneOf"].elements + schema["anyOf"].elements
        let faults = alternatives.map { fault(of: value, against: $0, at: place) }
        if !alternatives.isEmpty, !faults.contains(nil) {
            return faults.compactMap(\.self).joined(separator: ", or ")
        }
        if let fault = typeFault(of: value, schema, place) { return fault }
        if schema["const"] != .null, value != schema["const"] {
            return "\(place) is not \(String(decoding: schema["const"].text, as: UTF8.self))"
        }
        if schema["enum"] != .null, !schema["enum"].elements.contains(value) {
            return "\(place) is none of its words"
        }
        if let number = value.double {
            if let least = schema["minimum"].double, number < least {
                return "\(place) is \(number), less than \(least)"
            }
            if let most = schema["maximum"].double, number > most {
                return "\(place) is \(number), more than \(most)"
            }
        }
        switch value {
        case .array(let elements) where schema["items"] != .null:
            for (index, element) in elements.enumerated() {
                let fault = fault(of: element, against: schema["items"], at: "\(place)/\(index)")
                if let fault { return fault }
            }
        case .object: return objectFault(of: value, schema, place)
        default: break
        }
        return nil
    }

    private func objectFault(
        of value: JSONValue,
        _ schema: JSONValue,
        _ place: String
    ) -> String? {
        let given = names(value)
        let missing = schema["required"].elements.compactMap(\.string).first { !given.contains($0) }
        if let missing { return "\(place)/\(missing) is missing" }
        let declared = names(schema["properties"])
        for name in given {
            let others = schema["additionalProperties"]
            if !declared.contains(name), others == .bool(false) {
                return "\(place)/\(name) is not documented"
            }
            let property = declared.contains(name) ? schema["properties"][name] : others
            let fault = fault(of: value[name], against: property, at: "\(place)/\(name)")
            if let fault { return fault }
        }
        return nil
    }

    private func typeFault(of value: JSONValue, _ schema: JSONValue, _ place: String) -> String? {
        let types =
            schema["type"].string.map { [$0] } ?? schema["type"].elements.compactMap(\.string)
        guard !types.isEmpty else { return nil }
        let found: [String] =
            switch value {
            case .null: ["null"]
            case .bool: ["boolean"]
            case .integer: ["integer", "number"]
            case .number: ["number"]
            case .string: ["string"]
            case .array: ["array"]
            case .object: ["object"]
            }
        return types.contains(where: found.contains)
            ? nil : "\(place) is \(value.kind), documented is \(types)"
    }
}
