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
        read(&fields)
        if fields.faults.isEmpty {
            complete(by: environments, &fields)
        }
        if fields.faults.isEmpty {
            validate(in: environments, &fields)
        }
        try fields.finishOrThrow()
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

    /// What suits clients: the Nature network for pictures of at least its size, else a small one.
    private static func clientBase(_ options: JSONValue?) -> JobSpecification {
        var (lengths, isScreen) = ([JSONValue](), false)
        if case .object(let fields) = options,
            case .object(let observation) = fields["observation"]
        {
            if case .array(let shape) = observation["shape"] { lengths = shape }
            isScreen = observation["preprocessing"] == .string("atari")
        }
        let arePictures =
            lengths.count > 1
            && lengths.suffix(2).allSatisfy { if case .integer(36...) = $0 { true } else { false } }
        var base = (isScreen || arePictures ? Preset.atariFast : .cartpole).specification
        base.name = ClientEnvironments.id
        base.environment = ClientEnvironments.id
        (base.environmentOptions, base.evaluation) = ([:], nil)
        base.totalAgentSteps = 1_000_000
        return base
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
        if environment == ClientEnvironments.id {
            return clientBase(fields.value("environment_options"))
        }
        var base = (Preset.suited(to: environment) ?? .all[0]).specification
        base.name = environment
        return base
    }
}
