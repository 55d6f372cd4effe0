/// What the steps of one environment lead to, each step's return mixed from those of all numbers of steps.
///
/// G_t = r + d [(1 − λ) max Q(s′) + λ G_{t+1}], with d = γ, or 0 where s′ is terminal. The recursion of
/// Watkins' Q(λ) with max, as Gallici et al. 2024, equation 5, take it. After the last step, and after one
/// whose episode was cut off, there is no G_{t+1} of the same episode, and max Q(s′) alone counts.
package enum LambdaReturns {
    /// One step.
    package struct Step {
        /// r.
        package var reward: Float
        /// d.
        package var discount: Float
        /// max Q(s′).
        package var nextValue: Float
        /// Whether the next step is of the same episode.
        package var goesOn: Bool

        package init(reward: Float, discount: Float, nextValue: Float, goesOn: Bool) {
            (self.reward, self.discount) = (reward, discount)
            (self.nextValue, self.goesOn) = (nextValue, goesOn)
        }
    }

    /// The returns G of steps that follow each other.
    package static func returns(_ steps: [Step], lambda: Float) -> [Float] {
        var returns = [Float](repeating: 0, count: steps.count)
        for index in steps.indices.reversed() {
            let step = steps[index]
            var future = step.nextValue
            if step.goesOn, index + 1 < steps.count {
                future = (1 - lambda) * step.nextValue + lambda * returns[index + 1]
            }
            // A step whose future does not count keeps its reward, whatever the network says.
            returns[index] = step.discount == 0 ? step.reward : step.reward + step.discount * future
        }
        return returns
    }
}
