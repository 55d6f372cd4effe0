import DeepQLearning
import Foundation
import HTTPServing
import RunStorage
import ServerAPI
import Testing
import Training

/// An event as a stream has told it.
struct StreamedEvent: Equatable {
    var id: Int?
    var name: String
    var data: String

    static func events(of text: some StringProtocol) -> [StreamedEvent] {
        text.components(separatedBy: "\n\n").compactMap { block in
            var event = StreamedEvent(name: "", data: "")
            for line in block.split(separator: "\n") {
                let parts = line.split(separator: ":", maxSplits: 1)
                let value = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
                switch parts.first {
                case "id": event.id = Int(value)
                case "event": event.name = value
                case "data": event.data = value
                default: break
                }
            }
            return event.name.isEmpty ? nil : event
        }
    }
}

/// One reader of an event stream, who takes a piece after the other.
struct OpenStream {
    private let take: HTTPStream.Next

    init(_ response: HTTPResponse) throws {
        guard case .stream(let stream) = response.body else {
            throw NoStream(status: Int(response.status.code))
        }
        take = stream.makeNext()
    }

    struct NoStream: Error {
        var status: Int
    }

    func next() async throws -> String? {
        try await take().map { String(decoding: $0, as: UTF8.self) }
    }

    /// Takes pieces until one holds the event of that number.
    func events(upTo last: Int) async throws -> [StreamedEvent] {
        var events: [StreamedEvent] = []
        while (events.last?.id ?? 0) < last, let piece = try await next() {
            events += StreamedEvent.events(of: piece)
        }
        return events
    }

    /// Takes all pieces up to the end.
    func all() async throws -> [StreamedEvent] {
        var events: [StreamedEvent] = []
        while let piece = try await next() {
            events += StreamedEvent.events(of: piece)
        }
        return events
    }

    /// Takes pieces until there is a picture.
    func picture() async throws -> String? {
        while let piece = try await next() {
            if piece.hasPrefix("event: frame\n") { return piece }
        }
        return nil
    }
}

extension APIUnderTest {
    /// What the agent of a real job, which is stopped again, has shown.
    func view() async throws -> AgentView {
        let id = try await create(Self.endlessJob)
        try await waitForSteps(of: id)
        let view = try #require(await services.scheduler.job(id)?.view())
        _ = try await send(.post, "/v1/jobs/\(id)/stop")
        return view
    }

    func stream(_ target: String, headers: HTTPHeaders = [:]) async throws -> OpenStream {
        try OpenStream(await application.respond(to: .get, target, headers: headers))
    }

    /// The same store, read by streams with other clocks and views.
    func watching(_ watches: EventWatches, views: AgentViews? = nil) -> HTTPApplication {
        var services = services
        services.watches = watches
        services.views = views ?? services.views
        return ServerAPI(services, page: nil).application(policy: AccessPolicy()) { _ in }
    }

    /// Keeps a job that runs nowhere, with so many events.
    func store(job id: String, events count: Int) throws -> JobRecord {
        var job = JobRecord(
            id: id,
            specification: JobSpecification(
                name: id,
                environment: "cartpole",
                algorithm: .dqn(DQNHyperparameters())
            ),
            createdAt: 0
        )
        try services.store.create(job)
        job.state = .running
        try record(count, of: job)
        return job
    }

    /// Writes down so many events more, at once.
    func record(_ count: Int, of job: JobRecord) throws {
        let event = TrainingEvent(.log(.info, "line"), at: job.progress.position, time: 0)
        try services.store.record(Array(repeating: event, count: count), of: job)
    }

    /// Writes down that a job has ended.
    func end(_ job: JobRecord) throws {
        var job = job
        job.state = .completed
        let event = TrainingEvent(
            .state(.completed, reason: nil),
            at: job.progress.position,
            time: 0
        )
        try services.store.record([event], of: job)
    }
}
