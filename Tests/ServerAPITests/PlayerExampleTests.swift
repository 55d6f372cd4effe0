import Foundation
import JSONFields
import ServerAPI
import Testing

/// The clients that people begin with do what they say.
@Suite(.timeLimit(.minutes(5))) struct PlayerExampleTests {
    private static let python = ["/usr/bin/python3", "/usr/local/bin/python3"]
        .first(where: FileManager.default.isExecutableFile)

    @Test("the Python client plays, evaluates and stops its job", .enabled(if: python != nil))
    func pythonClient() async throws {
        try await withAPI(.loopback) { api in
            let port = try #require(api.port)
            let client = Process()
            client.executableURL = URL(filePath: try #require(Self.python))
            client.arguments = [
                Self.examples.appending(path: "dqn_client.py").path, "http://127.0.0.1:\(port)",
                "2",
            ]
            let output = Pipe()
            client.standardOutput = output
            client.standardError = output
            let status = try await withCheckedThrowingContinuation { ended in
                client.terminationHandler = { ended.resume(returning: $0.terminationStatus) }
                do { try client.run() } catch { ended.resume(throwing: error) }
            }
            let said = String(
                decoding: output.fileHandleForReading.readDataToEndOfFile(),
                as: UTF8.self
            )
            #expect(status == 0, "\(said)")
            #expect(said.matches(of: /training +[0-9.]+ +without exploring +[0-9.]+/).count > 0)
            let job = try await api.get("/v1/jobs").json["jobs"][0]
            #expect(job["state"] == "stopped" && job["environment"] == "client")
            #expect(job["progress"]["episodes"].integer ?? 0 >= 20)
        }
    }

    private static let examples = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Public/examples")
}
