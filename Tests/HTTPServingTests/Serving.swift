import HTTPServing
import Synchronization

/// Runs a server on a port of the system's choice for as long as `body` takes.
func serving<Value: Sendable>(
    _ application: HTTPApplication,
    configuration: HTTPServerConfiguration = .unhurried,
    log: AccessLog = AccessLog(),
    _ body: (HTTPServer) async throws -> Value
) async throws -> Value {
    let server = try HTTPServer(configuration, application: application, onAccess: log.add)
    do {
        let value = try await body(server)
        await server.shutDown(within: .seconds(5))
        return value
    } catch {
        await server.shutDown(within: .zero)
        throw error
    }
}

extension HTTPServerConfiguration {
    /// Only what a test asks for ends a connection, however late its own steps come.
    static var unhurried: HTTPServerConfiguration {
        var configuration = HTTPServerConfiguration()
        configuration.deadlines.header = .seconds(600)
        configuration.deadlines.body = .seconds(600)
        configuration.deadlines.idle = .seconds(600)
        configuration.deadlines.writeStall = .seconds(600)
        return configuration
    }
}

/// Keeps access records, and lets tests wait for them.
final class AccessLog: Sendable {
    private let records = Mutex<[AccessRecord]>([])

    var all: [AccessRecord] { records.withLock { $0 } }

    func add(_ record: AccessRecord) {
        records.withLock { $0.append(record) }
    }
}

/// An application of a few routes, open to any host name.
func application(_ build: (inout Router) -> Void) -> HTTPApplication {
    var router = Router()
    build(&router)
    return HTTPApplication(router: router)
}
