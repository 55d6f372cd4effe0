/// What a request makes its answer depend on (RFC 9110 §13).
struct Preconditions {
    let headers: HTTPFields
    let isRead: Bool

    enum Verdict: Equatable {
        case proceed
        /// The client's copy is good; the tag is the one of its copy.
        case notModified(EntityTag?)
        case failed
    }

    init(_ request: HTTPRequest) {
        headers = request.headers
        isRead = request.method == .get || request.method == .head
    }

    /// Goes through the fields in the order of RFC 9110 §13.2.2.
    func evaluate(_ tag: EntityTag?, _ modified: HTTPDate?, now: HTTPDate) -> Verdict {
        if let list = headers.list(of: "If-Match") {
            guard matches(list, tag, isStrong: true) != nil else { return .failed }
        } else if let limit = headers["If-Unmodified-Since"].flatMap(HTTPDate.init), let modified {
            guard modified <= limit else { return .failed }
        }
        if let list = headers.list(of: "If-None-Match") {
            guard let match = matches(list, tag, isStrong: false) else { return .proceed }
            return isRead ? .notModified(match) : .failed
        }
        // A date that is still to come says nothing.
        if isRead, let modified, let seen = headers["If-Modified-Since"].flatMap(HTTPDate.init),
            seen <= now, modified <= seen
        {
            return .notModified(tag)
        }
        return .proceed
    }

    /// The tag that the list and the resource have in common (RFC 9110 §8.8.3.2).
    ///
    /// A client that got the content in a content coding knows it by the tag of that.
    private func matches(_ list: String, _ tag: EntityTag?, isStrong: Bool) -> EntityTag? {
        guard let tag else { return nil }
        if list == "*" { return tag }
        let known = [tag] + ContentCoding.allCases.map(tag.coded)
        return EntityTag.list(list).first { given in
            known.contains { $0.opaque == given.opaque }
                && !(isStrong && (given.isWeak || tag.isWeak))
        }
    }

    /// Whether a part may be sent to a client that has another part already (RFC 9110 §13.1.5).
    func permitsRange(_ tag: EntityTag?, _ modified: HTTPDate?) -> Bool {
        guard let condition = headers["If-Range"] else { return true }
        if let date = HTTPDate(condition) { return date == modified }
        guard let given = EntityTag.list(condition).first else { return false }
        return given == tag && !given.isWeak
    }
}

extension HTTPRequest {
    /// Whether the client's conditions spare it the answer.
    /// - Parameters:
    ///   - tag: Of the content that would be sent.
    ///   - modified: When that content last changed.
    ///   - now: The time of day; a condition on a later one is ignored.
    /// - Returns: The answer with status 304 where the client's copy is good, else nil.
    /// - Throws: ``HTTPError`` with status 412 where a condition for a change does not hold.
    public func unchanged(
        _ tag: EntityTag?,
        modified: HTTPDate? = nil,
        now: HTTPDate
    ) throws(HTTPError) -> HTTPResponse? {
        switch Preconditions(self).evaluate(tag, modified, now: now) {
        case .proceed:
            return nil
        case .failed:
            throw HTTPError(
                .preconditionFailed,
                code: "precondition_failed",
                "the resource is not in the state that the request names"
            )
        case .notModified(let match):
            var response = HTTPResponse(.notModified)
            response.headers["ETag"] = match?.description
            response.headers["Last-Modified"] = modified?.text
            return response
        }
    }
}
