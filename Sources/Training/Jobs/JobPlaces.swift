/// The places in which jobs run, of which there are only so many; see ``JobScheduler``.
struct JobPlaces: Sendable {
    /// Lets a job that has no session wait its turn.
    var queue: @Sendable (TrainingJob) async -> Void
    /// Takes a place for a job that goes on, or lets it wait its turn: whether it has one.
    var take: @Sendable (TrainingJob) async -> Bool
    /// Gives a job's place to others.
    var leave: @Sendable (TrainingJob) async -> Void

    /// As many as there are jobs.
    static let unlimited = JobPlaces(queue: { _ in }, take: { _ in true }, leave: { _ in })
}
