extension SettingGroup {
    /// Adds the JSON schema of the object, and those of all objects within, to `components`.
    ///
    /// - Returns: The reference to it.
    @discardableResult
    public func addSchemas(to components: inout JSONObject) -> JSONObject {
        var properties = JSONObject()
        for setting in settings {
            properties[setting.name] = setting.schema(&components)
        }
        let required = settings.filter(\.isRequired).map { JSONValue.string($0.name) }
        var schema: JSONObject = ["type": "object", "description": .string(summary)]
        if !required.isEmpty { schema["required"] = .array(required) }
        schema["additionalProperties"] = .bool(false)
        schema["properties"] = .object(properties)
        components[name] = .object(schema)
        return reference(to: name)
    }
}

extension SettingDescription {
    /// The schema of the field: limits, meaning, default, and as extensions `x-unit`, `x-source`.
    fileprivate func schema(_ components: inout JSONObject) -> JSONValue {
        var schema = kind.schema(&components)
        if isNullable {
            if let type = schema["type"] {
                schema["type"] = [type, "null"]
            } else {
                schema = ["anyOf": [.object(schema), ["type": "null"]]]
            }
        }
        schema["description"] = .string(summary)
        schema["default"] = defaultValue
        schema["x-unit"] = unit.map(JSONValue.string)
        schema["x-source"] = source.map(JSONValue.string)
        return .object(schema)
    }
}

extension SettingKind {
    fileprivate func schema(_ components: inout JSONObject) -> JSONObject {
        switch self {
        case .wholeNumber(let range):
            [
                "type": "integer", "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ]
        case .number(let range):
            [
                "type": "number", "minimum": .number(range.lowerBound),
                "maximum": .number(range.upperBound),
            ]
        case .boolean: ["type": "boolean"]
        case .text(let limit):
            ["type": "string", "minLength": 1, "maxLength": .integer(limit)]
        case .constant(let word): ["const": .string(word)]
        case .choice(let words):
            [
                "type": "string",
                "oneOf": .array(
                    words.map {
                        ["const": .string($0.word), "description": .string($0.summary)]
                    }
                ),
            ]
        case .names:
            [
                "type": "object",
                "propertyNames": ["minLength": 1, "maxLength": 256],
                "additionalProperties": [
                    "type": ["boolean", "number", "string", "array", "object"],
                    "maxLength": 256,
                ],
            ]
        case .list(let limit, let element):
            [
                "type": "array", "maxItems": .integer(limit),
                "items": .object(element.schema(&components)),
            ]
        case .object(let group): group.addSchemas(to: &components)
        case .variants(let variants): variants.addSchemas(to: &components)
        }
    }
}

extension SettingVariants {
    fileprivate func addSchemas(to components: inout JSONObject) -> JSONObject {
        var references: [JSONValue] = []
        for group in groups {
            references.append(.object(group.addSchemas(to: &components)))
        }
        components[name] = ["description": .string(summary), "anyOf": .array(references)]
        return reference(to: name)
    }
}

private func reference(to name: String) -> JSONObject {
    ["$ref": .string("#/components/schemas/\(name)")]
}
