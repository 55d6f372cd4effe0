import Environments
import Foundation
import HTTPClients
import HTTPServing
import Inference
import JSONFields
import MemoryBudgets
import RunStorage
import ServerAPI
import Synchronization
import Testing
import Training

/// How requests reach the routes.
enum Transport: CaseIterable {
    case inProcess
    case loopback
}

/// The whole API over a store of its own.
final class APIUnderTest: Sendable {
    struct Answer: Sendable {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]

        var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    let services: Services
    let application: HTTPApplication
    private let folder: String
    private let transport: Transport
    private let server: HTTPServer?

    init(
        _ transport: Transport,
        folder: String? = nil,
        token: String? = nil,
        memory: MemoryBudget = MemoryBudget(.none)
    ) throws {
        self.transport = transport
        self.folder =
            folder ?? FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        let clock = JobClock(
            date: { Date().timeIntervalSince1970 },
            monotonic: { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
        )
        let store = try RunStore(folder: self.folder, now: clock.date)
        let environments = EnvironmentCatalog(python: nil)
        let scheduler = JobScheduler(
            environments: environments,
            recorder: store,
            share: ComputeShare(cores: 2),
            clock: clock,
            maxRunningJobs: 4,
            memory: memory
        )
        let running = Mutex<HTTPServer?>(nil)
        services = Services(
            store: store,
            scheduler: scheduler,
            models: ModelRegistry(limits: InferenceLimits(cores: 2), memory: memory),
            environments: environments,
            readiness: Readiness(),
            httpMetrics: { running.withLock { $0?.snapshot() } }
        )
        var policy = AccessPolicy()
        if let token {
            policy.tokens = [BearerToken(secret: token, scopes: ["read", "infer", "train"])]
        }
        let errors = ErrorLog()
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Public")
        application = ServerAPI(services, page: StaticFiles(folder: page.path)).application(
            policy: policy,
            onServerError: errors.note
        )
        log = errors
        let server = transport == .loopback ? try HTTPServer(application: application) : nil
        self.server = server
        running.withLock { $0 = server }
    }

    private let log: ErrorLog

    /// Errors that clients were shown as a 500 without their reason.
    var unforeseen: [String] { log.errors }

    /// Stops everything and removes the store.
    func end(keepingFolder: Bool = false) async {
        services.readiness.end()
        _ = await services.scheduler.shutDown(reason: "end of test")
        await server?.shutDown(within: .seconds(5))
        if !keepingFolder { try? FileManager.default.removeItem(atPath: folder) }
    }

    var dataFolder: String { folder }

    /// Where the server listens; nil where requests come in process.
    var port: Int? { server?.port }

    /// Sends a request, and holds its answer to the OpenAPI document.
    func send(
        _ method: HTTPMethod,
        _ target: String,
        headers: [String: String] = [:],
        body: [UInt8] = []
    ) async throws -> Answer {
        let answer =
            switch transport {
            case .inProcess: try await sendInProcess(method, target, headers, body)
            case .loopback: try await sendOverLoopback(method, target, headers, body)
            }
        let fault = DocumentedAPI.written.fault(of: answer, to: method, target)
        #expect(fault == nil)
        return answer
    }

    func get(_ target: String) async throws -> Answer {
        try await send(.get, target)
    }

    func post(_ target: String, _ json: JSONValue) async throws -> Answer {
        try await send(
            .post,
            target,
            headers: ["Content-Type": "application/json"],
            body: json.text
        )
    }

    private func sendInProcess(
        _ method: HTTPMethod,
        _ target: String,
        _ headers: [String: String],
        _ body: [UInt8]
    ) async throws -> Answer {
        var fields = HTTPHeaders()
        for (name, value) in headers {
            guard let field = Self.requestFields[name] else {
                preconditionFailure("the tests send no field \(name)")
            }
            fields[field] = value
        }
        let response = await application.respond(to: method, target, headers: fields, body: body)
        var answered: [String: String] = [:]
        for (name, field) in Self.responseFields { answered[name] = response.headers[field] }
        return Answer(
            status: Int(response.status.code),
            headers: answered,
            body: try await response.body.collected()
        )
    }

    private static let requestFields: [String: HTTPFieldName] = [
        "Accept": "Accept", "Authorization": "Authorization", "Content-Type": "Content-Type",
        "Idempotency-Key": "Idempotency-Key", "If-None-Match": "If-None-Match",
        "Last-Event-ID": "Last-Event-ID", "Origin": "Origin", "Range": "Range",
    ]

    private static let responseFields: [String: HTTPFieldName] = [
        "accept-ranges": "Accept-Ranges", "allow": "Allow", "cache-control": "Cache-Control",
        "content-disposition": "Content-Disposition", "content-range": "Content-Range",
        "content-security-policy": "Content-Security-Policy", "content-type": "Content-Type",
        "etag": "ETag", "location": "Location", "retry-after": "Retry-After",
        "www-authenticate": "WWW-Authenticate", "x-accel-buffering": "X-Accel-Buffering",
    ]

    private func sendOverLoopback(
        _ method: HTTPMethod,
        _ target: String,
        _ headers: [String: String],
        _ body: [UInt8]
    ) async throws -> Answer {
        guard let server else { preconditionFailure("there is no server") }
        let url = "http://127.0.0.1:\(server.port)\(target)"
        let request = CurlClient.Request(
            method: method.name,
            fields: headers.map { "\($0): \($1)" },
            body: method == .get || method == .head || method == .delete ? nil : body
        )
        // Not on a shared pool: curl blocks its thread, and the store's readers need theirs.
        return try await onThread {
            let answer = try CurlClient().perform(url, request)
            return Answer(
                status: answer.status,
                headers: Self.fields(of: answer.header),
                body: answer.body
            )
        }
    }

    private static func fields(of header: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in header.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return fields
    }
}

private final class ErrorLog: Sendable {
    private let list = Mutex<[String]>([])

