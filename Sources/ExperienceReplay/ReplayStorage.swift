/// Where the frames of a replay memory lie.
public enum ReplayStorage: String, CaseIterable, Sendable {
    /// In memory, which the system gives as they come.
    case memory
    /// In a nameless file in $TMPDIR, else /var/tmp, mapped into memory: the system keeps as much of it
    /// there as it has room for. The disk's room is taken from the start, and given back at the end.
    case file
}
