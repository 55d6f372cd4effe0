import Frames
import HTTPServing
import ServerAPI
import Synchronization
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct PictureSharingTests {
    /// An agent that has moved on at each look, and a clock that a test moves.
    private final class Watched: Sendable {
        struct State {
            var looks = 0
            var now = ContinuousClock.now
            var lookTimes: [ContinuousClock.Instant] = []
            var sleepers: [CheckedContinuation<Void, Never>] = []
        }

        let state = Mutex(State())
        private let template: AgentView
        private let cost: Duration

        init(_ api: APIUnderTest, cost: Duration = .zero) async throws {
            template = try await api.view()
            self.cost = cost
        }

        var looks: Int { state.withLock { $0.looks } }

        var clock: WatchClock {
            WatchClock(
                now: { self.state.withLock { $0.now } },
                sleep: { until in
                    while self.state.withLock({ $0.now < until }) {
                        try Task.checkCancellation()
                        await withTaskCancellationHandler {
                            await withCheckedContinuation { self.sleep($0, until: until) }
                        } onCancel: {
                            self.advance(.zero)
                        }
                    }
                    try Task.checkCancellation()
                }
            )
        }

        private func sleep(
            _ sleeper: CheckedContinuation<Void, Never>,
            until: ContinuousClock.Instant
        ) {
            let isOver = state.withLock { state in
                if state.now >= until || Task.isCancelled { return true }
                state.sleepers.append(sleeper)
                return false
            }
            if isOver { sleeper.resume() }
        }

        /// Lets time pass, and those who sleep see whether it was enough.
        func advance(_ duration: Duration) {
            let woken = state.withLock { state in
                state.now += duration
                defer { state.sleepers = [] }
                return state.sleepers
            }
            for sleeper in woken { sleeper.resume() }
        }

        func look() -> (view: AgentView, cost: Duration) {
            let number = state.withLock { state in
                state.looks += 1
                state.lookTimes.append(state.now)
                return state.looks
            }
            let frame = Frame(
                height: 2,
                width: 2,
                channels: 1,
                bytes: Array(repeating: UInt8(number), count: 4)
            )
            var view = template
            view.observations = [frame]
            view.agentSteps = number
            return (view, cost)
        }

        func application(_ api: APIUnderTest) -> HTTPApplication {
            let views = AgentViews(clock: clock) { _, _ in self.look() }
            let watches = EventWatches(
                store: api.services.store,
                readiness: api.services.readiness,
                views: views,
                clock: clock
            )
            return api.watching(watches, views: views)
        }
    }

    @Test("one look serves all who watch, and those who ask for a picture")
    func manyWatchers() async throws {
        try await withAPI(.inProcess) { api in
            let watched = try await Watched(api)
            let application = watched.application(api)
            _ = try api.store(job: "a", events: 1)
            var streams: [OpenStream] = []
            for _ in 0..<50 {
                let response = await application.respond(to: .get, "/v1/jobs/a/events?frames=1")
                streams.append(try OpenStream(response))
            }
            for look in 1...5 {
                var pictures: Set<String> = []
                for index in streams.indices {
                    pictures.insert(try #require(try await streams[index].picture()))
                }
                #expect(pictures.count == 1 && watched.looks == look)
                for query in ["", "?stack=1", "?scale=3"] {
                    let answer = await application.respond(to: .get, "/v1/jobs/a/frame.png\(query)")
                    #expect(answer.status == .ok)
                }
                #expect(watched.looks == look)
                watched.advance(.milliseconds(67))
            }
        }
    }

    @Test("nobody who watches without pictures makes the job show itself, nor one who has left")
    func nobodyWatches() async throws {
        try await withAPI(.inProcess) { api in
            let watched = try await Watched(api)
            let application = watched.application(api)
            let job = try api.store(job: "a", events: 1)
            let plain = try OpenStream(await application.respond(to: .get, "/v1/jobs/a/events"))
            #expect(try await plain.events(upTo: 1).count == 1)
            #expect(watched.looks == 0)
            do {
                let response = await application.respond(to: .get, "/v1/jobs/a/events?frames=1")
                let stream = try OpenStream(response)
                _ = try #require(try await stream.picture())
            }
            #expect(watched.looks == 1)
            for _ in 0..<10 { watched.advance(.seconds(1)) }
            try api.record(1, of: job)
            #expect(try await plain.events(upTo: 2).map(\.id) == [2])
            #expect(watched.looks == 1)
        }
    }

    @Test("pictures that nobody takes are not made")
    func nobodyTakes() async throws {
        try await withAPI(.inProcess) { api in
            let watched = try await Watched(api)
            let application = watched.application(api)
            _ = try api.store(job: "a", events: 1)
            let response = await application.respond(to: .get, "/v1/jobs/a/events?frames=1")
            let stream = try OpenStream(response)
            _ = try #require(try await stream.picture())
            // The second is made for a reader that takes no more, the third is not.
            while watched.looks < 2 {
                watched.advance(.milliseconds(67))
                await Task.yield()
            }
            for _ in 0..<20 {
                watched.advance(.milliseconds(67))
                await Task.yield()
            }
            #expect(watched.looks == 2)
            _ = try #require(try await stream.picture())
            while watched.looks < 3 {
                watched.advance(.milliseconds(67))
                await Task.yield()
            }
        }
    }

    @Test(
        "looks are a fifteenth of a second apart, and further where one takes long",
        arguments: [
            (Duration.zero, Duration.microseconds(66_666)), (.milliseconds(4), .milliseconds(200)),
        ]
    )
    func rate(cost: Duration, interval: Duration) async throws {
        try await withAPI(.inProcess) { api in
            let watched = try await Watched(api, cost: cost)
            let application = watched.application(api)
            _ = try api.store(job: "a", events: 1)
            let response = await application.respond(to: .get, "/v1/jobs/a/events?frames=1")
            let stream = try OpenStream(response)
            for look in 1...4 {
                _ = try #require(try await stream.picture())
                while watched.looks == look {
                    watched.advance(.milliseconds(1))
                    _ = await application.respond(to: .get, "/v1/jobs/a/frame.png")
                    await Task.yield()
                }
            }
            let times = watched.state.withLock { $0.lookTimes }
            for (earlier, later) in zip(times, times.dropFirst()) {
                #expect(later - earlier >= interval)
            }
        }
    }
}
