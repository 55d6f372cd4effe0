import Environments
import Foundation
import Frames
import RandomNumbers
import Synchronization
import Testing

extension EnvironmentCatalog {
    /// Environments behind URLs alone, whose sessions are called s.
    static let remote = EnvironmentCatalog([RemoteEnvironments(.loopback, makeSessionID: { "s" })])
}

extension FakeEndpoint {
    static let spec = """
        {"protocol":1,"observation":{"shape":[2],"scalar":"float32"},"actions":["LEFT","RIGHT"]}
        """

    /// An environment of two numbers there, of which nothing was asked but what it is.
    func makeEnvironment(
        _ options: EnvironmentOptions = [:],
        interruption: WorkerInterruption? = nil
    ) throws -> any Environment {
        let given: EnvironmentOptions = ["url": .text(url), "timeout_seconds": 5]
        let options = given.merging(options) { $1 }
        return try EnvironmentCatalog.remote.make(
            "http",
            options: try EnvironmentCatalog.remote.complete(options, of: "http"),
            generator: RandomGenerator(seed: 1),
            interruption: interruption
        )
    }

    /// An endpoint that answers to `/spec` and to the first `/reset` as it should, to further resets
    /// and steps as the script says.
    static func playing(
        spec: String = FakeEndpoint.spec,
        _ steps: @escaping @Sendable (_ request: Request, _ index: Int) -> Reply
    ) throws -> FakeEndpoint {
        let count = Mutex(0)
        return try FakeEndpoint { request, _ in
            switch request.line {
            case "GET /spec": return .json(spec)
            case "DELETE /session/s": return .json("{}")
            default:
                let index = count.withLock {
                    $0 += 1
                    return $0
                }
                return index == 1 ? .json(#"{"observation":[1,2]}"#) : steps(request, index - 2)
            }
        }
    }
}

/// The right answer to a step of two numbers.
private func answer(
    _ id: Int,
    reward: String = "0",
    terminated: Bool = false,
    truncated: Bool = false
) -> String {
    """
    {"step_id":\(id),"observation":[\(id),-0.5],"reward":\(reward),"terminated":\(terminated),\
    "truncated":\(truncated)}
    """
}

/// Numbers as a frame has them.
private func frame(_ numbers: Float...) -> [UInt8] {
    numbers.flatMap { number in
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number.bitPattern >> $0) }
    }
}

