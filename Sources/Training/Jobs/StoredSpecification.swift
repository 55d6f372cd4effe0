internal import DeepQLearning
public import JSONFields

/// A job's specification as it is written down, which is not a request: it has a version, and what
/// another version wrote is read as well as it can be.
public struct StoredSpecification: Sendable {
    /// The version that is written now.
    public static let version = 1

    /// The job.
    public let specification: JobSpecification
    /// Fields that this version does not know, and ignores.
    public let ignored: FieldFaults
    /// Values beyond today's limits, taken as they are: a job that has ended can be shown with
    /// them, but none can be run.
    public let beyondLimits: FieldFaults

    /// Reads what was written; a text without a version is of version 1.
    ///
    /// - Throws: Where it is no specification, or holds words or kinds of values unknown here.
    public init(_ value: JSONValue) throws(FieldFaults) {
        let value = Self.upgraded(value)
        var fields = FieldReader(value, isStored: true)
        var version = Self.version
        fields.read("version", in: 1...Self.version, into: &version)
        for name in ["name", "environment", "algorithm"] { fields.require(name) }
        var specification = JobSpecification(
            name: "",
            environment: "",
            algorithm: .dqn(DQNHyperparameters())
        )
        specification.read(&fields)
        fields.finish()
        guard fields.found.isEmpty else { throw fields.found }
        self.specification = specification
        (ignored, beyondLimits) = (fields.ignored, fields.beyondLimits)
    }

    /// What is written for a job.
    public static func json(_ specification: JobSpecification) -> JSONValue {
        var object: JSONObject = ["version": .integer(version)]
        for (name, value) in specification.object.fields { object[name] = value }
        return .object(object)
    }

    /// The text in the form of today's version.
    ///
    /// Version 1 is the first; a later one renames here what it has renamed, and states the defaults
    /// that it has changed.
    private static func upgraded(_ value: JSONValue) -> JSONValue { value }
}
