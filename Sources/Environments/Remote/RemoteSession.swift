internal import JSONFields

/// One environment at an endpoint: its session, over a connection of its own, in which what gets no
/// answer is asked again.
final class RemoteSession {
    /// What the endpoint calls it.
    let id: String
    /// The number of the last step that was asked for; the first is 1.
    private(set) var stepID = 0

    private let client: EndpointClient
    private let timing: Timing
    private let interruption: WorkerInterruption?
    /// Whether the endpoint knows of the session.
    private var hasBegun = false
    /// Whether answers may come in bytes.
    private var isBinary = false
    private let answerLimit: Int

    /// How long is waited, and how often asked again.
    struct Timing {
        /// For each answer, and for an endpoint that is being started again.
        let seconds: Double
        /// After a lost connection or a time-out; 0 also gives up at once where nobody answers.
        let retries: Int
    }

    /// - Parameters:
    ///   - id: What the endpoint is to call it; of no other session, ever.
    ///   - client: The session's own.
    ///   - timing: How long is waited, and how often asked again.
    ///   - observationByteCount: Bytes of one observation.
    ///   - interruption: Cuts waits short.
    init(
        _ id: String,
        with client: EndpointClient,
        timing: Timing,
        observationByteCount: Int,
        interruption: WorkerInterruption?
    ) {
        self.id = id
        self.client = client
        self.timing = timing
        self.interruption = interruption
        // A number of JSON takes up to 24 bytes, and some write each on a line of its own.
        answerLimit = 64 << 10 + observationByteCount * 64
    }

    deinit {
        // Best effort: one that does not answer finds out by itself that nobody asks any more.
        guard hasBegun else { return }
        let end = EndpointClient.Request(method: "DELETE", route: "/session/\(id)")
        _ = try? client.ask(end, seconds: 0.25)
    }

    /// What the endpoint says of itself; how it can answer holds from now on.
    func spec() throws(EndpointFault) -> RemoteSpec {
        let answer = try ask(EndpointClient.Request(method: "GET", route: "/spec"))
        do throws(RemoteAnswerFault) {
            let spec = try RemoteSpec(answer.body)
            isBinary = spec.isBinary
            return spec
        } catch {
            throw fault(error, of: "/spec")
        }
    }

    /// Begins an episode.
    func reset(seed: Int) throws(EndpointFault) -> HTTPAnswer {
        let answer = try ask(
            request("/reset", ["session": .string(id), "seed": .integer(seed)])
        )
        hasBegun = true
        return answer
    }

    /// Sends a step, whose answer `finishStep` waits for.
    func beginStep(_ action: Int) throws(EndpointFault) {
        stepID += 1
        try client.send(step(action), seconds: timing.seconds)
    }

    /// Waits for the answer to the step that has begun.
    /// - Parameters:
    ///   - action: What it began with.
    ///   - isSent: Whether `beginStep` could send it; it is asked here if not.
    /// - Returns: An answer of status 200.
    /// - Throws: ``EndpointFault`` where there is none after all attempts.
    func finishStep(_ action: Int, isSent: Bool) throws(EndpointFault) -> HTTPAnswer {
        try ask(step(action), isSent: isSent)
    }

    /// What is wrong with an answer, as a sentence.
    func fault(_ fault: RemoteAnswerFault, of route: String) -> EndpointFault {
        .wrong("\(client.url)\(route) \(fault.reason)")
    }

    private func step(_ action: Int) -> EndpointClient.Request {
        request(
            "/step",
            ["session": .string(id), "step_id": .integer(stepID), "action": .integer(action)]
        )
    }

    private func request(_ route: String, _ fields: JSONObject) -> EndpointClient.Request {
        EndpointClient.Request(
            method: "POST",
            route: route,
            accepted: isBinary ? "application/octet-stream" : "application/json",
            body: JSONValue.object(fields).text,
            bodyLimit: answerLimit
        )
    }

    /// Asks until there is an answer: so many times after a lost connection or a time-out, and for as
    /// long as one answer may take where nobody takes connections, as while an endpoint is started anew.
    private func ask(
        _ request: EndpointClient.Request,
        isSent: Bool = false
    ) throws(EndpointFault) -> HTTPAnswer {
        var isSent = isSent
        var retries = 0
        var pauseSeconds = 0.05
        var absence: EndpointWait?
        while true {
            let fault: EndpointFault
            do throws(EndpointFault) {
                let answer =
                    isSent
                    ? try client.receive(seconds: timing.seconds)
                    : try client.ask(request, seconds: timing.seconds)
                return try checked(answer, to: request)
            } catch {
                fault = error
            }
            isSent = false
            switch fault {
            case .unreachable where timing.retries > 0:
                let wait = absence ?? wait()
                absence = wait
                guard wait.elapsedSeconds + pauseSeconds < timing.seconds else { throw fault }
            case .lost where retries < timing.retries, .silent where retries < timing.retries:
                retries += 1
            default: throw fault
            }
            try wait().pause(seconds: pauseSeconds)
            pauseSeconds = min(2 * pauseSeconds, 1)
        }
    }

    private func wait() -> EndpointWait {
        EndpointWait(for: "\(client.url)", seconds: timing.seconds, interruption: interruption)
    }

    private func checked(
        _ answer: HTTPAnswer,
        to request: EndpointClient.Request
    ) throws(EndpointFault) -> HTTPAnswer {
        guard answer.status != 200 else { return answer }
        let place = "\(client.url)\(request.route)"
        if let location = answer.location, (300..<400).contains(answer.status) {
            throw .wrong(
                "\(place) answered status \(answer.status) with the location \(location.excerpt): "
                    + "redirects are not followed, give the URL that they lead to"
            )
        }
        throw .wrong(
            "\(place) answered status \(answer.status), expected 200: \(quotedBody(answer.body))"
        )
    }
}
