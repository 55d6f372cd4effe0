extension Router {
    /// Every route as method and pattern, as in "GET /v1/jobs/{id}", in the order they were added.
    public var patterns: [String] {
        routes.map { "\($0.method.name) \($0.pattern.text)" }
    }
}
