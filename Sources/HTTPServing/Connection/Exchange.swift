/// One request and its answer on a connection.
// Confined to the queue of the connection's loop.
final class Exchange {
    /// Nil where what came could not be read as a request.
    let head: RequestHead?
    let plan: HTTPApplication.Plan?
    /// Who asks: the peer, or whom a trusted proxy names.
    let client: PeerAddress
    let id: RequestID
    let startedAt: MonotonicTime
    var requestBodyBytes = 0
    var status: HTTPStatus?
    var responseBytes = 0

    init(
        _ head: RequestHead?,
        _ plan: HTTPApplication.Plan?,
        from client: PeerAddress,
        id: RequestID,
        at now: MonotonicTime
    ) {
        self.head = head
        self.plan = plan
        self.client = client
        self.id = id
        startedAt = now
    }

    var route: Router.Route? {
        if case .run(let parameters) = plan { parameters.route } else { nil }
    }
}
