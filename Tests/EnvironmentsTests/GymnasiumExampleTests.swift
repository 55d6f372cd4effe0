import Environments
import Foundation
import Glibc
import RandomNumbers
import Testing

/// `Public/examples/serve_gymnasium.py`, with environments of the test's own in place of Gymnasium's.
@Suite(
    .enabled(if: Arcade.isAvailable, "there is no Python with numpy"),
    .timeLimit(.minutes(5))
)
struct GymnasiumExampleTests {
    /// What the example needs of Gymnasium, and environments that show their seed and their steps.
    private static let gymnasium = """
        from numpy import arange, array, bool_, dtype, float64

        class spaces:
            class Box:
                def __init__(self, kind):
                    self.dtype = dtype(kind)

            class Discrete:
                dtype = dtype("i8")

                def __init__(self, n, start=0):
                    self.n, self.start = n, start

        class Environment:
            def __init__(self, name):
                self.name = name
                self.action_space = spaces.Discrete(3, start=5)
                kinds = {"numbers": spaces.Box("f8"), "picture": spaces.Box("u1"),
                         "states": spaces.Discrete(4, start=1)}
                self.observation_space = kinds[name]

            def observe(self):
                if self.name == "numbers":
                    return array([self.seed % 1000, self.steps], "f8")
                if self.name == "picture":
                    return arange(6 * 5 * 3, dtype="u1").reshape(6, 5, 3)
                return 1 + self.steps % 4

            def reset(self, seed=0):
                self.seed, self.steps = seed, 0
                return self.observe(), {}

            def step(self, action):
                assert action in (5, 6, 7), action
                self.steps += 1
                reward = float64(action) / 2
                return self.observe(), reward, bool_(self.steps == 3), self.steps == 2, {}

            def close(self):
                pass

        make = Environment

        """

    /// The example while it runs.
    private final class Example {
        private let process = Process()
        private let folder: URL
        let url: String

        init(_ environment: String, _ more: String...) throws {
            folder = FileManager.default.temporaryDirectory
                .appending(path: "gymnasium-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(gymnasium.utf8).write(to: folder.appending(path: "gymnasium.py"))
            let example = Fixture.folder.deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Public/examples/serve_gymnasium.py").path
            process.executableURL = URL(filePath: Arcade.python)
            process.arguments = ["-B", example, environment, "--port", "0"] + more
            process.environment = ["PYTHONPATH": folder.path]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            var line = ""
            while !line.hasSuffix("\n"),
                let byte = try output.fileHandleForReading.read(upToCount: 1)
            {
                line += String(decoding: byte, as: UTF8.self)
            }
            url = try String(#require(line.split(whereSeparator: \.isWhitespace).last))
        }

        deinit {
            // What is started from a test's thread has its signals blocked.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            try? FileManager.default.removeItem(at: folder)
        }

        func makeEnvironment() throws -> any Environment {
            let catalog = EnvironmentCatalog([RemoteEnvironments(.loopback)])
            return try catalog.make(
                "http",
                options: try catalog.complete(["url": .text(url)], of: "http"),
                generator: RandomGenerator(seed: 1)
            )
        }

        /// What is answered to JSON by Python's own client.
        func ask(_ route: String, _ body: String) throws -> String {
            let client = Process()
            client.executableURL = URL(filePath: Arcade.python)
            let script = """
                from sys import argv
                from urllib.request import Request, urlopen
                print(urlopen(Request(argv[1], argv[2].encode())).read().decode())
                """
            client.arguments = ["-c", script, url + route, body]
            let output = Pipe()
            client.standardOutput = output
            try client.run()
            let text = output.fileHandleForReading.readDataToEndOfFile()
            client.waitUntilExit()
            return String(decoding: text, as: UTF8.self).trimmingCharacters(
                in: .whitespacesAndNewlines
            )
        }
    }

    @Test("numbers are played in bytes, each environment in a session of its own")
    func numbers() throws {
        let example = try Example("numbers")
        var environments = try (0..<2).map { _ in try example.makeEnvironment() }
        #expect(environments[0].specification.observation.shape == [2])
        #expect(environments[0].specification.actionNames == ["0", "1", "2"])
        for index in 0..<2 { _ = try environments[index].begin() }
        for index in 0..<2 { try environments[index].announce(index) }
        let first = try environments[0].play(0)
        #expect(first.step == TimeStep(reward: 2.5))
        #expect(Array(first.frame.suffix(4)) == [0, 0, 0x80, 0x3f])
        #expect(try environments[1].play(1).step == TimeStep(reward: 3))
        #expect(try environments[0].play(2).step == TimeStep(reward: 3.5, episodeEnd: .truncated))
        #expect(
            try environments[0].play(0).step
                == TimeStep(reward: 2.5, discount: 0, episodeEnd: .terminated)
        )
        #expect(try environments[0].begin().step == TimeStep(environmentFrames: 0))
    }

    @Test("pictures come channels first, states as ones among zeros")
    func shapes() throws {
        let example = try Example("picture")
        var picture = try example.makeEnvironment()
        #expect(picture.specification.observation.shape == [3, 6, 5])
        let levels = (0..<3).flatMap { channel in (0..<30).map { UInt8(3 * $0 + channel) } }
        #expect(try picture.begin().frame == levels)
    }

    @Test("a step that is asked for twice is played once, also in JSON")
    func repeated() throws {
        let example = try Example("states")
        let reset = #"{"session": "a", "seed": 7}"#
        #expect(
            try example.ask("/reset", reset)
                == #"{"step_id": 0, "reward": 0.0, "terminated": false, "truncated": false, "#
                + #""observation": [1.0, 0.0, 0.0, 0.0]}"#
        )
        for _ in 0..<2 {
            #expect(
                try example.ask("/step", #"{"session": "a", "step_id": 1, "action": 1}"#)
                    == #"{"step_id": 1, "reward": 3.0, "terminated": false, "truncated": false, "#
                    + #""observation": [0.0, 1.0, 0.0, 0.0]}"#
            )
        }
    }

    @Test("what goes wrong in an environment is told, and a session that was dropped too")
    func faults() throws {
        let example = try Example("numbers", "--sessions", "1")
        var first = try example.makeEnvironment()
        _ = try first.begin()
        var second = try example.makeEnvironment()
        _ = try second.begin()
        let error = #expect(throws: EnvironmentError.self) { _ = try first.play(0) }
        #expect(error?.description.contains("answered status 404, expected 200") == true)
        #expect(error?.description.contains("there is no such session") == true)
    }
}
