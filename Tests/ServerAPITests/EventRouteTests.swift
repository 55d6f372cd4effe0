import Foundation
import HTTPServing
import JSONFields
import RunStorage
import ServerAPI
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct EventRouteTests {
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

    @Test("of more events than anybody could look at, a coalesced stream sends the newest")
    func coalesced() async throws {
        try await withAPI(.inProcess) { api in
            let job = JobRecord.recorded("a")
            try api.services.store.create(job)
            let position = job.progress.position
            let events = (1...1000).map { number in
                let kind: TrainingEvent.Kind =
                    number == 300
                    ? .log(.info, "in between")
                    : .metrics([Metric(.loss, Double(number))])
                return TrainingEvent(kind, at: position, time: 0)
            }
            try api.services.store.record(events, of: job)
            let all = Self.events(try await api.get("/v1/jobs/a/events").text)
            #expect(all.count == 1000)
            let few = Self.events(try await api.get("/v1/jobs/a/events?coalesce=1").text)
            // Three full batches of 256, then the rest.
            #expect(few.prefix(4).map(\.id) == [256, 300, 512, 768])
            #expect(few.dropFirst(4).map(\.id) == Array(769...1000))
            #expect(few.allSatisfy { event in all.contains(event) })
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
            #expect(frame["greedy"] != .null && frame["action"].integer != nil)
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
            let last = TrainingEvent(.log(.info, "end"), at: record.progress.position, time: 0)
            try api.services.store.record([last], of: record)
            let events = Self.events(try await stream.text)
            #expect(events.map(\.id) == Array(1...events.count))
            #expect(events.contains { $0.data.hasPrefix("{\"job\":\"\(first)\"") })
            #expect(events.contains { $0.data.hasPrefix("{\"job\":\"\(second)\"") })
        }
    }

    @Test("a stream begins at once with the place where it begins, which is no event")
    func beginning() async throws {
        try await withAPI(.inProcess) { api in
            let job = try api.store(job: "a", events: 5)
            for (target, place) in [
                ("/v1/jobs/a/events", 0), ("/v1/jobs/a/events?after=3", 3), ("/v1/events", 5),
                // Beyond the newest event is the newest event.
                ("/v1/jobs/a/events?after=99", 5), ("/v1/events?after=\(Int.max)", 5),
            ] {
                let beginning = try await api.stream(target).next()
                #expect(beginning == "retry: 2000\nid: \(place)\n\n")
            }
            let late = try await api.stream("/v1/jobs/a/events?after=\(Int.max)")
            try api.record(1, of: job)
            #expect(try await late.events(upTo: 6).map(\.id) == [6])
        }
    }

    @Test("the header counts before lastEventId, and that before after")
    func precedence() async throws {
        try await withAPI(.inProcess) { api in
            let job = try api.store(job: "a", events: 9)
            try api.end(job)
            for target in ["/v1/jobs/a/events", "/v1/events"] {
                func first(_ query: String, _ headers: HTTPHeaders) async throws -> Int? {
                    let stream = try await api.stream(target + query, headers: headers)
                    return try await stream.events(upTo: 10).first?.id
                }
                let query = "?after=2&lastEventId=4"
                #expect(try await first("?after=2", [:]) == 3)
                #expect(try await first("?lastEventId=4&after=2", [:]) == 5)
                #expect(try await first(query, [:]) == 5)
                #expect(try await first(query, ["Last-Event-ID": "6"]) == 7)
            }
            // One that has everything of an ended job, or says that it has more, is not to come back.
            for query in ["after=10", "lastEventId=10", "after=99"] {
                #expect(try await api.get("/v1/jobs/a/events?\(query)").status == 204)
            }
        }
    }

    @Test(
        "a position that is no number is refused and named",
        arguments: ["after", "lastEventId", "Last-Event-ID"],
        ["", "x", "-1", "1.5", "99999999999999999999"]
    )
    func wrongPosition(name: String, value: String) async throws {
        try await withAPI(.inProcess) { api in
            _ = try api.store(job: "a", events: 1)
            for target in ["/v1/jobs/a/events", "/v1/events"] {
                let answer =
                    name == "Last-Event-ID"
                    ? try await api.send(.get, target, headers: [name: value])
                    : try await api.get("\(target)?\(name)=\(value)")
                #expect(answer.status == 400)
                if name == "Last-Event-ID" {
                    #expect(answer.json["code"] == "invalid_event_id")
                    #expect(answer.json["error"].string?.contains(name) == true)
                } else {
                    #expect(answer.json["details"][0]["pointer"].string == "?\(name)")
                }
            }
        }
    }

    @Test("openapi.json tells of every kind of event, and of all its fields")
    func description() async throws {
        try await withAPI(.inProcess) { api in
            let schemas = try await api.get("/openapi.json").json["components"]["schemas"]
            func required(_ schema: JSONValue) -> [String] {
                let name = schema["$ref"].string?.split(separator: "/").last.map(String.init)
                let parts = schema["allOf"].elements + [name.map { schemas[$0] } ?? .null]
                return schema["required"].elements.compactMap(\.string)
                    + parts.filter { $0 != .null }.flatMap(required)
            }
            let kinds = schemas["JobEvent"]["oneOf"].elements.map { $0["properties"] }
            let fields = Dictionary(
                uniqueKeysWithValues: kinds.compactMap { kind in
                    kind["event"]["const"].string.map { ($0, required(kind["data"])) }
                }
            )
            guard case .object(var job) = APIUnderTest.smallJob else { return }
            job["evaluation"] = ["every_agent_steps": 300, "episodes": 1]
            let id = try await api.create(.object(job))
            let stream = try await api.stream("/v1/jobs/\(id)/events")
            var events = try await stream.all()
            let watched = try await api.create(APIUnderTest.endlessJob)
            let pictures = try await api.stream("/v1/jobs/\(watched)/events?frames=1")
            events += StreamedEvent.events(of: try #require(try await pictures.picture()))
            let back = try api.store(job: "back", events: 1)
            try api.services.store.rewind(back, toEvent: 0)
            try api.end(back)
            events += try await api.stream("/v1/jobs/back/events").all()
            for event in events {
                let names = try #require(fields[event.name], "\(event.name) is not described")
                guard case .object(let data) = try JSONValue(parsing: Array(event.data.utf8)) else {
                    Issue.record("\(event.data) is no object")
                    continue
                }
                #expect(names.allSatisfy { data[$0] != nil }, "\(event.name) lacks \(names)")
                #expect(event.name == "metrics" || names.count == data.fields.count)
            }
            // Nothing has gone wrong that a log would tell.
            #expect(Set(events.map(\.name)).union(["log"]) == Set(fields.keys))
        }
    }

    @Test("there are no events of a job that is not there")
    func unknownJob() async throws {
        try await withAPI(.inProcess) { api in
            let answer = try await api.get("/v1/jobs/none/events")
            #expect(answer.status == 404 && answer.json["code"] == "job_not_found")
        }
    }

    private static func events(_ text: String) -> [StreamedEvent] {
        StreamedEvent.events(of: text)
    }
}
