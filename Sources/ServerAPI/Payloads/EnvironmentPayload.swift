internal import Environments
internal import JSONFields
internal import Training

extension EnvironmentCatalog.Entry {
    /// The environment in answers.
    var json: JSONValue {
        let observation = specification.observation
        var object: JSONObject = [
            "id": .string(specification.id),
            "summary": .string(specification.summary),
            "available": .bool(unavailableReason == nil),
            "reason": .optional(unavailableReason),
            // Of one whose options say what it is there is nothing to be said beforehand.
            "observation": isDeclared
                ? .null
                : [
                    "shape": .array(observation.shape.map(JSONValue.integer)),
                    "scalar": .string(observation.scalar.rawValue),
                ],
            "actions": isDeclared
                ? .null : .array(specification.actionNames.map(JSONValue.string)),
            "options": .array(specification.options.map(\.json)),
        ]
        if let stateCount = observation.stateCount {
            object["state_count"] = .integer(stateCount)
        }
        return .object(object)
    }
}

extension EnvironmentOption {
    fileprivate var json: JSONValue {
        [
            "name": .string(name),
            "summary": .string(summary),
            "default": defaultValue.map(JSONValue.init) ?? .null,
            "allowed": .string(allowedDescription),
        ]
    }
}
