import Frames
import Testing

@Suite(.timeLimit(.minutes(5))) struct FrameStackTests {
    @Test("the frames stand in the order they came, the oldest first")
    func order() {
        var stack = FrameStack(depth: 4, frameByteCount: 2)
        stack.begin(with: [10, 11].span)
        for number in 2...6 as ClosedRange<UInt8> {
            stack.push([number * 10, number * 10 + 1])
        }
        #expect(stack.bytes == [30, 31, 40, 41, 50, 51, 60, 61])
    }

    @Test("what lies before an episode's first frame is zero, also after another episode")
    func neverAcrossEpisodes() {
        var stack = FrameStack(depth: 4, frameByteCount: 1)
        #expect(stack.bytes == [0, 0, 0, 0])
        for frames in 1...5 as ClosedRange<UInt8> {
            stack.begin(with: [100])
            #expect(stack.bytes == [0, 0, 0, 100])
            for number in 0..<frames {
                stack.push([101 + number])
            }
            #expect(stack.bytes.last == 100 + frames)
            #expect(stack.bytes.filter { $0 == 0 }.count == max(0, 3 - Int(frames)))
        }
    }

    @Test("a stack of one frame is the frame")
    func depthOne() {
        var stack = FrameStack(depth: 1, frameByteCount: 3)
        stack.begin(with: [1, 2, 3].span)
        stack.push([4, 5, 6].span)
        #expect(stack.bytes == [4, 5, 6])
    }
}
