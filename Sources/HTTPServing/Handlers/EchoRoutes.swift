extension Router {
    /// Routes that answer every method and path with the request's body as it was decoded.
    ///
    /// An aid for testing how requests are read; it belongs on no public address.
    public static var echo: Router {
        var router = Router()
        for method in [HTTPMethod.get, .post, .put, .patch, .delete, .options] {
            router.onLoop(method, "/{path...}", echo)
        }
        return router
    }

    private static func echo(_ request: HTTPRequest) -> HTTPResponse {
        HTTPResponse(bytes: request.body, contentType: "application/octet-stream")
    }
}
