extension ReplayBuffer {
    /// The newest frame of an environment.
    public func newestFrame(of environment: Int) -> FrameIdentity {
        let ring = rings[environment]
        return ring.identity(ring.frameCount - 1)
    }

    /// Where a frame is among those that are held; nil where it was dropped.
    func place(of frame: FrameIdentity) -> FramePlace? {
        let environment = frame.slot / rings[0].capacity
        return rings[environment].index(of: frame).map {
            FramePlace(index: $0, environment: environment)
        }
    }

    /// Where the frame in a slot that holds one is among those that are held.
    func place(ofSlot slot: Int) -> FramePlace {
        let environment = slot / rings[0].capacity
        return FramePlace(index: rings[environment].index(ofSlot: slot), environment: environment)
    }

    /// The frame that a slot holds now; nil where it holds none.
    public func frame(inSlot slot: Int) -> FrameIdentity? {
        guard (0..<capacity).contains(slot) else { return nil }
        let place = place(ofSlot: slot)
        let ring = rings[place.environment]
        return place.index < ring.frameCount ? ring.identity(place.index) : nil
    }

    /// Stacks up the newest state of an environment.
    ///
    /// - Parameters:
    ///   - environment: One of those that experience comes from.
    ///   - states: Rows of `stateByteCount` bytes, shape (stack, frame).
    ///   - row: Which of them is overwritten.
    public func readNewestState(
        environment: Int = 0,
        into states: inout [UInt8],
        row: Int = 0
    ) {
        let ring = rings[environment]
        precondition(ring.frameCount > 0, "no frame was recorded yet")
        var span = states.mutableSpan
        readState(at: ring.frameCount - 1, ring, into: &span, offset: row * stateByteCount)
    }

    /// Fills one row of a batch with the transition that begins at a frame; its weight and its error are
    /// left as they are.
    ///
    /// The transition of an episode that is not over, or was cut off by a time limit, ends at the
    /// newest frame where it would have more steps.
    package func read(
        _ place: FramePlace,
        by accumulator: TransitionAccumulator,
        into batch: inout TransitionBatch,
        row: Int
    ) {
        precondition(batch.stateByteCount == stateByteCount)
        let (ring, first) = (rings[place.environment], place.index)
        var (sum, last, reached) = (accumulator, first, slots[ring.slot(first)])
        batch.actions[row] = Int(reached.action)
        while reached.hasSuccessor && !sum.isComplete {
            last += 1
            reached = slots[ring.slot(last)]
            sum.add(reward: reached.reward, isTerminal: reached.isTerminal)
        }
        batch.rewards[row] = sum.reward
        batch.discounts[row] = sum.valueDiscount
        batch.origins[row] = ring.identity(first)
        batch.nextFrames[row] = ring.identity(last)
        let offset = row * stateByteCount
        var states = batch.states.mutableSpan
        readState(at: first, ring, into: &states, offset: offset)
        var nextStates = batch.nextStates.mutableSpan
        readState(at: last, ring, into: &nextStates, offset: offset)
    }

    private func readState(
        at index: Int,
        _ ring: Ring,
        into state: inout MutableSpan<UInt8>,
        offset: Int
    ) {
        let held = Int(slots[ring.slot(index)].framesBefore)
        let size = frames.frameByteCount
        for position in 0..<stack {
            let age = stack - 1 - position
            let start = offset + position * size
            if age > held {
                state.fill(start..<(start + size), with: 0)
            } else {
                state.copy(frames[ring.slot(index - age)], to: start)
            }
        }
    }
}

extension MutableSpan<UInt8> {
    fileprivate mutating func copy(_ source: Span<UInt8>, to start: Int) {
        precondition(start >= 0 && start + source.count <= count)
        unsafe withUnsafeMutableBytes { target in
            unsafe source.withUnsafeBytes { source in
                guard let target = target.baseAddress, let source_ = source.baseAddress else {
                    return
                }
                unsafe (target + start).copyMemory(from: source_, byteCount: source.count)
            }
        }
    }

    fileprivate mutating func fill(_ range: Range<Int>, with byte: UInt8) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        unsafe withUnsafeMutableBufferPointer {
            unsafe $0[range].update(repeating: byte)
        }
    }
}
