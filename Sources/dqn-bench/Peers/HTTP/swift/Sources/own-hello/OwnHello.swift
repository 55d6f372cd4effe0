import Foundation
import Frames
import HTTPServing
import JSONScanning
import Logging

/// Our server with everything that it does in earnest: dates, limits, deadlines, request ids,
/// counters, and with LOG=1 the access log of dqn-server.
@main
struct OwnHello {
    static func main() async throws {
        var configuration = HTTPServerConfiguration()
        configuration.port = Int(CommandLine.arguments[1]) ?? 0
        let environment = ProcessInfo.processInfo.environment
        // Torture meets the limits as they are; all other load comes from one address.
        if environment["TORTURE"] != "1" {
            configuration.limits.connectionsPerAddress = 20_000
            configuration.limits.connections = 20_000
            configuration.limits.requestsPerConnection = .max
        }
        if let idle = environment["IDLE_SECONDS"].flatMap(Int.init) {
            configuration.deadlines.idle = .seconds(idle)
        }
        if let poll = environment["BUSY_POLL_MICROSECONDS"].flatMap(Int.init) {
            configuration.busyPoll = .microseconds(poll)
        }
        let output = LogOutput()
        let log = AccessLog(
            Logger(label: "access") { _ in LineLogHandler(output: output) },
            on: output.queue
        )
        let isLogging = environment["LOG"] == "1"
        let server = try HTTPServer(
            configuration,
            application: HTTPApplication(router: routes()),
            onAccess: isLogging ? log.record : nil
        )
        try FileHandle.standardOutput.write(contentsOf: Data("\(server.endpoint)\n".utf8))
        try await Task.sleep(for: .seconds(1_000_000))
    }

    private static func routes() -> Router {
        var router = Router()
        router.onLoop(.get, "/hello") { _ in HTTPResponse(text: "hello world\n") }
        router.onLoop(.post, "/bin") { request in
            answer("{\"n\":\(request.body.count)}")
        }
        router.onLoop(.post, "/json") { try act($0.body) }
        router.on(.post, "/json-task") { try act($0.body) }
        router.on(.post, "/png-task") { try look($0.body) }
        router.onLoop(.post, "/echo") { request in
            HTTPResponse(bytes: request.body, contentType: "application/octet-stream")
        }
        router.on(.get, "/hello-task") { _ in HTTPResponse(text: "hello world\n") }
        return router
    }

    private static func act(_ body: [UInt8]) throws(HTTPError) -> HTTPResponse {
        do {
            let frames = try NumberArray<UInt8>(body, in: 0..<body.count)
            return answer("{\"action\":\(frames.shape[0] % 18)}")
        } catch {
            throw HTTPError(.badRequest, code: "malformed_body", error.description)
        }
    }

    private static func look(_ file: [UInt8]) throws(HTTPError) -> HTTPResponse {
        do {
            let frame = try Frame(png: file.span, as: .gray)
            return answer("{\"height\":\(frame.height)}")
        } catch {
            throw HTTPError(.badRequest, code: "malformed_body", error.description)
        }
    }

    private static func answer(_ text: String) -> HTTPResponse {
        HTTPResponse(bytes: Array(text.utf8), contentType: "application/json")
    }
}
