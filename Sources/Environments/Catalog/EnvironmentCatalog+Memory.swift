extension EnvironmentCatalog {
    /// About how many bytes the process takes up that an environment runs in; 0 where it has none.
    ///
    /// A Python interpreter with NumPy and ale-py, measured: 24 MB where several share its libraries.
    public func workerByteCount(of id: String) -> Int {
        id.hasPrefix("atari/") ? 40_000_000 : 0
    }
}
