import ArgumentParser
import Foundation
import HTTPServing
import Logging

/// `dqn-server serve`: answers until it is told to stop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answers requests until SIGTERM or SIGINT."
    )

    @Option(help: "The address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen at; 0 lets the system choose.")
    var port = 8080

    @Option(name: .customLong("public"), help: "The folder whose files are served.")
    var publicFolder: String?

    @Flag(help: "Answer every request with its own body; on loopback addresses only.")
    var echo = false

    @Option(help: "How many event loops share the connections.")
    var loops = 1

    @Flag(inversion: .prefixedNo, help: "Write one line of JSON for each request.")
    var accessLog = true

    func validate() throws {
        guard !echo || Self.loopbackHosts.contains(host) else {
            throw ValidationError("--echo answers on loopback addresses only, not on \(host)")
        }
        guard (1...64).contains(loops) else {
            throw ValidationError("--loops is \(loops), expected 1...64")
        }
    }

    private static let loopbackHosts: Set<String> = ["127.0.0.1", "::1", "localhost"]

    private func routes() throws -> Router {
        var router = Router()
        if let publicFolder {
            guard let files = StaticFiles(folder: publicFolder) else {
                throw ValidationError("--public is \(publicFolder), which is no folder")
            }
            router.serve(files)
        }
        return router
    }

    /// Says at once, also to a pipe, where the server is.
    private static func announce(_ line: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data(line.utf8))
    }

    func run() async throws {
        let output = LogOutput()
        LoggingSystem.bootstrap { JSONLogHandler(label: $0, output: output) }
        let logger = Logger(label: "dqn-server")
        var configuration = HTTPServerConfiguration()
        (configuration.host, configuration.port) = (host, port)
        configuration.loops = loops

        let signals = StopSignals()
        let router = echo ? Router.echo : try routes()
        let server = try HTTPServer(
            configuration,
            application: HTTPApplication(router: router),
            onAccess: accessLog ? AccessLog(logger).record : nil
        )
        Self.announce("listening on http://\(server.endpoint)\n")
        let signal = await signals.first()
        logger.info("stopping", metadata: ["signal": "\(signal)"])
        await server.shutDown(within: .seconds(30))
        output.flush()
    }
}
