import ArgumentParser
import JSONFields

/// Values given as `key=value` or `key.inner=value`, as the body of a request for a job.
struct Changes {
    private static let jobFields: Set<String> = [
        "name", "environment", "environment_options", "algorithm", "seed", "total_agent_steps",
        "metrics_every_agent_steps", "checkpoint_every_agent_steps", "evaluation",
        "hyperparameters",
    ]

    private let pairs: [(path: [String], value: JSONValue)]

    /// Reads the pairs; a value that is no JSON is text.
    init(_ texts: [String]) throws {
        pairs = try texts.map { text in
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                throw ValidationError("--set takes key=value, got \"\(text)\"")
            }
            var path = text[..<sign].split(separator: ".").map(String.init)
            let value = String(text[text.index(after: sign)...])
            // What is no field of a job is one of its hyperparameters.
            if let first = path.first, !Self.jobFields.contains(first) {
                path.insert("hyperparameters", at: 0)
            }
            return (path, (try? JSONValue(parsing: Array(value.utf8))) ?? .string(value))
        }
    }

    /// The request that the changes and the other options mean.
    func request(preset: String?, environment: String?, seed: Int?) -> JSONValue {
        var body = JSONObject()
        if let preset { body["preset"] = .string(preset) }
        if let environment { body["environment"] = .string(environment) }
        if let seed { body["seed"] = .integer(seed) }
        for (path, value) in pairs {
            Self.set(path[...], to: value, in: &body)
        }
        return .object(body)
    }

    private static func set(
        _ path: ArraySlice<String>,
        to value: JSONValue,
        in object: inout JSONObject
    ) {
        guard let name = path.first else { return }
        guard path.count > 1 else {
            object[name] = value
            return
        }
        var inner = JSONObject()
        if case .object(let present) = object[name] { inner = present }
        set(path.dropFirst(), to: value, in: &inner)
        object[name] = .object(inner)
    }
}
