internal import ExperienceReplay

/// Which transitions an update learned from, and how far from its target each was: what priorities are made
/// of.
struct LearnedErrors {
    /// The newest frame of each transition's first state; nil where its priority is not asked for.
    var origins: [FrameIdentity?]
    /// y − Q(s, a) of each.
    var errors: [Float]
}

extension TransitionBatch {
    /// What the last update saw.
    var learned: LearnedErrors {
        get { LearnedErrors(origins: origins, errors: errors) }
        set { (origins, errors) = (newValue.origins, newValue.errors) }
    }
}
