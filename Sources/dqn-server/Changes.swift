import ArgumentParser
import JSONFields
import Training

/// Values given as `key=value` or `key.inner=value`, as the body of a request for a job.
struct Changes {
    private static let jobFields = Set(JobSpecification.settings.map(\.description.name))

    private let pairs: [(path: [String], value: JSONValue)]

    /// Reads the pairs; a value that is no JSON is text.
    init(_ texts: [String]) throws {
        pairs = try texts.map { text in
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                throw ValidationError("--set takes key=value, got \"\(text)\"")
            }
            let parts = text[..<sign].split(separator: ".", omittingEmptySubsequences: false)
            guard parts.allSatisfy({ !$0.isEmpty }) else {
                throw ValidationError("--set takes key=value or key.inner=value, got \"\(text)\"")
            }
            var path = parts.map(String.init)
            let value = String(text[text.index(after: sign)...])
            // What is no field of a job is one of its hyperparameters.
            if let first = path.first, !Self.jobFields.contains(first) {
                path.insert("hyperparameters", at: 0)
            }
            return (path, (try? JSONValue(parsing: Array(value.utf8))) ?? .string(value))
        }
    }

    /// Whether a field of the job is among the changes.
    func names(_ field: String) -> Bool {
        pairs.contains { $0.path == [field] }
    }

    /// What is wrong with the request, in terms of the options that it was made of.
    func message(_ error: FieldFaults) -> String {
        error.faults.map { fault in
            "\(option(at: fault.pointer)): \(fault.message)"
        }.joined(separator: "\n")
    }

    /// The option that a place in the request comes from.
    private func option(at pointer: String) -> String {
        let path = pointer.split(separator: "/").map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
        guard let first = path.first else { return "the job" }
        if path.count == 1, ["preset", "environment", "seed"].contains(first), !names(first) {
            return "--\(first)"
        }
        let isImplied = first == "hyperparameters" && path.count > 1
        return "--set " + path.dropFirst(isImplied ? 1 : 0).joined(separator: ".")
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
