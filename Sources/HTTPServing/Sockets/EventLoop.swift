internal import Dispatch

/// Carries connections: waits for their sockets, lets each do what it can, and never waits for
/// one of them.
///
/// A loop keeps its serial queue for as long as it runs; everything but ``post(_:)`` happens there.
// Everything mutable is confined to `queue`.
final class EventLoop: @unchecked Sendable {
    let queue: DispatchQueue
    let application: HTTPApplication
    let settings: ConnectionSettings
    let reporter: RequestReporter
    let quota: ConnectionQuota
    let refusals: RefusalReporter
    let proxies: TrustedProxies
    let clock: ServerClock
    private let mailbox: Mailbox
    private let busyPollNanoseconds: Int64

    let poller: Poller
    let input = ReceiveBuffer(count: EventLoop.inputBytes)
    /// What the connection that is served now has to say; empty between two connections.
    var output: [UInt8] = []
    var connections = ConnectionTable()
    private(set) var now: MonotonicTime
    private(set) var date = DateField()
    private var wheel: DeadlineWheel
    /// Connections that have more to do than one turn allows.
    private var postponed: [UInt64] = []
    private var acceptor: Acceptor?
    /// What a connection beyond the limits is told.
    let refusal: [UInt8]
    /// Handlers and streams under way off the loop.
    var tasks = 0
    /// Bytes of bodies that wait in memory.
    var bodyBytes = 0
    private(set) var isDraining = false
    private var isAbandoning = false
    private let ending = Ending()

    /// As much as one read takes; a body of frames comes in one or two.
    static let inputBytes = 256 << 10
    /// Output beyond this is sent before more is made.
    static let outputBytes = 64 << 10
    static let alarmKey: UInt64 = 0
    static let listenerKey: UInt64 = 1
    private static let refusalKey: UInt64 = 2

    init(
        number: Int,
        application: HTTPApplication,
        settings: ConnectionSettings,
        reporter: RequestReporter,
        quota: ConnectionQuota,
        refusals: RefusalReporter,
        proxies: TrustedProxies,
        clock: ServerClock,
        busyPoll: Duration
    ) throws(HTTPServerError) {
        queue = DispatchQueue(label: "http-loop-\(number)")
        self.application = application
        self.settings = settings
        self.reporter = reporter
        self.quota = quota
        self.refusals = refusals
        self.proxies = proxies
        self.clock = clock
        busyPollNanoseconds = busyPoll.wholeNanoseconds
        mailbox = try Mailbox()
        poller = try Poller()
        now = clock.now()
        wheel = DeadlineWheel(
            startingAt: now,
            spanNanoseconds: settings.shortestDeadlineNanoseconds / 16
        )
        refusal = Self.refusal(of: application)
        output.reserveCapacity(Self.outputBytes)
        _ = poller.watchShared(mailbox.alarm.number, key: Self.alarmKey)
    }

    private static func refusal(of application: HTTPApplication) -> [UInt8] {
        let response = application.response(for: HTTPError(.tooManyConnections))
        var bytes: [UInt8] = []
        let context = ResponseEncoder.Context(
            version: .http11,
            isHead: false,
            staysOpen: false,
            requestID: RequestID(seed: 0, number: 0)
        )
        ResponseEncoder.encode(response, context, date: [], into: &bytes)
        if case .bytes(let body) = response.body { bytes += body }
        return bytes
    }

    /// Lets the loop do something, soon; one that has ended does it on its queue all the same.
    func post(_ job: @escaping Mailbox.Job) {
        guard !mailbox.post(job) else { return }
        queue.async { job(self) }
    }

    func start(listener: SharedListener) {
        queue.async {
            let acceptor = Acceptor(listener: listener)
            self.acceptor = acceptor
            acceptor.resume(on: self)
            self.run()
        }
    }

