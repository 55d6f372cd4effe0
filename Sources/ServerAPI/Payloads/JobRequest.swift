public import Environments
public import JSONFields
public import Training

/// A request for a job: a preset or what suits the environment, with what is given laid over it.
public enum JobRequest {
    /// The job that a body asks for, checked whole.
    ///
    /// - Parameters:
    ///   - body: The request.
    ///   - environments: The environments that can be run here.
    /// - Returns: The job, every value stated.
    /// - Throws: `FieldFaults` with every fault of the body.
    public static func specification(
        from body: JSONValue,
        environments: EnvironmentCatalog
    ) throws(FieldFaults) -> JobSpecification {
        var fields = FieldReader(body)
        guard fields.found.isEmpty else { throw fields.found }
        var specification = base(&fields)
        specification.read(&fields)
        if fields.faults.isEmpty {
            specification.validate(in: environments, &fields)
        }
        try fields.finishOrThrow()
        return specification
    }

    private static func base(_ fields: inout FieldReader) -> JobSpecification {
        var (name, environment) = ("", "")
        if fields.has("preset") {
            fields.read("preset", limit: 100, into: &name)
            if let preset = Preset.named(name) { return preset.specification }
            // What cannot be a name has its fault already.
            if name.isEmpty { return Preset.all[0].specification }
            let names = Preset.all.map(\.name)
            let nearest = nearestName(to: name, among: names)
            fields.fail(
                "preset",
                "there is no preset \"\(name.excerpt)\""
                    + (nearest.map { "; did you mean \"\($0)\"?" }
                        ?? ", expected one of \(names.joined(separator: ", "))")
            )
        } else {
            _ = fields.value("preset")
            fields.require("environment")
        }
        if case .string(let id) = fields.value("environment") { environment = id }
        var base = (Preset.suited(to: environment) ?? .all[0]).specification
        base.name = environment
        return base
    }
}
