internal import Foundation
public import Frames

/// A game that an agent learns by playing.
///
/// It emits single frames into memory of the caller's; stacking them to states, ending the episode
/// and beginning the next are the caller's business, so no frame of a new episode can pass for the
/// last of the old one. All its randomness comes from the generator it was made with.
public protocol Environment {
    /// What it shows and takes.
    var specification: EnvironmentSpecification { get }

    /// Begins a new episode, whatever was before; randomness goes on, it does not start over.
    /// - Parameter frame: Takes the first frame, `observation.frameByteCount` bytes.
    /// - Returns: No reward, discount 1, and the frames that the first moves took.
    /// - Throws: ``EnvironmentError`` where the game runs elsewhere and cannot be reached.
    @discardableResult
    mutating func reset(
        into frame: inout MutableSpan<UInt8>
    ) throws(EnvironmentError) -> TimeStep

    /// Begins a step asynchronously: one that runs elsewhere starts to play the action, and the next call
    /// is the `step` that waits for it.
    /// - Parameter action: What `step` will be called with.
    /// - Throws: ``EnvironmentError`` if the environment cannot be reached.
    mutating func announce(_ action: Int) throws(EnvironmentError)

    /// Plays one action. The episode must have begun and not ended.
    /// - Parameters:
    ///   - action: An index of `actionNames`; the one that was announced, if any was.
    ///   - frame: Takes the frame after the action, the episode's last one included.
    /// - Returns: What came of it.
    /// - Throws: ``EnvironmentError`` where the game runs elsewhere and cannot be reached.
    mutating func step(
        _ action: Int,
        into frame: inout MutableSpan<UInt8>
    ) throws(EnvironmentError) -> TimeStep

    /// The game as a person would see it now; nil before the first episode.
    func rendered() -> Frame?

    /// Everything that decides what follows, the state of the randomness included.
    func snapshot() throws(EnvironmentError) -> [UInt8]

    /// Goes on where `snapshot` was taken, from an environment made with the same options.
    mutating func restore(_ snapshot: [UInt8]) throws(EnvironmentError)
}

extension Environment {
    /// Does nothing: most environments play a step in less time than a hand-over takes.
    public mutating func announce(_ action: Int) throws(EnvironmentError) {}

    /// Begins a new episode, with its first frame in an array of `frameByteCount` bytes.
    @discardableResult
    public mutating func reset(into frame: inout [UInt8]) throws(EnvironmentError) -> TimeStep {
        var span = frame.mutableSpan
        return try reset(into: &span)
    }

    /// Plays one action, with the frame after it in an array of `frameByteCount` bytes.
    public mutating func step(
        _ action: Int,
        into frame: inout [UInt8]
    ) throws(EnvironmentError) -> TimeStep {
        var span = frame.mutableSpan
        return try step(action, into: &span)
    }
}

extension Environment where Self: Codable {
    /// The whole value as JSON, in which numbers keep every digit.
    public func snapshot() throws(EnvironmentError) -> [UInt8] {
        do {
            return try encodedSnapshot(self)
        } catch {
            throw .snapshotNotWritten(specification.id, reason: "\(error)")
        }
    }

    /// Becomes the value that `snapshot` wrote.
    public mutating func restore(_ snapshot: [UInt8]) throws(EnvironmentError) {
        let restored: Self
        do {
            restored = try JSONDecoder().decode(Self.self, from: Data(snapshot))
        } catch {
            throw .snapshotNotRead(specification.id, reason: "\(error)")
        }
        guard restored.specification == specification else {
            throw .snapshotNotRead(specification.id, reason: "it was taken with other options")
        }
        self = restored
    }
}

/// A value as JSON: the same bytes for the same value.
func encodedSnapshot(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return [UInt8](try encoder.encode(value))
}
