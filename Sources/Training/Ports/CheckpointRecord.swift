/// A checkpoint as it is kept and shown.
public struct CheckpointRecord: Equatable, Sendable, Identifiable {
    /// The checkpoint's name in URLs.
    public var id: String
    /// The job it belongs to; nil where it was brought in from elsewhere.
    public var job: String?
    /// What people call it; nil where it was given no name.
    public var name: String?
    /// Its number among the job's checkpoints, from 1.
    public var version: Int
    /// Actions chosen until then.
    public var agentSteps: Int
    /// Mean of the last hundred episodes' returns then.
    public var meanReturn100: Double?
    /// Mean return of the last evaluation then.
    public var evaluationReturn: Double?
    /// Bytes of the file.
    public var sizeBytes: Int
    /// Digest of the file, in hexadecimal.
    public var sha256: String
    /// Seconds since 1970.
    public var createdAt: Double
    /// `latest`, `best`, or none.
    public var labels: [String]

    /// Creates the record.
    public init(
        id: String,
        job: String?,
        name: String? = nil,
        version: Int,
        agentSteps: Int,
        meanReturn100: Double?,
        evaluationReturn: Double?,
        sizeBytes: Int,
        sha256: String,
        createdAt: Double,
        labels: [String]
    ) {
        self.id = id
        self.job = job
        self.name = name
        self.version = version
        self.agentSteps = agentSteps
        self.meanReturn100 = meanReturn100
        self.evaluationReturn = evaluationReturn
        self.sizeBytes = sizeBytes
        self.sha256 = sha256
        self.createdAt = createdAt
        self.labels = labels
    }
}
