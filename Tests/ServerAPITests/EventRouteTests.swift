import Foundation
import HTTPServing
import JSONFields
import RunStorage
import ServerAPI
import Testing
import Training

@Suite(.timeLimit(.minutes(2))) struct EventRouteTests {
    @Test(
        "a job's events come numbered by one to the end, and then the stream ends",
        arguments: Transport.allCases
    )
    func wholeStream(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let id = try await api.create(APIUnderTest.smallJob)
            let answer = try await api.get("/v1/jobs/\(id)/events")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "text/event-stream")
            #expect(answer.headers["cache-control"] == "no-cache")
            #expect(answer.headers["x-accel-buffering"] == "no")
            #expect(answer.text.hasPrefix("retry: "))
            let events = Self.events(answer.text)
            #expect(events.map(\.id) == Array(1...events.count))
            #expect(events.first?.name == "state" && events.last?.name == "state")
            #expect(events.last?.data.contains(#""state":"completed""#) == true)
            #expect(Set(events.map(\.name)) == ["state", "episode", "metrics", "checkpoint"])
        }
    }

    @Test(
        "a stream goes on behind any event, with nothing lost or repeated",
        arguments: Transport.allCases
    )
    func resuming(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let id = try await api.create(APIUnderTest.smallJob)
            let all = Self.events(try await api.get("/v1/jobs/\(id)/events").text)
            for position in [1, all.count / 2, all.count - 1] {
                let byHeader = try await api.send(
                    .get,
                    "/v1/jobs/\(id)/events",
                    headers: ["Last-Event-ID": "\(position)"]
                )
                #expect(Self.events(byHeader.text) == Array(all.dropFirst(position)))
                let byQuery = try await api.get("/v1/jobs/\(id)/events?after=\(position)")
                #expect(byQuery.text == byHeader.text)
            }
            // Who has everything of an ended job is told not to come back.
            #expect(try await api.get("/v1/jobs/\(id)/events?after=\(all.count)").status == 204)
        }
    }

    @Test("pictures come between the events of a running job, without numbers")
    func frames() async throws {
        try await withAPI(.inProcess) { api in
            let id = try await api.create(APIUnderTest.endlessJob)
            try await api.waitForSteps(of: id)
            let answer = await api.application.respond(to: .get, "/v1/jobs/\(id)/events?frames=1")
            guard case .stream(let stream) = answer.body else {
                Issue.record("the events come as no stream")
                return
            }
            let next = stream.makeNext()
            var text = ""
            while let piece = try await next() {
                text += String(decoding: piece, as: UTF8.self)
                if text.contains("event: frame") {
                    _ = try await api.send(.post, "/v1/jobs/\(id)/stop")
                }
            }
            let events = Self.events(text)
            let frames = events.filter { $0.name == "frame" }
            let frame = try JSONValue(parsing: Array((try #require(frames.first)).data.utf8))
            #expect(frames.allSatisfy { $0.id == nil })
            #expect(frame["q_values"].count == 2 && frame["png"].string?.hasPrefix("iVBOR") == true)
            #expect(
                events.filter { $0.id != nil }.map(\.id) == Array(1...(events.count - frames.count))
            )
        }
    }

    @Test("a stream of all jobs begins with what comes, and names the job of each event")
    func allJobs() async throws {
        try await withAPI(.inProcess) { api in
            let first = try await api.create(["preset": "routes"])
            try await api.waitForEnd(of: first)
            async let stream = api.get("/v1/events?after=0")
            let second = try await api.create(["preset": "routes"])
            try await api.waitForEnd(of: second)
            api.services.readiness.end()
            // One more event, so that a stream that waits looks up and sees that it is over.
            let record = try #require(try await api.services.store.job(first))
            let last = TrainingEvent(.log(.info, "end"), at: .init(record.progress), time: 0)
            try api.services.store.record([last], of: record)
            let events = Self.events(try await stream.text)
            #expect(events.map(\.id) == Array(1...events.count))
            #expect(events.contains { $0.data.hasPrefix("{\"job\":\"\(first)\"") })
            #expect(events.contains { $0.data.hasPrefix("{\"job\":\"\(second)\"") })
        }
    }

    @Test("a position that is no number is refused")
    func wrongPosition() async throws {
        try await withAPI(.inProcess) { api in
            let id = try await api.create(["preset": "routes"])
            let answer = try await api.send(
                .get,
                "/v1/jobs/\(id)/events",
                headers: ["Last-Event-ID": "x"]
            )
            #expect(answer.status == 400 && answer.json["code"] == "invalid_event_id")
            #expect(try await api.get("/v1/jobs/none/events").status == 404)
        }
    }

    private static func events(_ text: String) -> [StreamedEvent] {
        StreamedEvent.events(of: text)
    }
}
