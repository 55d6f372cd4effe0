/// What `body` returns if it does so in time, else nil; it then goes on with nobody waiting.
func within<Result: Sendable>(
    _ limit: Duration,
    _ body: @escaping @Sendable () async -> Result
) async -> Result? {
    let (results, finish) = AsyncStream.makeStream(of: Result?.self)
    let work = Task { finish.yield(await body()) }
    let alarm = Task {
        try await Task.sleep(for: limit)
        finish.yield(nil)
    }
    defer {
        alarm.cancel()
        work.cancel()
    }
    for await result in results { return result }
    return nil
}