/// A person's simulator, played by a script.
@Suite(.timeLimit(.minutes(5))) struct RemoteEnvironmentTests {
    @Test("it is played as the endpoint says, over one connection, and its session is ended")
    func plays() throws {
        let endpoint = try FakeEndpoint.playing { _, index in
            .json(
                [
                    answer(1, reward: "-1.5"), answer(2, reward: "2", terminated: true),
                    #"{"observation":[[7,8]]}"#.replacing("[[7,8]]", with: "[7, 8.25e0]"),
                    answer(3, truncated: true), "{}",
                ][index]
            )
        }
        defer { endpoint.stop() }
        do {
            var environment = try endpoint.makeEnvironment()
            #expect(environment.specification.observation.shape == [2])
            #expect(environment.specification.actionNames == ["LEFT", "RIGHT"])
            #expect(environment.rendered() == nil)
            let begun = try environment.begin()
            #expect(begun == Played(frame: frame(1, 2), step: TimeStep(environmentFrames: 0)))
            let first = try environment.play(1)
            #expect(first == Played(frame: frame(1, -0.5), step: TimeStep(reward: -1.5)))
            #expect(
                try environment.play(0).step
                    == TimeStep(reward: 2, discount: 0, episodeEnd: .terminated)
            )
            #expect(try environment.begin().frame == frame(7, 8.25))
            #expect(try environment.play(1).step == TimeStep(episodeEnd: .truncated))
            let unsaved = #expect(throws: EnvironmentError.self) { _ = try environment.snapshot() }
            #expect("\(unsaved.map { "\($0)" } ?? "")".contains("an episode under way is cut"))
        }
        var lines = endpoint.lines
        let seeds = lines.compactMap { $0.firstMatch(of: /"seed":(\d+)/).map { $0.output.1 } }
        #expect(seeds.count == 2 && seeds[0] != seeds[1])
        lines = lines.map { $0.replacing(/"seed":\d+/, with: "SEED") }
        #expect(
            lines == [
                "GET /spec", "GET /spec", #"POST /reset {"session":"s",SEED}"#,
                #"POST /step {"session":"s","step_id":1,"action":1}"#,
                #"POST /step {"session":"s","step_id":2,"action":0}"#,
                #"POST /reset {"session":"s",SEED}"#,
                #"POST /step {"session":"s","step_id":3,"action":1}"#, "DELETE /session/s",
            ]
        )
        // What the job's maker asked, and what was played.
        let connections = endpoint.requests.map { $0.connection }
        #expect(connections == [0] + [Int](repeating: 1, count: 7))
        #expect(endpoint.requests[3].fields.contains("Host: 127.0.0.1:\(endpoint.port)"))
    }

    @Test("the same seed asks for the same episodes")
    func seeds() throws {
        let endpoint = try FakeEndpoint.playing { _, _ in .json(#"{"observation":[1,2]}"#) }
        defer { endpoint.stop() }
        for _ in 0..<2 {
            var environment = try endpoint.makeEnvironment()
            for _ in 0..<2 { _ = try environment.begin() }
        }
        let resets = endpoint.lines.filter { $0.hasPrefix("POST /reset") }
        #expect(resets.count == 4 && resets[..<2] == resets[2...])
    }

    @Test("what the endpoint says of itself is written into the options, and must agree with them")
    func completes() throws {
        let spec = """
            {"protocol":1,"observation":{"shape":[6,5],"scalar":"uint8"},"actions":3,"stack":2,
             "name":"mine","later":[null]}
            """
        let endpoint = try FakeEndpoint.playing(spec: spec) { _, _ in .silence }
        defer { endpoint.stop() }
        let catalog = EnvironmentCatalog.remote
        let given: EnvironmentOptions = ["url": .text(endpoint.url)]
        let complete = try catalog.complete(given, of: "http")
        #expect(
            complete == [
                "url": .text(endpoint.url), "stack": 2, "actions": ["0", "1", "2"],
                "observation": ["shape": [6, 5], "scalar": "uint8"],
            ]
        )
        let specification = try catalog.specification(of: "http", options: complete)
        #expect(specification.observation.shape == [2, 6, 5])
        #expect(specification.actionNames == ["0", "1", "2"])
        let again = try catalog.complete(complete.merging(["stack": 3]) { $1 }, of: "http")
        #expect(again["stack"] == 3)
        for (option, value, message) in [
            (
                "actions", 2,
                "is [\"0\",\"1\"] in the job's options and [\"0\",\"1\",\"2\"] as \(endpoint.url)/spec says"
            ),
            ("observation", ["shape": [5, 6], "scalar": "uint8"], "they must agree"),
        ] as [(String, OptionValue, String)] {
            let wrong = complete.merging([option: value]) { $1 }
            let error = #expect(throws: EnvironmentError.self) {
                _ = try catalog.complete(wrong, of: "http")
            }
            #expect("\(error.map { "\($0)" } ?? "")".contains(message))
            let other = #expect(throws: EnvironmentError.self) {
                _ = try catalog.make("http", options: wrong, generator: RandomGenerator(seed: 1))
            }
            #expect("\(other.map { "\($0)" } ?? "")".contains(message))
        }
    }

    @Test(
        "options that cannot be are refused before anybody is asked",
        arguments: [
            ([:], "\"url\" must be given; it may be \"http://127.0.0.1:9000\""),
            (["url": "https://127.0.0.1"], "\"url\" must begin with http://"),
            (["url": "127.0.0.1:1"], "\"url\" must be a URL such as http://127.0.0.1:9000"),
            (["url": "http://127.0.0.1:1", "retries": -1], "\"retries\" must be a whole number"),
            (["url": "http://127.0.0.1:1", "uri": "x"], "did you mean \"url\"?"),
            (
                ["url": "http://10.0.0.1:1"],
                "\"url\" http://10.0.0.1:1 is at 10.0.0.1, which is not this machine"
            ),
        ] as [(EnvironmentOptions, String)]
    )
    func wrongOptions(options: EnvironmentOptions, sentence: String) {
        let error = #expect(throws: EnvironmentError.self) {
            _ = try EnvironmentCatalog.remote.complete(options, of: "http")
        }
        guard case .invalidOptions("http", let faults) = error else {
            Issue.record("\(error.map { "\($0)" } ?? "")")
            return
        }
        #expect(faults.contains { "\($0)".contains(sentence) }, "\(faults)")
    }

    @Test("an endpoint that nobody serves is a sentence that says what to do")
    func nobody() throws {
        let endpoint = try FakeEndpoint.playing { _, _ in .silence }
        endpoint.stop()
        let error = #expect(throws: EnvironmentError.self) {
            _ = try EnvironmentCatalog.remote.complete(["url": .text(endpoint.url)], of: "http")
        }
        let sentence =
            "cannot connect to \(endpoint.url)/spec: Connection refused; start the environment that "
            + "answers there, or give another \"url\""
        #expect(error == .endpointFailed(reason: sentence))
    }

    @Test("several environments play at the same time")
    func together() throws {
        // Each answer waits until both questions are there.
        let both = DispatchGroup()
        both.enter()
        both.enter()
        let endpoint = try FakeEndpoint { request, _ in
            switch request.line {
            case "GET /spec": return .json(FakeEndpoint.spec)
            case "POST /reset": return .json(#"{"observation":[1,2]}"#)
            case "POST /step":
                both.leave()
                both.wait()
                return .json(answer(1))
            default: return .json("{}")
            }
        }
        defer { endpoint.stop() }
        var environments = try (0..<2).map { _ in try endpoint.makeEnvironment() }
        for index in 0..<2 { _ = try environments[index].begin() }
        for index in 0..<2 { try environments[index].announce(index) }
        for index in 0..<2 {
            #expect(try environments[index].play(index).frame == frame(1, -0.5))
        }
    }

    @Test("who stops a job does not wait for its endpoint")
    func interrupted() throws {
        let asked = DispatchSemaphore(value: 0)
        let endpoint = try FakeEndpoint.playing { _, _ in
            asked.signal()
            return .silence
        }
        defer { endpoint.stop() }
        let interruption = WorkerInterruption()
        var environment = try endpoint.makeEnvironment(
            ["timeout_seconds": 3600],
            interruption: interruption
        )
        _ = try environment.begin()
        Thread.detachNewThread {
            asked.wait()
            interruption.abandon()
        }
        let error = #expect(throws: EnvironmentError.self) { _ = try environment.play(0) }
        guard case .endpointInterrupted(let reason) = error else {
            Issue.record("\(error.map { "\($0)" } ?? "")")
            return
        }
        #expect(reason.hasPrefix("\(endpoint.url)/step had not answered for "))
    }
}
