import HTTPServing
import RandomNumbers
import RunStorage
import ServerAPI
import Synchronization
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct EventSharingTests {
    /// Passes at once, so that nothing but the events decides who is first.
    private static let hurriedClock = WatchClock(
        now: { .now },
        sleep: { _ in
            try Task.checkCancellation()
            await Task.yield()
        }
    )

    private static func watches(_ api: APIUnderTest, ringBytes: Int) -> EventWatches {
        EventWatches(
            store: api.services.store,
            readiness: api.services.readiness,
            views: api.services.views,
            clock: hurriedClock,
            ringBytes: ringBytes
        )
    }

    @Test(
        "readers that come at any time and read at any speed get the same events, none twice",
        arguments: 0..<24
    )
    func interleavings(seed: Int) async throws {
        try await withAPI(.inProcess) { api in
            // Some hold all events, some a few, so that readers fall out of the ring and come back.
            let watches = Self.watches(api, ringBytes: [600, 2_000, 100_000][seed % 3])
            let application = api.watching(watches)
            var generator = RandomGenerator(seed: UInt64(seed))
            let job = try api.store(job: "a", events: Int.random(in: 0...40, using: &generator))
            let other = try api.store(job: "b", events: 3)
            try await withThrowingTaskGroup(of: [StreamedEvent].self) { group in
                for _ in 0..<30 {
                    if Bool.random(using: &generator) {
                        try api.record(Int.random(in: 1...12, using: &generator), of: job)
                        try api.record(1, of: other)
                    }
                    let after = Int.random(in: 0...4, using: &generator)
                    let pauses = Int.random(in: 0...20, using: &generator)
                    group.addTask {
                        let response = await application.respond(
                            to: .get,
                            "/v1/jobs/a/events?after=\(after)"
                        )
                        let stream = try OpenStream(response)
                        var events: [StreamedEvent] = []
                        while let piece = try await stream.next() {
                            events += StreamedEvent.events(of: piece)
                            for _ in 0..<pauses { await Task.yield() }
                        }
                        return events
                    }
                    for _ in 0..<Int.random(in: 0...20, using: &generator) { await Task.yield() }
                }
                try api.end(job)
                let all = try await api.services.store.events(ofJob: "a", after: 0, limit: 10_000)
                for try await events in group {
                    let first = try #require(events.first?.id)
                    #expect(first <= 5)
                    #expect(events.map(\.id) == Array(first...all.count))
                    #expect(events.map(\.data) == all.dropFirst(first - 1).map(\.data))
                }
            }
            #expect(watches.count == 0)
        }
    }

    @Test("a reader that stands still holds no other up, keeps no memory, and misses nothing")
    func slowReader() async throws {
        try await withAPI(.inProcess) { api in
            let watches = Self.watches(api, ringBytes: 10_000)
            let application = api.watching(watches)
            let job = try api.store(job: "a", events: 1)
            func open() async throws -> OpenStream {
                try OpenStream(await application.respond(to: .get, "/v1/jobs/a/events"))
            }
            let (slow, quick) = (try await open(), try await open())
            #expect(try await slow.events(upTo: 1).count == 1)
            #expect(try await quick.events(upTo: 1).count == 1)
            for round in 1...30 {
                try api.record(10, of: job)
                let end = 1 + 10 * round
                #expect(try await quick.events(upTo: end).map(\.id) == Array((end - 9)...end))
                // At most one piece more than the limit, here of ten events.
                #expect(watches.heldBytes < 15_000)
            }
            try api.end(job)
            #expect(try await slow.all().map(\.id) == Array(2...302))
        }
    }

    @Test("thousands of events that are written at once go out in few pieces")
    func largeFlush() async throws {
        try await withAPI(.inProcess) { api in
            let job = try api.store(job: "a", events: 1)
            let stream = try await api.stream("/v1/jobs/a/events")
            #expect(try await stream.events(upTo: 1).count == 1)
            try api.record(4_000, of: job)
            try api.end(job)
            var sizes: [Int] = []
            while let piece = try await stream.next() { sizes.append(piece.utf8.count) }
            // No single piece fills a slow connection's memory.
            #expect(sizes.count <= 4_000 / 128 && sizes.allSatisfy { $0 < 66_000 })
        }
    }

    @Test("a stream of all jobs is shared like that of one")
    func allJobs() async throws {
        try await withAPI(.inProcess) { api in
            let a = try api.store(job: "a", events: 2)
            var streams: [OpenStream] = []
            for _ in 0..<20 { streams.append(try await api.stream("/v1/events")) }
            let b = try api.store(job: "b", events: 3)
            try api.record(1, of: a)
            for index in streams.indices {
                let events = try await streams[index].events(upTo: 6)
                #expect(events.map(\.id) == [3, 4, 5, 6])
                #expect(events.allSatisfy { $0.data.hasPrefix(#"{"job":""#) })
            }
            #expect(api.services.watches.count == 1)
            streams = []
            #expect(api.services.watches.count == 0)
            try api.end(a)
            try api.end(b)
        }
    }
}
