public import HTTPServing
internal import RunStorage

/// The server's routes, as the contract has them.
public struct ServerAPI: Sendable {
    private let services: Services
    private let page: StaticFiles?

    /// Joins the routes to what they work with.
    ///
    /// - Parameters:
    ///   - services: What the routes work with.
    ///   - page: The files of the page; nil serves none.
    public init(_ services: Services, page: StaticFiles?) {
        self.services = services
        self.page = page
    }

    /// All that answers requests.
    ///
    /// - Parameters:
    ///   - policy: Who may use the server.
    ///   - onServerError: Told of every error that is not the client's: those that are shown as a 500
    ///     without their reason, what keeps the store from being used, and every
    ///     checkpoint whose file is found damaged or gone.
    /// - Returns: The application, for a server or for tests.
    public func application(
        policy: AccessPolicy,
        onServerError: @escaping @Sendable (any Error) -> Void
    ) -> HTTPApplication {
        HTTPApplication(router: router, policy: policy) { error in
            let answer = APIError(error)
            if answer.concernsOperator || error is RunStorageError { onServerError(error) }
            return answer.response
        }
    }

    package var router: Router {
        var router = Router()
        CatalogRoutes(services: services).add(to: &router)
        JobRoutes(services: services).add(to: &router)
        MetricRoutes(services: services).add(to: &router)
        EventRoutes(services: services).add(to: &router)
        FrameRoutes(services: services).add(to: &router)
        PlayerRoutes(services: services).add(to: &router)
        CheckpointRoutes(services: services).add(to: &router)
        ModelRoutes(services: services).add(to: &router)
        OperationRoutes(services: services).add(to: &router)
        if let page {
            router.serve(page)
        }
        return router
    }
}
