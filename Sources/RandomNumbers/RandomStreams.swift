/// One seed, many independent generators, each known by its name.
///
/// Initialization, policy, replay and environment each draw from a stream of their own, so that
/// taking one number more in one place (an evaluation, say) changes nothing anywhere else.
public struct RandomStreams: Codable, Equatable, Sendable {
    /// The seed that every stream is derived from.
    public let seed: UInt64

    /// Creates the streams of `seed`.
    public init(seed: UInt64) {
        self.seed = seed
    }

    /// The generator of the stream called `name`, at its beginning.
    public func generator(named name: String) -> RandomGenerator {
        // FNV-1a over the name; SplitMix64 then spreads the few differing bits over the word.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        var mixer = SplitMix64(state: seed)
        return RandomGenerator(seed: mixer.next() ^ hash)
    }

    /// The streams of a part that draws several names of its own, such as one of many environments.
    public func streams(named name: String) -> RandomStreams {
        var generator = generator(named: name)
        return RandomStreams(seed: generator.next())
    }
}
