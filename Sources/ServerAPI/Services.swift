public import Environments
public import HTTPServing
public import Inference
public import RunStorage
public import Training

/// What the routes work with; made once, by the executable.
public struct Services: Sendable {
    /// Where everything is kept.
    public var store: RunStore
    /// The jobs that have not ended.
    public var scheduler: JobScheduler
    /// The models that are ready to be asked.
    public var models: ModelRegistry
    /// The environments that can be run here.
    public var environments: EnvironmentCatalog
    /// Whether the server takes requests and jobs, or is about to end.
    public var readiness: Readiness
    /// What the HTTP server has counted; nil before it runs.
    public var httpMetrics: @Sendable () -> HTTPMetricsSnapshot?
    /// What the agents of running jobs see.
    package var views: AgentViews
    /// The event streams that are read.
    package var watches: EventWatches
    /// A new name for a job or checkpoint, not used before.
    public var makeID: @Sendable () -> String

    /// Joins the parts.
    public init(
        store: RunStore,
        scheduler: JobScheduler,
        models: ModelRegistry,
        environments: EnvironmentCatalog,
        readiness: Readiness,
        httpMetrics: @escaping @Sendable () -> HTTPMetricsSnapshot?,
        makeID: @escaping @Sendable () -> String = Services.randomID
    ) {
        self.store = store
        self.scheduler = scheduler
        self.models = models
        self.environments = environments
        self.readiness = readiness
        self.httpMetrics = httpMetrics
        self.makeID = makeID
        views = AgentViews(of: scheduler)
        watches = EventWatches(store: store, readiness: readiness, views: views)
    }

    /// Eight letters and digits that are not easily misread: 40 random bits.
    public static func randomID() -> String {
        let letters = Array("0123456789abcdefghjkmnpqrstvwxyz")
        var bits = UInt64.random(in: .min ... .max)
        return String(
            (0..<8).map { _ in
                defer { bits >>= 5 }
                return letters[Int(bits & 31)]
            }
        )
    }
}
