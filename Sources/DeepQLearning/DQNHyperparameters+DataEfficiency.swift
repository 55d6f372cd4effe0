internal import JSONFields
package import NeuralNetworks

/// What lets an agent make more updates of the same experience.
extension DQNHyperparameters {
    /// The rows of what is below.
    static let dataEfficiency: [Setting<DQNHyperparameters>] = [
        .wholeNumber(
            "random_shift_pixels",
            \.randomShiftPixels,
            in: 0...32,
            unit: "pixels",
            "By how many pixels at most each image that is learned from is shifted, all frames of a "
                + "state alike, its border repeated; 0 for not at all.",
            source: "Kostrikov et al. 2021, DrQ: 4"
        ),
        .wholeNumber(
            "reset_period_updates",
            \.resetPeriodUpdates,
            in: 0...ClosedRange<Int>.steps.upperBound,
            unit: "updates",
            "After how many updates the networks begin anew and the optimizer forgets its moments, "
                + "while the replay memory stays; 0 for never.",
            source: "Nikishin et al. 2022; D'Oro et al. 2023, SR-SPR"
        ),
        .number(
            "reset_kept_share",
            \.resetKeptShare,
            in: 0...1,
            "What convolutions keep of their parameters at a reset, beside freshly drawn ones; dense "
                + "layers keep nothing.",
            source: "D'Oro et al. 2023, SR-SPR: 0.8; Schwarzer et al. 2023, BBF: 0.5"
        ),
    ]

    /// How many updates were made before the newest reset of so many.
    func newestReset(before updates: Int) -> Int {
        resetPeriodUpdates > 0 ? updates / resetPeriodUpdates * resetPeriodUpdates : 0
    }

    /// Why an agent cannot learn from such observations; nil where it can.
    package func fault(input: NetworkInput) -> (field: String, message: String)? {
        guard randomShiftPixels > 0 else { return nil }
        guard input.shape.count == 3, input.scalar == .uint8 else {
            return (
                "random_shift_pixels",
                "must be 0 for observations that are no images, got \(randomShiftPixels)"
            )
        }
        return nil
    }
}
