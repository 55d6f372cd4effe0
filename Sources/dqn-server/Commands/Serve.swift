import ArgumentParser
import Foundation
import HTTPServing
import Inference
import Logging
import RunStorage
import ServerAPI
import Synchronization
import Training

/// `dqn-server serve`: answers until it is told to stop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trains and answers over HTTP until SIGTERM, SIGINT or SIGHUP.",
        discussion: """
            Then jobs are written down where they are, and go on there with the next start; \
            connections are given a second and a half. It exits with 1 where something could not be \
            saved; a second signal ends it at once.
            """
    )

    @Option(help: "The address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen at; 0 lets the system choose.")
    var port = 8080

    @Option(help: "The folder that jobs, metrics and checkpoints are kept in.")
    var data = "./data"

    @Option(name: .customLong("public"), help: "The folder of the page.")
    var publicFolder = "Public"

    @Option(help: "How many jobs may run at once; others wait.")
    var maxRunningJobs = 4

    @Option(help: "How many event loops share the connections.")
    var loops = 1

    @Option(
        help: ArgumentHelp(
            "How many microseconds a loop looks for work before it sleeps.",
            discussion: """
                50 spares a client that waits for each answer some 40 microseconds; a core is busy \
                for that long after each request, which training then does without.
                """
        )
    )
    var busyPollMicroseconds = 0

    @Flag(inversion: .prefixedNo, help: "Write one line of JSON for each request.")
    var accessLog = true

    @Flag(help: "Answer every request with its own body, and do nothing else.")
    var echo = false

    @OptionGroup var snapshots: SnapshotOptions
    @OptionGroup var machine: MachineOptions
    @OptionGroup var memory: MemoryOptions
    @OptionGroup var access: AccessOptions
    @OptionGroup var connections: ConnectionOptions

    func validate() throws {
        guard !echo || AccessOptions.isLoopback(host) else {
            throw ValidationError("--echo answers on loopback addresses only, not on \(host)")
        }
        guard !data.isEmpty else {
            throw ValidationError("--data is empty, expected the name of a folder")
        }
        guard (1...64).contains(loops) else {
            throw ValidationError("--loops is \(loops), expected 1...64")
        }
        guard (0...1_000).contains(busyPollMicroseconds) else {
            throw ValidationError(
                "--busy-poll-microseconds is \(busyPollMicroseconds), expected 0...1000"
            )
        }
        guard (1...1000).contains(maxRunningJobs) else {
            throw ValidationError("--max-running-jobs is \(maxRunningJobs), expected 1...1000")
        }
        try access.validate(host: host)
    }

    func run() async throws {
        let output = LogOutput()
        LoggingSystem.bootstrap { JSONLogHandler(label: $0, output: output) }
        let logger = Logger(label: "dqn-server")
        let accesses = AccessLog(
            Logger(label: "access") { _ in LineLogHandler(output: output) },
            on: output.queue
        )
        defer {
            accesses.flush()
            output.flush()
        }
        let signals = StopSignals()
        if echo {
            let server = try listen(HTTPApplication(router: .echo), accesses, logger)
            await wait(signals, logger)
            await server.shutDown(within: Self.connectionGrace)
        } else {
            try await serve(signals, logger, accesses)
        }
    }

    private func serve(_ signals: StopSignals, _ logger: Logger, _ accesses: AccessLog) async throws
    {
        let policy = try access.policy(host: host) { logger.warning("\($0)") }
        let readiness = Readiness()
        let running = Mutex<HTTPServer?>(nil)
        let environments = try machine.environments
        let memory = memory.budget
        let store = try RunStore(
            folder: data,
            onDamage: { logger.error("damaged", metadata: ["reason": "\($0)"]) },
            now: JobClock.system.date
        )
        // The last of all, whatever else happens.
        defer { store.close() }
        logger.log(store.opening)
        for sentence in try store.removeLeftovers() {
            logger.warning("leftovers", metadata: ["file": "\(sentence)"])
        }
        let scheduler = JobScheduler(
            environments: environments,
            recorder: store,
            share: ComputeShare(cores: machine.threads),
            clock: .system,
            maxRunningJobs: maxRunningJobs,
            memory: memory,
            snapshotSeconds: snapshots.snapshotSeconds,
            notify: logger.log
        )
        let services = Services(
            store: store,
            scheduler: scheduler,
            models: ModelRegistry(
                limits: InferenceLimits(cores: machine.threads),
                memory: memory
            ),
            environments: environments,
            readiness: readiness,
            httpMetrics: { running.withLock { $0?.snapshot() } }
        )
        guard let page = StaticFiles(folder: publicFolder) else {
            throw ValidationError("--public is \(publicFolder), which is no folder")
        }
        let application = ServerAPI(services, page: page).application(
            policy: policy
        ) { error in
            logger.error("request failed", metadata: ["error": "\(error)"])
        }
        // Before anyone can ask for jobs: those would be taken in a second time.
        await scheduler.takeIn(try await store.unfinishedJobs())
        let server = try listen(application, accesses, logger)
        running.withLock { $0 = server }
        await wait(signals, logger)
        // Not ready, jobs suspended, requests and streams ended.
        readiness.end()
        async let connectionsEnd: Void = server.shutDown(within: Self.connectionGrace)
        let unsaved = await within(Self.jobGrace) {
            await scheduler.shutDown(reason: "the server was shut down")
        }
        await connectionsEnd
        try report(unsaved, logger)
    }

    /// How long connections may take to come to their end, whatever clients do.
    private static let connectionGrace = Duration.seconds(1.5)
    /// How long jobs may take to be written down: most take a part of a second, but a replay memory
    /// of a million frames is 7 GB.
    private static let jobGrace = Duration.seconds(60)

    /// What could not be saved is said, and the exit code says so too.
    private func report(_ unsaved: [JobScheduler.UnsavedJob]?, _ logger: Logger) throws {
        for job in unsaved ?? [] {
            logger.error(
                "job not saved",
                metadata: ["job": "\(job.id)", "reason": "\(job.reason)"]
            )
        }
        if unsaved == nil {
            logger.error(
                "jobs not saved",
                metadata: ["reason": "they took more than \(Self.jobGrace)"]
            )
        }
        guard let unsaved, unsaved.isEmpty else { throw ExitCode.failure }
    }

    private func listen(
        _ application: HTTPApplication,
        _ accesses: AccessLog,
        _ logger: Logger
    ) throws -> HTTPServer {
        var configuration = HTTPServerConfiguration()
        (configuration.host, configuration.port) = (host, port)
        configuration.loops = loops
        configuration.busyPoll = .microseconds(busyPollMicroseconds)
        try connections.apply(to: &configuration)
        let server = try HTTPServer(
            configuration,
            application: application,
            onAccess: accessLog ? accesses.record : nil,
            onRefusal: { refusals in
                logger.warning(
                    "connections or event streams beyond the limits were refused",
                    metadata: [
                        "connections": .stringConvertible(refusals.connections),
                        "streams": .stringConvertible(refusals.streams),
                        "last_address": "\(refusals.lastPeer.host)",
                    ]
                )
            }
        )
        // At once, also to a pipe.
        try? FileHandle.standardOutput.write(
            contentsOf: Data("listening on http://\(server.endpoint)\n".utf8)
        )
        return server
    }

    private func wait(_ signals: StopSignals, _ logger: Logger) async {
        let signal = await signals.first()
        logger.info("stopping", metadata: ["signal": "\(signal)"])
    }
}
