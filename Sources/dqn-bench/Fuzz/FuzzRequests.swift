// Built together with the sources of HTTPServing as one module; see fuzz.sh.

private let application: HTTPApplication = {
    var router = Router()
    for method in [HTTPMethod.get, .post, .put, .delete] {
        router.onLoop(method, "/{path...}") { request in
            _ = request.query.pairs.count
            _ = request.contentType
            for name in ["Host", "Range", "If-None-Match", "Accept-Encoding"] as [HTTPFieldName] {
                _ = request.headers.list(of: name)
            }
            let now = HTTPDate(secondsSinceEpoch: 0)
            _ = try request.unchanged(EntityTag("a"), modified: now, now: now)
            return HTTPResponse(bytes: request.body, contentType: "text/plain")
        }
    }
    var policy = AccessPolicy()
    policy.hosts = nil
    return HTTPApplication(router: router, policy: policy)
}()

private var limits: HTTPLimits {
    var limits = HTTPLimits()
    (limits.targetBytes, limits.headerBytes, limits.fieldCount) = (64, 256, 8)
    (limits.bodyBytes, limits.chunkCount, limits.trailerBytes) = (256, 8, 64)
    (limits.chunkLineBytes, limits.requestsPerConnection) = (32, 16)
    return limits
}

private func run(_ bytes: [UInt8], cutAt cuts: [Int]) -> OfflineConnection {
    var connection = OfflineConnection(application: application, limits: limits)
    var start = 0
    for end in cuts + [bytes.count] where end > start && end <= bytes.count {
        connection.receive(Array(bytes[start..<end]))
        start = end
    }
    connection.receiveEnd()
    return connection
}

/// Reads the input as what a client sends, whole and cut where its first byte says, and traps where
/// the two are answered differently.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequests(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = input.first else { return 0 }
    let bytes = Array(input.dropFirst())
    let whole = run(bytes, cutAt: [])
    // The highest values cut everywhere.
    let cuts = first >= 250 ? Array(bytes.indices) : [Int(first), Int(first) * 2]
    let pieces = run(bytes, cutAt: cuts)
    precondition(
        whole.statuses.filter { $0 != 100 } == pieces.statuses.filter { $0 != 100 }
            && whole.handled == pieces.handled && whole.output == pieces.output
            && whole.isClosed == pieces.isClosed,
        "\(whole.statuses) whole, \(pieces.statuses) in pieces"
    )
    precondition(whole.handled <= whole.statuses.count, "a handler ran without an answer")
    return 0
}