    private func run() {
        while true {
            let jobs = mailbox.take()
            if !jobs.isEmpty { now = clock.now() }
            for job in jobs {
                job(self)
            }
            // Tasks that outlive the time they were given are left behind.
            if isDraining, connections.isEmpty, tasks == 0 || isAbandoning { break }
            let isAccepting = acceptor?.isDue == true
            let events = wait(mayBlock: jobs.isEmpty && postponed.isEmpty && !isAccepting)
            now = clock.now()
            date.refresh(clock, at: now)
            for index in 0..<events {
                take(poller.event(index))
            }
            if let acceptor, acceptor.isDue { acceptor.acceptConnections(on: self) }
            servePostponed()
            expireDeadlines()
        }
        acceptor = nil
        _ = refusals.report(at: .distantFuture)
        for job in mailbox.close() {
            job(self)
        }
        ending.complete()
    }

    private func wait(mayBlock: Bool) -> Int {
        guard mayBlock else { return poller.wait(milliseconds: 0) }
        if busyPollNanoseconds > 0, !connections.isEmpty {
            let end = now.advanced(by: busyPollNanoseconds)
            repeat {
                let count = poller.wait(milliseconds: 0)
                if count > 0 { return count }
            } while clock.now() < end
        }
        guard let due = wheel.nextDue else { return poller.wait(milliseconds: -1) }
        let rest = due.nanoseconds - clock.now().nanoseconds
        return poller.wait(milliseconds: Int32(clamping: max(rest + 999_999, 0) / 1_000_000))
    }

    private func take(_ event: Poller.Event) {
        switch event.key {
        case Self.alarmKey:
            mailbox.silenceAlarm()
        case Self.listenerKey:
            acceptor?.isDue = true
        default:
            connections[event.key]?.take(event, on: self)
        }
    }

    /// Serves a connection again next turn, after all others had theirs.
    func postpone(_ connection: Connection) {
        postponed.append(connection.key)
    }

    private func servePostponed() {
        guard !postponed.isEmpty else { return }
        let keys = postponed
        postponed = []
        for key in keys {
            connections[key]?.serve(on: self)
        }
    }

    /// Makes sure that the connection is looked at when its deadline comes.
    func watchDeadline(of connection: Connection) {
        let deadline = connection.deadline
        if let tick = connection.scheduledTick, tick <= wheel.tick(for: deadline) { return }
        connection.scheduledTick = wheel.schedule(connection.key, at: deadline)
    }

    func resumeAccepting(after pause: Duration) {
        _ = wheel.schedule(Self.listenerKey, at: now + pause)
    }

    /// Counts something beyond a limit, and sees to it that it is told.
    func countRefusal(_ kind: RefusalReporter.Kind, from peer: PeerAddress) {
        guard let due = refusals.count(kind, from: peer, at: now) else { return }
        _ = wheel.schedule(Self.refusalKey, at: due)
    }

    private func reportRefusals() {
        guard let later = refusals.report(at: now) else { return }
        _ = wheel.schedule(Self.refusalKey, at: later)
    }

    private func expireDeadlines() {
        while let (tick, keys) = wheel.takeDue(at: now) {
            for key in keys {
                if key == Self.listenerKey, !isDraining { acceptor?.resume(on: self) }
                if key == Self.refusalKey { reportRefusals() }
                // A connection that came up earlier, or is gone, has left its key behind.
                guard let connection = connections[key], connection.scheduledTick == tick else {
                    continue
                }
                connection.scheduledTick = nil
                connection.expire(on: self)
            }
        }
    }

    /// Takes no more requests, finishes those under way, and ends.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        acceptor?.stop(on: self)
        connections.all.forEach { $0.drain(on: self) }
    }

    /// Ends at once.
    func closeAll() {
        isAbandoning = true
        drain()
        connections.all.forEach { $0.close(on: self, isAborted: true) }
    }

    /// Returns once the loop has ended.
    func finished() async {
        await ending.wait()
    }
}