    var errors: [String] { list.withLock { $0 } }

    func note(_ error: any Error) {
        list.withLock { $0.append("\(error)") }
    }
}

/// Runs `body` over both transports' API and ends it, whatever happens.
func withAPI(
    _ transport: Transport,
    token: String? = nil,
    memory: MemoryBudget = MemoryBudget(.none),
    _ body: (APIUnderTest) async throws -> Void
) async throws {
    let api = try APIUnderTest(transport, token: token, memory: memory)
    do {
        try await body(api)
    } catch {
        await api.end()
        throw error
    }
    await api.end()
}

extension JSONValue {
    /// A field of an object, or an element of a list.
    subscript(name: String) -> JSONValue {
        if case .object(let object) = self { object[name] ?? .null } else { .null }
    }

    subscript(index: Int) -> JSONValue {
        if case .array(let elements) = self, elements.indices.contains(index) {
            elements[index]
        } else {
            .null
        }
    }

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    var count: Int { if case .array(let elements) = self { elements.count } else { 0 } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

    var double: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }
}

extension APIUnderTest {
    /// Waits, by the job's own events, until it has ended.
    func waitForEnd(of job: String) async throws {
        _ = try await get("/v1/jobs/\(job)/events")
    }

    /// A small, quick job; never longer than a second.
    static let smallJob: JSONValue = [
        "environment": "cartpole", "name": "small", "total_agent_steps": 600, "seed": 5,
        "checkpoint_every_agent_steps": 200, "metrics_every_agent_steps": 100,
        "evaluation": nil,
        "hyperparameters": [
            "network": [["type": "dense", "units": 16]], "batch_size": 8,
            "learning_starts_agent_steps": 50, "update_period_agent_steps": 4,
            "updates_per_period": 1, "replay_capacity_frames": 1000,
        ],
    ]

    /// A job that goes on until it is stopped.
    static var endlessJob: JSONValue {
        guard case .object(var job) = smallJob else { return .null }
        job["total_agent_steps"] = 1_000_000_000
        job["checkpoint_every_agent_steps"] = 0
        return .object(job)
    }

    /// Asks for a job and returns its id.
    func create(_ job: JSONValue) async throws -> String {
        let answer = try await post("/v1/jobs", job)
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(answer.json["id"].string)
    }

    /// Waits until a job has made some steps.
    func waitForSteps(of job: String) async throws {
        var newest = 0
        while true {
            let record = try await services.store.job(job)
            if (record?.progress.agentSteps ?? 0) > 0 { return }
            newest = try await services.store.newestEvent()
            await services.store.waitForEvents(beyond: newest)
        }
    }
}
