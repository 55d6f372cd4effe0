public import Environments
public import JSONFields

extension JobSpecification {
    /// The job that a request asks for: a preset, or what suits the environment, with what is given
    /// laid over it.
    ///
    /// This may take seconds, where the environment is asked what it is.
    /// - Parameters:
    ///   - body: The request.
    ///   - environments: The environments that can be run here.
    /// - Throws: `FieldFaults` with every fault of the body.
    public init(request body: JSONValue, in environments: EnvironmentCatalog) throws(FieldFaults) {
        var fields = FieldReader(body)
        guard fields.found.isEmpty else { throw fields.found }
        self = Self.base(&fields)
        if fields.faults.isEmpty, !fields.has("preset"), Preset.suited(to: name) == nil {
            try suit(to: environments, &fields)
        } else {
            read(&fields)
            if fields.faults.isEmpty { complete(by: environments, &fields) }
        }
        if fields.faults.isEmpty {
            validate(in: environments, &fields)
        }
        try fields.finishOrThrow()
    }

    /// Reads a request for an environment of which only it can say what it shows, and so which
    /// constants suit it.
    private mutating func suit(
        to environments: EnvironmentCatalog,
        _ fields: inout FieldReader
    ) throws(FieldFaults) {
        // What else is wrong is found once it is known what the rest is laid over.
        var glance = fields
        read(&glance)
        complete(by: environments, &fields)
        guard fields.faults.isEmpty else { throw fields.found }
        let options = environmentOptions
        do throws(EnvironmentError) {
            self = JobSpecification(
                suitedTo: try environments.specification(of: environment, options: options)
            )
        } catch {
            Self.note(error, &fields)
            throw fields.found
        }
        read(&fields)
        environmentOptions = options
    }

    /// Writes into the options what the environment says of itself.
    private mutating func complete(
        by environments: EnvironmentCatalog,
        _ fields: inout FieldReader
    ) {
        do throws(EnvironmentError) {
            environmentOptions = try environments.complete(environmentOptions, of: environment)
        } catch {
            Self.note(error, &fields)
        }
    }

    /// The fields of a request.
    public static let request = SettingGroup(
        name: "JobRequest",
        summary:
            "A job to be run: a preset, or what suits the environment, with what is given laid over "
            + "it.",
        settings: [
            SettingDescription(
                "preset",
                .text(limit: 100),
                "The name of a preset, which states what is not given."
            )
        ] + settings.map(\.description)
    )

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
