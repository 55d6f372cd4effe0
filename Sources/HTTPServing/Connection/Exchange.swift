/// One request and its answer on a connection.
struct Exchange {
    /// Nil where what came could not be read as a request.
    let head: RequestHead?
    let id: RequestID
    let startedAt: MonotonicTime
    let plan: HTTPApplication.Plan?
    var requestBodyBytes = 0
    var status: HTTPStatus?
    var responseBytes = 0

    var route: Int? {
        if case .run(let route, _, _) = plan { route } else { nil }
    }
}
